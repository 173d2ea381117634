"""What a transaction changes of a system, noted while it runs: no rule tells it, so none can forget to.

A session listens to itself: what the ORM adds, changes and deletes becomes an event in the same transaction. What a
rule does in one statement, past the ORM, it notes with `note`.
"""

import json
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from sqlalchemy import bindparam, event, insert, select
from sqlalchemy.orm import Session
from sqlalchemy.orm.attributes import get_history, instance_state

from database.compiled_queries import CompiledQuery
from models import (
    Account,
    Autoproxy,
    DispatchEvent,
    Group,
    Member,
    MemberGuild,
    Message,
    Switch,
    System,
    SystemGuild,
)
from rules.dispatch import payloads
from rules.parsing.timestamps import now_ms
from rules.parsing.uuids import format_uuid

_NOTED = "dispatch"
IMPORT, GROUP_MEMBERS = "SUCCESSFUL_IMPORT", "UPDATE_GROUP_MEMBERS"


@dataclass(frozen=True, slots=True)
class Kind:
    """What becomes of the rows of a table: the events of a new, a changed and a deleted one, and what they show."""

    created: str | None
    changed: str | None
    deleted: str | None
    columns: Collection[str] = ()
    show: payloads.Show = payloads.show_nothing
    show_created: payloads.Show | None = None


KINDS: dict[type, tuple[Kind, ...]] = {
    System: (
        Kind(None, "UPDATE_SYSTEM", None, payloads.SYSTEM, payloads.show_system),
        Kind(None, "UPDATE_SETTINGS", None, payloads.SETTINGS, payloads.show_settings),
    ),
    Member: (
        Kind(
            *("CREATE_MEMBER", "UPDATE_MEMBER", "DELETE_MEMBER", payloads.MEMBER),
            *(payloads.show_member, payloads.show_name),
        ),
    ),
    Group: (
        Kind(
            *("CREATE_GROUP", "UPDATE_GROUP", "DELETE_GROUP", payloads.GROUP),
            *(payloads.show_group, payloads.show_name),
        ),
    ),
    Switch: (Kind("CREATE_SWITCH", "UPDATE_SWITCH", "DELETE_SWITCH", payloads.SWITCH, payloads.show_switch),),
    SystemGuild: (Kind(*["UPDATE_SYSTEM_GUILD"] * 2, None, payloads.SYSTEM_GUILD.keys(), payloads.show_system_guild),),
    MemberGuild: (Kind(*["UPDATE_MEMBER_GUILD"] * 2, None, payloads.MEMBER_GUILD.keys(), payloads.show_member_guild),),
    Autoproxy: (Kind(*["UPDATE_AUTOPROXY"] * 2, None, payloads.AUTOPROXY, payloads.show_autoproxy),),
    Account: (Kind("LINK_ACCOUNT", None, "UNLINK_ACCOUNT"),),
    Message: (Kind("CREATE_MESSAGE", None, None, (), payloads.show_message),),
}


@dataclass(slots=True)
class _Change:
    """One event to come: of which row, and which of its columns."""

    type: str
    row: Any
    show: payloads.Show
    columns: set[str] = field(default_factory=set)


def note(session: Session, type_: str, system: System) -> None:
    """Note an event without data that concerns a whole system: DELETE_ALL_SWITCHES or SUCCESSFUL_IMPORT.

    An import is one event: what else the transaction changes of the system is not told.
    """
    _noted(session)[type_, system] = _Change(type_, system, payloads.show_nothing)


def note_created(session: Session, row: Any) -> None:
    """Note a row that was added past the ORM."""
    for kind in KINDS[type(row)]:
        _note_created(session, row, kind)


def note_members(session: Session, switch: Switch) -> None:
    """Note that a switch has other members than it had."""
    _note_changed(session, switch, KINDS[Switch][0], {"members"})


def note_group_members(session: Session, group_ids: Iterable[int]) -> None:
    """Note that other members are in these groups than were; who is, the receiver may ask for."""
    for group_id in group_ids:
        group = session.get_one(Group, group_id)
        _noted(session)[GROUP_MEMBERS, group] = _Change(GROUP_MEMBERS, group, payloads.show_nothing)


def _noted(session: Session) -> dict[tuple[str, Any], _Change]:
    return session.info.setdefault(_NOTED, {})


@event.listens_for(Session, "after_flush")
def _note_flush(session: Session, _context: object) -> None:
    for row, kind in _with_kinds(session.new):
        if kind.created:
            _note_created(session, row, kind)
    for row, kind in _with_kinds(session.dirty):
        changed = {name for name in instance_state(row).committed_state if name in kind.columns}
        if kind.changed and (changed := {name for name in changed if get_history(row, name).has_changes()}):
            _note_changed(session, row, kind, changed)
    for row, kind in _with_kinds(session.deleted):
        if kind.deleted:
            _noted(session)[kind.deleted, row] = _Change(kind.deleted, row, payloads.show_nothing)


def _note_created(session: Session, row: Any, kind: Kind) -> None:
    show = kind.show_created or kind.show
    _noted(session)[kind.created, row] = _Change(kind.created, row, show, set(kind.columns))


def _with_kinds(rows: Iterable[Any]) -> Iterator[tuple[Any, Kind]]:
    for row in rows:
        for kind in KINDS.get(type(row), ()):
            yield row, kind


def _note_changed(session: Session, row: Any, kind: Kind, columns: set[str]) -> None:
    noted = _noted(session)
    if kind.created != kind.changed and (kind.created, row) in noted:
        # It is told as it is in the end.
        return
    noted.setdefault((kind.changed, row), _Change(kind.changed, row, kind.show)).columns |= columns


@event.listens_for(Session, "before_commit")
def write_events(session: Session) -> None:
    """Keep what was noted as events that wait, for systems that have a webhook."""
    # What was not flushed yet would come too late.
    session.flush()
    noted = session.info.pop(_NOTED, None)
    if not noted:
        return
    changes = [(_system_id(session, change.row), change) for change in noted.values()]
    told = {system_id for system_id in dict(changes) if _query_told().find(session, system_id=system_id)}
    if not told:
        return
    imported = {system_id for system_id, change in changes if change.type == IMPORT}
    now = now_ms()
    rows = [
        {"system_id": system_id, "body": _body(session, system_id, change), "created_at": now}
        for system_id, change in changes
        if system_id in told and (change.type == IMPORT or system_id not in imported)
    ]
    if rows:
        session.execute(insert(DispatchEvent), rows)


# Both are asked for every message that is proxied.
@cache
def _query_owner() -> CompiledQuery:
    return CompiledQuery(select(Member.system_id).where(Member.id == bindparam("member_id")))


@cache
def _query_told() -> CompiledQuery:
    own = select(System.id).where(System.id == bindparam("system_id"), System.webhook_url.is_not(None))
    return CompiledQuery(own)


def _system_id(session: Session, row: Any) -> int | None:
    """The system that a row is about; None where the same transaction deleted the member between them."""
    if isinstance(row, System):
        return row.id
    if isinstance(row, MemberGuild | Message):
        owner = _query_owner().find(session, member_id=row.member_id)
        return owner and owner.system_id
    return row.system_id


def _body(session: Session, system_id: int, change: _Change) -> str:
    system = session.get_one(System, system_id)
    body: dict[str, Any] = {"type": change.type, "system_id": format_uuid(system.uuid)}
    if identity := _identity(session, change.row):
        body["id"] = identity
    return json.dumps({**body, "data": change.show(session, change.row, change.columns)}, ensure_ascii=False)


def _identity(session: Session, row: Any) -> str | None:
    if isinstance(row, MemberGuild):
        row = session.get_one(Member, row.member_id)
    if isinstance(row, Account):
        return str(row.user_id)
    return format_uuid(row.uuid) if isinstance(row, Member | Group | Switch) else None
