"""What an import would add that anybody can see: new members, custom fronts, groups, and who fronted."""

from collections import Counter
from collections.abc import Sequence
from typing import Any

from models import Group, Member, System
from rules.transfer.import_file import File, FileGroup, FileMember, count
from rules.transfer.import_staging import is_new_private
from rules.transfer.openings import without_openings


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
    names_anybody = file.is_public or seen or any(found and not found.visibility for found in members)
    if new_switches and names_anybody and _shows_front(file, system):
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


def _shows_front(file: File, system: System | None) -> bool:
    told = {**file.first_system, **file.system} if system is None else without_openings(system, file.system)
    front = told.get("front_history_privacy", bool(system and system.front_history_privacy))
    return not front
