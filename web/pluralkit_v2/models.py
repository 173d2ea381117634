"""The models of v2 as JSON: what a viewer sees, in the document's names and order."""

from collections.abc import Mapping
from typing import Any

from models import Member, System
from rules.fronting.past_switches import Past
from rules.groups.privacy import GROUP_PRIVACY
from rules.parsing.timestamps import show_time
from rules.parsing.uuids import format_uuid
from rules.systems.privacy import see_member, see_system

SYSTEM = (
    *("id", "uuid", "name", "description", "tag", "pronouns", "avatar_url", "banner", "color", "created"),
    "webhook_url",
)
SYSTEM_PRIVACY = (
    *("name_privacy", "avatar_privacy", "description_privacy", "banner_privacy", "pronoun_privacy"),
    *("member_list_privacy", "group_list_privacy", "front_privacy", "front_history_privacy"),
)
MEMBER = (
    *("id", "uuid", "system", "name", "display_name", "color", "birthday", "pronouns", "avatar_url"),
    *("webhook_avatar_url", "banner", "description", "created", "keep_proxy", "tts", "autoproxy_enabled"),
    *("message_count", "last_message_timestamp", "proxy_tags"),
)
# What an owner's list with `?unlisted=true` tells of each member, too.
STATES = ("custom_front", "archived")
MEMBER_PRIVACY = (
    *("visibility", "name_privacy", "description_privacy", "banner_privacy", "birthday_privacy", "pronoun_privacy"),
    *("avatar_privacy", "metadata_privacy", "proxy_privacy"),
)
GROUP = (
    *("id", "uuid", "name", "system", "display_name", "description", "icon", "banner", "color", "created", "members"),
)

Seen = Mapping[str, Any]


def show_system(system: System, is_owner: bool) -> dict[str, Any]:
    """A system; where its events are sent, only to the owner."""
    private = {"webhook_url": system.webhook_url} if is_owner else {}
    return _show({**see_system(system, is_owner), **private}, SYSTEM, SYSTEM_PRIVACY, is_owner)


def show_member(member: Member, system: System, is_owner: bool) -> dict[str, Any]:
    """A member of a system."""
    return show_seen_member(see_member(member, is_owner), system, is_owner)


def show_seen_member(seen: Seen, system: System, is_owner: bool) -> dict[str, Any]:
    """A member as `see_member` saw it."""
    last = seen["last_message_at"]
    more = {"system": system.hid, "last_message_timestamp": None if last is None else show_time(last)}
    shown = _show({**seen, **more}, MEMBER, MEMBER_PRIVACY, is_owner)
    return shown | {name: seen[name] for name in STATES if name in seen}


def show_seen_group(seen: Seen, system: System, is_owner: bool) -> dict[str, Any]:
    """A group as `see_group` saw it, with `members` where these were asked for."""
    return _show({**seen, "system": system.hid}, GROUP, GROUP_PRIVACY, is_owner)


def show_switch(switch: Past) -> dict[str, Any]:
    """A switch with its members' IDs."""
    return _show_switch(switch, [member.hid for member in switch.members])


def show_full_switch(switch: Past, system: System, is_owner: bool) -> dict[str, Any]:
    """A switch with its members in full."""
    return _show_switch(switch, [show_member(member, system, is_owner) for member in switch.members])


def _show_switch(switch: Past, members: list[Any]) -> dict[str, Any]:
    return {"id": format_uuid(switch.uuid), "timestamp": show_time(switch.timestamp), "members": members}


def _show(seen: Seen, names: tuple[str, ...], privacy: tuple[str, ...], is_owner: bool) -> dict[str, Any]:
    shown = {name: seen[name] for name in names if name in seen}
    return {**shown, "privacy": {name: seen[name] for name in privacy} if is_owner else None}
