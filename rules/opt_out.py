"""Who does not want to be published, and who asked for it."""

from functools import cache

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery
from models import OptIn, OptOut
from rules.errors import NotAllowed


def check_storable(session: Session, user_id: int) -> None:
    """Refuse to store anything about a user who asked to be forgotten. Raises NotAllowed."""
    hidden = _query_hidden().find(session, user_id=user_id)
    if hidden and hidden.forgotten:
        raise NotAllowed(
            "You asked to be forgotten; the command `show` comes first if something is to be stored again."
        )


def hide(session: Session, user_id: int) -> None:
    """Take a user out of publication; the presence goes on being stored for the owner's token."""
    # Whoever asked to be forgotten stays so, which is more than to be hidden.
    if not session.get(OptOut, user_id):
        session.add(OptOut(user_id=user_id, forgotten=False))


def show(session: Session, user_id: int) -> bool:
    """Publish a user, who opts in by asking; returns whether the user had been hidden."""
    session.merge(OptIn(user_id=user_id))
    return bool(session.execute(delete(OptOut).where(OptOut.user_id == user_id)).rowcount)


def is_hidden(session: Session, user_id: int) -> bool:
    """Whether the user asked not to be published."""
    return session.get(OptOut, user_id) is not None


def is_opted_in(session: Session, user_id: int) -> bool:
    """Whether the user asked to be published."""
    return session.get(OptIn, user_id) is not None


# It is asked for every message that is proxied.
@cache
def _query_hidden() -> CompiledQuery:
    return CompiledQuery(select(OptOut.forgotten).where(OptOut.user_id == bindparam("user_id")))
