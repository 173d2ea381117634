"""Who is published: everyone in the home server, those with a role, or those who opted in; never who is hidden.

The choice stands in the file, so that whoever writes presences obeys the same one, whatever its own settings say.
"""

from collections.abc import Collection
from functools import cache

from sqlalchemy import delete, select, update
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery, Reader
from models import HomeNotice, OptIn, Presence, Publication
from rules import feed

EVERYONE, OPTIN, ROLE = "everyone", "optin", "role:"


def get_choice(reader: Reader) -> str:
    """The choice in force: `everyone`, `optin`, or `role:` with a role's ID."""
    row = _query().find(reader)
    return row.choice if row else EVERYONE


def apply_choice(session: Session, choice: str) -> bool:
    """Put a choice in force and withdraw, in the same transaction, whoever it does not let in; whether it is another.

    Whom it lets in beside those who are stored comes with the next count of the home server.
    """
    if get_choice(session) == choice:
        return False
    session.merge(Publication(id=1, choice=choice))
    with feed.told_once(session):
        _withdraw(session, choice)
    _narrow_notices(session, choice)
    return True


def narrow_choice(session: Session, choice: str) -> bool:
    """`apply_choice`, unless it would publish everyone: that is for the bot to begin, which tells them."""
    return choice != EVERYONE and apply_choice(session, choice)


def is_published(choice: str, opted_in: bool, roles: Collection[str] | None) -> bool:
    """Whether a choice lets a member in.

    `roles` are the IDs of the member's roles; None where nothing was told of them, and then whoever is stored stays.
    """
    if choice == OPTIN:
        return opted_in
    if choice.startswith(ROLE):
        return roles is None or role_of(choice) in roles
    return choice == EVERYONE


def role_of(choice: str) -> str | None:
    """The ID of the role whose holders a choice publishes, if it is one of a role."""
    return choice.removeprefix(ROLE) if choice.startswith(ROLE) else None


def kind_of(choice: str) -> str:
    """EVERYONE, OPTIN or ROLE."""
    return choice if role_of(choice) is None else ROLE


def find_problem(choice: str, role_ids: Collection[str]) -> str | None:
    """Why a choice publishes nobody in a server that has these roles, in one sentence, or None."""
    role = role_of(choice)
    if role is None or role in role_ids:
        return None
    return f"The home server has no role {role}: set PUBLISH to another. Nobody is published."


@cache
def _query() -> CompiledQuery:
    return CompiledQuery(select(Publication.choice).where(Publication.id == 1))


def _withdraw(session: Session, choice: str) -> None:
    if choice == OPTIN:
        session.execute(delete(Presence).where(Presence.user_id.not_in(select(OptIn.user_id))))
    elif choice != EVERYONE:
        # Who has the role is not stored; the count that follows a start brings them back.
        session.execute(delete(Presence))


def _narrow_notices(session: Session, choice: str) -> None:
    # Whoever comes while fewer are published is told nothing: should it be more again, the server is told again.
    if choice == OPTIN:
        session.execute(update(HomeNotice).values(choice=choice))
    elif choice != EVERYONE:
        session.execute(update(HomeNotice).where(HomeNotice.choice == EVERYONE).values(choice=choice))
