"""What a viewer sees of a system and of a member: the one place that decides it, for JSON and for Discord alike.

PluralKit's v1 document, and DESIGN section 7 where it is silent. The owner sees everything. For anybody else a
private value looks like one that was never set, and every privacy setting is null.
"""

import json
from typing import Any

from models import Member, System
from rules.times import show_time

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
# What `privacy`, the document's one setting of a member, stands for.
WRITTEN_BY_PRIVACY = ("visibility", "description_privacy", "birthday_privacy", "pronoun_privacy")


def view_system(system: System, is_owner: bool) -> dict[str, Any]:
    """A system as v1's JSON, its keys in the document's order and then the later ones."""
    hide_description = system.description_privacy and not is_owner
    return {
        "id": system.hid,
        "name": system.name,
        "description": None if hide_description else system.description,
        "tag": system.tag,
        "avatar_url": system.avatar_url,
        "tz": system.tz,
        "created": show_time(system.created),
        **_settings(system, SYSTEM_PRIVACY, is_owner),
        "banner": None if hide_description else system.banner,
        "color": system.color,
    }


def view_member(member: Member, is_owner: bool) -> dict[str, Any]:
    """A member as v1's JSON, its keys in the document's order and then the later ones."""
    tags = json.loads(member.proxy_tags)
    first = tags[0] if tags else {"prefix": None, "suffix": None}
    settings = _settings(member, MEMBER_PRIVACY, is_owner)

    def unless(private: bool, value: Any) -> Any:
        return None if private and not is_owner else value

    hide_name = member.name_privacy and not is_owner
    return {
        "id": member.hid,
        "name": (member.display_name or member.name) if hide_name else member.name,
        "display_name": None if hide_name else member.display_name,
        "description": unless(member.description_privacy, member.description),
        "color": unless(member.visibility, member.color),
        "birthday": unless(member.birthday_privacy, member.birthday),
        "pronouns": unless(member.pronoun_privacy, member.pronouns),
        "avatar_url": unless(member.avatar_privacy, member.avatar_url),
        "privacy": settings["visibility"],
        "proxy_tags": tags,
        "prefix": first["prefix"],
        "suffix": first["suffix"],
        "keep_proxy": member.keep_proxy,
        "created": show_time(member.created),
        "banner": unless(member.description_privacy, member.banner),
        **settings,
    }


def _settings(row: System | Member, names: tuple[str, ...], is_owner: bool) -> dict[str, str | None]:
    return {name: ("private" if getattr(row, name) else "public") if is_owner else None for name in names}
