"""Who fronted when, for everybody's eyes: as `front_history` has it for a stranger, and without private members.

PluralKit's own paths name a private member as a fronter; a page that anybody may open does not. What is left looks like
any other front: where only a private member came or went, nothing changed.
"""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Member, Switch, SwitchMember, System
from rules.errors import NotAllowed
from rules.fronting import past_switches
from rules.fronting.front_history import find_hidden_since, members_by_switch, select_switches

# So many switches are looked at, and so many to know since when the present front is; a history may have 100 000.
MOST_SWITCHES, LATEST_SWITCHES = 500, 20


class Span(NamedTuple):
    """Who fronted from `start` to `end`, in µs; the end is None for the newest.

    `still` says that it lasts: while the fronters are private, nobody learns when the last change was.
    """

    start: int
    end: int | None
    members: tuple[Member, ...]
    still: bool = False


def find_spans(session: Session, system: System, since_us: int, most: int = MOST_SWITCHES) -> list[Span]:
    """Who fronted since an instant, the newest first; the first of them may have begun before it.

    Of more than `most` switches the latest: `has_earlier`. Raises NotAllowed when the front history is private.
    """
    hidden_since = find_hidden_since(session, system, None)
    newest_first = select_switches(session, system, None).order_by(Switch.timestamp.desc()).limit(most)
    rows = session.execute(newest_first).all()
    earlier = next((number for number, row in enumerate(rows) if row.timestamp <= since_us), len(rows))
    rows = rows[: earlier + 1]
    fronting = members_by_switch(session, [row.id for row in rows], SwitchMember.member_id, is_owner=False)
    # Each once: five hundred switches of a hundred and fifty are a second's work otherwise.
    ids = {member_id for of_switch in fronting.values() for member_id in of_switch}
    seen = session.scalars(select(Member).where(Member.id.in_(ids), Member.visibility.is_(False)))
    public = {member.id: member for member in seen}
    spans: list[Span] = []
    for row in reversed(rows):
        members = tuple(public[member_id] for member_id in fronting.get(row.id, ()) if member_id in public)
        if spans and spans[-1].members == members:
            continue
        if spans:
            spans[-1] = spans[-1]._replace(end=row.timestamp)
        spans.append(Span(row.timestamp, None, members))
    if spans:
        spans[-1] = spans[-1]._replace(still=hidden_since is None)
    return spans[::-1]


def has_earlier(session: Session, system: System, at_us: int) -> bool:
    """Whether anything is logged from before an instant that a stranger may see.

    Raises NotAllowed when the front history is private.
    """
    earlier = select_switches(session, system, None).where(Switch.timestamp < at_us)
    return session.execute(earlier.limit(1)).first() is not None


def find_front(session: Session, system: System) -> Span | None:
    """Who fronts now and since when; None without a switch, and where it is private."""
    try:
        latest = past_switches.find_seen_latest(session, system, None)
    except NotAllowed:
        return None
    if latest is None:
        return None
    try:
        # Since when, as far as anybody may know: a private member may have come or gone meanwhile.
        return find_spans(session, system, 0, LATEST_SWITCHES)[0]
    except NotAllowed:
        members = tuple(member for member in latest.members if not member.visibility)
        return Span(latest.timestamp, None, members, still=True)
