"""Saying what a file would change where nobody else reads it, and asking what of it is wanted."""

import discord

from cogs.commands.arguments import YES, Arguments
from cogs.commands.confirm import choose
from cogs.commands.formatting import cut, escape
from cogs.commands.paginator import Paginator
from cogs.commands.private_responses import is_private
from cogs.commands.responses import Context, answer, as_file, card, send_dm
from cogs.commands.views import OptionButtons
from rules.transfer import known_switches
from rules.transfer.import_plan import Plan
from rules.transfer.preview import choices
from rules.transfer.preview.choices import DEFAULT_WAY, OPENS, Choices, find_offers, find_ways

PLAN_NAME = "what-would-change.txt"
# With room for the question behind it.
MOST_PLAN = 3800
MOST_LINE = 600
IMPORT, IMPORT_AND_OPEN, OPEN = "Import", "Import, and make that public", "Make that public"
_TITLE = "What the file would change"
# What buttons say where others read them: neither who fronts nor how much there is.
_FOR_CHANNELS = {
    choices.FRONTS_NOW: "Who fronts last in the file fronts now",
    choices.ADDS_UNKNOWN: "Make members of those who front and are not in the file",
    choices.TAKES_BIRTHDAYS: "Take fields for birthdays",
    known_switches.BEFORE: "Only switches from before my first",
    known_switches.ALL: "All switches, among mine",
    known_switches.NONE: "No switches",
}


async def ask_about(ctx: Context, plan: Plan, arguments: Arguments, taken: Choices) -> Choices | None:
    """Show the plan, and ask which import is wanted; None is no import, and silence too.

    `taken` is what the file was read with. A `-yes` imports what opens, mixes and adds nothing that is only offered.
    """
    text = await _show(ctx, plan)
    if arguments.has(*YES):
        return taken
    offers = {name: told for name, told in find_offers(plan).items() if name != OPENS}
    wanted = OptionButtons(_label(ctx, offers), (), row=1)
    ways = OptionButtons(_label(ctx, find_ways(plan)), (DEFAULT_WAY,), row=0, only_one=True)
    asked = "Make it public?" if plan.is_empty and not offers else "Import it?"
    buttons = _name_buttons(plan, offers)
    pressed = await choose(ctx, ctx.author.id, f"{text}\n{asked}", buttons, beside=(ways, wanted))
    if pressed is None:
        return None
    opened = {OPENS} if pressed != IMPORT else set()
    return Choices(taken.flags | wanted.chosen | opened, *ways.chosen)


def _label(ctx: Context, options: dict[str, str]) -> dict[str, str]:
    return options if is_private(ctx) else {name: _FOR_CHANNELS[name] for name in options}


async def show_only(ctx: Context, plan: Plan) -> None:
    """Show a plan in which there is nothing to ask."""
    text = await _show(ctx, plan)
    await answer(ctx, card(text=text if is_private(ctx) else "See your DMs."))


async def _show(ctx: Context, plan: Plan) -> str:
    """The plan, to stand before a question; sent ahead where others would read it, or where it is too long."""
    text = "\n".join(escape(sentence) for sentence in plan.sentences)
    if is_private(ctx) and len(text) <= MOST_PLAN:
        return text
    options = {} if len(text) <= MOST_PLAN else _as_pages(ctx, plan)
    embed = options.pop("embed", None) or card(_TITLE, text)
    if is_private(ctx):
        await answer(ctx, embed, **options)
        return "What the file would change stands in the pages and in the file above."
    # The names of members are not for a channel.
    await send_dm(ctx.author, embed, **options)
    return "Your DMs say what this file would change."


def _as_pages(ctx: Context, plan: Plan) -> dict[str, object]:
    pages = [""]
    for sentence in plan.sentences:
        line = cut(escape(sentence), MOST_LINE)
        if len(pages[-1]) + len(line) >= MOST_PLAN:
            pages.append("")
        pages[-1] += f"{line}\n"

    async def make_page(number: int) -> discord.Embed:
        return _page(pages, number)

    beside = as_file("\n".join(plan.sentences), PLAN_NAME)
    return {"embed": _page(pages, 0), "view": Paginator(ctx.author.id, len(pages), make_page), "file": beside}


def _page(pages: list[str], number: int) -> discord.Embed:
    embed = card(_TITLE, pages[number])
    return embed.set_footer(text=f"Page {number + 1} of {len(pages)}; all of it is in the file.")


def _name_buttons(plan: Plan, offers: dict[str, str]) -> tuple[str, ...]:
    if plan.is_empty and not offers:
        return (OPEN,)
    return (IMPORT, IMPORT_AND_OPEN) if plan.openings else (IMPORT,)
