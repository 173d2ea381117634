"""The last step of an import: what was staged is swapped in, and what was there is changed, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

from sqlalchemy import delete, exists, insert, literal, select, update
from sqlalchemy.orm import Session

from models import Group, GroupMember, Member, Switch, SwitchMember, System
from rules import feed
from rules.dispatch import changes
from rules.errors import Invalid
from rules.opt_out import check_storable
from rules.systems import short_ids, soft_delete, systems
from rules.transfer.import_file import File, FileGroup, FileMember, count
from rules.transfer.import_staging import Place, Staged, find_free_uuids, get_staged
from rules.transfer.matching import check_room, find_differences, find_room, get_rows, match
from rules.transfer.openings import without_openings

# More would hold the lock for too long.
MOST_REDIRECTED = 5_000
MOST_JOINED = 50_000
_ONLY_ROWS = {"synchronize_session": False}
_REPLACED = "Your system was deleted or replaced during the import, and nothing was changed; start it again."
_JOINED = (
    f"The file puts members into groups that you have over {MOST_JOINED:,} times, too often for once; delete some of"
    " those groups, which come back with the file, and start it again."
)
_CAME = "Members that are in the file came to your system during the import, and nothing was changed; start it again."
_Row = TypeVar("_Row", Member, Group)


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did; `hid` is the ID of the user's system."""

    hid: str
    made_system: bool
    new: int
    changed: int
    new_groups: int
    changed_groups: int
    switches: int

    @property
    def sentence(self) -> str:
        """The result for a person."""
        begin = f"Your new system has the ID {self.hid}. " if self.made_system else ""
        did = [f"{count(self.new, 'member')} added and {self.changed:,} changed"]
        if self.new_groups or self.changed_groups:
            did.append(f"{count(self.new_groups, 'group')} added and {self.changed_groups:,} changed")
        return f"{begin}Imported: {', '.join(did)}, {count(self.switches, 'switch')} added."


def finish_import(session: Session, user_id: int, file: File, staged: Staged, opens: bool = False) -> Result:
    """Swap in what was staged, and change what was there: all of it, in this one transaction.

    What is private here and public in the file stays private unless it `opens`.
    Everything is looked up again, since members, groups and switches may have come, changed and gone meanwhile: what
    was deleted stays so, what came and is in the file is changed, and a switch at a time that has one is left out, as
    are groups for which there is no room. Raises Invalid when the import was interrupted, the system is another one or
    would have more than 1 000 members, or too much is to be done again for members that came or in groups that were
    there; and NotAllowed for a forgotten user. Then nothing is changed.
    """
    check_storable(session, user_id)
    source = get_staged(session, staged)
    system = systems.find_own_system(session, user_id)
    if staged.target and (not system or (system.id, system.hid) != staged.target):
        raise Invalid(_REPLACED)
    made_system = system is None
    if system is None:
        system = systems.create_system(session, user_id)
        system.created = system.created if file.created is None else file.created
        system.uuid = find_free_uuids(session, System, [file.uuid]).get(0, system.uuid)
    # A hundred thousand switches are one change to whoever watches the system.
    with feed.told_once(session, system_id=system.id):
        _write(system, file.system, opens or made_system)
        own = get_rows(session, Member, system)
        kept, came = _find_kept(file, file.members, staged.places, system, own)
        new = [place.row_id for place, member in zip(staged.places, kept, strict=True) if not (place.hid or member)]
        check_room(len(own) + len(new))
        changed = sum(_write(row, member.values, opens) for row, member in zip(kept, file.members, strict=True) if row)
        _move(session, Member, system, new)
        switches = _swap_switches(session, source, system)
        if switches and came:
            _redirect(session, system, came)
        groups = _swap_groups(session, system, file, staged, came, opens)
        # With what was not taken over: doubles of members who came meanwhile, and switches at a time that has one.
        soft_delete.put_out_of_reach(session, source)
        changes.note(session, changes.IMPORT, system)
    return Result(system.hid, made_system, len(new), changed, *groups, switches)


def _find_kept(
    file: File,
    listed: Sequence[FileMember] | Sequence[FileGroup],
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
    came = match(file, [listed[number] for number in was_new], system, [row for row in own if row.id not in taken])
    found = {number: row for number, row in zip(was_new, came, strict=True) if row}
    kept = [found.get(number, row) for number, row in enumerate(kept)]
    return kept, {places[number].row_id: row.id for number, row in found.items()}


def _redirect(session: Session, system: System, came: Mapping[int, int]) -> None:
    """Let the switches that were swapped in name those who came, and not who was staged for them."""
    swapped_in = exists().where(Switch.id == SwitchMember.switch_id, Switch.system_id == system.id)
    places = select(SwitchMember.switch_id, SwitchMember.position, SwitchMember.member_id)
    named = places.where(SwitchMember.member_id.in_(came), swapped_in).limit(MOST_REDIRECTED + 1)
    found = session.execute(named).all()
    if len(found) > MOST_REDIRECTED:
        raise Invalid(_CAME)
    if found:
        rows = [{"switch_id": switch, "position": at, "member_id": came[member]} for switch, at, member in found]
        session.execute(update(SwitchMember), rows)


def _move(session: Session, table: type[Member] | type[Group], system: System, rows: Sequence[int]) -> None:
    """Let staged members or groups belong to the system, under IDs that people can type."""
    hids = short_ids.make_ids(session, table.hid, len(rows))
    moved = [{"id": row, "hid": hid, "system_id": system.id} for row, hid in zip(rows, hids, strict=True)]
    if moved:
        session.execute(update(table), moved)


def _swap_groups(
    session: Session, system: System, file: File, staged: Staged, came: Mapping[int, int], opens: bool
) -> tuple[int, int]:
    """Let staged groups, and what is new of groups that were there, belong to the system; returns how many of each."""
    if not file.groups:
        return 0, 0
    own = get_rows(session, Group, system)
    kept, _ = _find_kept(file, file.groups, staged.groups, system, own)
    _redirect_memberships(session, staged, came)
    new = [place.row_id for place, group in zip(staged.groups, kept, strict=True) if not (place.hid or group)]
    new = new[: find_room(own)]
    changed = joined = 0
    for group, row, staged_row in zip(file.groups, kept, staged.group_rows, strict=True):
        if row:
            joins = _join(session, row.id, staged_row)
            changed += bool(_write(row, group.values, opens) or joins)
            joined += joins
        if joined > MOST_JOINED:
            raise Invalid(_JOINED)
    _move(session, Group, system, new)
    return len(new), changed


def _join(session: Session, group: int, staged_row: int) -> int:
    """Let the members of a staged group be in another too; returns how many were not yet."""
    here = select(GroupMember.member_id).where(GroupMember.group_id == group)
    staged = select(literal(group), GroupMember.member_id).where(GroupMember.group_id == staged_row)
    new = insert(GroupMember.__table__).from_select(
        ["group_id", "member_id"], staged.where(GroupMember.member_id.not_in(here))
    )
    return session.execute(new).rowcount


def _redirect_memberships(session: Session, staged: Staged, came: Mapping[int, int]) -> None:
    """Let the staged groups hold those who came, and not who was staged for them."""
    if not came:
        return
    pairs = select(GroupMember.group_id, GroupMember.member_id).where(GroupMember.group_id.in_(staged.group_rows))
    named = pairs.where(GroupMember.member_id.in_(came)).limit(MOST_REDIRECTED + 1)
    found = session.execute(named).all()
    if len(found) > MOST_REDIRECTED:
        raise Invalid(_CAME)
    wrong = delete(GroupMember).where(GroupMember.group_id.in_(staged.group_rows), GroupMember.member_id.in_(came))
    session.execute(wrong, execution_options=_ONLY_ROWS)
    if found:
        session.execute(
            insert(GroupMember), [{"group_id": group, "member_id": came[member]} for group, member in found]
        )


def _swap_switches(session: Session, source: System, system: System) -> int:
    """Let the staged switches belong to the system, but for those at a time that has one; returns how many."""
    session.flush()
    known = select(Switch.timestamp).where(Switch.system_id == system.id)
    new = update(Switch).where(Switch.system_id == source.id, Switch.timestamp.not_in(known))
    return session.execute(new.values(system_id=system.id), execution_options=_ONLY_ROWS).rowcount


def _write(row: System | Member | Group, values: Mapping[str, Any], opens: bool) -> bool:
    """Give a row what it does not have yet; returns whether there was something."""
    differences = find_differences(row, values if opens else without_openings(row, values))
    for name in differences:
        setattr(row, name, values[name])
    return bool(differences)
