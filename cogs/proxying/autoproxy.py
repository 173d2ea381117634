"""`pk;autoproxy`: being proxied without typing tags, in one server."""

from discord.ext import commands

from cogs.commands.arguments import Arguments
from cogs.commands.converters import get_own_hids
from cogs.commands.formatting import escape
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, answer_privately, card, typed
from cogs.systems.embeds import called
from rules.errors import Invalid
from rules.proxying import autoproxy
from rules.systems.privacy import see_member

MODES = {
    "off": ("off", "stop", "cancel", "no", "disable", "remove"),
    "latch": ("latch", "last", "proxy", "stick", "sticky", "l"),
    "front": ("front", "fronter", "switch", "f"),
}
DESCRIPTIONS = {
    "off": "Autoproxy is off in this server.",
    "latch": "Messages without tags are proxied here as the member who spoke last.",
    "front": "Messages without tags are proxied here as the first fronter.",
    "member": "Messages without tags are proxied here as one member.",
}


async def run(ctx: Context, arguments: Arguments) -> None:
    """Bare shows the mode; `off`, `latch`, `front` or a member sets it."""
    if not ctx.guild:
        raise Invalid("Autoproxy is set for each server by itself; type this in a server.")
    word = arguments.next()
    if word is None:
        await show_mode(ctx)
        return
    mode = next((mode for mode, names in MODES.items() if word.lower() in names), "member")
    if word.lower() == "member" and (word := arguments.next()) is None:
        raise Invalid(f"Name the member that is to speak: {typed(ctx.bot, 'autoproxy <member>')}.")
    arguments.end()
    hid = (await get_own_hids(ctx, [word], arguments))[0] if mode == "member" else None
    await ctx.bot.write(autoproxy.set_mode, ctx.author.id, ctx.guild.id, mode, hid)
    await answer(ctx, card(text=DESCRIPTIONS[mode]))


async def show_mode(ctx: Context) -> None:
    """The mode; whose turn it is tells who fronts, so it is not told in the channel."""
    mode, member = await ctx.bot.read(autoproxy.get_mode, ctx.author.id, ctx.guild.id)
    hint = f"\n{typed(ctx.bot, 'autoproxy off')}, `latch`, `front` or a member's name changes it."
    if member:
        text = f"{DESCRIPTIONS[mode]} It is {escape(called(see_member(member, True)))}."
        await answer_privately(ctx, card(text=text + hint))
    else:
        await answer(ctx, card(text=DESCRIPTIONS[mode] + hint))


class Autoproxy(commands.Cog, name="autoproxy"):
    """The mode of one's own system."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("autoproxy", "ap", "auto", usage="[off, latch, front or member]")
    async def autoproxy(self, ctx: Context, *, text: str = "") -> None:
        await run(ctx, Arguments(text))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Autoproxy(bot))
