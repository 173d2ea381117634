"""Staging what a file brings, out of reach (`soft_delete`): a system that nobody finds, its members, all switches.

A history of 100 000 switches takes seconds to write, and nobody may hold the lock for more than one. A process that
ends meanwhile leaves nothing but rows that are deleted at the next start.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import Member, Switch, SwitchMember, System
from rules.errors import Invalid
from rules.opt_out import check_storable
from rules.parsing.timestamps import now_us
from rules.parsing.uuids import make_uuid
from rules.systems import soft_delete, systems
from rules.systems.privacy import LATER_MEMBER_PRIVACY, MEMBER_PRIVACY
from rules.transfer.import_file import File, FileMember, FileSwitch
from rules.transfer.import_plan import check_room, get_members, match_members
from rules.transfer.openings import without_openings

_INTERRUPTED = "The import was interrupted, and nothing was changed; start it again."
_PRIVACY = (*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY)
# One INSERT of many rows needs the same columns in each.
_EMPTY = {
    column.name: column.default.arg if column.default else None
    for column in Member.__table__.columns
    if column.name not in ("id", "hid", "uuid", "system_id", "created")
}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member of the file is kept: a row of the user's own system, or with `hid` None one out of reach."""

    row_id: int
    hid: str | None


@dataclass(frozen=True, slots=True)
class Staged:
    """An import that was begun: its system out of reach, the user's system then, and the file's members in order."""

    system_id: int
    created: int
    target: tuple[int, str] | None
    places: list[Place]


def begin_import(session: Session, user_id: int, file: File, opens: bool = False) -> Staged:
    """Find out who of the file is new, and stage those; `opens` lets it decide on its own that who is new is public.

    Raises Invalid when the system would have more than 1 000 members, and NotAllowed for a forgotten user.
    """
    check_storable(session, user_id)
    target = systems.find_own_system(session, user_id)
    own = get_members(session, target)
    matched = match_members(file, file.members, target, own)
    check_room(len(own) + matched.count(None))
    system = soft_delete.add_out_of_reach(session, soft_delete.BUILDING, now_us())
    told = file.system if opens else without_openings(target, file.system)
    private = told.get("member_default_private", bool(target and target.member_default_private))
    new = [member for member, found in zip(file.members, matched, strict=True) if not found]
    row_ids = iter(_stage_members(session, system, new, private))
    places = [Place(found.id, found.hid) if found else Place(next(row_ids), None) for found in matched]
    return Staged(system.id, system.created, target and (target.id, target.hid), places)


def stage_switches(session: Session, staged: Staged, chunk: Sequence[FileSwitch]) -> None:
    """Stage some of the file's switches, in their order, without those that the user has already.

    Raises Invalid when the import was interrupted.
    """
    system, first, last = get_staged(session, staged), chunk[0][0], chunk[-1][0]
    known = _find_times(session, staged.target[0], first, last) if staged.target else {}
    new = [(at, fronting) for at, fronting in chunk if at not in known]
    alive = _find_alive(session, staged)
    if not new:
        return
    # Rows and no objects, of which there may be 100 000.
    session.execute(insert(Switch.__table__), [{"system_id": system.id, "timestamp": at} for at, _ in new])
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
        raise Invalid(_INTERRUPTED)
    return system


def _stage_members(session: Session, system: System, new: Sequence[FileMember], private: bool) -> Sequence[int]:
    """Add members to a system out of reach; returns their rows' numbers in order."""
    now, hid = now_us(), soft_delete.out_of_reach_hid(soft_delete.BUILDING, system.id)
    empty = {**_EMPTY, **dict.fromkeys(_PRIVACY, private), "system_id": system.id}
    free = find_free_uuids(session, Member, [member.uuid for member in new])
    rows = [
        {
            **empty,
            **member.first_values,
            **member.values,
            "hid": f"{hid}.{number}",
            "uuid": free.get(number) or make_uuid(),
            "created": now if member.created is None else member.created,
        }
        for number, member in enumerate(new)
    ]
    if rows:
        session.execute(insert(Member), rows)
    return session.scalars(select(Member.id).where(Member.system_id == system.id).order_by(Member.id)).all()


def find_free_uuids(
    session: Session, table: type[System] | type[Member], wanted: Sequence[bytes | None]
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
