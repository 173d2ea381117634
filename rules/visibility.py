"""Who does not want to be published, and deleting all that is stored about somebody."""

from sqlalchemy import delete
from sqlalchemy.orm import Session

from models import GitHub, Hidden, Pair, Presence, Token
from rules.errors import NotAllowed


def check_storable(session: Session, user_id: int) -> None:
    """Refuse to store anything about a user who asked to be forgotten. Raises NotAllowed."""
    hidden = session.get(Hidden, user_id)
    if hidden and hidden.forgotten:
        raise NotAllowed(
            "You asked to be forgotten; the command `show` comes first if something is to be stored again."
        )


def hide(session: Session, user_id: int) -> None:
    """Take a user out of publication; the presence goes on being stored for the owner's token."""
    if not session.get(Hidden, user_id):
        session.add(Hidden(user_id=user_id, forgotten=False))


def show(session: Session, user_id: int) -> bool:
    """Publish a user again; returns whether the user had been hidden."""
    return bool(session.execute(delete(Hidden).where(Hidden.user_id == user_id)).rowcount)


def forget(session: Session, user_id: int) -> None:
    """Delete everything stored about a user. All that stays is that the user must not be stored until `show`."""
    for table in (Presence, Token, Pair, GitHub):
        session.execute(delete(table).where(table.user_id == user_id))
    session.merge(Hidden(user_id=user_id, forgotten=True))
