"""Undoing the last import: what it added goes, what it changed is as before, and what somebody edited since stays."""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import ColumnElement, delete, exists, func, select, update
from sqlalchemy.orm import Session

from models import (
    Account,
    Autoproxy,
    Group,
    GroupMember,
    Import,
    Member,
    MemberGuild,
    Message,
    Switch,
    SwitchMember,
    System,
    SystemGuild,
)
from rules import feed
from rules.dispatch import changes
from rules.errors import Invalid, NotFound
from rules.systems import soft_delete, systems
from rules.transfer.import_file import count, quote_some
from rules.transfer.past_imports.record import Changes, Record, find_held

_ONLY_ROWS = {"synchronize_session": False}
_NONE = ("There is no import to undo.",)
_TOO_LATE = "This import is too long ago to be undone."
_NOT_LAST = "Only the last import can be undone; undo the later ones first."


@dataclass(frozen=True, slots=True)
class PastImport:
    """An import into a system, with times in µs; `counts` of what it did, `kept` of what is kept aside, by kind."""

    id: int
    app: str
    exported_at: int | None
    at: int
    counts: Mapping[str, int]
    kept: Mapping[str, int]
    can_be_undone: bool


@dataclass(frozen=True, slots=True)
class Undone:
    """What undoing an import did; `restored` is how many members and groups are as before, `stays` is told."""

    app: str
    members: int
    groups: int
    switches: int
    restored: int
    deleted_system: bool
    stays: tuple[str, ...]

    @property
    def sentences(self) -> list[str]:
        """The result for a person, one finished line each."""
        gone = [count(self.members, "member"), count(self.groups, "group"), count(self.switches, "switch")]
        end = ", and your system with them" if self.deleted_system else ""
        told = f"Undone: {', '.join(gone)} of the {self.app} import went{end}."
        restored = f"Of what it changed, {self.restored:,} {'is' if self.restored == 1 else 'are'} as before."
        return [told, *[restored][: self.restored], *self.stays]


def list_imports(session: Session, user_id: int) -> list[PastImport]:
    """The imports into the user's system, the last first; only that one can be undone. Raises NotAuthenticated."""
    system = systems.get_own_system(session, user_id)
    undoable = Import.undo.is_not(None).label("undoable")
    rows = session.execute(select(Import, undoable).where(Import.system_id == system.id).order_by(*_last_first()))
    found = []
    for number, (row, can_be) in enumerate(rows):
        counts = json.loads(row.counts)
        kept = counts.pop("kept", {})
        found.append(PastImport(row.id, row.app, row.exported_at, row.at, counts, kept, bool(can_be) and number == 0))
    return found


def undo_import(session: Session, user_id: int, import_id: int | None = None) -> Undone:
    """Undo the last import into the user's system, which must be the one with `import_id` if that is given.

    What it added goes, out of reach at once and then with `soft_delete.purge_some`; but members and groups that
    somebody edited since stay, and members who spoke, front in other switches or are in other groups. Fields that
    somebody edited since stay too, and so do such switches. A system that it made goes with the rest where nothing of
    it stays. Raises NotAuthenticated without a system, NotFound without such an import, and Invalid for one that is not
    the last or is too long ago.
    """
    system = systems.get_own_system(session, user_id)
    imported = _get_last(session, system, import_id)
    record = Record.load(imported.undo)
    with feed.told_once(session, system_id=system.id):
        was_edited = record.made_system != record.digest(session, System, [system.id])[system.id]
        own_members, own_groups = (_find_added(session, table, imported, system) for table in (Member, Group))
        kept_groups = _find_edited(session, record, Group, own_groups)
        kept_groups |= _find_refilled(session, system, record, own_groups)
        gone_groups = own_groups.keys() - kept_groups
        kept_members = _find_edited(session, record, Member, own_members)
        kept_members |= _find_used(session, system, imported, record, own_members.keys() - kept_members, gone_groups)
        gone_members = own_members.keys() - kept_members
        stays_something = was_edited or kept_members or kept_groups
        deletes_system = bool(record.made_system) and not stays_something and _is_bare(session, system, imported)
        restored = changed_since = 0
        if deletes_system:
            # As it is: to take all of a long history out of it first would hold the lock for long.
            switches = session.scalar(select(func.count()).where(Switch.system_id == system.id))
            soft_delete.put_out_of_reach(session, system)
        else:
            doomed = soft_delete.add_out_of_reach(session, soft_delete.DELETING)
            switches = _take_switches(session, imported, system, doomed)
            _leave_groups(session, record, gone_members, gone_groups)
            restored, changed_since = _restore(session, system, record)
            _take_rows(session, system, doomed, gone_members, gone_groups)
            imported.system_id = doomed.id
            session.flush()
            soft_delete.put_out_of_reach(session, doomed)
            # Whoever follows the system reads it anew, as after an import.
            changes.note(session, changes.IMPORT, system)
    stays = _tell_stays([own_members[one] for one in kept_members], [own_groups[one] for one in kept_groups])
    stays += [f"{count(changed_since, 'field')} that you changed since stay as they are."] if changed_since else []
    return Undone(imported.app, len(gone_members), len(gone_groups), switches, restored, deletes_system, tuple(stays))


def expire_undo(session: Session, before_us: int, rows: int = 10) -> bool:
    """Forget how to undo up to so many imports from before an instant in µs; returns whether more may be left.

    Where each came from and what is kept aside of it stays.
    """
    old = select(Import.id).where(Import.undo.is_not(None), Import.at < before_us).limit(rows)
    expired = update(Import).where(Import.id.in_(old)).values(undo=None)
    return session.execute(expired, execution_options=_ONLY_ROWS).rowcount == rows


def _last_first() -> tuple[Any, Any]:
    return Import.at.desc(), Import.id.desc()


def _get_last(session: Session, system: System, import_id: int | None) -> Import:
    last = session.scalar(select(Import).where(Import.system_id == system.id).order_by(*_last_first()).limit(1))
    if last is None:
        raise NotFound(*_NONE)
    if import_id not in (None, last.id):
        other = session.get(Import, import_id)
        raise Invalid(_NOT_LAST) if other and other.system_id == system.id else NotFound(*_NONE)
    if last.undo is None:
        raise Invalid(_TOO_LATE)
    return last


def _take_switches(session: Session, imported: Import, system: System, doomed: System) -> int:
    """Put the import's switches out of reach, but for those that somebody edited; returns how many."""
    added = update(Switch).where(Switch.system_id == system.id, Switch.import_id == imported.id)
    return session.execute(added.values(system_id=doomed.id), execution_options=_ONLY_ROWS).rowcount


def _find_added(
    session: Session, table: type[Member] | type[Group], imported: Import, system: System
) -> dict[int, str]:
    """The names of what the import added and is still there, by the rows' numbers."""
    added = select(table.id, table.name).where(table.system_id == system.id, table.import_id == imported.id)
    return dict(session.execute(added).all())


def _find_edited(
    session: Session, record: Record, table: type[Member] | type[Group], added: Collection[int]
) -> set[int]:
    before = record.new_members if table is Member else record.new_groups
    now = record.digest(session, table, added)
    return {number for number in added if now[number] != before.get(number)}


def _find_refilled(session: Session, system: System, record: Record, added: Collection[int]) -> set[int]:
    """Which of these groups somebody has put others into, or taken out who still is there."""
    there = set(session.scalars(select(Member.id).where(Member.system_id == system.id)))
    now: dict[int, list[int]] = {}
    for some in _cut(list(added)):
        now |= find_held(session, some)
    return {group for group in added if set(now.get(group, ())) != set(record.held.get(group, ())) & there}


def _find_used(
    session: Session,
    system: System,
    imported: Import,
    record: Record,
    members: Collection[int],
    gone_groups: Collection[int],
) -> set[int]:
    """Which of these members somebody has used since: in a switch, a message, a server's settings, another group."""
    own = select(Switch.id).where(*_are_others(Switch, system, imported))
    fronted = set(session.scalars(select(SwitchMember.member_id).where(SwitchMember.switch_id.in_(own)).distinct()))
    spoke = exists().where(Message.member_id == Member.id)
    is_set = exists().where(MemberGuild.member_id == Member.id)
    busy = set(session.scalars(select(Member.id).where(Member.system_id == system.id, spoke | is_set)))
    grouped = select(GroupMember.group_id, GroupMember.member_id).join(Group, Group.id == GroupMember.group_id)
    joined = {(group, member) for group, listed in record.joined.items() for member in listed}
    elsewhere = {
        member
        for group, member in session.execute(grouped.where(Group.system_id == system.id))
        if group not in gone_groups and group not in record.new_groups and (group, member) not in joined
    }
    return (fronted | busy | elsewhere) & set(members)


def _leave_groups(
    session: Session, record: Record, gone_members: Collection[int], gone_groups: Collection[int]
) -> None:
    """Take out of groups that stay whom the import put there, and who goes."""
    of_group = GroupMember.group_id
    for group, members in record.joined.items():
        for some in _cut(members):
            out = delete(GroupMember).where(of_group == group, GroupMember.member_id.in_(some))
            session.execute(out, execution_options=_ONLY_ROWS)
    for some in _cut(list(gone_members)):
        out = delete(GroupMember).where(GroupMember.member_id.in_(some), of_group.not_in(gone_groups))
        session.execute(out, execution_options=_ONLY_ROWS)
        latched = update(Autoproxy).where(Autoproxy.member_id.in_(some)).values(member_id=None)
        session.execute(latched, execution_options=_ONLY_ROWS)


def _restore(session: Session, system: System, record: Record) -> tuple[int, int]:
    """Give back what the import changed; returns in how many rows, and how many fields were edited since."""
    rows: list[tuple[System | Member | Group | None, Changes]] = [(system, record.system)]
    for table, changed in ((Member, record.members), (Group, record.groups)):
        rows += [(session.get(table, number), fields) for number, fields in changed.items()]
    restored = since = 0
    for row, fields in rows:
        if row is None or (row is not system and row.system_id != system.id):
            continue
        same = {name for name, (_, after) in fields.items() if getattr(row, name) == after}
        for name in same:
            setattr(row, name, _find_before(session, name, fields[name][0]))
        restored += bool(same) and row is not system
        since += len(fields) - len(same)
    session.flush()
    return restored, since


def _find_before(session: Session, name: str, before: Any) -> Any:
    """A value as it was; a group that is gone since holds nothing any more."""
    return before if name != "parent_id" or before is None or session.get(Group, before) else None


def _take_rows(
    session: Session, system: System, doomed: System, members: Collection[int], groups: Collection[int]
) -> None:
    for table, gone in ((Member, members), (Group, groups)):
        for some in _cut(list(gone)):
            moved = update(table).where(table.id.in_(some)).values(system_id=doomed.id)
            session.execute(moved, execution_options={"synchronize_session": "fetch"})
    within = update(Group).where(Group.system_id == system.id, Group.parent_id.in_(groups)).values(parent_id=None)
    session.execute(within, execution_options={"synchronize_session": "fetch"})


def _is_bare(session: Session, system: System, imported: Import) -> bool:
    """Whether a system holds nothing but the import, is nobody else's too, and nothing is set for a server."""
    others = [_are_others(table, system, imported) for table in (Member, Group, Switch)]
    others.append((Import.system_id == system.id, Import.id != imported.id))
    others += [(table.system_id == system.id,) for table in (SystemGuild, Autoproxy)]
    if any(session.scalar(select(exists().where(*which))) for which in others):
        return False
    return session.scalar(select(func.count()).where(Account.system_id == system.id)) == 1


def _are_others(
    table: type[Member] | type[Group] | type[Switch], system: System, imported: Import
) -> tuple[ColumnElement[bool], ...]:
    """What of a system did not come with the import."""
    return table.system_id == system.id, table.import_id.is_distinct_from(imported.id)


def _tell_stays(members: list[str], groups: list[str]) -> list[str]:
    told = []
    for what, names in (("member", members), ("group", groups)):
        if names:
            does = "stays" if len(names) == 1 else "stay"
            told.append(f"{count(len(names), what)} {does}, edited or used since: {quote_some(names)}.")
    return told


def _cut(numbers: list[int], size: int = 500) -> list[list[int]]:
    return [numbers[start : start + size] for start in range(0, len(numbers), size)]
