"""The answer of `GET /user/<id>`: harmy's README, with `KV` only for its owner."""

import json
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import bindparam, select

from database.compiled_queries import CompiledQuery, Reader
from models import GitHub, OptOut, Presence
from rules.account import kv
from rules.errors import NotFound
from rules.etags import version_of
from rules.presence import health


class Profile(NamedTuple):
    """A finished answer in JSON, and a version that another answer would not have."""

    text: str
    version: str


def get_profile(reader: Reader, user_id: int, viewer: int | None, invite_url: str | None = None) -> Profile:
    """The profile of a published user; `viewer` is whose token came with the request.

    Raises NotFound, in the same words for everybody who is not published: nobody learns who has hidden.
    """
    profile = _find_own(reader, user_id) if viewer == user_id else find_public(reader, user_id)
    if not profile:
        raise NotFound(_what_to_do(reader, invite_url))
    return profile


def find_public(reader: Reader, user_id: int) -> Profile | None:
    """The profile of a published user as everybody else sees it, or None; runs one query."""
    row = _query().find(reader, user_id=user_id)
    if row is None or row.hidden is not None:
        return None
    version = row.version if row.github is None else row.version + version_of(row.github)
    return Profile(_compose(row, "null"), version)


def _find_own(reader: Reader, user_id: int) -> Profile | None:
    row = _query().find(reader, user_id=user_id)
    if row is None:
        return None
    text = _compose(row, json.dumps(kv.get_pairs(reader, user_id), ensure_ascii=False))
    return Profile(text, version_of(text))


def _compose(row: Any, pairs: str) -> str:
    # All three are JSON already; reading and writing them again would cost more than the query.
    return f'{{"presence":{row.presence},"KV":{pairs},"github":{row.github or "null"}}}'


@cache
def _query() -> CompiledQuery:
    return CompiledQuery(
        select(
            *(Presence.body.label("presence"), Presence.version),
            *(GitHub.body.label("github"), OptOut.user_id.label("hidden")),
        )
        .outerjoin(GitHub, GitHub.user_id == Presence.user_id)
        .outerjoin(OptOut, OptOut.user_id == Presence.user_id)
        .where(Presence.user_id == bindparam("user_id"))
    )


def _what_to_do(reader: Reader, invite_url: str | None) -> str:
    if not health.is_connected(reader):
        return "This user is not known here: the bot is not connected to Discord just now. Try again in a moment."
    join = (
        f"joins the Discord server at {invite_url}"
        if invite_url
        else "is a member of the Discord server of this Rollcall"
    )
    return f"This user is not published here. Whoever {join} is, unless they hid themselves."
