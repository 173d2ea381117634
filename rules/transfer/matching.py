"""Which of a system's members and groups those of a file are, and what they do not have of it yet."""

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from typing import Any, TypeVar

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Group, Import, ImportSource, Member, System
from rules.errors import Invalid
from rules.groups.groups import MOST_GROUPS
from rules.systems.members import MOST_MEMBERS
from rules.transfer.import_file import File, FileGroup, FileMember

KINDS: dict[type[Member] | type[Group], str] = {Member: "member", Group: "group"}
_Row = TypeVar("_Row", Member, Group)


def match(
    session: Session,
    file: File,
    table: type[_Row],
    system: System | None,
    own: Sequence[_Row],
    among: Collection[int] | None = None,
) -> list[_Row | None]:
    """Which of a system's own each of the file's members or groups is; with `among`, only of those at these places.

    The one that it became by an earlier import of the same app; else the one with its UUID; else with its ID, unless
    the file is another system's, where an ID may be somebody else's here; else the one with its name, where neither
    the file nor the system has another of that name. Nobody is two.
    """
    listed = file.members if table is Member else file.groups
    wanted = range(len(listed)) if among is None else among
    sources = name_sources(file, listed)
    is_known = system is not None and file.hid in (None, system.hid)
    by_source = _find_by_source(session, file, table, system, own)
    # An older process may have added rows that have no UUID yet.
    by_uuid, by_hid = {row.uuid: row for row in own if row.uuid}, {row.hid: row for row in own}
    matched: list[_Row | None] = [None] * len(listed)
    taken: set[int] = set()

    def take(find: Any) -> None:
        for place in wanted:
            found = None if matched[place] else find(place)
            if found and found.id not in taken:
                matched[place] = found
                taken.add(found.id)

    # A name finds what an earlier file had of that name, but says less than any ID.
    take(lambda place: None if _has_name_only(listed[place]) else by_source.get(sources[place]))
    take(lambda place: by_uuid.get(listed[place].uuid))
    if is_known:
        take(lambda place: by_hid.get(listed[place].hid))
    take(lambda place: by_source.get(sources[place]))
    by_name = {row.name: row for row in own if row.id not in taken}
    free = Counter(row.name for row in own if row.id not in taken)
    named = Counter(one.name for one in listed)
    only = {name: row for name, row in by_name.items() if free[name] == named[name] == 1}
    take(lambda place: only.get(listed[place].name))
    return matched


def name_sources(file: File, listed: Sequence[FileMember] | Sequence[FileGroup]) -> list[str]:
    """What finds each of the file's members or groups again in another file of the app.

    Its ID there; else its short ID, with its system's; else its name and which of that name it is.
    """
    seen: Counter[str] = Counter()
    sources = []
    for one in listed:
        seen[one.name] += 1
        by_name = f"name:{seen[one.name]}:{one.name}"
        sources.append(one.source or (f"hid:{file.hid or ''}:{one.hid}" if one.hid else by_name))
    return sources


def _has_name_only(one: FileMember | FileGroup) -> bool:
    return not (one.source or one.hid)


def find_nestings(file: File, rows: Sequence[int | None], parents: Mapping[int, int | None]) -> list[tuple[int, int]]:
    """Which groups the file would put within which others, by the numbers of their rows, that are not there yet.

    `rows` are the groups that the file's are, `parents` those that each is within now. None that would make a circle.
    """
    within, found = dict(parents), []
    for group, child in zip(file.groups, rows, strict=True):
        parent = None if group.parent is None else rows[group.parent]
        if child is None or parent is None or within.get(child) == parent:
            continue
        above: int | None = parent
        while above is not None and above != child:
            above = within.get(above)
        if above is None:
            within[child] = parent
            found.append((child, parent))
    return found


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


def _find_by_source(
    session: Session, file: File, table: type[_Row], system: System | None, own: Sequence[_Row]
) -> dict[str, _Row]:
    """The system's own by what earlier imports of the file's app called them; of two imports, by the later."""
    if system is None or not own:
        return {}
    refers_to = ImportSource.member_id if table is Member else ImportSource.group_id
    earlier = (
        select(ImportSource.source, refers_to)
        .join(Import, Import.id == ImportSource.import_id)
        .where(Import.system_id == system.id, Import.app == file.app, ImportSource.kind == KINDS[table])
        .order_by(Import.id)
    )
    rows = {row.id: row for row in own}
    return {source: rows[row_id] for source, row_id in session.execute(earlier) if row_id in rows}
