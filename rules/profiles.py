"""The answer of `GET /user/<id>`: harmy's README, with `KV` only for its owner."""

import json

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import GitHub, Hidden, Presence
from rules import kv, status
from rules.errors import NotFound


def get_profile(session: Session, user_id: int, viewer: int | None, invite_url: str | None = None) -> str:
    """The profile of a published user as finished JSON; `viewer` is whose token came with the request.

    Raises NotFound, in the same words for everybody who is not published.
    """
    row = session.execute(
        select(Presence.body, GitHub.body, Hidden.user_id)
        .outerjoin(GitHub, GitHub.user_id == Presence.user_id)
        .outerjoin(Hidden, Hidden.user_id == Presence.user_id)
        .where(Presence.user_id == user_id)
    ).first()
    if not row or (row[2] is not None and viewer != user_id):
        raise NotFound(_what_to_do(session, invite_url))
    presence, github, _ = row
    pairs = "null" if viewer != user_id else json.dumps(kv.get_pairs(session, user_id), ensure_ascii=False)
    return f'{{"presence":{presence},"KV":{pairs},"github":{github or "null"}}}'


def _what_to_do(session: Session, invite_url: str | None) -> str:
    if not status.is_connected(session):
        return "This user is not known here: the bot is not connected to Discord just now. Try again in a moment."
    join = (
        f"joins the Discord server at {invite_url}"
        if invite_url
        else "is a member of the Discord server of this Rollcall"
    )
    return f"This user is not published here. Whoever {join} is, unless they hid themselves."
