"""Who fronted when: the switches of a system as a viewer may see them, the newest first."""

from collections.abc import Iterable
from functools import cache
from itertools import groupby
from operator import attrgetter
from typing import Any

from sqlalchemy import Boolean, Select, and_, bindparam, func, not_, or_, select
from sqlalchemy.orm import Session, aliased

from database.compiled_queries import CompiledQuery, Reader
from models import Member, Switch, SwitchMember, System
from rules.errors import NotAllowed
from rules.fronting.seen_switches import is_named, is_seen
from rules.fronting.switches import find_latest
from rules.parsing.timestamps import LATEST_US, show_time
from rules.systems import systems
from rules.systems.privacy import see_member

PAGE = 100


def select_switches(session: Session, system: System, viewer: int | None) -> Select[tuple[int, int]]:
    """The IDs and times of the switches that a viewer may see. Raises NotAllowed when the front history is private.

    While the fronters are private, the newest switch is left out for everybody but the owner: it names them.
    """
    switches = select(Switch.id, Switch.timestamp).where(Switch.system_id == system.id)
    if systems.is_owner(session, viewer, system.id):
        return switches
    switches = switches.where(is_seen(system.id))
    hidden_since = find_hidden_since(session, system, viewer)
    return switches if hidden_since is None else switches.where(Switch.timestamp < hidden_since)


def find_hidden_since(session: Session, system: System, viewer: int | None) -> int | None:
    """The instant in µs from which on a viewer must not know who fronts, or None.

    Raises NotAllowed when the front history is private.
    """
    if not is_front_hidden(system, systems.is_owner(session, viewer, system.id)):
        return None
    latest = find_latest(session, system, is_owner=False)
    return latest.timestamp if latest else 0


def is_front_hidden(system: Any, is_owner: bool) -> bool:
    """Whether a viewer must not know who fronts now. Raises NotAllowed when the front history is private."""
    if system.front_history_privacy and not is_owner:
        raise NotAllowed("Unauthorized to view front history.", "The front history of this system is private.", 30005)
    return bool(system.front_privacy) and not is_owner


def show_switches(reader: Reader, hid: str, viewer: int | None, before: int | None = None) -> list[dict[str, Any]]:
    """Up to 100 switches of a system from before an instant in µs, as v1's JSON.

    Raises NotFound, and NotAllowed when the front history is private.
    """
    system = systems.get_seen_system(reader, hid, viewer)
    hides_latest = is_front_hidden(system, system.own)
    before = LATEST_US if before is None else before
    rows = _query_page().all(reader, system_id=system.id, own=system.own, hides_latest=hides_latest, before=before)
    # A switch to nobody is one row without a member.
    return [
        {"timestamp": show_time(timestamp), "members": [row.hid for row in switch if row.hid is not None]}
        for timestamp, switch in groupby(rows, attrgetter("timestamp"))
    ]


@cache
def _query_page() -> CompiledQuery:
    system_id, owns, newer = bindparam("system_id"), bindparam("own", type_=Boolean), aliased(Switch)
    newest = select(newer.timestamp).where(newer.system_id == system_id, or_(owns, is_seen(system_id, newer)))
    latest = newest.order_by(newer.timestamp.desc()).limit(1).scalar_subquery()
    listed = select(Switch.id, Switch.timestamp, Switch.hides_private).where(
        *(Switch.system_id == system_id, Switch.timestamp < bindparam("before"), or_(owns, is_seen(system_id))),
        or_(not_(bindparam("hides_latest", type_=Boolean)), Switch.timestamp < latest),
    )
    # Cut before it is joined: the limit is one of switches, not of those who front.
    page = listed.order_by(Switch.timestamp.desc()).limit(PAGE).subquery("page")
    return CompiledQuery(
        select(page.c.timestamp, Member.hid)
        .outerjoin(SwitchMember, SwitchMember.switch_id == page.c.id)
        .outerjoin(Member, and_(Member.id == SwitchMember.member_id, or_(owns, is_named(page.c))))
        .order_by(page.c.timestamp.desc(), SwitchMember.position)
    )


def count_switches(session: Session, system: System, viewer: int | None) -> int:
    """How many switches a viewer may see. Raises NotAllowed when the front history is private."""
    return session.scalar(select(func.count()).select_from(select_switches(session, system, viewer).subquery()))


def show_history(
    session: Session, system: System, viewer: int | None, skip: int = 0, limit: int = 10
) -> list[dict[str, Any]]:
    """Switches after the `skip` newest, with `timestamp` and `until` in µs; the latter is None for the latest of all.

    `still` says that it lasts: while the fronters are private, a stranger does not learn when the last change was.
    `members` are as `see_member` shows them to the viewer. Raises NotAllowed when the front history is private.
    """
    page = select_switches(session, system, viewer).order_by(Switch.timestamp.desc()).offset(skip).limit(limit)
    rows = session.execute(page).all()
    if not rows:
        return []
    owner = systems.is_owner(session, viewer, system.id)
    members = members_by_switch(session, [row.id for row in rows], Member, owner)
    hidden_since = find_hidden_since(session, system, viewer)
    # Each switch lasts until the one before it in the list; what is newer than the page's first is not on the page.
    ends = [_find_next(session, system, viewer, rows[0].timestamp), *(row.timestamp for row in rows)]
    return [
        {
            "timestamp": row.timestamp,
            "until": until,
            "still": until is None and hidden_since is None,
            "members": [see_member(member, owner) for member in members.get(row.id, [])],
        }
        for row, until in zip(rows, ends, strict=False)
    ]


def _find_next(session: Session, system: System, viewer: int | None, timestamp: int) -> int | None:
    later = select_switches(session, system, viewer).where(Switch.timestamp > timestamp)
    return session.scalar(later.with_only_columns(Switch.timestamp).order_by(Switch.timestamp).limit(1))


def members_by_switch(session: Session, switch_ids: Iterable[int], what: Any, is_owner: bool) -> dict[int, list[Any]]:
    """The members of each of these switches in order, or `what` of them is asked for; a switch to nobody has no key.

    Those that `seen_switches` keeps from strangers are there for the owner alone.
    """
    rows = (
        select(SwitchMember.switch_id, what)
        .join(Switch, Switch.id == SwitchMember.switch_id)
        .join(Member, Member.id == SwitchMember.member_id)
        .where(SwitchMember.switch_id.in_(switch_ids))
        .order_by(SwitchMember.switch_id, SwitchMember.position)
    )
    found: dict[int, list[Any]] = {}
    for switch_id, member in session.execute(rows if is_owner else rows.where(is_named())):
        found.setdefault(switch_id, []).append(member)
    return found
