"""Who fronted when, for everybody's eyes: as `front_history` has it for a stranger, and without private members.

PluralKit's own paths name a private member as a fronter; a page that anybody may open does not. What is left looks like
any other front: where only a private member came or went, nothing changed.
"""

from typing import NamedTuple

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Member, Switch, SwitchMember, System
from rules.fronting.front_history import is_front_hidden, members_by_switch

# So many switches are looked at; a history may have 100 000.
MOST_SWITCHES = 500
HOUR_US = 3600 * 1_000_000


class Span(NamedTuple):
    """Who fronted from `start` to `end`, in µs; the start is None where it was before the history begins, and the end
    for the newest.

    `still` says that it lasts: while the fronters are private, nobody learns when the last change was.
    """

    start: int | None
    end: int | None
    members: tuple[Member, ...]
    still: bool = False


class History(NamedTuple):
    """From when, in µs, it is known who fronted, and the spans since then, the newest first."""

    begins: int
    spans: list[Span]


def find_history(session: Session, system: System, since_us: int, most: int = MOST_SWITCHES) -> History:
    """Who fronted since an instant; before the first span, nobody did that anybody may know of.

    Of more than `most` switches the oldest are left out, and it begins later, at a full hour. Raises NotAllowed when
    the front history is private.
    """
    is_hidden = is_front_hidden(system, is_owner=False)
    newest_first = select(Switch.id, Switch.timestamp).where(Switch.system_id == system.id)
    rows = session.execute(newest_first.order_by(Switch.timestamp.desc()).limit(most)).all()
    if len(rows) == most:
        # Where the last of them is would tell of each that comes.
        since_us = max(since_us, -(-rows[-1].timestamp // HOUR_US) * HOUR_US)
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
        if members == (spans[-1].members if spans else ()):
            continue
        if spans:
            spans[-1] = spans[-1]._replace(end=row.timestamp)
        spans.append(Span(row.timestamp if row.timestamp > since_us else None, None, members))
    if is_hidden:
        spans = spans[:-1]
    if spans:
        spans[-1] = spans[-1]._replace(end=None, still=not is_hidden)
    return History(since_us, spans[::-1])
