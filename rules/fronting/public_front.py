"""Who fronts in a system, for whoever passes by: what a card and a badge tell, whoever asks.

PluralKit's own paths name a private member as a fronter. A picture in a README does not: what is left looks like any
other front, also in its time: where only a private member came or went, nothing changed.
"""

from functools import cache
from itertools import groupby
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from database.compiled_queries import CompiledQuery, Reader
from models import Member, Switch, SwitchMember
from rules.errors import Refused
from rules.fronting.public_history import LATEST_SWITCHES
from rules.fronting.seen_switches import is_seen
from rules.systems import systems
from rules.systems.privacy import see_member_face, see_system_face

_OF_MEMBER = (
    *(Member.hid, Member.name, Member.display_name, Member.color, Member.pronouns, Member.avatar_url),
    *(Member.visibility, Member.name_privacy, Member.pronoun_privacy, Member.avatar_privacy),
)


class PublicFront(NamedTuple):
    """A system's face and its fronters' faces as a stranger sees them, in order, and since when, in µs since 1970.

    `members` is None where who fronts is private, and `since` where no switch is logged.
    """

    system: dict[str, Any]
    members: list[dict[str, Any]] | None
    since: int | None = None


def find_by_hid(reader: Reader, hid: str) -> PublicFront | None:
    """The front of the system with an ID, in any case of letters; None without one. Runs two queries."""
    try:
        system = systems.get_seen_system(reader, hid, None)
    except Refused:
        return None
    return _find(reader, system)


def find_by_reference(session: Session, reference: str) -> PublicFront | None:
    """The front of the system that a reference of v2's names; nobody is `@me` here. None without one."""
    try:
        system = systems.get_referenced(session, reference, None)
    except Refused:
        return None
    return _find(session, system)


def _find(reader: Reader, system: Any) -> PublicFront:
    face = see_system_face(system, False)
    if system.front_privacy:
        return PublicFront(face, None)
    # A switch to nobody is one row without a member, and so is one to members who are private.
    rows = _query().all(reader, system_id=system.id, most=LATEST_SWITCHES)
    fronts = [[*of_one] for _, of_one in groupby(rows, key=lambda row: row.id)]
    if not fronts:
        return PublicFront(face, [])
    members = [see_member_face(row, False) for row in fronts[0] if row.hid is not None]
    return PublicFront(face, members, _find_since(fronts))


def _find_since(fronts: list[list[Any]]) -> int:
    newest = _hids(fronts[0])
    since = fronts[0][0].timestamp
    for front in fronts[1:]:
        if _hids(front) != newest:
            break
        since = front[0].timestamp
    return since


def _hids(front: list[Any]) -> list[str]:
    return [row.hid for row in front if row.hid is not None]


@cache
def _query() -> CompiledQuery:
    system_id, newest = bindparam("system_id"), aliased(Switch)
    seen = select(newest.id).where(newest.system_id == system_id, is_seen(system_id, newest))
    latest = seen.order_by(newest.timestamp.desc()).limit(bindparam("most"))
    return CompiledQuery(
        select(Switch.id, Switch.timestamp, *_OF_MEMBER)
        .outerjoin(SwitchMember, SwitchMember.switch_id == Switch.id)
        .outerjoin(Member, and_(Member.id == SwitchMember.member_id, Member.visibility.is_(False)))
        .where(Switch.id.in_(latest))
        .order_by(Switch.timestamp.desc(), Switch.id, SwitchMember.position)
    )
