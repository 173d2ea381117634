"""Staging what a file brings, out of reach (`soft_delete`): a system that nobody finds, its members, groups, switches.

A history of 100 000 switches takes seconds to write, and nobody may hold the lock for more than one. A process that
ends meanwhile leaves nothing but rows that are deleted at the next start.
"""

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import FrontSpan, Group, GroupMember, Import, Member, Switch, SwitchMember, System
from rules.errors import Invalid
from rules.groups.privacy import GROUP_PRIVACY
from rules.opt_out import check_storable
from rules.parsing.timestamps import now_us
from rules.parsing.uuids import make_uuid
from rules.systems import soft_delete, systems
from rules.systems.privacy import LATER_MEMBER_PRIVACY, MEMBER_PRIVACY
from rules.transfer import known_switches
from rules.transfer.import_file import File, FileGroup, FileMember, FileSpan, FileSwitch
from rules.transfer.matching import check_room, get_rows, match
from rules.transfer.openings import without_openings
from rules.transfer.past_imports import archive

INTERRUPTED = "The import was interrupted, and nothing was changed; start it again."
PRIVACY = {Member: (*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY), Group: GROUP_PRIVACY}
# The places in the file of a group and of a member who is in it.
Membership = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member or group of the file is kept: a row of the user's own system, or with `hid` None a staged one."""

    row_id: int
    hid: str | None


@dataclass(frozen=True, slots=True)
class Staged:
    """An import that was begun: its system out of reach, the user's system then, and the file's members in order.

    And its groups. New memberships are in `group_rows`, also those of the user's own groups: rows out of reach. Of the
    switches those are staged that are wanted in the `way`, by the `first` of the user's own; `claimed` are those of the
    user's own that the file has too.
    """

    system_id: int
    created: int
    target: tuple[int, str] | None
    places: list[Place]
    groups: list[Place]
    group_rows: Sequence[int]
    import_id: int
    hides_private: bool
    way: str = known_switches.ALL
    first: int | None = None
    claimed: set[int] = field(default_factory=set)


def begin_import(
    session: Session, user_id: int, file: File, opens: bool = False, way: str = known_switches.ALL
) -> Staged:
    """Find out what of the file is new, and stage that; `opens` lets it decide on its own that what is new is public.

    Raises Invalid when the system would have more than 1 000 members, and NotAllowed for a forgotten user.
    """
    check_storable(session, user_id)
    target = systems.find_own_system(session, user_id)
    own = get_rows(session, Member, target)
    matched = match(session, file, Member, target, own)
    check_room(len(own) + matched.count(None))
    matched_groups = match(session, file, Group, target, get_rows(session, Group, target))
    system = soft_delete.add_out_of_reach(session, soft_delete.BUILDING, now_us())
    row = _add_import(session, system, file, archive.find_new(session, target, file))
    private = {table: is_new_private(file, target, table, opens) for table in (Member, Group)}
    new = [member for member, found in zip(file.members, matched, strict=True) if not found]
    rows = iter(_stage_rows(session, row, Member, new, private[Member]))
    places = [Place(found.id, found.hid) if found else Place(next(rows), None) for found in matched]
    listed = [_keep_name(group, found) for group, found in zip(file.groups, matched_groups, strict=True)]
    group_rows = _stage_rows(session, row, Group, listed, private[Group])
    groups = [
        Place(found.id, found.hid) if found else Place(number, None)
        for found, number in zip(matched_groups, group_rows, strict=True)
    ]
    known = target and (target.id, target.hid)
    first = known_switches.find_first(session, target.id) if target else None
    hides_private = not file.is_public
    return Staged(system.id, system.created, known, places, groups, group_rows, row.id, hides_private, way, first)


def is_new_private(file: File, target: System | None, table: type[Member] | type[Group], opens: bool = False) -> bool:
    """Whether a member or group that a file brings is private where the file says nothing."""
    setting = "member_default_private" if table is Member else "group_default_private"
    told = file.system if opens else without_openings(target, file.system)
    return not file.is_public or told.get(setting, bool(target and getattr(target, setting)))


def stage_switches(session: Session, staged: Staged, chunk: Sequence[FileSwitch]) -> None:
    """Stage some of the file's switches, in their order, without those that the user has already or does not want.

    Raises Invalid when the import was interrupted.
    """
    system = get_staged(session, staged)
    chunk = [switch for switch in chunk if known_switches.is_wanted(switch[0], staged.way, staged.first)]
    if not chunk:
        return
    first, last = chunk[0][0], chunk[-1][0]
    rows = {number: place.row_id for number, place in enumerate(staged.places)}
    known = known_switches.find_known(session, staged.target[0], chunk, rows, staged.claimed) if staged.target else {}
    new = [switch for number, switch in enumerate(chunk) if number not in known]
    alive = _find_alive(session, staged)
    if not new:
        return
    # Rows and no objects, of which there may be 100 000.
    same = {"system_id": system.id, "hides_private": staged.hides_private, "import_id": staged.import_id}
    session.execute(insert(Switch.__table__), [{"timestamp": at, **same} for at, _ in new])
    # The number that each row got is read back by its time, which no other of the system has.
    numbers = _find_times(session, system.id, first, last)
    rows = [
        {"switch_id": numbers[at], "position": position, "member_id": staged.places[number].row_id}
        for at, fronting in new
        for position, number in enumerate(fronting)
        if number in alive
    ]
    if rows:
        session.execute(insert(SwitchMember.__table__), rows)


def stage_spans(session: Session, staged: Staged, chunk: Sequence[FileSpan]) -> None:
    """Stage some of the file's spans, rising in their starts, without those that an earlier import has brought.

    Raises Invalid when the import was interrupted.
    """
    get_staged(session, staged)
    alive = _find_alive(session, staged)
    known = _find_spans(session, staged.target[0], chunk[0].start, chunk[-1].start) if staged.target else set()
    rows = [
        {"import_id": staged.import_id, "member_id": staged.places[span.member].row_id, **_show_span(span)}
        for span in chunk
        if span.member in alive
        and known_switches.is_wanted(span.start, staged.way, staged.first)
        and (staged.places[span.member].row_id, *_show_span(span).values()) not in known
    ]
    if rows:
        session.execute(insert(FrontSpan.__table__), rows)


def stage_memberships(session: Session, staged: Staged, chunk: Sequence[Membership]) -> None:
    """Stage who is in the file's groups, without those who are in the user's own already.

    Raises Invalid when the import was interrupted.
    """
    get_staged(session, staged)
    alive = _find_alive(session, staged)
    own = {staged.groups[group].row_id for group, _ in chunk if staged.groups[group].hid}
    here = select(GroupMember.group_id, GroupMember.member_id).where(GroupMember.group_id.in_(own))
    known = {tuple(row) for row in session.execute(here)}
    rows = [
        {"group_id": staged.group_rows[group], "member_id": staged.places[member].row_id}
        for group, member in chunk
        if member in alive and (staged.groups[group].row_id, staged.places[member].row_id) not in known
    ]
    if rows:
        session.execute(insert(GroupMember.__table__), rows)


def cancel_import(session: Session, staged: Staged) -> None:
    """Let `soft_delete.purge_some` delete what was staged; without effect once the import has ended either way."""
    try:
        soft_delete.put_out_of_reach(session, get_staged(session, staged))
    except Invalid:
        pass


def get_staged(session: Session, staged: Staged) -> System:
    """The system out of reach. Raises Invalid when the import was interrupted."""
    system = session.get(System, staged.system_id)
    # The number of a row that was deleted may be given again, but hardly in the same microsecond.
    hid = soft_delete.out_of_reach_hid(soft_delete.BUILDING, staged.system_id)
    if not system or system.hid != hid or system.created != staged.created:
        raise Invalid(INTERRUPTED)
    return system


def _add_import(session: Session, system: System, file: File, packed: archive.Packed | None) -> Import:
    """The row of an import that has begun, with what is kept aside of its file."""
    row = Import(system_id=system.id, app=file.app, exported_at=file.exported_at, at=system.created)
    if packed:
        row.archive, row.archive_hash, row.archive_bytes = packed.data, packed.hash, len(packed.data)
        row.counts = json.dumps({"kept": packed.counts}, ensure_ascii=False)
    session.add(row)
    session.flush()
    return row


def _show_span(span: FileSpan) -> dict[str, Any]:
    return {"start": span.start, "end": span.end, "status": span.status, "source": span.source}


def _find_spans(session: Session, system_id: int, first: int, last: int) -> set[tuple[Any, ...]]:
    imports = select(Import.id).where(Import.system_id == system_id)
    columns = (FrontSpan.member_id, FrontSpan.start, FrontSpan.end, FrontSpan.status, FrontSpan.source)
    here = select(*columns).where(FrontSpan.import_id.in_(imports), FrontSpan.start.between(first, last))
    return {tuple(row) for row in session.execute(here)}


def _stage_rows(
    session: Session,
    of: Import,
    table: type[Member] | type[Group],
    new: Sequence[FileMember] | Sequence[FileGroup],
    private: bool,
) -> Sequence[int]:
    """Add members or groups to an import's system out of reach; returns their rows' numbers in order."""
    now, hid = now_us(), soft_delete.out_of_reach_hid(soft_delete.BUILDING, of.system_id)
    empty = {**_get_defaults(table), **dict.fromkeys(PRIVACY[table], private)}
    empty |= {"system_id": of.system_id, "import_id": of.id}
    free = find_free_uuids(session, table, [one.uuid for one in new])
    rows = [
        {
            **empty,
            **one.first_values,
            **one.values,
            "hid": f"{hid}.{number}",
            "uuid": free.get(number) or make_uuid(),
            "created": now if one.created is None else one.created,
        }
        for number, one in enumerate(new)
    ]
    if rows:
        session.execute(insert(table), rows)
    return session.scalars(select(table.id).where(table.system_id == of.system_id).order_by(table.id)).all()


def _get_defaults(table: type[Member] | type[Group]) -> dict[str, Any]:
    # One INSERT of many rows needs the same columns in each.
    return {
        column.name: column.default.arg if column.default else None
        for column in table.__table__.columns
        if column.name not in ("id", "hid", "uuid", "system_id", "created", "import_id")
    }


def _keep_name(group: FileGroup, found: Group | None) -> FileGroup:
    """A file's group as it is staged: with a name, which it may owe to the user's own group that it is."""
    return replace(group, first_values={"name": found.name}) if found else group


def find_free_uuids(
    session: Session, table: type[System] | type[Member] | type[Group], wanted: Sequence[bytes | None]
) -> dict[int, bytes]:
    """Those of a file's UUIDs that nothing in the table has, by their place in it; of two that are one, the first."""
    used = set(session.scalars(select(table.uuid).where(table.uuid.in_(filter(None, wanted)))))
    places = {uuid: number for number, uuid in reversed(list(enumerate(wanted))) if uuid and uuid not in used}
    return {number: uuid for uuid, number in places.items()}


def _find_times(session: Session, system_id: int, first: int, last: int) -> dict[int, int]:
    times = select(Switch.timestamp, Switch.id).where(Switch.system_id == system_id)
    return dict(session.execute(times.where(Switch.timestamp.between(first, last))).all())


def _find_alive(session: Session, staged: Staged) -> set[int]:
    """Which of the file's members, by their place in it, have not been deleted since the import began."""
    own = select(Member.id, Member.hid).where(Member.system_id == (staged.target or (None,))[0])
    hids = dict(session.execute(own).all())
    return {n for n, place in enumerate(staged.places) if place.hid is None or hids.get(place.row_id) == place.hid}
