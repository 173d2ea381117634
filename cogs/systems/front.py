"""`pk;front`: who fronts, who fronted when, and how much."""

from typing import Any

import discord
from discord.ext import commands
from sqlalchemy.orm import Session

from cogs.commands.arguments import CLEAR, Arguments
from cogs.commands.converters import find_system, get_own
from cogs.commands.formatting import cut, escape, quote, stamp_us
from cogs.commands.private_responses import Response, show
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, card
from cogs.commands.subcommands import Subcommand, Subcommands
from cogs.commands.targets import SystemTarget
from cogs.systems import switch as switching
from cogs.systems.embeds import called, fronters_card, names, paint
from rules.parsing.dates import show_span, type_time
from rules.parsing.timestamps import now_us
from rules.systems import front_breakdown, front_history, overviews, switches, systems
from rules.systems.privacy import see_system

ON_A_PAGE = 10
ROWS = 24
DEFAULT_SINCE = "30d"

subcommands = Subcommands("front")


@subcommands("show", "view", about="who fronts now, and since when")
async def show_fronters(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    arguments.end()

    async def build(viewer: int | None) -> Response:
        overview = await ctx.bot.read(overviews.get_overview, target.system, viewer)
        return Response(fronters_card(overview, await ctx.bot.read(switches.show_fronters, target.system.hid, viewer)))

    await show(ctx, arguments, target, build)


@subcommands("history", "h", "fronthistory", "fh", "switches", about="who fronted when, and for how long")
async def show_history(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    clearing = (arguments.peek() or "").lower() == "clear" and arguments.next()
    arguments.end(("with-id", *CLEAR))
    if clearing or arguments.has(*CLEAR):
        target.check_own()
        await switching.delete_all(ctx, arguments)
        return

    async def build(viewer: int | None) -> Response:
        count = await ctx.bot.read(front_history.count_switches, target.system, viewer)

        async def page(number: int):
            rows = await ctx.bot.read(_read_history, target.system.hid, viewer, number * ON_A_PAGE)
            text = "\n".join(_history_line(row, arguments.has("with-id")) for row in rows)
            pages = f"Page {number + 1} of {_pages(count)}"
            return card("Front history", text or "Nobody has fronted yet.").set_footer(text=pages)

        return Response(await page(0), _pages(count), page)

    await show(ctx, arguments, target, build)


@subcommands(
    "percent", "p", "frontpercent", "fp", "front%", "frontbreakdown", usage="[since]", about="who fronted how much"
)
async def show_percent(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    text = " ".join(arguments.all())
    arguments.check_flags(("flat", "fronters-only", "fo"))
    now = now_us()
    since = 0 if text.lower() == "full" else await ctx.bot.read(_type_since, text or DEFAULT_SINCE, target, now)
    options = {"flat": arguments.has("flat"), "fronters_only": arguments.has("fronters-only", "fo")}

    async def build(viewer: int | None) -> Response:
        seen = await ctx.bot.read(front_breakdown.get_front_breakdown, target.system, viewer, since, now, **options)
        system = see_system(target.system, viewer is not None)
        return Response(paint(_breakdown_card(seen), {**system, "avatar_url": None, "banner": None}))

    await show(ctx, arguments, target, build)


def _read_history(session: Session, hid: str, viewer: int | None, skip: int) -> list[dict[str, Any]]:
    # Pages are turned for minutes, in which the history may have become private.
    return front_history.show_history(session, systems.get_system(session, hid), viewer, skip, ON_A_PAGE)


def _breakdown_card(seen: dict[str, Any]) -> discord.Embed:
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


def _history_line(row: dict[str, Any], with_ids: bool) -> str:
    who = names(row["members"])
    if with_ids and row["members"]:
        who = cut(", ".join(f"{escape(called(member))} (`{member['id']}`)" for member in row["members"]), 350)
    since = f"{stamp_us(row['timestamp'])} ({stamp_us(row['timestamp'], 'R')})"
    if row["until"] is None:
        return f"**{cut(who, 350)}** {'since ' if row['still'] else ''}{since}"
    return f"**{cut(who, 350)}** {since} for {show_span((row['until'] - row['timestamp']) // 1_000_000)}"


def _pages(count: int) -> int:
    return max(-(-count // ON_A_PAGE), 1)


system_subcommands = [
    Subcommand(("fronter", "front", "fronters", "f"), show_fronters, "", "who fronts now, and since when"),
    Subcommand(("fronthistory", "fh", "history", "switches"), show_history, "", "who fronted when, and for how long"),
    Subcommand(("frontpercent", "fp", "front%", "frontbreakdown"), show_percent, "[since]", "who fronted how much"),
]


async def run(ctx: Context, arguments: Arguments) -> None:
    """`front [system]`, `front history [system]`, `front percent [since]`."""
    word = arguments.next()
    subcommand = subcommands.find(word)
    if word is None or subcommand:
        run_verb = subcommand.run if subcommand else show_fronters
        # What stands behind `percent` is a time.
        target = await get_own(ctx) if run_verb is show_percent else await _take_target(ctx, arguments)
        await run_verb(ctx, target, arguments)
        return
    target = await find_system(ctx, word)
    if not target:
        subcommands.get(word, but=f"There is no system {quote(word)}, and ")
    word = arguments.next()
    await (subcommands.get(word).run if word else show_fronters)(ctx, target, arguments)


class Fronts(commands.Cog, name="fronts"):
    """Looking at switches."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command("front", "f", "fronter", "fronters", usage="[history or percent]", subcommands=subcommands)
    async def front(self, ctx: Context, *, text: str = "") -> None:
        await run(ctx, Arguments(text))

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


def _type_since(_session: object, text: str, target: SystemTarget, now: int) -> int:
    return type_time(text, target.system.tz, now)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Fronts(bot))
