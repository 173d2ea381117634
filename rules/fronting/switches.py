"""Switches: who fronts since when. PluralKit's v1 document; a switch's time is DESIGN section 7's."""

from functools import cache
from typing import Any

from sqlalchemy import Boolean, and_, bindparam, delete, or_, select, update
from sqlalchemy.orm import Session, aliased

from database.compiled_queries import CompiledQuery, Reader
from models import FrontSpan, Import, Member, Switch, SwitchMember, System
from rules import feed
from rules.dispatch import changes
from rules.errors import Invalid, NotAllowed, NotFound
from rules.fronting.fronter_changes import check_distinct, combine
from rules.fronting.seen_switches import is_named, is_seen
from rules.parsing.timestamps import now_us, show_time
from rules.systems import soft_delete, systems
from rules.systems.privacy import view_member
from rules.systems.short_ids import is_id

MOST_FRONTERS = 150
# The bot and the web side may run on clocks that differ, and a switch is at least 1 µs after the one before.
CLOCKS_DIFFER_US = 2_000_000
_ONLY_ROWS = {"synchronize_session": False}
NO_LIST = "The members must be a list of member IDs."
NO_SWITCH = ("System has no registered switches.", "No switch is logged in this system yet.")


def log_switch(session: Session, user_id: int, hids: object) -> Switch:
    """Log that these members of the user's system front from now on, in this order; nobody is a switch too.

    The time is the later of now and 1 µs after the latest switch. Raises Invalid, checking in this order: the
    list, duplicates, more than 150 members, the same list as now, members of other systems, unknown members; and
    NotAuthenticated without a system.
    """
    system = systems.get_own_system(session, user_id)
    return _log(session, system, find_latest(session, system), _read_hids(hids))


def copy_switch(session: Session, user_id: int, hids: object, how: str = "append") -> Switch:
    """Log a switch to those who front now, changed by these members in one of the ways of `combine`.

    Who fronts now is read here, so that of two accounts at the same moment neither undoes the other. Raises Invalid for
    duplicates, for adding who fronts already, for removing who does not, and where the new list has more than 150
    members, is the same as now, or names unknown members or another system's; and NotAuthenticated without a system.
    """
    system = systems.get_own_system(session, user_id)
    latest = find_latest(session, system)
    current = get_fronters(session, latest) if latest else []
    return _log(session, system, latest, combine(current, _read_hids(hids), how))


def edit_switch(
    session: Session, user_id: int, hids: object, how: str | None = None, expected: int | None = None
) -> Switch:
    """Replace those who front since the latest switch by these members, or change them in a way of `combine`.

    Raises NotAuthenticated without a system, NotFound without a switch, and Invalid when the latest is not `expected`,
    for a change that `copy_switch` would refuse, and for more than 150 members, the same list as now, unknown members
    and another system's.
    """
    system, latest = check_latest(session, user_id, expected)
    wanted = _read_hids(hids)
    if how:
        wanted = combine(get_fronters(session, latest), wanted, how)
    members = _check_fronters(session, system, latest, wanted)
    replace_fronters(session, latest, members)
    return latest


def check_move(session: Session, user_id: int, timestamp_us: int, expected: int | None = None) -> Switch:
    """The latest switch, which could be moved to an instant in µs, with those before it that lie in the future.

    Raises Invalid for the future, before 1970, for what is not after the previous switch, and when the latest is not
    `expected`; NotAuthenticated without a system, and NotFound without a switch.
    """
    system, latest = check_latest(session, user_id, expected)
    if timestamp_us > now_us():
        raise Invalid("This time is in the future; a switch can only be moved to a time that has passed.")
    if timestamp_us < 0:
        raise Invalid("This time is before 1970; a switch cannot be moved that far.")
    ahead = len(_find_ahead(session, latest))
    before = select(Switch.timestamp).where(Switch.system_id == system.id, Switch.timestamp < latest.timestamp)
    previous = session.scalar(before.order_by(Switch.timestamp.desc()).offset(ahead).limit(1))
    if previous is not None and timestamp_us - ahead <= previous:
        raise Invalid("This time is not after the previous switch; choose a later one, or delete the latest switch.")
    return latest


def move_switch(session: Session, user_id: int, timestamp_us: int, expected: int | None = None) -> Switch:
    """Move the latest switch to another instant in µs: after the previous one, and not in the future.

    Those before it that lie in the future, which a clock that was wrong made, come along: each 1 µs before the next.
    Raises Invalid for any other instant and when the latest is not `expected`, NotAuthenticated without a system, and
    NotFound without a switch.
    """
    switch = check_move(session, user_id, timestamp_us, expected)
    ahead = _find_ahead(session, switch)
    for number, moved in enumerate([switch, *ahead]):
        moved.timestamp, moved.import_id = timestamp_us - number, None
    session.flush()
    return switch


def is_latest_ahead(session: Session, user_id: int) -> bool:
    """Whether the user's latest switch lies in the future, as one does that was logged by a clock that was wrong.

    Raises NotAuthenticated without a system.
    """
    latest = find_latest(session, systems.get_own_system(session, user_id))
    return latest is not None and latest.timestamp > now_us() + CLOCKS_DIFFER_US


def _find_ahead(session: Session, latest: Switch) -> list[Switch]:
    """The switches before the latest that lie in the future too, the newest first."""
    ahead = select(Switch).where(Switch.system_id == latest.system_id, Switch.timestamp < latest.timestamp)
    newest_first = ahead.where(Switch.timestamp > now_us()).order_by(Switch.timestamp.desc())
    return list(session.scalars(newest_first))


def delete_switch(session: Session, user_id: int, expected: int | None = None) -> None:
    """Delete the latest switch: who fronted before it fronts again.

    Raises Invalid when the latest is not `expected`, NotAuthenticated without a system, and NotFound without a switch.
    """
    session.delete(check_latest(session, user_id, expected)[1])


def delete_all_switches(session: Session, user_id: int) -> None:
    """Delete the whole front history; the rows go with `soft_delete.purge_some`.

    Raises NotAuthenticated without a system, and NotFound without a switch.
    """
    system, _ = check_latest(session, user_id)
    doomed = soft_delete.add_out_of_reach(session, soft_delete.DELETING)
    # Without the ORM's bookkeeping, 200 000 switches take less than half a second.
    moved = update(Switch).where(Switch.system_id == system.id).values(system_id=doomed.id)
    with feed.told_once(session, system_id=system.id):
        session.execute(moved, execution_options=_ONLY_ROWS)
        _take_spans(session, system, doomed)
    changes.note(session, "DELETE_ALL_SWITCHES", system)


def _take_spans(session: Session, system: System, doomed: System) -> None:
    """Put the spans of all imports out of reach: they say once more who fronted when."""
    imports = select(Import.id).where(Import.system_id == system.id)
    if session.scalar(select(FrontSpan.id).where(FrontSpan.import_id.in_(imports)).limit(1)) is None:
        return
    none = Import(system_id=doomed.id, app="", at=0)
    session.add(none)
    session.flush()
    moved = update(FrontSpan).where(FrontSpan.import_id.in_(imports)).values(import_id=none.id)
    session.execute(moved, execution_options=_ONLY_ROWS)


def check_latest(session: Session, user_id: int, expected: int | None = None) -> tuple[System, Switch]:
    """The user's system and its latest switch, which must be the one with the row ID `expected` if that is given.

    Raises NotAuthenticated without a system, NotFound without a switch, and Invalid when the latest is another one.
    """
    # Somebody was shown a switch before they agreed: meanwhile another account may have logged one.
    system = systems.get_own_system(session, user_id)
    latest = get_latest(session, system)
    if expected not in (None, latest.id):
        raise Invalid("Your latest switch changed meanwhile; look at it again.")
    return system, latest


def get_latest(session: Session, system: System) -> Switch:
    """The newest switch of a system. Raises NotFound."""
    switch = find_latest(session, system)
    if not switch:
        raise NotFound(*NO_SWITCH)
    return switch


def find_latest(session: Session, system: System, is_owner: bool = True) -> Switch | None:
    """The newest switch of a system; for strangers the newest that they see."""
    newest = select(Switch).where(Switch.system_id == system.id).order_by(Switch.timestamp.desc()).limit(1)
    return session.scalar(newest if is_owner else newest.where(is_seen(system.id)))


def get_fronters(session: Session, switch: Switch) -> list[str]:
    """The IDs of the members of a switch, in order."""
    fronting = select(Member.hid).join(SwitchMember, SwitchMember.member_id == Member.id)
    return list(session.scalars(fronting.where(SwitchMember.switch_id == switch.id).order_by(SwitchMember.position)))


def show_fronters(reader: Reader, hid: str, viewer: int | None) -> dict[str, Any]:
    """The newest switch of a system with its members in full.

    Raises NotAllowed when it is private, and NotFound without one and without a system.
    """
    system = systems.get_seen_system(reader, hid, viewer)
    if system.front_privacy and not system.own:
        raise NotAllowed("Unauthorized to view fronter.", "Who fronts in this system is private.", 30004)
    rows = _query_fronters().all(reader, system_id=system.id, own=system.own)
    if not rows:
        raise NotFound(*NO_SWITCH)
    # A switch to nobody is one row without a member.
    members = [view_member(row, system.own) for row in rows if row.id is not None]
    return {"timestamp": show_time(rows[0].timestamp), "members": members}


@cache
def _query_fronters() -> CompiledQuery:
    system_id, owns, newest = bindparam("system_id"), bindparam("own", type_=Boolean), aliased(Switch)
    seen = select(newest.id).where(newest.system_id == system_id, or_(owns, is_seen(system_id, newest)))
    latest = seen.order_by(newest.timestamp.desc()).limit(1).scalar_subquery()
    return CompiledQuery(
        select(Switch.timestamp, *Member.__table__.columns)
        .outerjoin(SwitchMember, SwitchMember.switch_id == Switch.id)
        .outerjoin(Member, and_(Member.id == SwitchMember.member_id, or_(owns, is_named())))
        .where(Switch.id == latest)
        .order_by(SwitchMember.position)
    )


def _read_hids(hids: object) -> list[str]:
    if not isinstance(hids, list) or not all(isinstance(hid, str) for hid in hids):
        raise Invalid(NO_LIST)
    return [hid.lower() for hid in hids]


def _log(session: Session, system: System, latest: Switch | None, wanted: list[str]) -> Switch:
    members = _check_fronters(session, system, latest, wanted)
    # A file may have brought one from a clock that is ahead, and no two may have the same time.
    switch = Switch(system_id=system.id, timestamp=max(now_us(), latest.timestamp + 1 if latest else 0))
    session.add(switch)
    session.flush()
    store_fronters(session, switch, members)
    return switch


def _check_fronters(session: Session, system: System, latest: Switch | None, wanted: list[str]) -> list[int]:
    """The row IDs of the members wanted, if they may front now and do not front already."""
    check_distinct(wanted)
    if len(wanted) > MOST_FRONTERS:
        raise Invalid(f"At most {MOST_FRONTERS} members can front at once; these are {len(wanted):,}.")
    if latest and get_fronters(session, latest) == wanted:
        who = "They front already" if wanted else "Nobody fronts"
        raise Invalid("New members identical to existing fronters.", f"{who}, so nothing was changed.")
    found = _get_members(session, system, wanted)
    return [found[hid].id for hid in wanted]


def replace_fronters(session: Session, switch: Switch, members: list[int]) -> None:
    """Give a switch other members, by their row IDs; that makes it one's own, which undoing an import leaves."""
    session.execute(delete(SwitchMember).where(SwitchMember.switch_id == switch.id))
    switch.import_id = None
    store_fronters(session, switch, members)
    changes.note_members(session, switch)


def store_fronters(session: Session, switch: Switch, members: list[int]) -> None:
    """Add these members, by their row IDs, to a switch that has none."""
    session.add_all(
        SwitchMember(switch_id=switch.id, position=position, member_id=member)
        for position, member in enumerate(members)
    )
    session.flush()


def _get_members(session: Session, system: System, wanted: list[str]) -> dict[str, Member]:
    possible = [hid for hid in wanted if is_id(hid)]
    found = {m.hid: m for m in session.scalars(select(Member).where(Member.hid.in_(possible)))}
    for hid in wanted:
        if hid in found and found[hid].system_id != system.id:
            raise Invalid(f"Cannot switch to member '{hid}' not in system.")
    for hid in wanted:
        if hid not in found:
            raise Invalid(f"Member '{hid[:20]}' not found.")
    return found
