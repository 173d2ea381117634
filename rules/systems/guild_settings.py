"""What a system and its members want in one server alone. Limits: those of the fields that count everywhere."""

from collections.abc import Mapping
from functools import partial
from typing import Any, TypeVar

from sqlalchemy import func, select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import MemberGuild, System, SystemGuild
from rules.errors import Invalid, NotFound
from rules.parsing import fields
from rules.systems import members, systems
from rules.systems.config import NAME_FORMAT_LENGTH

# An account is in at most 200; who may name any number would fill the file.
MOST_GUILDS = 1000
Row = TypeVar("Row", SystemGuild, MemberGuild)


def _read_choice(name: str, value: object) -> bool | None:
    return None if value is None else fields.read_bool(name, value)


_SYSTEM_READERS: fields.Readers = {
    "proxy_enabled": fields.read_bool,
    "tag_enabled": fields.read_bool,
    "tag": partial(fields.read_text, most=systems.TAG_LENGTH),
    "avatar_url": fields.read_url,
    "name_format": partial(fields.read_text, most=NAME_FORMAT_LENGTH),
    "display_name": partial(fields.read_text, most=systems.NAME_LENGTH),
}
# v2's name of a column.
_PROXYING, _PROXY = "proxying_enabled", "proxy_enabled"
_SYSTEM_WRITABLE = {**_SYSTEM_READERS, _PROXYING: fields.read_bool}
_MEMBER_READERS: fields.Readers = {
    "display_name": partial(fields.read_text, most=members.NAME_LENGTH),
    "avatar_url": fields.read_url,
    "keep_proxy": _read_choice,
}


def edit_system(session: Session, user_id: int, guild_id: int, changes: Mapping[str, object]) -> SystemGuild:
    """Change what is given for the user's system in a server and nothing else; unknown keys are ignored.

    `proxy_enabled`, which v2 calls `proxying_enabled`, and `tag_enabled` are true or false. Tag 78 code points, address
    256, `name_format` and `display_name`, the system's own name there, 100; null and blank mean that what counts
    everywhere counts there too.
    Raises Invalid, also for more than 1 000 servers, and NotAuthenticated without a system.
    """
    system = systems.get_own_system(session, user_id)
    row = session.get(SystemGuild, (system.id, guild_id))
    if not row:
        check_room(session, SystemGuild.system_id, system.id)
        row = SystemGuild(system_id=system.id, guild_id=guild_id)
    return _change(session, row, changes, _SYSTEM_WRITABLE)


def edit_member(session: Session, user_id: int, hid: str, guild_id: int, changes: Mapping[str, object]) -> MemberGuild:
    """Change what is given for a member of the user's system in a server and nothing else; unknown keys are ignored.

    `display_name` 100 code points, address 256; null and blank, and a null `keep_proxy`, mean that what counts
    everywhere counts there too. Raises Invalid, NotFound, and NotAuthenticated without a system and for somebody
    else's member.
    """
    member = members.get_own_member(session, user_id, hid)
    row = session.get(MemberGuild, (member.id, guild_id))
    if not row:
        check_room(session, MemberGuild.member_id, member.id)
        row = MemberGuild(member_id=member.id, guild_id=guild_id)
    return _change(session, row, changes, _MEMBER_READERS)


def get_own_system(session: Session, user_id: int, guild_id: int) -> SystemGuild:
    """What was set for the user's own system in a server. Raises NotFound where nothing was; NotAuthenticated."""
    row = session.get(SystemGuild, (systems.get_own_system(session, user_id).id, guild_id))
    if not row:
        raise NotFound("No system guild settings found for target guild.", code=20009)
    return row


def get_own_member(session: Session, user_id: int, hid: str, guild_id: int) -> MemberGuild:
    """What was set for a member of the user's in a server.

    Raises NotFound where nothing was; and NotAuthenticated without a system and for somebody else's member.
    """
    row = session.get(MemberGuild, (members.get_own_member(session, user_id, hid).id, guild_id))
    if not row:
        raise NotFound("No member guild settings found for target guild.", code=20010)
    return row


def see_system(session: Session, system: System, guild_id: int, viewer: int | None) -> dict[str, Any]:
    """What a system set in a server, as the viewer may see it.

    Strangers see the tag, the avatar if avatars are public, and the name if the system's name is.
    """
    # A row that is not stored has no defaults of its own yet.
    row = session.get(SystemGuild, (system.id, guild_id)) or SystemGuild(proxy_enabled=True, tag_enabled=True)
    owner = systems.is_owner(session, viewer, system.id)
    seen = {name: getattr(row, name) if owner else None for name in _SYSTEM_READERS}
    return {
        **seen,
        "tag": row.tag,
        "avatar_url": row.avatar_url if owner or not system.avatar_privacy else None,
        "display_name": row.display_name if owner or not system.name_privacy else None,
    }


def see_member(session: Session, hid: str, guild_id: int, viewer: int | None) -> dict[str, Any]:
    """What was set for a member in a server, as the viewer may see it. Raises NotFound.

    Strangers do not see the name of a member whose name is private, nor the avatar of one whose avatar is.
    """
    member = members.get_member(session, hid)
    row = session.get(MemberGuild, (member.id, guild_id)) or MemberGuild()
    owner = systems.is_owner(session, viewer, member.system_id)
    return {
        "display_name": row.display_name if owner or not member.name_privacy else None,
        "avatar_url": row.avatar_url if owner or not member.avatar_privacy else None,
        "keep_proxy": row.keep_proxy,
    }


def check_room(session: Session, owner: InstrumentedAttribute[int], row_id: int) -> None:
    """Refuse what would be set for one server more than a system, or a member, can have anything set for: 1 000.

    `owner` is the column that names the one whose settings these are. Raises Invalid.
    """
    if session.scalar(select(func.count()).where(owner == row_id)) >= MOST_GUILDS:
        raise Invalid(f"This is set for {MOST_GUILDS:,} servers already, which is the most.")


def _change(session: Session, row: Row, changes: Mapping[str, object], readers: fields.Readers) -> Row:
    for name, value in fields.read_fields(readers, changes).items():
        setattr(row, _PROXY if name == _PROXYING else name, value)
    session.add(row)
    # What was not given gets its default only when a new row is written.
    session.flush()
    return row
