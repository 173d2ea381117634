"""`pk;list` and `pk;find`: the members of a system."""

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Any

import discord
from discord.ext import commands
from sqlalchemy.orm import Session

from cogs.commands.arguments import Arguments
from cogs.commands.converters import get_display, get_own
from cogs.commands.formatting import cut, escape, stamp, stamp_us
from cogs.commands.private_responses import Response, respond
from cogs.commands.registry import systems_command
from cogs.commands.responses import MOST_TEXT, Context, card
from cogs.commands.subcommands import Subcommand
from cogs.commands.targets import SystemTarget
from cogs.systems.embeds import called, list_tags
from rules.errors import Invalid
from rules.parsing.birthdays import show_birthday
from rules.systems import member_list, systems
from rules.systems.config import Display

SHORT, FULL = 25, 5
TAGS, TAGS_IN_FULL = 2, 5
# An address has up to 256 characters, and what is over 4096 would be lost.
SHORT_WITH_PICTURES = 10
FULL_WORDS = ("full", "big", "details", "long")
FULL_FLAGS = (*FULL_WORDS, "f")
SORTS = {
    "name": ("by-name", "bn"),
    "display_name": ("by-display-name", "by-displayname", "bdn"),
    "id": ("by-id", "bid"),
    "message_count": ("by-message-count", "by-messages", "by-count", "bmc"),
    "created": ("by-created", "by-creation-date", "bc", "bcr", "bcd"),
    "last_fronted": ("by-last-fronted", "by-last-front", "by-last-switch", "blf", "bls"),
    "last_message": ("by-last-message", "by-last-proxy", "blm", "blp"),
    "birthday": ("by-birthday", "by-birthdate", "bbd", "bb"),
    "random": ("random", "rand", "shuffle"),
}
EXTRAS = {
    "message_count": ("with-message-count", "with-messages", "with-count", "wmc"),
    "created": ("with-created", "with-creation-date", "wc", "wcr"),
    "last_fronted": ("with-last-fronted", "with-last-front", "with-last-switch", "with-switch", "wlf", "wls", "wsw"),
    "last_message_at": ("with-last-message", "with-last-proxy", "with-message", "wlm", "wlp", "wm"),
    "birthday": ("with-birthday", "with-birthdate", "wbd", "wb"),
    "pronouns": ("with-pronouns", "with-prns", "wp", "wprns"),
    "avatar_url": ("with-avatar", "with-pfp", "with-icon", "wa", "wpfp", "wi"),
    "display_name": ("with-display-name", "with-displayname", "wdn"),
    "proxy_tags": ("with-tags", "with-proxy-tags", "wt"),
}
OPTIONS = {
    "descriptions": ("search-description", "search-descriptions", "sd"),
    "all": ("all", "a"),
    "private_only": ("private-only", "po"),
    "reverse": ("reverse", "rev", "r"),
}
Lister = Callable[..., list[dict[str, Any]]]
FLAGS = (*FULL_FLAGS, *(flag for table in (SORTS, EXTRAS, OPTIONS) for flags in table.values() for flag in flags))


@dataclass(frozen=True)
class _Listing:
    """A list as it was asked for: which members, and what its pages show of them."""

    options: member_list.Options
    full: bool
    extras: list[str]
    display: Display
    own: bool

    @property
    def size(self) -> int:
        """How many members are on a page."""
        if self.full:
            return FULL
        return SHORT_WITH_PICTURES if "avatar_url" in self.extras else SHORT

    def count_pages(self, hids: list[str]) -> int:
        """How many pages the list has; an empty one has one as well."""
        return max(-(-len(hids) // self.size), 1)

    def make_page(self, hids: list[str], number: int, members: list[dict[str, Any]]) -> discord.Embed:
        """The page with a number of a list of IDs, from 0 on, with what may be seen of its members now."""
        by_hid = {member["id"]: member for member in members}
        page = [by_hid[hid] for hid in hids[number * self.size : (number + 1) * self.size] if hid in by_hid]
        embed = (_full_page if self.full else _short_page)(page, self.extras, self.display)
        if not hids:
            embed.description = self.tell_nobody()
        search = f" with “{cut(self.options.search, 40)}”" if self.options.search else ""
        embed.title = f"Members{search} ({len(hids)})"
        count = self.count_pages(hids)
        return embed.set_footer(text=f"Page {number + 1} of {count}") if count > 1 else embed

    def tell_nobody(self) -> str:
        """What an empty list says; owners are told where the others are."""
        more = " `-all` lists private and archived members and custom fronts too." if self.own else ""
        return f"There is nobody to list.{more if not self.options.all else ''}"


async def show_list(
    ctx: Context, target: SystemTarget, arguments: Arguments, lister: Lister | None = None, hid: str = ""
) -> None:
    """The members of the target, or those that `lister` lists of what has the ID `hid`: 25 a page, `full` 5 a page.

    Raises Invalid for options that do not go together.
    """
    listing = _read_listing(arguments, await get_display(ctx), target.own)
    list_now = partial(lister or list_members, hid=hid or target.system.hid)
    if listing.options.private_only and not target.own:
        raise Invalid("Only the owner of a system can list what is private.")

    async def build(viewer: int | None) -> Response:
        members = await ctx.bot.read(list_now, viewer=viewer, options=listing.options)
        hids = [member["id"] for member in members]
        make_page = partial(_make_page, ctx, list_now, viewer, listing, hids)
        return Response(listing.make_page(hids, 0, members), listing.count_pages(hids), make_page)

    await respond(ctx, target, arguments, build)


async def _make_page(
    ctx: Context, list_now: Lister, viewer: int | None, listing: _Listing, hids: list[str], number: int
) -> discord.Embed:
    # Pages are turned for minutes, in which members may have become private.
    members = await ctx.bot.read(list_now, viewer=viewer, options=listing.options)
    return listing.make_page(hids, number, members)


def list_members(session: Session, hid: str, viewer: int | None, options: member_list.Options) -> list[dict[str, Any]]:
    """The members of the system with an ID."""
    return member_list.list_members(session, systems.get_system(session, hid), viewer, options)


async def list_command(ctx: Context, arguments: Arguments) -> None:
    """`list [full] [search]`, of one's own system."""
    await show_list(ctx, await get_own(ctx), arguments)


NAMES = ("list", "l", "ls", "members", "find", "search", "query", "fd")
system_subcommands = [Subcommand(NAMES, show_list, "[full] [text]", "the members, or those with a text in their names")]


class MemberListCog(commands.Cog, name="member_list"):
    """Looking through members."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command(*NAMES, usage="[full] [text]")
    async def list(self, ctx: Context, *, text: str = "") -> None:
        await list_command(ctx, Arguments(text))


def _read_listing(arguments: Arguments, display: Display, own: bool) -> _Listing:
    full = (arguments.peek() or "").lower() in FULL_WORDS
    if full:
        arguments.next()
    search = " ".join(arguments.all())
    arguments.check_flags(FLAGS)
    full = full or arguments.has(*FULL_FLAGS)
    extras = _find_all(arguments, EXTRAS)
    if len(extras) > 1 and not full:
        raise Invalid("The short list has room for one `-with-…`; `list full` takes as many as you like.")
    return _Listing(_read_options(arguments, search, extras), full, extras, display, own)


def _read_options(arguments: Arguments, search: str, extras: list[str]) -> member_list.Options:
    return member_list.Options(
        search=search,
        sort=read_sort(arguments, SORTS) or "name",
        last_fronted="last_fronted" in extras,
        **{name: arguments.has(*flags) for name, flags in OPTIONS.items()},
    )


def read_sort(arguments: Arguments, sorts: dict[str, tuple[str, ...]]) -> str | None:
    """By which of these it is to be sorted, if any is said. Raises Invalid for several."""
    found = _find_all(arguments, sorts)
    if len(found) > 1:
        raise Invalid("Choose one way of sorting.")
    return found[0] if found else None


def _find_all(arguments: Arguments, table: dict[str, tuple[str, ...]]) -> list[str]:
    return [name for name, flags in table.items() if arguments.has(*flags)]


def _short_page(members: list[dict[str, Any]], extras: list[str], display: Display) -> discord.Embed:
    lines = []
    for member, hid in zip(members, display.pad_ids([member["id"] for member in members]), strict=True):
        tags = list_tags(member["proxy_tags"], TAGS_IN_FULL if extras == ["proxy_tags"] else TAGS)
        more = f" · {_extra(member, extras[0])}" if extras and _extra(member, extras[0]) else ""
        name = f" ({cut(escape(member['name']), 60)})" if called(member) != member["name"] else ""
        lines.append(f"`{hid}` **{cut(escape(called(member)), 60)}**{name} {tags}{more}")
    return card(text=cut("\n".join(lines), MOST_TEXT) or None)


def _full_page(members: list[dict[str, Any]], extras: list[str], display: Display) -> discord.Embed:
    embed = card()
    for member in members:
        lines = [f"ID `{display.show_id(member['id'])}`"]
        if member["display_name"]:
            lines.append(f"Name: {escape(member['name'])}")
        if member["pronouns"]:
            lines.append(f"Pronouns: {member['pronouns']}")
        if member["birthday"]:
            lines.append(f"Birthday: {show_birthday(member['birthday'])}")
        if tags := list_tags(member["proxy_tags"], TAGS_IN_FULL):
            lines.append(f"Tags: {tags}")
        lines += [f"{name.replace('_', ' ')}: {_extra(member, name)}" for name in extras if _extra(member, name)]
        if member["description"]:
            lines.append(cut(member["description"], 500))
        embed.add_field(name=cut(called(member), 250), value=cut("\n".join(lines), 850), inline=False)
    return embed


def _extra(member: dict[str, Any], name: str) -> str | None:
    value = member[name]
    # All tags stand there already.
    if not value or name == "proxy_tags":
        return None
    if name == "birthday":
        return show_birthday(value)
    if name in ("last_fronted", "last_message_at"):
        return stamp_us(value, "R")
    return stamp(value, "D") if name == "created" else str(value)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(MemberListCog(bot))
