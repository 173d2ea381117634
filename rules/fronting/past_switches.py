"""Any switch of a system, by its UUID: read, given another time or other members, deleted. PluralKit's v2 document."""

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Member, Switch, System
from rules.errors import Invalid, NotAllowed, NotAuthenticated, NotFound
from rules.fronting import switches
from rules.fronting.front_history import PAGE, members_by_switch, select_switches
from rules.fronting.fronter_changes import check_distinct
from rules.parsing.timestamps import now_us
from rules.parsing.uuids import parse_uuid
from rules.systems import systems
from rules.systems.short_ids import find_by_reference

MOST_FRONTERS = switches.MOST_FRONTERS
# v2's codes for a switch that is not there; the second where its members are replaced.
MISSING, MISSING_FOR_MEMBERS = 20008, 20007


@dataclass(frozen=True, slots=True)
class Past:
    """A switch as it was: `timestamp` in µs, and the members in order."""

    uuid: bytes
    timestamp: int
    members: Sequence[Member]


def list_seen(
    session: Session, system: System, viewer: int | None, before_us: int | None = None, limit: int = PAGE
) -> list[Past]:
    """Up to `limit` switches, at most 100, that a viewer may see, the newest first, from before an instant in µs.

    Raises NotAllowed when the front history is private.
    """
    seen = select_switches(session, system, viewer)
    if before_us is not None:
        seen = seen.where(Switch.timestamp < before_us)
    page = seen.add_columns(Switch.uuid).order_by(Switch.timestamp.desc()).limit(min(limit, PAGE))
    rows = session.execute(page).all()
    members = members_by_switch(session, [row.id for row in rows], Member, systems.is_owner(session, viewer, system.id))
    return [Past(row.uuid, row.timestamp, members.get(row.id, ())) for row in rows]


def find_seen_latest(session: Session, system: System, viewer: int | None) -> Past | None:
    """The newest switch, or None. Raises NotAllowed when who fronts is private."""
    owner = systems.is_owner(session, viewer, system.id)
    if system.front_privacy and not owner:
        raise NotAllowed("Unauthorized to view fronter.", "Who fronts in this system is private.", 30004)
    latest = switches.find_latest(session, system, owner)
    return latest and _load(session, latest, owner)


def get_seen(session: Session, system: System, viewer: int | None, uuid: str) -> Past:
    """A switch of a system. Raises Invalid for what is no UUID; NotFound, also when the front history is private."""
    switch = _get(session, system, uuid)
    try:
        seen = select_switches(session, system, viewer).where(Switch.id == switch.id)
    except NotAllowed:
        raise _no_such_switch() from None
    if session.execute(seen).first() is None:
        raise _no_such_switch()
    return _load(session, switch, systems.is_owner(session, viewer, system.id))


def log_switch(session: Session, user_id: int, references: object, timestamp_us: int | None = None) -> Past:
    """Log that these members of the user's system, by ID or UUID, front since an instant in µs, or since now.

    Raises Invalid for duplicates, more than 150 members, an instant that another switch has, that is before 1970 or in
    the future, and for the same list as now where it is the newest; NotFound for members that are not there, and
    NotAuthenticated for somebody else's and without a system.
    """
    system = systems.get_own_system(session, user_id)
    latest = switches.find_latest(session, system)
    members = _get_members(session, system, references)
    if timestamp_us is None:
        # As the bot does: a file may have brought one from a clock that is ahead.
        timestamp_us = max(now_us(), latest.timestamp + 1 if latest else 0)
    else:
        _check_free(session, system, timestamp_us)
    if latest and timestamp_us > latest.timestamp:
        _check_changed(session, latest, members)
    switch = Switch(system_id=system.id, timestamp=timestamp_us)
    session.add(switch)
    session.flush()
    switches.store_fronters(session, switch, [member.id for member in members])
    session.refresh(switch)
    return Past(switch.uuid, timestamp_us, members)


def move_switch(session: Session, user_id: int, uuid: str, timestamp_us: int) -> Past:
    """Give a switch of the user's system another time.

    Raises Invalid for what is no UUID and for an instant that another switch has; NotFound; NotAuthenticated.
    """
    system = systems.get_own_system(session, user_id)
    switch = _get(session, system, uuid)
    if switch.timestamp != timestamp_us:
        _check_free(session, system, timestamp_us)
        # Who edits a switch makes it their own, and undoing an import leaves it.
        switch.timestamp, switch.import_id = timestamp_us, None
        session.flush()
    return _load(session, switch)


def replace_members(session: Session, user_id: int, uuid: str, references: object) -> Past:
    """Give a switch of the user's system other members. Raises as `log_switch`, and NotFound for the switch."""
    system = systems.get_own_system(session, user_id)
    switch = _get(session, system, uuid, MISSING_FOR_MEMBERS)
    members = _get_members(session, system, references)
    _check_changed(session, switch, members)
    switches.replace_fronters(session, switch, [member.id for member in members])
    return _load(session, switch)


def delete_switch(session: Session, user_id: int, uuid: str) -> None:
    """Delete a switch of the user's system. Raises Invalid for what is no UUID; NotFound; NotAuthenticated."""
    session.delete(_get(session, systems.get_own_system(session, user_id), uuid))
    session.flush()


def check_own(session: Session, user_id: int, uuid: str, code: int = MISSING) -> None:
    """Refuse what is no switch of the user's own system. Raises Invalid, NotFound with a code, NotAuthenticated."""
    _get(session, systems.get_own_system(session, user_id), uuid, code)


def _get(session: Session, system: System, uuid: str, code: int = MISSING) -> Switch:
    wanted = parse_uuid(uuid)
    if wanted is None:
        raise Invalid("Invalid switch ID: it must be a UUID.", code=40006)
    switch = session.scalar(select(Switch).where(Switch.uuid == wanted))
    if not switch or switch.system_id != system.id:
        raise _no_such_switch(code)
    return switch


def _no_such_switch(code: int = MISSING) -> NotFound:
    return NotFound("Switch not found, or it is not part of this system.", "There is no such switch.", code)


def _load(session: Session, switch: Switch, is_owner: bool = True) -> Past:
    members = members_by_switch(session, [switch.id], Member, is_owner)
    return Past(switch.uuid, switch.timestamp, members.get(switch.id, ()))


def _get_members(session: Session, system: System, references: object) -> list[Member]:
    if not isinstance(references, list) or not all(isinstance(reference, str) for reference in references):
        raise Invalid(switches.NO_LIST)
    if len(references) > MOST_FRONTERS:
        raise Invalid(f"At most {MOST_FRONTERS} members can front at once; these are {len(references):,}.")
    found = [_get_member(session, system, reference) for reference in references]
    try:
        check_distinct([member.hid for member in found])
    except Invalid as refusal:
        raise Invalid(refusal.sentence, refusal.told, 40003) from None
    return found


def _get_member(session: Session, system: System, reference: str) -> Member:
    member = find_by_reference(session, Member, reference)
    if not member:
        raise NotFound(f"Member '{reference[:40]}' not found.", code=20003)
    if member.system_id != system.id:
        raise NotAuthenticated(f"Member '{reference[:40]}' is not part of your system.", code=30008)
    return member


def _check_free(session: Session, system: System, timestamp_us: int) -> None:
    if timestamp_us < 0:
        raise Invalid("This time is before 1970; a switch cannot be that old.")
    if timestamp_us > now_us() + switches.CLOCKS_DIFFER_US:
        raise Invalid("This time is in the future; a switch can only be logged at a time that has passed.")
    taken = select(Switch.id).where(Switch.system_id == system.id, Switch.timestamp == timestamp_us)
    if session.scalar(taken) is not None:
        raise Invalid("Another switch of this system has this time already.", code=40005)


def _check_changed(session: Session, switch: Switch, members: list[Member]) -> None:
    if switches.get_fronters(session, switch) == [member.hid for member in members]:
        raise Invalid(
            "New members identical to existing fronters.", "They front already, so nothing was changed.", 40004
        )
