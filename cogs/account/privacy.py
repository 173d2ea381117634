"""`.privacy`, `/privacy` and `pk;privacy`: what is stored, who sees it, for how long, and how to end that."""

import discord
from discord.ext import bridge, commands

from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, named, typed
from rules.account import privacy_statement
from rules.presence import fronting, publication


async def describe(ctx: Context) -> discord.Embed:
    """One card: what is stored, who sees it, how long, how to hide, export and erase it."""
    config = ctx.bot.config
    shows_front = await ctx.bot.read(fronting.is_shown, ctx.author.id)
    written = write_commands(ctx)
    first = privacy_statement.say_first(publication.kind_of(config.publish))
    embed = card("Your privacy", first.format(**written))
    for name, value in privacy_statement.summarize(config.deleted_messages_kept, shows_front):
        embed.add_field(name=name, value=value.format(**written), inline=False)
    return embed


def write_commands(ctx: Context) -> dict[str, str]:
    """Every command that the statement names, as it is typed where the caller is."""
    presence = {name: named(ctx, command) for name, command in privacy_statement.PRESENCE_COMMANDS.items()}
    return presence | {name: typed(ctx, command) for name, command in privacy_statement.SYSTEM_COMMANDS.items()}


async def tell_front(ctx: Context) -> str:
    """That who fronts is shown with the caller's presence, where they chose that; else nothing."""
    if not await ctx.bot.read(fronting.is_shown, ctx.author.id):
        return ""
    return privacy_statement.FRONT_SHOWN.format(front_off=typed(ctx, "config presence off"))


class Privacy(commands.Cog, name="privacy"):
    """The same card after every prefix."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @bridge.bridge_command(description="What is stored about you, and who sees it")
    async def privacy(self, ctx: bridge.BridgeContext) -> None:
        await answer(ctx, await describe(ctx))

    @systems_command("privacy")
    async def privacy_systems(self, ctx: Context, *, text: str = "") -> None:
        if text.strip():
            raise commands.UserInputError
        await answer(ctx, await describe(ctx))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Privacy(bot))
