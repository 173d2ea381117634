"""What an import would add that anybody can see: new members, custom fronts, groups, who fronted, the system's own."""

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Any

from models import Group, Member, System
from rules.transfer.import_file import File, FileGroup, FileMember, count
from rules.transfer.import_staging import is_new_private
from rules.transfer.matching import find_differences
from rules.transfer.openings import without_openings

# Of a system: how it is called for a person, and the settings of which any hides it. A color tells nothing of anybody.
_OWN = {
    "name": ("name", ("name_privacy",)),
    "tag": ("tag", ()),
    "description": ("description", ("description_privacy",)),
    "pronouns": ("pronouns", ("pronoun_privacy",)),
    "avatar_url": ("avatar", ("avatar_privacy",)),
    "banner": ("banner", ("banner_privacy", "description_privacy")),
}


def find_visible(
    file: File,
    system: System | None,
    members: Sequence[Member | None],
    groups: Sequence[Group | None],
    room: int,
    new_switches: int,
) -> str:
    """What of the file would be new and visible to strangers: a list within a sentence, empty where nothing would."""
    seen = [
        one for one, found in zip(file.members, members, strict=True) if not found and _is_public(file, system, one)
    ]
    kinds = Counter(_name_kind(one) for one in seen)
    new_groups = [one for one, found in zip(file.groups, groups, strict=True) if not found][:room]
    kinds["group"] = sum(_is_public(file, system, one) for one in new_groups)
    told = [count(number, kind) for kind, number in kinds.items() if number]
    taken = _find_taken(file, system)
    told += [f"your system's {word}" for word in _find_own(system, taken)]
    names_anybody = file.is_public or seen or any(found and not found.visibility for found in members)
    if new_switches and names_anybody and not _is_set("front_history_privacy", system, taken):
        told.append("who fronted when")
    return ", ".join(told)


def _is_public(file: File, system: System | None, one: FileMember | FileGroup) -> bool:
    private = is_new_private(file, system, Member if isinstance(one, FileMember) else Group)
    return not {"visibility": private, **one.first_values, **one.values}["visibility"]


def _name_kind(one: FileMember) -> str:
    said: dict[str, Any] = {**one.first_values, **one.values}
    if said.get("is_custom_front"):
        return "custom front"
    return "archived member" if said.get("is_archived") else "member"


def _find_taken(file: File, system: System | None) -> dict[str, Any]:
    """What the file says of the system, as far as it is taken unasked."""
    return {**file.first_system, **file.system} if system is None else without_openings(system, file.system)


def _find_own(system: System | None, taken: Mapping[str, Any]) -> list[str]:
    """What of the system itself would be another than it is, and is hidden from nobody."""
    new = taken if system is None else find_differences(system, taken)
    return [
        word
        for name, (word, settings) in _OWN.items()
        if name in new and taken[name] and not any(_is_set(setting, system, taken) for setting in settings)
    ]


def _is_set(setting: str, system: System | None, taken: Mapping[str, Any]) -> bool:
    return taken.get(setting, bool(system and getattr(system, setting)))
