"""Which switches, and whom of them, somebody sees who is not the owner: one place for every list of who fronted.

A switch that an import brought from an app where nobody could see it names no private member. What is left of it looks
as if there were no such member: a switch that would change nothing is not there either.
"""

from typing import Any

from sqlalchemy import ColumnElement, and_, exists, func, or_, select
from sqlalchemy.orm import aliased

from models import Member, Switch, SwitchMember


def is_named(switch: Any = Switch, member: Any = Member) -> ColumnElement[bool]:
    """The condition that a switch names a member to strangers."""
    return or_(switch.hides_private.is_(False), member.visibility.is_(False))


def is_seen(system_id: Any, switch: Any = Switch) -> ColumnElement[bool]:
    """The condition that strangers see a switch of this system, where they may see its front at all."""
    anybody = aliased(Member)
    # Asked once, so that where all are private a hundred thousand switches are compared with nothing.
    has_public = exists().where(anybody.system_id == system_id, anybody.visibility.is_(False))
    before = aliased(Switch)
    earlier = select(before.id).where(before.system_id == switch.system_id, before.timestamp < switch.timestamp)
    last = earlier.order_by(before.timestamp.desc()).limit(1).correlate(switch).scalar_subquery()
    named, named_before = _list_named(switch.id, switch), _list_named(last, switch)
    return or_(switch.hides_private.is_(False), and_(has_public, named.is_distinct_from(named_before)))


def _list_named(switch_id: Any, around: Any) -> Any:
    """Whom a switch names to strangers, in order, as one text; null for nobody."""
    of, place, member = aliased(Switch), aliased(SwitchMember), aliased(Member)
    # The primary key serves it, in the order of their places.
    rows = select(func.group_concat(place.member_id)).select_from(place).join(of, of.id == place.switch_id)
    rows = rows.join(member, member.id == place.member_id).where(place.switch_id == switch_id, is_named(of, member))
    return rows.correlate(around).scalar_subquery()
