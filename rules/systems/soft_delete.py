"""Systems out of reach: being built by an import, or being deleted a little at a time.

What takes longer than the write lock may be held is done out of reach: such a system has no account, and its ID and
those of its members and groups are no letters, so that no path and no reference finds them. `+` and the row's number
is being built and left alone; `-` and the row's number is being deleted. The ID says so and not a column of its own,
since a look-up by ID cannot forget the condition.
"""

from sqlalchemy import ColumnElement, String, cast, delete, literal, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Account, FrontSpan, Group, Import, Member, Message, Switch, SwitchMember, System
from rules import feed
from rules.dispatch import outbox

BUILDING, DELETING = "+", "-"
# As many rows as hold the write lock for about 20 ms.
ROWS_AT_ONCE = 1000
# The caller may have loaded what is renamed, and nobody has loaded what is purged.
_AND_LOADED = {"synchronize_session": "fetch"}
_ONLY_ROWS = {"synchronize_session": False}


def out_of_reach_hid(kind: str, number: int) -> str:
    """An ID that no path or reference can name. `kind` is BUILDING or DELETING, `number` the row's own."""
    return f"{kind}{number}"


def is_within_reach(hid: InstrumentedAttribute[str]) -> ColumnElement[bool]:
    """The condition that a system or a member is neither being built nor being deleted."""
    return ~(_is_kind(hid, BUILDING) | _is_kind(hid, DELETING))


def is_reachable(hid: str) -> bool:
    """The same of an ID that was read."""
    return not hid.startswith((BUILDING, DELETING))


def add_out_of_reach(session: Session, kind: str, created: int = 0) -> System:
    """A new system that is BUILDING or DELETING, without members and accounts."""
    # No other row keeps the bare sign: whoever wrote it renamed the row in the same transaction.
    system = System(hid=kind, created=created)
    session.add(system)
    session.flush()
    system.hid = out_of_reach_hid(kind, system.id)
    session.flush()
    return system


def put_out_of_reach(session: Session, system: System) -> None:
    """Take a system with all its members from everybody at once; `purge_some` deletes it later."""
    # What was not sent of it yet goes too: whoever deletes a system wants nothing told of it any more.
    system.webhook_url = system.webhook_token = None
    outbox.take_from_former(session, system.id)
    session.execute(delete(Account).where(Account.system_id == system.id))
    with feed.told_once(session, system_id=system.id):
        for table in (Member, Group):
            _rename(session, table, table.system_id == system.id)
        _rename(session, System, System.id == system.id)


def purge_some(session: Session, rows: int = ROWS_AT_ONCE) -> bool:
    """Delete about so many rows of what is being deleted; returns False when nothing was left.

    At most twice `rows`, and one switch's members more, or a tenth as many members with all their proxy tags.
    """
    doomed = session.scalar(select(System.id).where(_is_kind(System.hid, DELETING)).limit(1))
    if doomed is None:
        return False
    # Nobody sees it, so nobody is told.
    with feed.muted(session):
        # Cascading from the system's row would delete all of it in one transaction.
        if not any(purge(session, doomed, rows) for purge in _PURGES):
            # Only what it set for some servers is left.
            session.execute(delete(System).where(System.id == doomed))
    return True


def is_building(session: Session) -> bool:
    """Whether anything is being built, be it by a process that has ended."""
    return session.scalar(select(System.id).where(_is_kind(System.hid, BUILDING)).limit(1)) is not None


def abandon_all(session: Session) -> None:
    """Let `purge_some` delete what a process that ended had been building."""
    building = select(System.id).where(_is_kind(System.hid, BUILDING))
    with feed.muted(session):
        for table in (Member, Group):
            _rename(session, table, table.system_id.in_(building))
        _rename(session, System, _is_kind(System.hid, BUILDING))


def _is_kind(hid: InstrumentedAttribute[str], kind: str) -> ColumnElement[bool]:
    # A range and no pattern, because the index serves it; every digit sorts between these two.
    return hid.between(kind, f"{kind}~")


def _rename(session: Session, table: type[System] | type[Member] | type[Group], which: ColumnElement[bool]) -> None:
    hid = literal(DELETING).concat(cast(table.id, String))
    # The UUID is free again: somebody may bring it back in a file.
    session.execute(update(table).where(which).values(hid=hid, uuid=None), execution_options=_AND_LOADED)


def _purge_switches(session: Session, system_id: int, rows: int) -> int:
    # Joined with their members, so that the limit counts those rows, which go with a switch.
    some = (
        select(Switch.id)
        .outerjoin(SwitchMember, SwitchMember.switch_id == Switch.id)
        .where(Switch.system_id == system_id)
        .limit(rows)
    )
    return session.execute(delete(Switch).where(Switch.id.in_(some)), execution_options=_ONLY_ROWS).rowcount


def _purge_spans(session: Session, system_id: int, rows: int) -> int:
    imports = select(Import.id).where(Import.system_id == system_id)
    some = select(FrontSpan.id).where(FrontSpan.import_id.in_(imports)).limit(rows)
    return session.execute(delete(FrontSpan).where(FrontSpan.id.in_(some)), execution_options=_ONLY_ROWS).rowcount


def _purge_imports(session: Session, system_id: int, rows: int) -> int:
    # One takes along up to as many rows as a system may have members and groups.
    some = select(Import.id).where(Import.system_id == system_id).limit(max(1, rows // ROWS_AT_ONCE))
    return session.execute(delete(Import).where(Import.id.in_(some)), execution_options=_ONLY_ROWS).rowcount


def _purge_messages(session: Session, system_id: int, rows: int) -> int:
    # Before the members, of whom one may have sent any number.
    members = select(Member.id).where(Member.system_id == system_id)
    some = select(Message.id).where(Message.member_id.in_(members)).limit(rows)
    return session.execute(delete(Message).where(Message.id.in_(some)), execution_options=_ONLY_ROWS).rowcount


def _purge_members(session: Session, system_id: int, rows: int) -> int:
    some = select(Member.id).where(Member.system_id == system_id).limit(max(1, rows // 10))
    return session.execute(delete(Member).where(Member.id.in_(some)), execution_options=_ONLY_ROWS).rowcount


def _purge_groups(session: Session, system_id: int, rows: int) -> int:
    # One takes along up to as many rows as a system may have members.
    some = select(Group.id).where(Group.system_id == system_id).limit(max(1, rows // ROWS_AT_ONCE))
    return session.execute(delete(Group).where(Group.id.in_(some)), execution_options=_ONLY_ROWS).rowcount


# Groups and spans before the members, each of whom may be in all of them. The bot drops events too, while it runs.
_PURGES = (
    *(outbox.drop_some, _purge_switches, _purge_messages, _purge_spans),
    *(_purge_imports, _purge_groups, _purge_members),
)
