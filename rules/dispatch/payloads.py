"""What an event says: PluralKit's dispatch document, with the key names of its v2 API.

Everything is as the owner sees it, since nobody else gets it. A column that stands in none of these tables is told to
nobody.
"""

import json
from collections.abc import Callable, Collection, Mapping
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Autoproxy, Group, Member, MemberGuild, Message, Switch, SwitchMember, System, SystemGuild
from rules.parsing.timestamps import show_time
from rules.parsing.uuids import format_uuid

DISCORD_EPOCH_MS = 1_420_070_400_000
_SYSTEM = ("name", "description", "tag", "pronouns", "avatar_url", "banner", "color")
_SYSTEM_PRIVACY = (
    *("name_privacy", "avatar_privacy", "description_privacy", "banner_privacy", "pronoun_privacy"),
    *("member_list_privacy", "group_list_privacy", "front_privacy", "front_history_privacy"),
)
_SETTINGS = (
    *("pings_enabled", "latch_timeout", "member_default_private", "group_default_private", "show_private_info"),
    *("case_sensitive_proxy_tags", "proxy_error_message_enabled", "hid_display_split", "hid_display_caps"),
    *("hid_list_padding", "card_show_color_hex", "proxy_switch", "name_format"),
)
_MEMBER = (
    *("name", "display_name", "color", "birthday", "pronouns", "avatar_url", "webhook_avatar_url", "banner"),
    *("description", "keep_proxy", "tts", "autoproxy_enabled"),
)
_MEMBER_PRIVACY = (
    *("visibility", "name_privacy", "description_privacy", "banner_privacy", "birthday_privacy", "pronoun_privacy"),
    *("avatar_privacy", "metadata_privacy", "proxy_privacy"),
)
SYSTEM = frozenset((*_SYSTEM, *_SYSTEM_PRIVACY))
_GROUP = ("name", "display_name", "description", "icon", "banner", "color")
_GROUP_PRIVACY = (
    *("name_privacy", "description_privacy", "banner_privacy", "icon_privacy", "list_privacy", "metadata_privacy"),
    "visibility",
)
SETTINGS = frozenset((*_SETTINGS, "tz", "description_templates"))
MEMBER = frozenset((*_MEMBER, *_MEMBER_PRIVACY, "proxy_tags"))
GROUP = frozenset((*_GROUP, *_GROUP_PRIVACY))
SWITCH = frozenset(("timestamp", "members"))
SYSTEM_GUILD = {
    "proxy_enabled": "proxying_enabled",
    "tag_enabled": "tag_enabled",
    "tag": "tag",
    "avatar_url": "avatar_url",
    "display_name": "display_name",
    "name_format": "name_format",
}
MEMBER_GUILD = {name: name for name in ("display_name", "avatar_url", "keep_proxy")}
# When the latch began goes along with a change: by itself it changes with every message.
AUTOPROXY = frozenset(("mode", "member_id"))


def show_system(_session: Session, system: System, columns: Collection[str]) -> dict[str, Any]:
    """These columns of a system."""
    return _show(system, columns, _SYSTEM, _SYSTEM_PRIVACY)


def show_settings(_session: Session, system: System, columns: Collection[str]) -> dict[str, Any]:
    """These columns of what a system set."""
    shown = {name: getattr(system, name) for name in _SETTINGS if name in columns}
    if "description_templates" in columns:
        shown["description_templates"] = json.loads(system.description_templates)
    return {"timezone": system.tz, **shown} if "tz" in columns else shown


def show_member(_session: Session, member: Member, columns: Collection[str]) -> dict[str, Any]:
    """These columns of a member."""
    shown = _show(member, columns, _MEMBER, _MEMBER_PRIVACY)
    return {**shown, "proxy_tags": json.loads(member.proxy_tags)} if "proxy_tags" in columns else shown


def show_group(_session: Session, group: Group, columns: Collection[str]) -> dict[str, Any]:
    """These columns of a group."""
    return _show(group, columns, _GROUP, _GROUP_PRIVACY)


def show_name(_session: Session, row: Member | Group, _columns: Collection[str]) -> dict[str, Any]:
    """The name alone."""
    return {"name": row.name}


def show_switch(session: Session, switch: Switch, columns: Collection[str]) -> dict[str, Any]:
    """The time and the members of a switch, or one of both."""
    fronting = select(Member.hid).join(SwitchMember, SwitchMember.member_id == Member.id)
    shown: dict[str, Any] = {}
    if "timestamp" in columns:
        shown["timestamp"] = show_time(switch.timestamp)
    if "members" in columns:
        in_order = fronting.where(SwitchMember.switch_id == switch.id).order_by(SwitchMember.position)
        shown["members"] = list(session.scalars(in_order))
    return shown


def show_system_guild(_session: Session, row: SystemGuild, columns: Collection[str]) -> dict[str, Any]:
    """What a system set for a server."""
    return {"guild_id": str(row.guild_id), **_renamed(row, columns, SYSTEM_GUILD)}


def show_member_guild(_session: Session, row: MemberGuild, columns: Collection[str]) -> dict[str, Any]:
    """What was set for a member in a server."""
    return {"guild_id": str(row.guild_id), **_renamed(row, columns, MEMBER_GUILD)}


def show_autoproxy(session: Session, row: Autoproxy, _columns: Collection[str]) -> dict[str, Any]:
    """How messages without tags are proxied in a server."""
    member = None if row.member_id is None else session.get(Member, row.member_id)
    return {
        "guild_id": str(row.guild_id),
        "autoproxy_mode": row.mode,
        "autoproxy_member": member and member.hid,
        "last_latch_timestamp": None if row.latched_at is None else show_time(row.latched_at),
    }


def show_message(session: Session, message: Message, _columns: Collection[str]) -> dict[str, Any]:
    """Who sent which proxied message, without its text, which is not stored."""
    member = session.get_one(Member, message.member_id)
    system = session.get_one(System, member.system_id)
    return {
        "timestamp": show_time(((message.id >> 22) + DISCORD_EPOCH_MS) * 1000),
        "id": str(message.id),
        "original": str(message.original_id),
        "sender": str(message.sender_id),
        "channel": str(message.channel_id),
        "guild": None if message.guild_id is None else str(message.guild_id),
        "system": {**_ids(system), **show_system(session, system, SYSTEM)},
        "member": {**_ids(member), **show_member(session, member, MEMBER)},
    }


def show_nothing(_session: Session, _row: object, _columns: Collection[str]) -> None:
    """What is deleted, linked or unlinked has no data."""


Show = Callable[[Session, Any, Collection[str]], dict[str, Any] | None]


def _show(row: Any, columns: Collection[str], plain: Collection[str], private: Collection[str]) -> dict[str, Any]:
    shown: dict[str, Any] = {name: getattr(row, name) for name in plain if name in columns}
    privacy = {name: "private" if getattr(row, name) else "public" for name in private if name in columns}
    return {**shown, "privacy": privacy} if privacy else shown


def _ids(row: System | Member) -> dict[str, str]:
    return {"id": row.hid, "uuid": format_uuid(row.uuid), "created": show_time(row.created)}


def _renamed(row: Any, columns: Collection[str], names: Mapping[str, str]) -> dict[str, Any]:
    return {name: getattr(row, column) for column, name in names.items() if column in columns}
