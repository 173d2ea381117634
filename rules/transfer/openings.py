"""What a file would open: what is private here and public there, which stays private unless somebody says otherwise."""

from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

from models import Group, Member, System
from rules.groups.privacy import GROUP_PRIVACY
from rules.systems.privacy import LATER_MEMBER_PRIVACY, LATER_SYSTEM_PRIVACY, MEMBER_PRIVACY, SYSTEM_PRIVACY

_WORDS = {
    "visibility": "visibility",
    "name_privacy": "name",
    "description_privacy": "description",
    "birthday_privacy": "birthday",
    "pronoun_privacy": "pronouns",
    "avatar_privacy": "avatar",
    "metadata_privacy": "metadata",
    "banner_privacy": "banner",
    "proxy_privacy": "proxy tags",
    "icon_privacy": "icon",
    "list_privacy": "members",
    "member_list_privacy": "member list",
    "group_list_privacy": "group list",
    "front_privacy": "fronters",
    "front_history_privacy": "front history",
    "member_default_private": "privacy of new members",
    "group_default_private": "privacy of new groups",
    "show_private_info": "private details in your own answers",
}
_PRIVACY = (*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY, *SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY, *GROUP_PRIVACY)
# Goes into what is new where a file does not say who may see it, or comes from an app where nobody could.
PRIVATE_MEMBER = dict.fromkeys((*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY), True)
PRIVATE_GROUP = dict.fromkeys(GROUP_PRIVACY, True)
PRIVATE_SYSTEM = dict.fromkeys((*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY), True)
_CLOSED = dict.fromkeys(_PRIVACY, True) | {
    "member_default_private": True,
    "group_default_private": True,
    "show_private_info": False,
}


def find_openings(row: System | Member | Group | None, values: Mapping[str, Any]) -> list[str]:
    """Which of these values would let others see what the row keeps private; a row that is new opens nothing."""
    if row is None:
        return []
    return [name for name, value in values.items() if name in _CLOSED and _is_opening(row, name, value)]


def without_openings(row: System | Member | Group | None, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values but for those that would open something."""
    opening = find_openings(row, values)
    return {name: value for name, value in values.items() if name not in opening}


def tell_openings(of_system: Iterable[str], of_members: Iterable[str], of_groups: Iterable[str] = ()) -> str:
    """What would be opened, by field and number: a list within a sentence."""
    counted = [*_count("member", of_members), *_count("group", of_groups)]
    return ", ".join([*counted, *(f"your system's {_WORDS[name]}" for name in of_system)])


def _count(what: str, names: Iterable[str]) -> list[str]:
    counted = Counter(names).items()
    return [f"the {_WORDS[name]} of {number:,} {what if number == 1 else f'{what}s'}" for name, number in counted]


def _is_opening(row: System | Member | Group, name: str, value: bool) -> bool:
    return bool(getattr(row, name)) == _CLOSED[name] != value
