"""`pk;autoproxy`: being proxied without typing tags, in one server."""

from discord.ext import commands

from cogs.commands.arguments import ON, Arguments
from cogs.commands.converters import get_own_hid
from cogs.commands.formatting import escape
from cogs.commands.private_responses import is_private
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, answer_privately, card, typed
from cogs.systems.embeds import called
from models import Member
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
    "member": "Messages without tags are proxied here as {}.",
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
        raise Invalid("Name the member that is to speak: `autoproxy <member>`.")
    arguments.end()
    if word.lower() in ON:
        raise Invalid("Choose how: `autoproxy front`, `autoproxy latch` or `autoproxy <member>`.")
    hid = await get_own_hid(ctx, word, arguments) if mode == "member" else None
    await ctx.bot.write(autoproxy.set_mode, ctx.author.id, ctx.guild.id, mode, hid)
    name = await _name_chosen(ctx, word) if hid else None
    await answer(ctx, card(text=DESCRIPTIONS[mode].format(name)))


async def _name_chosen(ctx: Context, word: str) -> str:
    """The name of the member that was just chosen; in a channel, of a hidden one only what was typed there."""
    _, member = await ctx.bot.read(autoproxy.get_mode, ctx.author.id, ctx.guild.id)
    return escape(word if member is None or (_is_hidden(member) and not is_private(ctx)) else _name(member))


async def show_mode(ctx: Context) -> None:
    """The mode, and whose turn it is; by DM where that tells who is hidden, or who fronts in private."""
    mode, member = await ctx.bot.read(autoproxy.get_mode, ctx.author.id, ctx.guild.id)
    hint = f"\n{typed(ctx, 'autoproxy off')} ends it; `latch`, `front` or a member's name in its place changes it."
    if member is None:
        await answer(ctx, card(text=DESCRIPTIONS[mode] + hint))
        return
    name = escape(_name(member))
    text = DESCRIPTIONS[mode].format(name) + ("" if mode == "member" else f" It is {name}.")
    await (answer_privately if _is_hidden(member) else answer)(ctx, card(text=text + hint))


def _is_hidden(member: Member) -> bool:
    return bool(member.visibility or member.name_privacy)


def _name(member: Member) -> str:
    return called(see_member(member, True))


class Autoproxy(commands.Cog, name="autoproxy"):
    """The mode of one's own system."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("autoproxy", "ap", "auto", usage="[off, latch, front or member]")
    async def autoproxy(self, ctx: Context, *, text: str = "") -> None:
        await run(ctx, Arguments(text))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Autoproxy(bot))
