"""Everything of a system as one file: version 2 of PluralKit's, so that either can read what the other wrote."""

import json
from collections import defaultdict
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Group, GroupMember, Member, System
from rules.groups.privacy import see_group
from rules.parsing.timestamps import show_time
from rules.parsing.uuids import format_uuid
from rules.systems import systems
from rules.systems.config import show_config
from rules.systems.privacy import see_member, see_system
from rules.transfer.writing.fronts import read_switches

VERSION = 2
_SYSTEM = ("name", "description", "tag", "pronouns", "avatar_url", "banner", "color", "created")
_SYSTEM_PRIVACY = (
    *("name_privacy", "avatar_privacy", "description_privacy", "banner_privacy", "pronoun_privacy"),
    *("member_list_privacy", "group_list_privacy", "front_privacy", "front_history_privacy"),
)
_MEMBER = (
    *("name", "display_name", "color", "birthday", "pronouns", "avatar_url", "webhook_avatar_url", "banner"),
    *("description", "created", "keep_proxy", "tts", "autoproxy_enabled", "message_count", "last_message_timestamp"),
    "proxy_tags",
)
_MEMBER_PRIVACY = (
    *("visibility", "name_privacy", "description_privacy", "banner_privacy", "birthday_privacy", "pronoun_privacy"),
    *("avatar_privacy", "metadata_privacy", "proxy_privacy"),
)
_GROUP = ("id", "uuid", "name", "display_name", "description", "icon", "banner", "color", "created")
_GROUP_PRIVACY = (
    *("name_privacy", "description_privacy", "banner_privacy", "icon_privacy", "list_privacy", "metadata_privacy"),
    "visibility",
)


def export_system(session: Session, user_id: int, *, with_switches: bool = True) -> dict[str, Any]:
    """The user's system with its members, groups, switches and settings, as the owner sees them.

    The keys and their order are those of PluralKit's export, version 2; its switches may be left out, which may be
    100 000. PluralKit knows no custom fronts and no archived members: they are members like others, with their own
    privacy. Raises NotAuthenticated without a system.
    """
    system = systems.get_own_system(session, user_id)
    members = session.scalars(select(Member).where(Member.system_id == system.id).order_by(Member.id)).all()
    hids = {member.id: member.hid for member in members}
    seen = see_system(system, is_owner=True)
    return {
        "version": VERSION,
        "id": system.hid,
        "uuid": format_uuid(system.uuid),
        **{name: seen[name] for name in _SYSTEM},
        "webhook_url": system.webhook_url,
        "privacy": {name: seen[name] for name in _SYSTEM_PRIVACY},
        "config": show_config(system),
        "accounts": sorted(systems.get_accounts(session, system)),
        "members": [_show_member(member) for member in members],
        "groups": _show_groups(session, system, hids),
        "switches": _show_switches(session, system, hids) if with_switches else [],
    }


def dump(exported: dict[str, Any]) -> str:
    """An export as the text of the file: compact JSON."""
    return json.dumps(exported, ensure_ascii=False, separators=(",", ":"))


def _show_member(member: Member) -> dict[str, Any]:
    seen = see_member(member, is_owner=True)
    last = seen["last_message_at"]
    seen |= {
        "last_message_timestamp": None if last is None else show_time(last),
        "tts": member.tts,
        "autoproxy_enabled": member.autoproxy_enabled,
    }
    # Importing takes a picture for proxying that is the other one for none.
    if seen["webhook_avatar_url"] == seen["avatar_url"]:
        seen["webhook_avatar_url"] = None
    return {
        "id": member.hid,
        "uuid": format_uuid(member.uuid),
        **{name: seen[name] for name in _MEMBER},
        "privacy": {name: seen[name] for name in _MEMBER_PRIVACY},
    }


def _show_groups(session: Session, system: System, hids: dict[int, str]) -> list[dict[str, Any]]:
    own = session.scalars(select(Group).where(Group.system_id == system.id).order_by(Group.id)).all()
    pairs = (
        select(GroupMember.group_id, GroupMember.member_id)
        .join(Group, Group.id == GroupMember.group_id)
        .where(Group.system_id == system.id)
        .order_by(GroupMember.group_id, GroupMember.member_id)
    )
    members: dict[int, list[str]] = defaultdict(list)
    for group_id, member_id in session.execute(pairs):
        members[group_id].append(hids[member_id])
    return [_show_group(see_group(group, is_owner=True), members.get(group.id, [])) for group in own]


def _show_group(seen: dict[str, Any], members: list[str]) -> dict[str, Any]:
    privacy = {name: seen[name] for name in _GROUP_PRIVACY}
    return {**{name: seen[name] for name in _GROUP}, "members": members, "privacy": privacy}


def _show_switches(session: Session, system: System, hids: dict[int, str]) -> list[dict[str, Any]]:
    """All switches, the newest first."""
    rows = reversed(read_switches(session, system))
    return [{"timestamp": show_time(at), "members": [hids[number] for number in members]} for at, members in rows]
