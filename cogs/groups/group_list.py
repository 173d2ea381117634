"""`pk;group list` and `pk;system groups`: the groups of a system."""

from functools import partial
from typing import Any

import discord
from sqlalchemy.orm import Session

from cogs.commands.arguments import Arguments
from cogs.commands.converters import get_display
from cogs.commands.formatting import cut, escape
from cogs.commands.private_responses import Response, respond
from cogs.commands.responses import MOST_TEXT, Context, card
from cogs.commands.subcommands import Subcommand
from cogs.commands.targets import SystemTarget
from cogs.systems import member_list, system
from cogs.systems.embeds import called
from rules.errors import Invalid
from rules.groups import listing
from rules.groups.listing import GroupOptions
from rules.systems import systems
from rules.systems.config import Display

ON_A_PAGE = 25
ALL, PRIVATE_ONLY, REVERSE = (member_list.OPTIONS[name] for name in ("all", "private_only", "reverse"))
SORTS = {name: member_list.SORTS[name] for name in listing.SORTS}


async def show_groups(ctx: Context, target: SystemTarget, arguments: Arguments) -> None:
    """The groups of a system, or those with a text in their names, 25 a page; sorted as lists of members are."""
    search = " ".join(arguments.all())
    arguments.check_flags((*ALL, *PRIVATE_ONLY, *REVERSE, *(flag for flags in SORTS.values() for flag in flags)))
    options = GroupOptions(
        search,
        all=arguments.has(*ALL),
        private_only=arguments.has(*PRIVATE_ONLY),
        sort=member_list.read_sort(arguments, SORTS) or "display_name",
        reverse=arguments.has(*REVERSE),
    )
    if options.private_only and not target.own:
        raise Invalid("Only the owner of a system can list what is private.")

    display = await get_display(ctx)

    async def build(viewer: int | None) -> Response:
        found = await ctx.bot.read(_list_now, target.system.hid, viewer, options)
        make_page = partial(_make_page, ctx, target.system.hid, viewer, options, display)
        return Response(_page(found, options, display, 0), _count_pages(found), make_page)

    await respond(ctx, target, arguments, build)


def tell_groups(found: list[dict[str, Any]], display: Display) -> str:
    """Groups by ID and name, one a line, for who likes things displayed so."""
    hids = display.pad_ids([group["id"] for group in found])
    return cut("\n".join(map(_line, found, hids)), MOST_TEXT)


NAMES = ("groups", "grouplist", "gs")
system.subcommands.add(Subcommand(NAMES, show_groups, "[text]", "the groups; `-by-…` sorts them as members"))


async def _make_page(
    ctx: Context, hid: str, viewer: int | None, options: GroupOptions, display: Display, number: int
) -> discord.Embed:
    # Pages are turned for minutes, in which groups may have become private.
    return _page(await ctx.bot.read(_list_now, hid, viewer, options), options, display, number)


def _list_now(session: Session, hid: str, viewer: int | None, options: GroupOptions) -> list[dict[str, Any]]:
    return listing.list_groups(session, systems.get_system(session, hid), viewer, options)


def _page(found: list[dict[str, Any]], options: GroupOptions, display: Display, number: int) -> discord.Embed:
    text = tell_groups(found[number * ON_A_PAGE : (number + 1) * ON_A_PAGE], display)
    search = f" with “{cut(options.search, 40)}”" if options.search else ""
    embed = card(f"Groups{search} ({len(found)})", text or "There is no group to list.")
    count = _count_pages(found)
    return embed.set_footer(text=f"Page {number + 1} of {count}") if count > 1 else embed


def _count_pages(found: list[dict[str, Any]]) -> int:
    return max(-(-len(found) // ON_A_PAGE), 1)


def _line(group: dict[str, Any], hid: str) -> str:
    name = f" ({cut(escape(group['name']), 60)})" if called(group) != group["name"] else ""
    count = group.get("count")
    members = "" if count is None else f" · {count} {'member' if count == 1 else 'members'}"
    return f"`{hid}` **{cut(escape(called(group)), 60)}**{name}{members}"
