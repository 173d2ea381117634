"""Deleting all that is stored about somebody."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models import Account, GitHub, Hidden, Message, Pair, Presence, Token
from rules import systems


def forget(session: Session, user_id: int) -> None:
    """Delete everything stored about a user, and the user's system unless other accounts are linked to it.

    All that stays is that nothing about the user must be stored until `visibility.show`.
    """
    system = systems.find_own_system(session, user_id)
    if system and systems.get_accounts(session, system) == [user_id]:
        session.delete(system)
    session.execute(delete(Message).where(Message.sender_id == user_id))
    for table in (Account, Presence, Token, Pair, GitHub):
        session.execute(delete(table).where(table.user_id == user_id))
    session.merge(Hidden(user_id=user_id, forgotten=True))
