"""Who is meant: systems and members by mention, ID or name, and the server in which a command is typed."""

import re
from collections.abc import Callable, Mapping
from typing import Any

import discord
from sqlalchemy.orm import Session

from cogs.commands.arguments import BY_ID, Arguments, as_word
from cogs.commands.formatting import code
from cogs.commands.private_responses import is_private
from cogs.commands.responses import Context
from cogs.commands.targets import EditTarget, MemberTarget, SystemTarget
from models import Member, System
from rules.errors import Invalid, NotFound
from rules.parsing.fields import get_snowflake
from rules.systems import member_lookup, members, overviews, systems
from rules.systems.config import Display
from rules.systems.config import get_display as get_user_display

_MENTION = re.compile(r"<@!?(\d+)>|(\d{15,19})", re.ASCII)
_SYSTEM_ID = re.compile("[a-zA-Z]{5,6}", re.ASCII)


def get_guild_id(ctx: Context) -> int:
    """The server in which a command is typed. Raises Invalid in a DM."""
    if not ctx.guild:
        raise Invalid("This is set for each server by itself; type it in a server.")
    return ctx.guild.id


def find_user_id(word: str | None) -> int | None:
    """The Discord account that a mention or a bare ID names."""
    match = _MENTION.fullmatch(word or "")
    return get_snowflake(match[1] or match[2]) if match else None


def get_user_id(word: str | None, what_for: str) -> int:
    """The Discord account that a mention or a bare ID names. Raises Invalid, saying what it is needed for."""
    user_id = find_user_id(word)
    if user_id is None:
        raise Invalid(f"Mention the account {what_for}, or give its ID.")
    return user_id


async def get_user(ctx: Context, user_id: int) -> discord.User:
    """The Discord account with an ID, asked from Discord. Raises NotFound."""
    try:
        return await ctx.bot.fetch_user(user_id)
    except discord.NotFound:
        raise NotFound("There is no such Discord account.") from None


async def get_own(ctx: Context) -> SystemTarget:
    """The caller's own system. Raises NotAuthenticated."""
    return SystemTarget(await ctx.bot.read(systems.get_own_system, ctx.author.id), True)


async def get_display(ctx: Context) -> Display:
    """How the caller likes IDs and colors to be shown."""
    return await ctx.bot.read(get_user_display, ctx.author.id)


async def find_system(ctx: Context, word: str | None) -> SystemTarget | None:
    """The system that a word names: by ID, or by an account that is linked to it.

    None when there is no such ID. Raises NotFound for an account without a system.
    """
    user_id = find_user_id(word)
    if user_id is not None:
        return await ctx.bot.read(_look_up, systems.get_account_system, user_id, ctx.author.id)
    hid = (word or "").replace("-", "")
    if not _SYSTEM_ID.fullmatch(hid):
        return None
    try:
        return await ctx.bot.read(_look_up, systems.get_system, hid, ctx.author.id)
    except NotFound:
        return None


async def get_member(ctx: Context, word: str, arguments: Arguments) -> Member:
    """The member that a word names: one's own by name, anybody's by ID. Raises NoSuchMember, Invalid."""
    by_id = arguments.has(*BY_ID)
    return await ctx.bot.read(member_lookup.get_referenced, ctx.author.id, word, by_id, not is_private(ctx))


async def get_member_target(ctx: Context, word: str, arguments: Arguments) -> EditTarget:
    """The member that a word names, to look at and to change. Raises NoSuchMember, Invalid."""
    return await get_target(ctx, word, arguments, member_lookup.MEMBERS, _see_member, members.edit_member)


async def get_target(
    ctx: Context,
    word: str,
    arguments: Arguments,
    kind: member_lookup.Kind,
    see_rule: Callable[[Session, str, int | None], Mapping[str, Any]],
    edit_rule: Callable[[Session, int, str, Mapping[str, object]], object],
) -> EditTarget:
    """What a word names among things of a kind, to look at and to change. Raises NoSuchMember, Invalid."""
    by_id, public = arguments.has(*BY_ID), not is_private(ctx)
    found = await ctx.bot.read(member_lookup.look_up, ctx.author.id, word, by_id, public, kind)
    hid = found.thing.hid

    async def see(viewer: int | None) -> Mapping[str, Any]:
        return await ctx.bot.read(see_rule, hid, viewer)

    async def edit(changes: Mapping[str, object]) -> None:
        await ctx.bot.write(edit_rule, ctx.author.id, hid, changes)

    target = MemberTarget(found.system, found.refusal is None, found.refusal)
    return EditTarget(target, kind.word, see, edit, f"{kind.word} {as_word(word) or hid}", hid)


async def get_own_hid(ctx: Context, word: str, arguments: Arguments) -> str:
    """The ID of the one of one's own members whom a word names. Raises NotFound, Invalid, NotAuthenticated."""
    by_id, public = arguments.has(*BY_ID), not is_private(ctx)
    return (await ctx.bot.read(member_lookup.get_own_referenced, ctx.author.id, [word], by_id, public))[0]


async def get_own_hids(
    ctx: Context, given: list[str], arguments: Arguments, kind: member_lookup.Kind = member_lookup.MEMBERS
) -> list[str]:
    """The IDs of one's own members, or other `kind`, by name or ID, in order; `Ann, Ben & Cleo` are three.

    Raises NotFound, Invalid, NotAuthenticated.
    """
    by_id, public = arguments.has(*BY_ID), not is_private(ctx)
    try:
        return await ctx.bot.read(member_lookup.get_own_listed, ctx.author.id, given, by_id, public, kind)
    except member_lookup.NoSuchMember as refused:
        first = next(number for number, word in enumerate(given) if refused.reference in word)
        text = " ".join(given[first:])
        found = await find_full_name(ctx, text, kind)
        name = as_word(found[0]) if found else None
        raise _needs_quotes(refused, name) if name else refused from None


async def find_full_name(
    ctx: Context, text: str, kind: member_lookup.Kind = member_lookup.MEMBERS
) -> tuple[str, str] | None:
    """The name of several words with which a text begins that was read as single words, and what stands behind it."""
    return await ctx.bot.read(member_lookup.find_by_beginning, ctx.author.id, text, not is_private(ctx), kind)


def _needs_quotes(refused: member_lookup.NoSuchMember, written: str) -> NotFound:
    return NotFound(f"{refused.beginning}; a name with blanks needs quotes: {code(written)}.")


def _look_up(session: Session, get: Callable[[Session, Any], System], key: int | str, viewer: int) -> SystemTarget:
    system = get(session, key)
    return SystemTarget(system, systems.is_owner(session, viewer, system.id))


def _see_member(session: Session, hid: str, viewer: int | None) -> Mapping[str, Any]:
    return overviews.get_member_overview(session, members.get_member(session, hid), viewer)
