"""Which switches, and whom of them, somebody sees who is not the owner: one place for every list of who fronted.

A switch that an import brought from an app where nobody could see it names no private member. What is left of it looks
as if there were no such member: a switch that would change nothing is not there either. PluralKit's own paths name the
private members of all other switches; what is shown beside them (a presence, cards, pages) names none at all, and its
times are of `since_public`.
"""

from functools import cache
from typing import Any

from sqlalchemy import ColumnElement, and_, case, exists, func, or_, select
from sqlalchemy.orm import aliased

from models import Member, Switch, SwitchMember

# Each costs 2 µs, and most fronts are as they are since the newest; a history may have 100 000.
MOST_WITHOUT_CHANGE = 100


def is_named(switch: Any = Switch, member: Any = Member) -> ColumnElement[bool]:
    """The condition that a switch names a member to strangers."""
    return or_(switch.hides_private.is_(False), member.visibility.is_(False))


def is_seen(system_id: Any, switch: Any = Switch) -> ColumnElement[bool]:
    """The condition that strangers see a switch of this system, where they may see its front at all."""
    anybody = aliased(Member)
    # Asked once, so that where all are private a hundred thousand switches are compared with nothing.
    has_public = exists().where(anybody.system_id == system_id, anybody.visibility.is_(False))
    return or_(switch.hides_private.is_(False), and_(has_public, _names_others(switch)))


@cache
def _names_others(switch: Any) -> ColumnElement[bool]:
    """The condition that a switch names others to strangers than the one before it.

    Put together once: that takes longer than asking.
    """
    before = aliased(Switch)
    earlier = select(before.id).where(before.system_id == switch.system_id, before.timestamp < switch.timestamp)
    last = earlier.order_by(before.timestamp.desc()).limit(1).correlate(switch).scalar_subquery()
    return _list_named(switch.id, switch).is_distinct_from(_list_named(last, switch))


def since_public(newest: Any) -> ColumnElement[int | None]:
    """Since when, in µs, the public members of a system's newest switch front: where only others came or went, nothing
    changed.

    Null where that was more than MOST_WITHOUT_CHANGE switches ago, and where no public member ever fronted: an instant
    in their place would move with each switch.
    """
    older, beyond, since = aliased(Switch), aliased(Switch), aliased(Switch)
    others = select(beyond.timestamp).where(beyond.system_id == newest.system_id).order_by(beyond.timestamp.desc())
    unseen = others.offset(MOST_WITHOUT_CHANGE).limit(1).correlate(newest).scalar_subquery()
    fronting = _list_named(newest.id, newest, only_public=True)
    changed = select(older.timestamp).where(
        *(older.system_id == newest.system_id, older.timestamp < newest.timestamp),
        older.timestamp > func.coalesce(unseen, -1),
        _list_named(older.id, older, only_public=True).is_distinct_from(fronting),
    )
    last = changed.order_by(older.timestamp.desc()).limit(1).correlate(newest).scalar_subquery()
    # Before the first switch nobody fronted.
    before_all = case((and_(unseen.is_(None), fronting.is_not(None)), -1))
    later = select(func.min(since.timestamp)).where(since.system_id == newest.system_id)
    return later.where(since.timestamp > func.coalesce(last, before_all)).correlate(newest).scalar_subquery()


def _list_named(switch_id: Any, around: Any, only_public: bool = False) -> Any:
    """Whom a switch names to strangers, or the public ones of them, in order, as one text; null for nobody."""
    of, place, member = aliased(Switch), aliased(SwitchMember), aliased(Member)
    # The primary key serves it, in the order of their places.
    rows = select(func.group_concat(place.member_id)).select_from(place).join(member, member.id == place.member_id)
    if only_public:
        rows = rows.where(member.visibility.is_(False))
    else:
        rows = rows.join(of, of.id == place.switch_id).where(is_named(of, member))
    return rows.where(place.switch_id == switch_id).correlate(around).scalar_subquery()
