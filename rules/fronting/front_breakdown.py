"""How long each member fronted in a period; the database counts, since a history may have 100 000 switches."""

from typing import Any

from sqlalchemy import Select, and_, case, func, literal, or_, select
from sqlalchemy.orm import Session

from models import Member, Switch, SwitchMember, System
from rules.errors import Invalid
from rules.fronting.front_history import find_hidden_since
from rules.fronting.seen_switches import is_seen
from rules.systems import members, systems
from rules.systems.privacy import see_member


def get_front_breakdown(
    session: Session,
    system: System,
    viewer: int | None,
    since_us: int,
    now_us: int,
    flat: bool = False,
    fronters_only: bool = False,
    among: Select[tuple[int]] | None = None,
) -> dict[str, Any]:
    """How long each member fronted between two instants in µs, which come back as `since` and `until`.

    `since` is never before the first switch; while the fronters are private, `until` is the newest switch for a
    stranger. `rows`, the longest first, have `member` as `see_member` shows it, or None for nobody; `us`, the time in
    µs; and `percent` of the period, or with `fronters_only` of the time in which somebody fronted. Members who front
    together each get all of that time, so the percents may sum to more than 100; or, when `flat`, an equal part of
    it, and they sum to 100. With row IDs of members `among`, the rows are theirs alone. Raises Invalid when `since_us`
    is in the future, and NotAllowed when the front history is private.
    """
    if since_us > now_us:
        raise Invalid("This time is in the future; choose one that has passed.")
    hidden_since = find_hidden_since(session, system, viewer)
    until = now_us if hidden_since is None else min(now_us, hidden_since)
    owner = systems.is_owner(session, viewer, system.id)
    begin = _find_begin(session, system, since_us, owner)
    if begin is None or max(begin, since_us) >= until:
        return {"since": until, "until": until, "rows": []}
    # Before the first switch nothing is known, which is not the same as nobody.
    since = max(begin, since_us)
    times = dict(session.execute(_select_times(system, begin, since, until, flat, owner)).all())
    total = until - since - (times.pop(None, 0) if fronters_only else 0)
    if among is not None:
        wanted = set(session.scalars(among))
        times = {member: us for member, us in times.items() if member in wanted}
    rows = _show_times(session, times, total, owner)
    return {"since": since, "until": until, "rows": rows}


def get_member_breakdown(
    session: Session, hid: str, viewer: int | None, since_us: int, now_us: int, **options: bool
) -> dict[str, Any]:
    """How long one member fronted, as `get_front_breakdown` has it. Raises NotFound, and as that does."""
    member = members.get_member(session, hid)
    system, only = session.get_one(System, member.system_id), select(Member.id).where(Member.id == member.id)
    return get_front_breakdown(session, system, viewer, since_us, now_us, among=only, **options)


def _find_begin(session: Session, system: System, since: int, is_owner: bool) -> int | None:
    """When the switch was that is in force at an instant; failing that, the first one."""
    own = select(Switch.timestamp).where(Switch.system_id == system.id).limit(1)
    own = own if is_owner else own.where(is_seen(system.id))
    begin = session.scalar(own.where(Switch.timestamp <= since).order_by(Switch.timestamp.desc()))
    return session.scalar(own.order_by(Switch.timestamp)) if begin is None else begin


def _select_times(
    system: System, begin: int, since: int, until: int, flat: bool, is_owner: bool
) -> Select[tuple[int | None, float]]:
    """The row IDs of members, None for nobody, and how long they fronted."""
    began = case((Switch.timestamp < since, since), else_=Switch.timestamp)
    ended = func.lead(Switch.timestamp, 1, until).over(order_by=Switch.timestamp)
    spans = (
        select(Switch.id, Switch.hides_private, (ended - began).label("us"))
        .where(Switch.system_id == system.id, Switch.timestamp >= begin, Switch.timestamp < until)
        .subquery()
    )
    together = func.count().over(partition_by=spans.c.id) if flat else literal(1)
    named = SwitchMember.switch_id == spans.c.id
    if not is_owner:
        private = select(Member.id).where(Member.system_id == system.id, Member.visibility.is_(True))
        named = and_(named, or_(spans.c.hides_private.is_(False), SwitchMember.member_id.not_in(private)))
    fronting = (
        select(SwitchMember.member_id, (spans.c.us / together).label("us"))
        .select_from(spans)
        .outerjoin(SwitchMember, named)
        .subquery()
    )
    return select(fronting.c.member_id, func.sum(fronting.c.us)).group_by(fronting.c.member_id)


def _show_times(session: Session, times: dict[int | None, float], total: int, owner: bool) -> list[dict[str, Any]]:
    fronted = session.scalars(select(Member).where(Member.id.in_([member for member in times if member])))
    seen: dict[int | None, Any] = {None: None, **{member.id: see_member(member, owner) for member in fronted}}
    rows = [
        {"member": seen[member], "us": round(us), "percent": us * 100 / total} for member, us in times.items() if us > 0
    ]
    return sorted(rows, key=lambda row: (-row["us"], row["member"] is None, row["member"] and row["member"]["id"]))
