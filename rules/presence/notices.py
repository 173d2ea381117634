"""Who was told that anyone on the web can see them: once a home server, and once whoever joined it later."""

from collections.abc import Collection

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import HomeNotice, JoinNotice, OptOut, Presence

# SQLite's limit of parameters is far above, but a raid may be, too.
AT_ONCE = 500


def is_home_told(session: Session, guild_id: int, choice: str) -> bool:
    """Whether a server was told what this choice publishes; a narrower one than the last needs no telling."""
    notice = session.get(HomeNotice, guild_id)
    return notice is not None and notice.choice == choice


def record_home_told(session: Session, guild_id: int, choice: str) -> None:
    """A server was told what the choice publishes."""
    session.merge(HomeNotice(guild_id=guild_id, choice=choice))


def find_untold(session: Session, user_ids: Collection[int]) -> list[int]:
    """Whoever of these is published and was not told yet, in their order; at most AT_ONCE are looked at."""
    asked = list(user_ids)[:AT_ONCE]
    query = (
        select(Presence.user_id)
        .where(Presence.user_id.in_(asked))
        .where(Presence.user_id.not_in(select(JoinNotice.user_id)))
        .where(Presence.user_id.not_in(select(OptOut.user_id)))
    )
    found = set(session.scalars(query))
    return [user_id for user_id in asked if user_id in found]


def record_told(session: Session, user_ids: Collection[int]) -> None:
    """These were told; whoever hid, left or asked to be forgotten meanwhile is not noted."""
    for user_id in find_untold(session, user_ids):
        session.add(JoinNotice(user_id=user_id))
