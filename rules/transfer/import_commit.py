"""The last step of an import: what was staged is swapped in, and what was there is changed, in one transaction."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import exists, func, insert, select, update
from sqlalchemy.orm import Session

from models import Account, FrontSpan, Group, Import, ImportSource, Member, Switch, SwitchMember, System
from rules import feed
from rules.dispatch import changes
from rules.errors import Invalid
from rules.fronting import switches as switch_rules
from rules.opt_out import check_storable
from rules.parsing.timestamps import now_us
from rules.systems import short_ids, soft_delete, systems
from rules.transfer import import_rows
from rules.transfer.import_file import File, count
from rules.transfer.import_groups import swap_groups
from rules.transfer.import_rows import CAME, find_kept, find_row, get_own, move_rows, write_values
from rules.transfer.import_staging import Staged, find_free_uuids, get_staged
from rules.transfer.matching import KINDS, check_room, name_sources
from rules.transfer.past_imports.record import Record

_ONLY_ROWS = {"synchronize_session": False}
_REPLACED = "Your system was deleted or replaced during the import, and nothing was changed; start it again."


@dataclass(frozen=True, slots=True)
class Result:
    """What an import did; `hid` is the ID of the user's system, `import_id` what undoes it: None where nothing changed.

    `spans` are fronts that are kept as they came, `kept` how many things are kept aside.
    """

    hid: str
    made_system: bool
    new: int
    changed: int
    new_groups: int
    changed_groups: int
    switches: int
    spans: int = 0
    kept: int = 0
    import_id: int | None = None

    @property
    def sentence(self) -> str:
        """The result for a person."""
        begin = f"Your new system has the ID {self.hid}. " if self.made_system else ""
        did = [f"{count(self.new, 'member')} added and {self.changed:,} changed"]
        if self.new_groups or self.changed_groups:
            did.append(f"{count(self.new_groups, 'group')} added and {self.changed_groups:,} changed")
        aside = f", {count(self.kept, 'thing')} kept aside" if self.kept else ""
        return f"{begin}Imported: {', '.join(did)}, {count(self.switches, 'switch')} added{aside}."


def finish_import(
    session: Session, user_id: int, file: File, staged: Staged, opens: bool = False, fronts_now: bool = False
) -> Result:
    """Swap in what was staged, and change what was there: all of it, in this one transaction.

    What is private here and public in the file stays private unless it `opens`. With `fronts_now` whoever fronts last
    in the file fronts now.
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
    made_system, record = system is None, Record()
    system = system or _give(session, source, user_id, file)
    # A hundred thousand switches are one change to whoever watches the system.
    with feed.told_once(session, system_id=system.id):
        told = {**file.first_system, **file.system} if made_system else file.system
        record.system = write_values(system, told, opens or made_system)
        own = get_own(session, Member, system, staged)
        kept, came = find_kept(session, file, Member, staged.places, system, own)
        new = [place.row_id for place, member in zip(staged.places, kept, strict=True) if not (place.hid or member)]
        check_room(len(own) + len(new))
        for row, member in zip(kept, file.members, strict=True):
            if row and (changed := write_values(row, member.values, opens)):
                record.members[row.id] = changed
        move_rows(session, Member, system, new)
        switches = _swap_switches(session, source, system)
        _redirect(session, system, staged, came, switches)
        group_rows = swap_groups(session, system, file, staged, came, opens, record)
        imported = session.get_one(Import, staged.import_id)
        imported.system_id = system.id
        member_rows = [find_row(place, row) for place, row in zip(staged.places, kept, strict=True)]
        _store_sources(session, imported, file, {Member: member_rows, Group: group_rows})
        if fronts_now:
            switches += _front_now(session, system, file, imported, member_rows)
        record.new_members = record.digest(session, Member, new)
        if not made_system:
            # With what was not taken over: doubles of members who came meanwhile, switches at a time that has one.
            soft_delete.put_out_of_reach(session, source)
        changes.note(session, changes.IMPORT, system)
        if made_system:
            session.flush()
            record.made_system = record.digest(session, System, [system.id])[system.id]
        return _store_record(session, system, imported, record, switches)


def _give(session: Session, source: System, user_id: int, file: File) -> System:
    """Let the staged system be the user's, who has none: to move all of a long history would hold the lock for long."""
    source.hid = short_ids.make_id(session, System.hid)
    source.created = now_us() if file.created is None else file.created
    source.uuid = find_free_uuids(session, System, [file.uuid]).get(0, source.uuid)
    session.add(Account(user_id=user_id, system_id=source.id))
    session.flush()
    return source


def _store_record(session: Session, system: System, imported: Import, record: Record, switches: int) -> Result:
    spans = session.scalar(select(func.count()).where(FrontSpan.import_id == imported.id))
    kept = json.loads(imported.counts).get("kept", {})
    numbers = {
        "new": len(record.new_members),
        "changed": len(record.members),
        "new_groups": len(record.new_groups),
        "changed_groups": len(record.groups.keys() | record.joined.keys()),
        "switches": switches,
        "spans": spans,
    }
    is_empty = record.is_empty and not (switches or spans or imported.archive_bytes)
    if is_empty:
        # Undoing the last import must not mean one that did nothing.
        session.delete(imported)
    else:
        imported.at, imported.undo = now_us(), record.dump()
        imported.counts = json.dumps({**numbers, "kept": kept}, ensure_ascii=False)
    session.flush()
    made = record.made_system is not None
    return Result(system.hid, made, **numbers, kept=sum(kept.values()), import_id=None if is_empty else imported.id)


def _redirect(session: Session, system: System, staged: Staged, came: Mapping[int, int], switches: int) -> None:
    """Let the switches and spans that were swapped in name those who came, and not who was staged for them."""
    if not came:
        return
    swapped_in = exists().where(Switch.id == SwitchMember.switch_id, Switch.system_id == system.id)
    places = select(SwitchMember.switch_id, SwitchMember.position, SwitchMember.member_id)
    named = places.where(SwitchMember.member_id.in_(came), swapped_in).limit(import_rows.MOST_REDIRECTED + 1)
    found = session.execute(named).all() if switches else ()
    spans = select(FrontSpan.id, FrontSpan.member_id).where(FrontSpan.import_id == staged.import_id)
    in_spans = session.execute(spans.where(FrontSpan.member_id.in_(came)).limit(import_rows.MOST_REDIRECTED + 1)).all()
    if len(found) + len(in_spans) > import_rows.MOST_REDIRECTED:
        raise Invalid(CAME)
    if found:
        rows = [{"switch_id": switch, "position": at, "member_id": came[member]} for switch, at, member in found]
        session.execute(update(SwitchMember), rows)
    if in_spans:
        session.execute(update(FrontSpan), [{"id": span, "member_id": came[member]} for span, member in in_spans])


def _swap_switches(session: Session, source: System, system: System) -> int:
    """Let the staged switches belong to the system, but for those at a time that has one; returns how many."""
    session.flush()
    if source is system:
        return session.scalar(select(func.count()).where(Switch.system_id == system.id))
    known = select(Switch.timestamp).where(Switch.system_id == system.id)
    new = update(Switch).where(Switch.system_id == source.id, Switch.timestamp.not_in(known))
    return session.execute(new.values(system_id=system.id), execution_options=_ONLY_ROWS).rowcount


def _store_sources(
    session: Session, imported: Import, file: File, rows: Mapping[type[Member] | type[Group], Sequence[int | None]]
) -> None:
    """Note what each of the file became, so that a later file of the app finds it."""
    found = []
    for table, numbers in rows.items():
        sources = name_sources(file, file.members if table is Member else file.groups)
        for place, number in enumerate(numbers):
            row = {"import_id": imported.id, "kind": KINDS[table], "place": place, "source": sources[place]}
            refers_to = {"member_id": None, "group_id": None, f"{KINDS[table]}_id": number}
            if number is not None:
                found.append(row | refers_to)
    if found:
        session.execute(insert(ImportSource.__table__), found)


def _front_now(session: Session, system: System, file: File, imported: Import, rows: Sequence[int | None]) -> int:
    """Let whoever fronts last in the file front now; returns how many switches that took."""
    at, fronting = file.switches[-1] if file.switches else (0, ())
    members = [rows[place] for place in fronting if rows[place] is not None]
    if not members:
        return 0
    imported.fronts_now = True
    latest = switch_rules.find_latest(session, system)
    if latest and latest.timestamp == at:
        return 0
    new = max(now_us(), latest.timestamp + 1 if latest else 0)
    switch = Switch(system_id=system.id, timestamp=new, import_id=imported.id, hides_private=not file.is_public)
    session.add(switch)
    session.flush()
    switch_rules.store_fronters(session, switch, members)
    return 1
