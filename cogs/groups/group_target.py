"""The group that a word names, to look at and to change."""

from collections.abc import Mapping
from typing import Any

from sqlalchemy.orm import Session

from cogs.commands.arguments import Arguments
from cogs.commands.converters import get_target
from cogs.commands.responses import Context
from cogs.commands.targets import EditTarget
from rules.groups import groups, listing
from rules.groups.group_lookup import GROUPS
from rules.systems.member_list import Options


async def get_group_target(ctx: Context, word: str, arguments: Arguments) -> EditTarget:
    """The group that a word names: one's own by name, anybody's by ID. Raises NoSuchMember, Invalid."""
    return await get_target(ctx, word, arguments, GROUPS, see_group, groups.edit_group)


def list_members(session: Session, hid: str, viewer: int | None, options: Options) -> list[dict[str, Any]]:
    """The members of the group with an ID."""
    return listing.list_members(session, groups.get_group(session, hid), viewer, options)


def see_group(session: Session, hid: str, viewer: int | None) -> Mapping[str, Any]:
    """The group with an ID, as the viewer may see it."""
    return listing.show_group(session, groups.get_group(session, hid), viewer)
