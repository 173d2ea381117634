"""The avatar of whoever is published, for a picture's address that has nothing but an ID in it."""

from functools import cache

from sqlalchemy import bindparam, func, select

from database.compiled_queries import CompiledQuery, Reader
from models import OptOut, Presence
from rules.errors import Invalid
from rules.presence.cdn import LARGE, SIZES, Cdn


def read_size(text: str | None) -> int:
    """How wide a picture is wanted, in pixels; 1 024 where nobody says. Raises Invalid for what Discord has not."""
    if text is None:
        return LARGE
    if text not in map(str, SIZES):
        raise Invalid(f"size must be one of {', '.join(map(str, SIZES))}.")
    return int(text)


def find_url(reader: Reader, user_id: int, extension: str, cdn: Cdn, size: int = LARGE) -> str | None:
    """Where the avatar of a published user is, as `Cdn.avatar_as` gives it; None for whoever is not published."""
    row = _query().find(reader, user_id=user_id)
    return None if row is None else cdn.avatar_as(user_id, row.avatar, extension, size)


@cache
def _query() -> CompiledQuery:
    avatar = func.json_extract(Presence.body, "$.avatar").label("avatar")
    wanted = (Presence.user_id == bindparam("user_id"), OptOut.user_id.is_(None))
    return CompiledQuery(select(avatar).outerjoin(OptOut, OptOut.user_id == Presence.user_id).where(*wanted))
