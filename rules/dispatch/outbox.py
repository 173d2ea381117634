"""The events that wait to be sent, in their order; each stays until its receiver took it."""

from dataclasses import dataclass
from functools import cache
from itertools import takewhile

from sqlalchemy import bindparam, delete, func, select, update
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery, Reader
from models import DispatchEvent, System

EVENTS_AT_ONCE = 50
# As many as are looked at within a few ms.
LOOKED_AT = 10_000
# Whoever is as far behind will not catch up, and the file must not grow for it.
MOST_WAITING = 10_000
# As many rows as hold the write lock for about 20 ms.
ROWS_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Waiting:
    """Some events of a system, the oldest first, as (number, JSON, ms since 1970); without `url` nobody wants them.

    `is_former` is whether they go to a webhook that is the system's no longer, `too_many` whether more than
    MOST_WAITING wait in all.
    """

    url: str | None
    token: str | None
    events: list[tuple[int, str, int]]
    is_former: bool
    too_many: bool


def find_newer(reader: Reader, number: int) -> list[tuple[int, int]]:
    """Of which systems events came after the one with this number, each with the number of its newest.

    Of the next LOOKED_AT events; where more came, the next question finds those.
    """
    return list({row.system_id: row.id for row in _query_newer().all(reader, number=number)}.items())


def get_waiting(session: Session, system_id: int, most: int = EVENTS_AT_ONCE) -> Waiting:
    """The next events of a system that go to the same webhook, and which one that is."""
    webhook = session.execute(select(System.webhook_url, System.webhook_token).where(System.id == system_id)).first()
    columns = select(DispatchEvent.id, DispatchEvent.body, DispatchEvent.created_at)
    own = columns.where(DispatchEvent.system_id == system_id).order_by(DispatchEvent.id)
    rows = session.execute(own.add_columns(DispatchEvent.url, DispatchEvent.token).limit(most)).all()
    former = (rows[0].url, rows[0].token) if rows and rows[0].url else None
    url, token = former or webhook or (None, None)
    events = [tuple(row[:3]) for row in takewhile(lambda row: (row.url, row.token) == (former or (None, None)), rows)]
    too_many = len(rows) == most and session.execute(own.offset(MOST_WAITING).limit(1)).first() is not None
    return Waiting(url, token, events, former is not None, too_many)


def find_url(reader: Reader, number: int) -> str | None:
    """Where the event with a number goes now; None where nobody is to get it any more."""
    event = _query_url().find(reader, number=number)
    return event and event.url


def hand_to_former(session: Session, system_id: int, url: str, token: str | None) -> None:
    """Let what waits of a system go to a webhook that is its own no longer."""
    waiting = (DispatchEvent.system_id == system_id) & DispatchEvent.url.is_(None)
    session.execute(update(DispatchEvent).where(waiting).values(url=url, token=token))


def take_from_former(session: Session, system_id: int) -> None:
    """Let what still waits for a former webhook go where the system's events go, or nowhere, as these do."""
    waiting = (DispatchEvent.system_id == system_id) & DispatchEvent.url.is_not(None)
    session.execute(update(DispatchEvent).where(waiting).values(url=None, token=None))


def remove_sent(session: Session, system_id: int, last: int) -> None:
    """The receiver took a system's events up to this number."""
    session.execute(delete(DispatchEvent).where(DispatchEvent.system_id == system_id, DispatchEvent.id <= last))


def drop_some(session: Session, system_id: int, rows: int = ROWS_AT_ONCE, former: str | None = None) -> bool:
    """Delete up to so many events of a system without a webhook, or those for a former one with the address `former`.

    Returns whether there may be more.
    """
    if former is None and session.scalar(select(System.webhook_url).where(System.id == system_id)):
        return False
    some = select(DispatchEvent.id).where(DispatchEvent.system_id == system_id, DispatchEvent.url == former).limit(rows)
    return session.execute(delete(DispatchEvent).where(DispatchEvent.id.in_(some))).rowcount == rows


def forget(session: Session, system_id: int, user_id: int) -> None:
    """Delete what waits of a system and names an account: its messages, and that it was linked or unlinked."""
    # Each ID is a text of its own in JSON.
    about = DispatchEvent.body.contains(f'"{user_id}"', autoescape=True)
    session.execute(delete(DispatchEvent).where(DispatchEvent.system_id == system_id, about))


@cache
def _query_url() -> CompiledQuery:
    url = func.coalesce(DispatchEvent.url, System.webhook_url).label("url")
    event = select(url).outerjoin(System, System.id == DispatchEvent.system_id)
    return CompiledQuery(event.where(DispatchEvent.id == bindparam("number")))


@cache
def _query_newer() -> CompiledQuery:
    newer = select(DispatchEvent.id, DispatchEvent.system_id).where(DispatchEvent.id > bindparam("number"))
    return CompiledQuery(newer.order_by(DispatchEvent.id).limit(LOOKED_AT))
