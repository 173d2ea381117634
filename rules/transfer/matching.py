"""Which of a system's members and groups those of a file are, and what they do not have of it yet."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Group, Member, System
from rules.errors import Invalid
from rules.groups.groups import MOST_GROUPS
from rules.systems.members import MOST_MEMBERS
from rules.transfer.import_file import File, FileGroup, FileMember

_Row = TypeVar("_Row", Member, Group)


def match(
    file: File, wanted: Sequence[FileMember] | Sequence[FileGroup], system: System | None, own: Sequence[_Row]
) -> list[_Row | None]:
    """Which of a system's own each of the file's is: the one with its UUID, else with its ID, else with just its name.

    Nobody is two: the second of a name is the second of that name in the system, or new. In a file of another system
    an ID may be somebody else's here, one in twelve times for a thousand members: there the name comes before it.
    """
    # An older process may have added rows that have no UUID yet.
    by_uuid, by_hid = {row.uuid: [row] for row in own if row.uuid}, {row.hid: [row] for row in own}
    by_name = defaultdict(list)
    for row in own:
        by_name[row.name].append(row)
    is_known = system is not None and file.hid in (None, system.hid)
    ways = (lambda one: by_hid.get(one.hid, ())), (lambda one: by_name.get(one.name, ()))
    matched: list[_Row | None] = [None] * len(wanted)
    taken: set[int] = set()
    for find in (lambda one: by_uuid.get(one.uuid, ())), *(ways if is_known else reversed(ways)):
        for number, one in enumerate(wanted):
            found = None if matched[number] else next((row for row in find(one) if row.id not in taken), None)
            if found:
                matched[number] = found
                taken.add(found.id)
    return matched


def get_rows(session: Session, table: type[_Row], system: System | None) -> Sequence[_Row]:
    """The members or groups of a system in the order of their making; without a system none."""
    if not system:
        return ()
    return session.scalars(select(table).where(table.system_id == system.id).order_by(table.id)).all()


def check_room(members: int) -> None:
    """Refuse an import after which the system would have so many members. Raises Invalid."""
    if members > MOST_MEMBERS:
        raise Invalid(
            f"A system has at most {MOST_MEMBERS:,} members; with those of the file yours would have {members:,}."
        )


def find_room(groups: Sequence[Group]) -> int:
    """How many groups a system that has these may get."""
    return max(0, MOST_GROUPS - len(groups))


def find_differences(row: System | Member | Group | None, values: Mapping[str, Any]) -> list[str]:
    """Which of these values a row does not have."""
    return [name for name, value in values.items() if getattr(row, name) != value]
