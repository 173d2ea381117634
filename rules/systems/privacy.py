"""What a viewer sees of a system and of a member: the one place that decides it, for JSON and for Discord alike.

PluralKit's v1 document, and DESIGN section 7 where it is silent. The owner sees everything. For anybody else a
private value looks like one that was never set, and every privacy setting is null.
"""

import json
from typing import Any

from models import Group, Member, System
from rules.parsing.timestamps import show_time
from rules.parsing.uuids import format_uuid

SYSTEM_PRIVACY = ("description_privacy", "member_list_privacy", "front_privacy", "front_history_privacy")
MEMBER_PRIVACY = (
    "visibility",
    "name_privacy",
    "description_privacy",
    "birthday_privacy",
    "pronoun_privacy",
    "avatar_privacy",
    "metadata_privacy",
)
# Settings that v1 does not know.
LATER_SYSTEM_PRIVACY = ("name_privacy", "avatar_privacy", "banner_privacy", "pronoun_privacy", "group_list_privacy")
LATER_MEMBER_PRIVACY = ("banner_privacy", "proxy_privacy")
# The keys that v1 knows.
V1_SYSTEM = (
    *("id", "name", "description", "tag", "avatar_url", "tz", "created"),
    *SYSTEM_PRIVACY,
    *("banner", "color"),
)
V1_MEMBER = (
    *("id", "name", "display_name", "description", "color", "birthday", "pronouns", "avatar_url", "privacy"),
    *("proxy_tags", "prefix", "suffix", "keep_proxy", "created", "banner"),
    *MEMBER_PRIVACY,
)
# What says once more what `visibility` and the first of `proxy_tags` say.
V1_DOUBLETS = ("privacy", "prefix", "suffix")
# `json.loads` takes four times as long for what is small and well known.
_decode = json.JSONDecoder().raw_decode
# What `privacy`, the document's one setting of a member, stands for.
WRITTEN_BY_PRIVACY = ("visibility", "description_privacy", "birthday_privacy", "pronoun_privacy")


def view_system(system: System, is_owner: bool) -> dict[str, Any]:
    """A system as v1's JSON, its keys in the document's order and then the later ones."""
    seen = see_system(system, is_owner)
    return {name: seen[name] for name in V1_SYSTEM}


def view_member(member: Member, is_owner: bool) -> dict[str, Any]:
    """A member as v1's JSON, its keys in the document's order and then the later ones."""
    hides, face = not is_owner, see_member_face(member, is_owner)
    tags = [] if hides and member.proxy_privacy else _decode(member.proxy_tags)[0]
    first = tags[0] if tags else {"prefix": None, "suffix": None}
    settings = show_settings(member, MEMBER_PRIVACY, is_owner)
    return {
        "id": face["id"],
        "name": face["name"],
        "display_name": face["display_name"],
        "description": None if hides and member.description_privacy else member.description,
        "color": face["color"],
        "birthday": None if hides and member.birthday_privacy else member.birthday,
        "pronouns": face["pronouns"],
        "avatar_url": face["avatar_url"],
        "privacy": settings["visibility"],
        "proxy_tags": tags,
        "prefix": first["prefix"],
        "suffix": first["suffix"],
        "keep_proxy": member.keep_proxy,
        # Clients of v1 cannot do without a time, even where it is private.
        "created": show_time(member.created),
        "banner": None if hides and (member.banner_privacy or member.description_privacy) else member.banner,
        **settings,
    }


def see_system(system: System, is_owner: bool) -> dict[str, Any]:
    """All that a viewer may see of a system itself; `view_system` with what v1 does not know."""
    hides = not is_owner
    # v1 has no setting of its own for the banner: whoever hides the description there hides it too.
    hides_banner = hides and (system.banner_privacy or system.description_privacy)
    return {
        **see_system_face(system, is_owner),
        "uuid": format_uuid(system.uuid),
        "description": None if hides and system.description_privacy else system.description,
        "banner": None if hides_banner else system.banner,
        "tz": system.tz,
        "created": show_time(system.created),
        **show_settings(system, (*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY), is_owner),
    }


def see_member(member: Member, is_owner: bool) -> dict[str, Any]:
    """All that a viewer may see of a member: `view_member` without v1's doublets, and with what v1 does not know."""
    hides = not is_owner
    hides_metadata = hides and member.metadata_privacy
    seen = view_member(member, is_owner)
    for name in V1_DOUBLETS:
        del seen[name]
    return {
        **seen,
        "uuid": format_uuid(member.uuid),
        "created": None if hides_metadata else seen["created"],
        "webhook_avatar_url": None if hides and member.avatar_privacy else member.webhook_avatar_url,
        "tts": member.tts,
        "autoproxy_enabled": None if hides else member.autoproxy_enabled,
        "message_count": None if hides_metadata else member.message_count,
        "last_message_at": None if hides_metadata else member.last_message_at,
        **show_settings(member, LATER_MEMBER_PRIVACY, is_owner),
    }


def see_system_face(system: System, is_owner: bool) -> dict[str, Any]:
    """How a system is named and pictured: what an answer about something else tells of it."""
    hides = not is_owner
    return {
        "id": system.hid,
        "name": None if hides and system.name_privacy else system.name,
        # It stands in public behind every proxied message's name.
        "tag": system.tag,
        "pronouns": None if hides and system.pronoun_privacy else system.pronouns,
        "avatar_url": None if hides and system.avatar_privacy else system.avatar_url,
        "color": system.color,
    }


def see_member_face(member: Member, is_owner: bool) -> dict[str, Any]:
    """The same of a member."""
    hides = not is_owner
    # The display name then stands for the name, so that the member still has one.
    hides_name = hides and member.name_privacy
    return {
        "id": member.hid,
        "name": (member.display_name or member.name) if hides_name else member.name,
        "display_name": None if hides_name else member.display_name,
        "color": None if hides and member.visibility else member.color,
        "pronouns": None if hides and member.pronoun_privacy else member.pronouns,
        "avatar_url": None if hides and member.avatar_privacy else member.avatar_url,
    }


def show_settings(row: System | Member | Group, names: tuple[str, ...], is_owner: bool) -> dict[str, str | None]:
    """These privacy settings in words for the owner; for anybody else null."""
    if not is_owner:
        return dict.fromkeys(names)
    return {name: "private" if getattr(row, name) else "public" for name in names}
