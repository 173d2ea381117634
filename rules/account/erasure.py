"""Deleting all that is stored about somebody."""

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import (
    Account,
    GitHub,
    JoinNotice,
    KeyValue,
    Message,
    OptIn,
    OptOut,
    Presence,
    Token,
    UnfinishedProxy,
)
from rules import feed
from rules.dispatch import outbox
from rules.systems import systems
from rules.systems.soft_delete import ROWS_AT_ONCE, put_out_of_reach


def is_stored(session: Session, user_id: int) -> bool:
    """Whether anything is stored about a user, or was until they asked to be forgotten."""
    return any(session.get(table, user_id) for table in (Account, Presence, Token, GitHub, OptOut)) or bool(
        session.scalar(select(KeyValue.id).where(KeyValue.user_id == user_id).limit(1))
    )


def count_messages(session: Session, user_id: int) -> int:
    """How many records of messages there are that a user sent."""
    return session.scalar(select(func.count()).select_from(Message).where(Message.sender_id == user_id))


def forget_some_messages(session: Session, user_id: int, rows: int = ROWS_AT_ONCE) -> bool:
    """Delete up to `rows` records of messages that a user sent; returns whether there may be more.

    Called before `forget` until there are none, it leaves that one little to do while it holds the write lock.
    """
    some = select(Message.id).where(Message.sender_id == user_id).limit(rows)
    return session.execute(delete(Message).where(Message.id.in_(some))).rowcount == rows


def forget(session: Session, user_id: int) -> list[int]:
    """Delete everything stored about a user, and the user's system unless other accounts are linked to it.

    All that stays is that nothing about the user must be stored until `opt_out.show`. Nobody finds any of the
    system from now on; its rows go with `soft_delete.purge_some`. Returns the other accounts whose webhook ended with
    it, as `systems.unlink_account` does.
    """
    bereft: list[int] = []
    system = systems.find_own_system(session, user_id)
    account = session.get(Account, user_id)
    # It is the others' as well: one of them who leaves must not take it along.
    if system and systems.get_accounts(session, system) == [user_id]:
        put_out_of_reach(session, system)
    elif account:
        outbox.forget(session, system.id, user_id)
        bereft = systems.unlink(session, account)
    for table in (Message, UnfinishedProxy):
        session.execute(delete(table).where(table.sender_id == user_id))
    for table in (Account, Presence, Token, KeyValue, GitHub, OptIn, JoinNotice):
        session.execute(delete(table).where(table.user_id == user_id))
    session.merge(OptOut(user_id=user_id, forgotten=True))
    session.flush()
    feed.forget_user(session, user_id)
    return bereft
