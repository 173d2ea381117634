"""Switches: who fronts since when. PluralKit's v1 document; a switch's time is DESIGN section 7's."""

from collections.abc import Iterable
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Member, Switch, SwitchMember, System
from rules import systems
from rules.errors import Invalid, NotAllowed, NotFound
from rules.ids import is_id
from rules.privacy import view_member
from rules.times import now_us, show_time

PAGE = 100
MOST_FRONTERS = 150


def log_switch(session: Session, user_id: int, hids: object) -> Switch:
    """Log that these members of the user's system front from now on, in this order; nobody is a switch too.

    The time is the later of now and 1 µs after the latest switch. Raises Invalid, checking in this order: the
    list, duplicates, more than 150 members, the same list as now, members of other systems, unknown members; and
    NotAuthenticated.
    """
    system = systems.get_own_system(session, user_id)
    wanted = _read_hids(hids)
    if len(set(wanted)) < len(wanted):
        raise Invalid("Duplicate members in member list.")
    if len(wanted) > MOST_FRONTERS:
        raise Invalid(f"At most {MOST_FRONTERS} members can front at once; these are {len(wanted):,}.")
    latest = find_latest(session, system)
    if latest and get_fronters(session, latest) == wanted:
        raise Invalid("New members identical to existing fronters.")
    members = _get_members(session, system, wanted)
    switch = Switch(system_id=system.id, timestamp=max(now_us(), latest.timestamp + 1 if latest else 0))
    session.add(switch)
    session.flush()
    session.add_all(
        SwitchMember(switch_id=switch.id, position=position, member_id=members[hid].id)
        for position, hid in enumerate(wanted)
    )
    session.flush()
    return switch


def find_latest(session: Session, system: System) -> Switch | None:
    """The newest switch of a system."""
    newest = select(Switch).where(Switch.system_id == system.id).order_by(Switch.timestamp.desc()).limit(1)
    return session.scalar(newest)


def get_fronters(session: Session, switch: Switch) -> list[str]:
    """The IDs of the members of a switch, in order."""
    return _hids_by_switch(session, [switch.id]).get(switch.id, [])


def show_fronters(session: Session, system: System, viewer: int | None) -> dict[str, Any]:
    """The newest switch with its members in full. Raises NotAllowed when it is private, NotFound without one."""
    owner = systems.is_owner(session, viewer, system.id)
    if system.front_privacy and not owner:
        raise NotAllowed("Unauthorized to view fronter.")
    switch = find_latest(session, system)
    if not switch:
        raise NotFound("System has no registered switches.")
    fronting = (
        select(Member)
        .join(SwitchMember, SwitchMember.member_id == Member.id)
        .where(SwitchMember.switch_id == switch.id)
        .order_by(SwitchMember.position)
    )
    members = [view_member(member, owner) for member in session.scalars(fronting)]
    return {"timestamp": show_time(switch.timestamp), "members": members}


def show_switches(
    session: Session, system: System, viewer: int | None, before: int | None = None
) -> list[dict[str, Any]]:
    """Up to 100 switches, the newest first, from before an instant in µs. Raises NotAllowed when they are private.

    While the fronters are private, the newest switch is left out for everybody but the owner: it tells them.
    """
    owner = systems.is_owner(session, viewer, system.id)
    if system.front_history_privacy and not owner:
        raise NotAllowed("Unauthorized to view front history.")
    page = select(Switch.id, Switch.timestamp).where(Switch.system_id == system.id)
    if before is not None:
        page = page.where(Switch.timestamp < before)
    if system.front_privacy and not owner:
        latest = find_latest(session, system)
        page = page.where(Switch.timestamp < (latest.timestamp if latest else 0))
    rows = session.execute(page.order_by(Switch.timestamp.desc()).limit(PAGE)).all()
    hids = _hids_by_switch(session, [row.id for row in rows])
    return [{"timestamp": show_time(row.timestamp), "members": hids.get(row.id, [])} for row in rows]


def _read_hids(hids: object) -> list[str]:
    if not isinstance(hids, list) or not all(isinstance(hid, str) for hid in hids):
        raise Invalid("The members must be a list of member IDs.")
    return [hid.lower() for hid in hids]


def _get_members(session: Session, system: System, wanted: list[str]) -> dict[str, Member]:
    asked = [hid for hid in wanted if is_id(hid)]
    found = {m.hid: m for m in session.scalars(select(Member).where(Member.hid.in_(asked)))}
    for hid in wanted:
        if hid in found and found[hid].system_id != system.id:
            raise Invalid(f"Cannot switch to member '{hid}' not in system.")
    for hid in wanted:
        if hid not in found:
            raise Invalid(f"Member '{hid[:20]}' not found.")
    return found


def _hids_by_switch(session: Session, switch_ids: Iterable[int]) -> dict[int, list[str]]:
    rows = session.execute(
        select(SwitchMember.switch_id, Member.hid)
        .join(Member, Member.id == SwitchMember.member_id)
        .where(SwitchMember.switch_id.in_(switch_ids))
        .order_by(SwitchMember.switch_id, SwitchMember.position)
    )
    hids: dict[int, list[str]] = {}
    for switch_id, hid in rows:
        hids.setdefault(switch_id, []).append(hid)
    return hids
