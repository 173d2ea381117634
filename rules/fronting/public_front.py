"""Who fronts in a system, for whoever passes by: what a card, a badge and a page tell, whoever asks.

PluralKit's own paths name a private member as a fronter. A picture in a README does not: what is left looks like any
other front, also in its time: where only a private member came or went, nothing changed.
"""

from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import and_, bindparam, select
from sqlalchemy.orm import Session, aliased

from database.compiled_queries import CompiledQuery, Reader
from models import Member, Switch, SwitchMember
from rules.errors import Refused
from rules.fronting.seen_switches import since_public
from rules.systems import systems
from rules.systems.privacy import see_member_face, see_system_face

_OF_MEMBER = (
    *(Member.hid, Member.name, Member.display_name, Member.color, Member.pronouns, Member.avatar_url),
    *(Member.visibility, Member.name_privacy, Member.pronoun_privacy, Member.avatar_privacy),
)


class PublicFront(NamedTuple):
    """A system's face and its fronters' faces as a stranger sees them, in order, and since when, in µs since 1970.

    `members` is None where who fronts is private; `since` may be None, too: see `since_public`.
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
    return find(reader, system)


def find_by_reference(session: Session, reference: str) -> PublicFront | None:
    """The front of the system that a reference of v2's names; nobody is `@me` here. None without one."""
    try:
        system = systems.get_referenced(session, reference, None)
    except Refused:
        return None
    return find(session, system)


def find(reader: Reader, system: Any) -> PublicFront:
    """The front of a system, of whose row all that its face tells is there. Runs one query, of a private front none."""
    face = see_system_face(system, False)
    if system.front_privacy:
        return PublicFront(face, None)
    # A switch to nobody is one row without a member, and so is one to members who are private.
    rows = _query().all(reader, system_id=system.id)
    members = [see_member_face(row, False) for row in rows if row.hid is not None]
    return PublicFront(face, members, rows[0].since if rows else None)


@cache
def _query() -> CompiledQuery:
    newest = aliased(Switch)
    of_system = select(newest.id, since_public(newest).label("since")).where(newest.system_id == bindparam("system_id"))
    # With a limit it is found before it is joined.
    latest = of_system.order_by(newest.timestamp.desc()).limit(1).subquery("page")
    return CompiledQuery(
        select(latest.c.since, *_OF_MEMBER)
        .select_from(latest)
        .outerjoin(SwitchMember, SwitchMember.switch_id == latest.c.id)
        .outerjoin(Member, and_(Member.id == SwitchMember.member_id, Member.visibility.is_(False)))
        .order_by(SwitchMember.position)
    )
