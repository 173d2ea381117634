"""The rows of a user's own system that an import meets in its last step, and what is done with staged ones."""

from collections.abc import Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import update
from sqlalchemy.orm import Session

from models import Group, Member, System
from rules.systems import short_ids
from rules.transfer.import_file import File
from rules.transfer.import_staging import Place, Staged
from rules.transfer.matching import find_differences, get_rows, match
from rules.transfer.openings import without_openings
from rules.transfer.past_imports.record import Changes

# More would hold the lock for too long.
MOST_REDIRECTED = 5_000
CAME = "Members that are in the file came to your system during the import, and nothing was changed; start it again."
_Row = TypeVar("_Row", Member, Group)


def get_own(session: Session, table: type[_Row], system: System, staged: Staged) -> list[_Row]:
    """The members or groups of the user's system, without those that the import has staged in it."""
    return [row for row in get_rows(session, table, system) if row.import_id != staged.import_id]


def find_kept(
    session: Session,
    file: File,
    table: type[_Row],
    places: Sequence[Place],
    system: System,
    own: Sequence[_Row],
) -> tuple[list[_Row | None], dict[int, int]]:
    """Which of the user's members or groups now is each of the file, if any.

    And for those that came since the file's was staged: the row of that one, and theirs.
    """
    known = {(row.id, row.hid): row for row in own}
    kept = [known.get((place.row_id, place.hid)) for place in places]
    taken = {row.id for row in kept if row}
    was_new = [number for number, place in enumerate(places) if place.hid is None]
    came = match(session, file, table, system, [row for row in own if row.id not in taken], was_new)
    kept = [row or found for row, found in zip(kept, came, strict=True)]
    return kept, {places[number].row_id: row.id for number, row in enumerate(came) if row}


def find_row(place: Place, row: Member | Group | None) -> int | None:
    """The number of the row that one of the file is in the end; None for who was deleted meanwhile."""
    if row:
        return row.id
    return place.row_id if place.hid is None else None


def move_rows(session: Session, table: type[Member] | type[Group], system: System, rows: Sequence[int]) -> None:
    """Let staged members or groups belong to the system, under IDs that people can type."""
    hids = short_ids.make_ids(session, table.hid, len(rows))
    moved = [{"id": row, "hid": hid, "system_id": system.id} for row, hid in zip(rows, hids, strict=True)]
    if moved:
        session.execute(update(table), moved)


def write_values(row: System | Member | Group, values: Mapping[str, Any], opens: bool) -> Changes:
    """Give a row what it does not have yet; returns what changed."""
    differences = find_differences(row, values if opens else without_openings(row, values))
    changed = {name: (getattr(row, name), values[name]) for name in differences}
    for name in differences:
        setattr(row, name, values[name])
    return changed
