"""Staging what a file brings, out of reach (`soft_delete`): a system that nobody finds, its members, groups, switches.

A history of 100 000 switches takes seconds to write, and nobody may hold the lock for more than one. A process that
ends meanwhile leaves nothing but rows that are deleted at the next start.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

from sqlalchemy import insert, select
from sqlalchemy.orm import Session

from models import Group, GroupMember, Member, Switch, SwitchMember, System
from rules.errors import Invalid
from rules.groups.privacy import GROUP_PRIVACY
from rules.opt_out import check_storable
from rules.parsing.timestamps import now_us
from rules.parsing.uuids import make_uuid
from rules.systems import soft_delete, systems
from rules.systems.privacy import LATER_MEMBER_PRIVACY, MEMBER_PRIVACY
from rules.transfer.import_file import File, FileGroup, FileMember, FileSwitch
from rules.transfer.matching import check_room, get_rows, match
from rules.transfer.openings import without_openings

_INTERRUPTED = "The import was interrupted, and nothing was changed; start it again."
_PRIVACY = {Member: (*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY), Group: GROUP_PRIVACY}
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

    And its groups. New memberships are in `group_rows`, also those of the user's own groups: rows out of reach.
    """

    system_id: int
    created: int
    target: tuple[int, str] | None
    places: list[Place]
    groups: list[Place]
    group_rows: Sequence[int]


def begin_import(session: Session, user_id: int, file: File, opens: bool = False) -> Staged:
    """Find out what of the file is new, and stage that; `opens` lets it decide on its own that what is new is public.

    Raises Invalid when the system would have more than 1 000 members, and NotAllowed for a forgotten user.
    """
    check_storable(session, user_id)
    target = systems.find_own_system(session, user_id)
    own = get_rows(session, Member, target)
    matched = match(file, file.members, target, own)
    check_room(len(own) + matched.count(None))
    matched_groups = match(file, file.groups, target, get_rows(session, Group, target))
    system = soft_delete.add_out_of_reach(session, soft_delete.BUILDING, now_us())
    told = file.system if opens else without_openings(target, file.system)
    private = {
        table: told.get(setting, bool(target and getattr(target, setting)))
        for table, setting in ((Member, "member_default_private"), (Group, "group_default_private"))
    }
    new = [member for member, found in zip(file.members, matched, strict=True) if not found]
    rows = iter(_stage_rows(session, system, Member, new, private[Member]))
    places = [Place(found.id, found.hid) if found else Place(next(rows), None) for found in matched]
    listed = [_keep_name(group, found) for group, found in zip(file.groups, matched_groups, strict=True)]
    group_rows = _stage_rows(session, system, Group, listed, private[Group])
    groups = [
        Place(found.id, found.hid) if found else Place(row, None)
        for found, row in zip(matched_groups, group_rows, strict=True)
    ]
    return Staged(system.id, system.created, target and (target.id, target.hid), places, groups, group_rows)


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
        raise Invalid(_INTERRUPTED)
    return system


def _stage_rows(
    session: Session,
    system: System,
    table: type[Member] | type[Group],
    new: Sequence[FileMember] | Sequence[FileGroup],
    private: bool,
) -> Sequence[int]:
    """Add members or groups to a system out of reach; returns their rows' numbers in order."""
    now, hid = now_us(), soft_delete.out_of_reach_hid(soft_delete.BUILDING, system.id)
    empty = {**_get_defaults(table), **dict.fromkeys(_PRIVACY[table], private), "system_id": system.id}
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
    return session.scalars(select(table.id).where(table.system_id == system.id).order_by(table.id)).all()


def _get_defaults(table: type[Member] | type[Group]) -> dict[str, Any]:
    # One INSERT of many rows needs the same columns in each.
    return {
        column.name: column.default.arg if column.default else None
        for column in table.__table__.columns
        if column.name not in ("id", "hid", "uuid", "system_id", "created")
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
