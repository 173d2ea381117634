"""`pk;switch`: logging who fronts, and correcting the latest switch."""

from discord.ext import commands

from cogs.commands.arguments import CLEAR, Arguments
from cogs.commands.confirm import confirm
from cogs.commands.converters import get_own, get_own_hids
from cogs.commands.formatting import stamp_us
from cogs.commands.private_responses import is_private
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, typed
from cogs.commands.subcommands import Subcommand, Subcommands
from cogs.systems.embeds import names
from models import Switch, System
from rules.errors import Invalid, NotAllowed
from rules.fronting import front_history, switches
from rules.parsing.timestamps import now_us
from rules.parsing.typed_times import parse_time
from rules.systems import overviews

ALL = ("all", *CLEAR)
HOWS = {
    "append": ("append", "a"),
    "prepend": ("prepend", "p"),
    "remove": ("remove", "r"),
    "first": ("first", "f"),
}
HOW_FLAGS = tuple(flag for flags in HOWS.values() for flag in flags)

subcommands = Subcommands("switch", first=("switch <members>", "they front from now on"))


@subcommands("out", "o", about="nobody fronts any more")
async def switch_out(ctx: Context, arguments: Arguments) -> None:
    arguments.end()
    await ctx.bot.write(switches.log_switch, ctx.author.id, [])
    await tell_fronters(ctx, "Switched out.")


@subcommands("move", "m", "shift", "offset", usage="<time>", about="change when the latest switch was")
async def move_switch(ctx: Context, arguments: Arguments) -> None:
    text = " ".join(arguments.all())
    arguments.check_flags(())
    system, latest = await ctx.bot.read(switches.check_latest, ctx.author.id)
    if not text:
        raise Invalid("Say when it was, like `switch move 1h30m` or `switch move yesterday 14:00`.")
    at = await ctx.bot.in_thread(parse_time, text, system.tz, now_us())
    await ctx.bot.read(switches.check_move, ctx.author.id, at, latest.id)
    if await confirm(ctx, f"Move the latest switch to {stamp_us(at)} ({stamp_us(at, 'R')})?", "Move it", arguments):
        await ctx.bot.write(switches.move_switch, ctx.author.id, at, latest.id)
        await answer(ctx, card(text=f"The latest switch was at {stamp_us(at)}."))
    else:
        await answer(ctx, card(text="Nothing was changed."))


@subcommands("edit", "e", "replace", usage="<members> or out", about="change who fronts since the latest switch")
async def edit_switch(ctx: Context, arguments: Arguments) -> None:
    references = arguments.all()
    how = find_how(arguments)
    _, latest = await ctx.bot.read(switches.check_latest, ctx.author.id)
    hids = await _read_members(ctx, references, arguments)
    if await confirm(ctx, "Change who fronts since the latest switch?", "Change it", arguments):
        await ctx.bot.write(switches.edit_switch, ctx.author.id, hids, how, latest.id)
        await tell_fronters(ctx, "The latest switch is changed.")
    else:
        await answer(ctx, card(text="Nothing was changed."))


@subcommands("copy", "add", "duplicate", "dupe", usage="<members>", about="a new switch: who fronts now, and these")
async def copy_switch(ctx: Context, arguments: Arguments) -> None:
    references = arguments.all()
    how = find_how(arguments) or "append"
    hids = await get_own_hids(ctx, references, arguments)
    if not hids:
        raise Invalid("Name the members: `switch copy <member>`.")
    await ctx.bot.write(switches.copy_switch, ctx.author.id, hids, how)
    await tell_fronters(ctx, "Switch logged.")


@subcommands(
    *("delete", "erase", "cancel", "yeet"),
    usage="[all]",
    about="take the latest switch back, or all of them",
    harmful=True,
)
async def delete_switch(ctx: Context, arguments: Arguments) -> None:
    given = arguments.all()
    arguments.check_flags(ALL)
    if [word.lower() for word in given] == ["all"] or arguments.has(*ALL):
        await delete_history(ctx, arguments)
    elif given:
        # Whoever has no system is told that first.
        await get_own(ctx)
        raise Invalid("Write `switch delete` for the latest switch, or `switch delete all`.")
    else:
        await _delete_latest(ctx, arguments)


@subcommands("remove", usage="<members>", about="a new switch: who fronts now, without these", harmful=True)
async def remove_fronters(ctx: Context, arguments: Arguments) -> None:
    """The opposite of `add`; without members, of whatever the latest switch was."""
    references = arguments.all()
    if not references or references[0].lower() == "all" or arguments.has(*ALL):
        await delete_switch(ctx, Arguments(ready=references) if references else arguments)
        return
    arguments.check_flags(())
    hids = await get_own_hids(ctx, references, arguments)
    await ctx.bot.write(switches.copy_switch, ctx.author.id, hids, "remove")
    await tell_fronters(ctx, "Switch logged.")


async def delete_history(ctx: Context, arguments: Arguments) -> None:
    """Delete the whole front history after a question."""
    await ctx.bot.read(switches.check_latest, ctx.author.id)
    if await confirm(ctx, "Delete all of your switches? This cannot be undone.", "Delete all", arguments):
        await ctx.bot.write(switches.delete_all_switches, ctx.author.id)
        ctx.bot.dispatch("purge")
        await answer(ctx, card(text="All of your switches are deleted."))
    else:
        await answer(ctx, card(text="Nothing was deleted."))


async def log_switch(ctx: Context, arguments: Arguments) -> None:
    """`switch <members>`: they front from now on."""
    references = arguments.all()
    arguments.check_flags(())
    hids = await get_own_hids(ctx, references, arguments)
    await ctx.bot.write(switches.log_switch, ctx.author.id, hids)
    await tell_fronters(ctx, "Switch logged.")


async def tell_fronters(ctx: Context, done: str) -> None:
    """Say what was done and who fronts now: as a stranger sees it, where others read along."""
    viewer = ctx.author.id if is_private(ctx) else None
    now = await ctx.bot.read(overviews.find_own_fronters, ctx.author.id, viewer)
    lines = [f"{done} Fronting: {names(now['members'])}" if now else done]
    if await ctx.bot.read(switches.is_latest_ahead, ctx.author.id):
        lines.append(f"That is in the future by this server's clock; {typed(ctx, 'switch move now')} mends it.")
    await answer(ctx, card(text="\n".join(lines)))


def find_how(arguments: Arguments) -> str | None:
    """How the given members and the present ones make up the new list, by the flags. Raises Invalid for several."""
    arguments.check_flags(HOW_FLAGS)
    found = [how for how, flags in HOWS.items() if arguments.has(*flags)]
    if len(found) > 1:
        raise Invalid("Choose one of `-append`, `-prepend`, `-remove` and `-first`.")
    return found[0] if found else None


async def switch_command(ctx: Context, arguments: Arguments) -> None:
    """`switch <members>`, or a subcommand."""
    first = arguments.peek()
    if first is None:
        raise Invalid("Name who fronts: `switch <members>`; `switch out` is nobody.")
    subcommand: Subcommand | None = subcommands.find(first)
    if subcommand:
        arguments.next()
        await subcommand.run(ctx, arguments)
        return
    await log_switch(ctx, arguments)


async def _read_members(ctx: Context, references: list[str], arguments: Arguments) -> list[str]:
    if [word.lower() for word in references] == ["out"]:
        return []
    if not references:
        raise Invalid("Name the members: `switch edit <members>`, or `switch edit out`.")
    return await get_own_hids(ctx, references, arguments)


async def _delete_latest(ctx: Context, arguments: Arguments) -> None:
    system, latest = await ctx.bot.read(switches.check_latest, ctx.author.id)
    question = f"Delete the latest switch?\n{await _describe(ctx, system, latest)}"
    if await confirm(ctx, question, "Delete it", arguments):
        await ctx.bot.write(switches.delete_switch, ctx.author.id, latest.id)
        await tell_fronters(ctx, "The latest switch is deleted.")
    else:
        await answer(ctx, card(text="Nothing was deleted."))


async def _describe(ctx: Context, system: System, latest: Switch) -> str:
    """The latest switch and the one before, if those who read here may see the latest."""
    viewer = ctx.author.id if is_private(ctx) else None
    try:
        rows = await ctx.bot.read(front_history.show_history, system, viewer, 0, 2)
    except NotAllowed:
        return ""
    if not rows or rows[0]["timestamp"] != latest.timestamp:
        return ""
    lines = [f"{names(row['members'])} since {stamp_us(row['timestamp'])}" for row in rows]
    return "\nBefore it: ".join(lines)


class SwitchCog(commands.Cog, name="switch"):
    """The switches of one's own system."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("switch", "sw", usage="<members>", subcommands=subcommands)
    async def switch(self, ctx: Context, *, text: str = "") -> None:
        await switch_command(ctx, Arguments(text))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(SwitchCog(bot))
