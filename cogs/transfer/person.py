"""`.export` and `/export`: everything that is stored about the caller, as one readable file."""

from discord.ext import bridge, commands

from cogs.commands.responses import Context, answer_privately, card, typed
from cogs.transfer.uploads import as_json, as_upload
from rules.transfer.person_exporter import export_person

NAME = "everything-about-me.json"


class PersonExport(commands.Cog, name="person_export"):
    """Whoever asks what a server knows of them gets all of it."""

    private = True
    instead = "`/export` sends it to you alone."

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @bridge.bridge_command(description="Everything that is stored about you, as a file")
    async def export(self, ctx: bridge.BridgeContext) -> None:
        await send_all(ctx)


async def send_all(ctx: Context) -> None:
    """Send the caller's file by DM, or as the answer to a slash command. Raises ClosedDMs, and NotFound for none."""
    found = await ctx.bot.read(export_person, ctx.author.id)
    made = await ctx.bot.in_thread(as_json, NAME, found)
    text = "Everything that is stored about you here; of your token only that there is one. Keep it to yourself."
    if found["system"]:
        text += f" {typed(ctx, 'export')} gives you your system alone, as a file that other programs read."
    await answer_privately(ctx, card("Everything about you", text), file=as_upload(made))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(PersonExport(bot))
