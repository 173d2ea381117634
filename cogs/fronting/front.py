"""`pk;front`: who fronts, who fronted when, and how much."""

from collections.abc import Callable
from functools import partial
from typing import Any

import discord
from discord.ext import commands
from sqlalchemy.orm import Session

from cogs.commands.arguments import CLEAR, Arguments
from cogs.commands.converters import find_system, get_display, get_own
from cogs.commands.formatting import cut, escape, quote, stamp_us
from cogs.commands.private_responses import Response, respond
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, card
from cogs.commands.subcommands import Subcommand, Subcommands
from cogs.commands.targets import SystemTarget
from cogs.fronting.switch import delete_history
from cogs.systems.embeds import called, fronters_embed, names, paint
from rules.fronting import front_breakdown, front_history
from rules.parsing.timestamps import now_us
from rules.parsing.typed_times import parse_time, show_span
from rules.systems import overviews, systems
from rules.systems.config import Display
from rules.systems.privacy import see_system

ON_A_PAGE = 10
# An embed has at most 25 fields; the last one tells of all others together.
ROWS = 24
DEFAULT_SINCE = "30d"
FRONTERS_ONLY = ("fronters-only", "fo")

subcommands = Subcommands("front")


@subcommands("show", "view", about="who fronts now, and since when")
async def show_fronters(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    arguments.end()

    async def build(viewer: int | None) -> Response:
        return Response(fronters_embed(await ctx.bot.read(overviews.get_front_overview, target.system, viewer)))

    await respond(ctx, target, arguments, build)


@subcommands("history", "h", "fronthistory", "fh", "switches", about="who fronted when, and for how long")
async def show_history(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    clearing = (arguments.peek() or "").lower() == "clear" and arguments.next()
    arguments.end(("with-id", *CLEAR))
    if clearing or arguments.has(*CLEAR):
        target.check_own()
        await delete_history(ctx, arguments)
        return

    display = await get_display(ctx) if arguments.has("with-id") else None

    async def build(viewer: int | None) -> Response:
        switches = await ctx.bot.read(front_history.count_switches, target.system, viewer)
        count = max(-(-switches // ON_A_PAGE), 1)
        make_page = partial(_make_history_page, ctx, target, viewer, display, count)
        return Response(await make_page(0), count, make_page)

    await respond(ctx, target, arguments, build)


@subcommands(
    "percent", "p", "frontpercent", "fp", "front%", "frontbreakdown", usage="[since]", about="who fronted how much"
)
async def show_percent(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    await show_breakdown(ctx, target, arguments, front_breakdown.get_front_breakdown, target.system)


async def show_breakdown(
    ctx: Context, target: SystemTarget, arguments: Arguments, rule: Callable[..., dict[str, Any]], about: Any
) -> None:
    """How much who fronted by a rule about a system, a member or a group: `[since]`, 30 days without it."""
    text = " ".join(arguments.all())
    arguments.check_flags(("flat", *FRONTERS_ONLY))
    now = now_us()
    since = 0
    if text.lower() != "full":
        since = await ctx.bot.in_thread(parse_time, text or DEFAULT_SINCE, target.system.tz, now)
    options = {"flat": arguments.has("flat"), "fronters_only": arguments.has(*FRONTERS_ONLY)}

    async def build(viewer: int | None) -> Response:
        seen = await ctx.bot.read(rule, about, viewer, since, now, **options)
        system = see_system(target.system, viewer is not None)
        return Response(paint(_breakdown_embed(seen), {**system, "avatar_url": None, "banner": None}))

    await respond(ctx, target, arguments, build)


async def _make_history_page(
    ctx: Context, target: SystemTarget, viewer: int | None, display: Display | None, count: int, number: int
) -> discord.Embed:
    rows = await ctx.bot.read(_read_history, target.system.hid, viewer, number * ON_A_PAGE)
    text = "\n".join(_history_line(row, display) for row in rows)
    embed = card("Front history", text or "Nobody has fronted yet.")
    return embed.set_footer(text=f"Page {number + 1} of {count}")


def _read_history(session: Session, hid: str, viewer: int | None, skip: int) -> list[dict[str, Any]]:
    # Pages are turned for minutes, in which the history may have become private.
    return front_history.show_history(session, systems.get_system(session, hid), viewer, skip, ON_A_PAGE)


def _breakdown_embed(seen: dict[str, Any]) -> discord.Embed:
    rows, rest = seen["rows"][:ROWS], seen["rows"][ROWS:]
    embed = card("Front breakdown", f"Since {stamp_us(seen['since'])}" if rows else "Nobody has fronted yet.")
    for row in rows:
        who = called(row["member"]) if row["member"] else "(no fronter)"
        embed.add_field(name=cut(escape(who), 250), value=_share(row["percent"], row["us"]), inline=True)
    if rest:
        together = _share(sum(row["percent"] for row in rest), sum(row["us"] for row in rest))
        embed.add_field(name=f"({len(rest)} others)", value=together, inline=True)
    return embed


def _share(percent: float, microseconds: float) -> str:
    return f"{percent:.0f} % ({show_span(int(microseconds) // 1_000_000)})"


def _history_line(row: dict[str, Any], display: Display | None) -> str:
    who = names(row["members"])
    if display and row["members"]:
        listed = (f"{escape(called(member))} (`{display.show_id(member['id'])}`)" for member in row["members"])
        who = cut(", ".join(listed), 350)
    since = f"{stamp_us(row['timestamp'])} ({stamp_us(row['timestamp'], 'R')})"
    if row["until"] is None:
        return f"**{cut(who, 350)}** {'since ' if row['still'] else ''}{since}"
    return f"**{cut(who, 350)}** {since} for {show_span((row['until'] - row['timestamp']) // 1_000_000)}"


system_subcommands = [
    Subcommand(("fronter", "front", "fronters", "f"), show_fronters, "", "who fronts now, and since when"),
    Subcommand(("fronthistory", "fh", "history", "switches"), show_history, "", "who fronted when, and for how long"),
    Subcommand(("frontpercent", "fp", "front%", "frontbreakdown"), show_percent, "[since]", "who fronted how much"),
]


async def front_command(ctx: Context, arguments: Arguments) -> None:
    """`front [system]`, `front history [system]`, `front percent [since]`."""
    word = arguments.next()
    subcommand = subcommands.find(word)
    if word is None or subcommand:
        act = subcommand.run if subcommand else show_fronters
        # What stands behind `percent` is a time.
        target = await get_own(ctx) if act is show_percent else await _take_target(ctx, arguments)
        await act(ctx, target, arguments)
        return
    target = await find_system(ctx, word)
    if not target:
        subcommands.get(word, f"There is no system {quote(word)}, and I know ")
    word = arguments.next()
    await (subcommands.get(word).run if word else show_fronters)(ctx, target, arguments)


class FrontCog(commands.Cog, name="front"):
    """Looking at switches."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("front", "f", "fronter", "fronters", usage="[history or percent]", subcommands=subcommands)
    async def front(self, ctx: Context, *, text: str = "") -> None:
        await front_command(ctx, Arguments(text))

    @systems_command("fronthistory", "fh", usage="[system]")
    async def history(self, ctx: Context, *, text: str = "") -> None:
        arguments = Arguments(text)
        await show_history(ctx, await _take_target(ctx, arguments), arguments)

    @systems_command("frontpercent", "fp", "front%", "frontbreakdown", usage="[since]")
    async def percent(self, ctx: Context, *, text: str = "") -> None:
        await show_percent(ctx, await get_own(ctx), Arguments(text))


async def _take_target(ctx: Context, arguments: Arguments) -> SystemTarget:
    """The system that the next word names, if it names one; else one's own."""
    target = await find_system(ctx, arguments.peek())
    if target:
        arguments.next()
    return target or await get_own(ctx)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(FrontCog(bot))
