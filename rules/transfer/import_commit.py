"""The last step of an import: what was staged is swapped in, and what was there is changed, in one transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import exists, select, update
from sqlalchemy.orm import Session

from models import Member, Switch, SwitchMember, System
from rules.dispatch import changes
from rules.errors import Invalid
from rules.opt_out import check_storable
from rules.systems import short_ids, soft_delete, systems
from rules.transfer.import_file import File, count
from rules.transfer.import_plan import check_room, find_differences, get_members, match_members
from rules.transfer.import_staging import Staged, find_free_uuids, get_staged
from rules.transfer.openings import without_openings

# More would hold the lock for too long.
MOST_REDIRECTED = 5_000
_ONLY_ROWS = {"synchronize_session": False}
_REPLACED = "Your system was deleted or replaced during the import, and nothing was changed; start it again."
_CAME = "Members that are in the file came to your system during the import, and nothing was changed; start it again."


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did; `hid` is the ID of the user's system."""

    hid: str
    made_system: bool
    new: int
    changed: int
    switches: int

    @property
    def sentence(self) -> str:
        """The result for a person."""
        begin = f"Your new system has the ID {self.hid}. " if self.made_system else ""
        members = f"{count(self.new, 'member')} added and {self.changed:,} changed"
        return f"{begin}Imported: {members}, {count(self.switches, 'switch')} added."


def finish_import(session: Session, user_id: int, file: File, staged: Staged, opens: bool = False) -> Result:
    """Swap in what was staged, and change what was there: all of it, in this one transaction.

    What is private here and public in the file stays private unless it `opens`.
    Everything is looked up again, since members and switches may have come, changed and gone meanwhile: a member
    that was deleted stays so, one that came and is in the file is changed, and a switch at a time that has one is
    left out. Raises Invalid when the import was interrupted, the system is another one or would have more than 1 000
    members, or too much is to be done again for members that came; and NotAllowed for a forgotten user. Then nothing
    is changed.
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
    _write(system, file.system, opens or made_system)
    own = get_members(session, system)
    kept, came = _find_kept(system, own, file, staged)
    new = [place.row_id for place, member in zip(staged.places, kept, strict=True) if not (place.hid or member)]
    check_room(len(own) + len(new))
    changed = sum(_write(row, member.values, opens) for row, member in zip(kept, file.members, strict=True) if row)
    _move(session, system, new)
    switches = _swap_switches(session, source, system)
    if switches and came:
        _redirect(session, system, came)
    # With what was not taken over: doubles of members who came meanwhile, and switches at a time that has one.
    soft_delete.put_out_of_reach(session, source)
    changes.note(session, changes.IMPORT, system)
    return Result(system.hid, made_system, len(new), changed, switches)


def _find_kept(
    system: System, own: Sequence[Member], file: File, staged: Staged
) -> tuple[list[Member | None], dict[int, int]]:
    """Which of the user's members now is each of the file, if any.

    And for those who came since the file's member was staged: the row of that one, and theirs.
    """
    known = {(member.id, member.hid): member for member in own}
    kept = [known.get((place.row_id, place.hid)) for place in staged.places]
    taken = {member.id for member in kept if member}
    was_new = [number for number, place in enumerate(staged.places) if place.hid is None]
    wanted, free = [file.members[number] for number in was_new], [one for one in own if one.id not in taken]
    came = match_members(file, wanted, system, free)
    found = {number: member for number, member in zip(was_new, came, strict=True) if member}
    kept = [found.get(number, member) for number, member in enumerate(kept)]
    return kept, {staged.places[number].row_id: member.id for number, member in found.items()}


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


def _move(session: Session, system: System, members: Sequence[int]) -> None:
    """Let staged members belong to the system, under IDs that people can type."""
    hids = short_ids.make_ids(session, Member.hid, len(members))
    rows = [{"id": row, "hid": hid, "system_id": system.id} for row, hid in zip(members, hids, strict=True)]
    if rows:
        session.execute(update(Member), rows)


def _swap_switches(session: Session, source: System, system: System) -> int:
    """Let the staged switches belong to the system, but for those at a time that has one; returns how many."""
    session.flush()
    known = select(Switch.timestamp).where(Switch.system_id == system.id)
    new = update(Switch).where(Switch.system_id == source.id, Switch.timestamp.not_in(known))
    return session.execute(new.values(system_id=system.id), execution_options=_ONLY_ROWS).rowcount


def _write(row: System | Member, values: Mapping[str, Any], opens: bool) -> bool:
    """Give a row what it does not have yet; returns whether there was something."""
    differences = find_differences(row, values if opens else without_openings(row, values))
    for name in differences:
        setattr(row, name, values[name])
    return bool(differences)
