"""The events that wait to be sent, in their order; each stays until its receiver took it."""

from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, delete, select
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

    `too_many` is whether more than MOST_WAITING wait in all.
    """

    url: str | None
    token: str | None
    events: list[tuple[int, str, int]]
    too_many: bool


def find_newer(reader: Reader, number: int) -> list[tuple[int, int]]:
    """Of which systems events came after the one with this number, each with the number of its newest.

    Of the next LOOKED_AT events; where more came, the next question finds those.
    """
    return list({row.system_id: row.id for row in _query_newer().all(reader, number=number)}.items())


def get_waiting(session: Session, system_id: int, most: int = EVENTS_AT_ONCE) -> Waiting:
    """The next events of a system and where they go."""
    webhook = session.execute(select(System.webhook_url, System.webhook_token).where(System.id == system_id)).first()
    url, token = webhook or (None, None)
    columns = select(DispatchEvent.id, DispatchEvent.body, DispatchEvent.created_at)
    own = columns.where(DispatchEvent.system_id == system_id).order_by(DispatchEvent.id)
    events = [tuple(row) for row in session.execute(own.limit(most))]
    too_many = len(events) == most and session.execute(own.offset(MOST_WAITING).limit(1)).first() is not None
    return Waiting(url, token, events, too_many)


def find_url(reader: Reader, system_id: int) -> str | None:
    """Where a system's events go now."""
    system = _query_url().find(reader, system_id=system_id)
    return system and system.webhook_url


def remove_sent(session: Session, system_id: int, last: int) -> None:
    """The receiver took a system's events up to this number."""
    session.execute(delete(DispatchEvent).where(DispatchEvent.system_id == system_id, DispatchEvent.id <= last))


def drop_some(session: Session, system_id: int, rows: int = ROWS_AT_ONCE) -> bool:
    """Delete up to so many events of a system without a webhook; returns whether there may be more."""
    if session.scalar(select(System.webhook_url).where(System.id == system_id)):
        return False
    some = select(DispatchEvent.id).where(DispatchEvent.system_id == system_id).limit(rows)
    return session.execute(delete(DispatchEvent).where(DispatchEvent.id.in_(some))).rowcount == rows


def forget(session: Session, system_id: int, user_id: int) -> None:
    """Delete what waits of a system and names an account: its messages, and that it was linked or unlinked."""
    # Each ID is a text of its own in JSON.
    about = DispatchEvent.body.contains(f'"{user_id}"', autoescape=True)
    session.execute(delete(DispatchEvent).where(DispatchEvent.system_id == system_id, about))


@cache
def _query_url() -> CompiledQuery:
    return CompiledQuery(select(System.webhook_url).where(System.id == bindparam("system_id")))


@cache
def _query_newer() -> CompiledQuery:
    newer = select(DispatchEvent.id, DispatchEvent.system_id).where(DispatchEvent.id > bindparam("number"))
    return CompiledQuery(newer.order_by(DispatchEvent.id).limit(LOOKED_AT))
