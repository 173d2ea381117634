"""Who is meant: systems and members by mention, ID or name."""

import re

from cogs.commands.arguments import BY_ID, Arguments
from cogs.commands.private_responses import SystemTarget, is_private
from cogs.commands.responses import Context
from models import Member, System
from rules.errors import Invalid, NotFound
from rules.parsing.fields import get_snowflake
from rules.systems import member_lookup, systems

_MENTION = re.compile(r"<@!?(\d+)>|(\d{15,19})", re.ASCII)


def find_user_id(word: str | None) -> int | None:
    """The Discord account that a mention or a bare ID names."""
    match = _MENTION.fullmatch(word or "")
    return get_snowflake(match[1] or match[2]) if match else None


def get_user_id(word: str | None, what_for: str) -> int:
    """The same. Raises Invalid."""
    user_id = find_user_id(word)
    if user_id is None:
        raise Invalid(f"Mention the account {what_for}, or give its ID.")
    return user_id


async def get_own(ctx: Context) -> SystemTarget:
    """The caller's own system. Raises NotAuthenticated."""
    return SystemTarget(await ctx.bot.read(systems.get_own_system, ctx.author.id), True)


async def find_system(ctx: Context, word: str | None) -> SystemTarget | None:
    """The system that a word names, or None when the word cannot be the name of one. Raises NotFound."""
    user_id = find_user_id(word)
    if user_id is not None:
        return await _seen(ctx, await ctx.bot.read(systems.get_account_system, user_id))
    hid = (word or "").replace("-", "")
    if not re.fullmatch("[a-zA-Z]{5,6}", hid, re.ASCII):
        return None
    try:
        return await _seen(ctx, await ctx.bot.read(systems.get_system, hid))
    except NotFound:
        return None


async def get_member(ctx: Context, word: str, arguments: Arguments) -> Member:
    """The member that a word names: one's own by name, anybody's by ID. Raises NotFound, Invalid."""
    return await ctx.bot.read(
        member_lookup.get_referenced, ctx.author.id, word, arguments.has(*BY_ID), not is_private(ctx)
    )


async def get_own_hids(ctx: Context, given: list[str], arguments: Arguments) -> list[str]:
    """The IDs of one's own members by name or ID, in order. Raises NotFound, Invalid, NotAuthenticated."""
    by_id = arguments.has(*BY_ID)
    return await ctx.bot.read(member_lookup.get_own_referenced, ctx.author.id, given, by_id, not is_private(ctx))


async def _seen(ctx: Context, system: System) -> SystemTarget:
    return SystemTarget(system, await ctx.bot.read(systems.is_owner, ctx.author.id, system.id))
