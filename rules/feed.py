"""The feed: whom each committed change is about, in the order of the commits. Triggers of the file write it.

It never says what changed: whoever reads it looks that up, for a viewer, as it is by then.
"""

import secrets
from collections.abc import Iterator
from contextlib import contextmanager
from functools import cache
from typing import Any

from sqlalchemy import bindparam, delete, func, select
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery, Reader
from models import FeedEntry, FeedEpoch, FeedMute

ROWS_AT_ONCE = 1000


def find_epoch(reader: Reader) -> str:
    """The name of this file's feed; a restored file has another."""
    return _query_epoch().find(reader).epoch


def find_newest(reader: Reader) -> int:
    """The number of the newest entry, 0 without any."""
    return _query_newest().find(reader).seq or 0


def find_oldest(reader: Reader) -> int:
    """The number of the oldest entry that is kept, 0 without any."""
    return _query_oldest().find(reader).seq or 0


def find_since(reader: Reader, seq: int, most: int) -> list[Any]:
    """Up to `most` entries after a number, the oldest first: `seq`, `user_id`, `system_id`."""
    return _query_since().all(reader, seq=seq, most=most)


@contextmanager
def told_once(session: Session, user_id: int | None = None, system_id: int | None = None) -> Iterator[None]:
    """Whatever is written within is one entry, about this user, this system, or, without either, everybody."""
    with muted(session):
        yield
    session.add(FeedEntry(user_id=user_id, system_id=system_id))
    session.flush()


@contextmanager
def muted(session: Session) -> Iterator[None]:
    """Whatever is written within is no entry: nobody can see it, or one entry beside it tells all of it."""
    session.flush()
    if session.get(FeedMute, 1):
        yield
        return
    session.add(FeedMute(id=1))
    session.flush()
    try:
        yield
        session.flush()
    finally:
        # Whoever goes on after a refusal within must not commit it: nothing would be told any more.
        if session.is_active:
            session.execute(delete(FeedMute))


def forget_user(session: Session, user_id: int) -> None:
    """Delete the entries about a user but the newest, which says that the user is gone; goes with the rest."""
    of_user = FeedEntry.user_id == user_id
    newest = select(func.max(FeedEntry.seq)).where(of_user).scalar_subquery()
    session.execute(delete(FeedEntry).where(of_user, FeedEntry.seq < newest))


def trim(session: Session, seq: int, most: int, rows: int = ROWS_AT_ONCE) -> bool:
    """Delete up to `rows` of the entries up to a number, and of the oldest beyond `most`; whether more are left.

    The newest always stays.
    """
    newest, oldest = find_newest(session), find_oldest(session)
    last = min(max(seq, newest - most), newest - 1)
    if not oldest or oldest > last:
        return False
    # By number and not by count: the primary key serves it.
    session.execute(delete(FeedEntry).where(FeedEntry.seq <= min(last, oldest + rows - 1)))
    return oldest + rows <= last


def start_epoch(session: Session) -> None:
    """Give this file's feed another name: what was read of it before says nothing about what comes."""
    session.merge(FeedEpoch(id=1, epoch=secrets.token_hex(4)))


@cache
def _query_epoch() -> CompiledQuery:
    return CompiledQuery(select(FeedEpoch.epoch).where(FeedEpoch.id == 1))


@cache
def _query_newest() -> CompiledQuery:
    return CompiledQuery(select(func.max(FeedEntry.seq).label("seq")))


@cache
def _query_oldest() -> CompiledQuery:
    return CompiledQuery(select(func.min(FeedEntry.seq).label("seq")))


@cache
def _query_since() -> CompiledQuery:
    newer = select(FeedEntry.seq, FeedEntry.user_id, FeedEntry.system_id).where(FeedEntry.seq > bindparam("seq"))
    return CompiledQuery(newer.order_by(FeedEntry.seq).limit(bindparam("most")))
