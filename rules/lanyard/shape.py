"""Lanyard's body of a presence, composed when it is read: the stored one is harmy's, and a second would double the row.

Activities and the user are again as Discord sent them; what an activity carried that was not of its documented type,
and whatever would let others join a game, is not stored and so is not shown.
"""

from collections.abc import Collection
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import Select, bindparam, func, select

from database.compiled_queries import CompiledQuery, Reader
from models import OptOut, Presence
from rules.account import kv
from rules.etags import version_of
from rules.presence.activities import OUR_ASSETS, find_spotify_session
from rules.presence.profiles import Profile
from rules.presence.raw_values import snake

CLIENTS = ("web", "desktop", "mobile", "embedded", "vr")
# Of a row that an older Rollcall wrote, without the user object: what the body holds of it.
_USER_FIELDS = {
    "username": "username",
    "global_name": "global_name",
    "avatar": "avatar",
    "avatar_decoration_data": "avatarDecoration",
    "primary_guild": "primaryGuild",
    "public_flags": "publicFlags",
}
_decode = msgspec.json.Decoder().decode
_encode = msgspec.json.Encoder().encode


def find(reader: Reader, user_id: int, viewer: int | None) -> str | None:
    """The presence of a user as one JSON object, or None for whoever is not published.

    `viewer` is whose token came along: owners see all their pairs, and themselves while they hide. Runs two queries.
    """
    row = _query().find(reader, user_id=user_id)
    return None if row is None else _show(reader, row, viewer)


def find_public(reader: Reader, user_id: int) -> str | None:
    """The same as everybody else sees it."""
    return find(reader, user_id, None)


def find_answer(reader: Reader, user_id: int, viewer: int | None = None) -> Profile | None:
    """The same in Lanyard's envelope, with a version: the answer of `GET /v1/users/<id>`."""
    presence = find(reader, user_id, viewer)
    if presence is None:
        return None
    text = f'{{"success":true,"data":{presence}}}'
    return Profile(text, version_of(text))


def find_many(reader: Reader, user_ids: Collection[int], viewer: int | None) -> dict[int, str]:
    """The presences of many, as `find` gives each; whoever is not published is left out. Runs a query more a user."""
    rows = _query_many().all(reader, user_ids=_encode(list(user_ids)).decode())
    seen = {row.user_id: _show(reader, row, viewer) for row in rows}
    return {user_id: text for user_id, text in seen.items() if text}


def show_gone(user_id: int) -> str:
    """What is shown, to those who saw more before, of somebody who is not published any more."""
    return _compose({}, {"id": str(user_id)}, {"status": "offline"})


def _show(reader: Reader, row: Any, viewer: int | None) -> str | None:
    is_own = viewer == row.user_id
    if row.hidden is not None and not is_own:
        return None
    pairs = (kv.get_pairs if is_own else kv.get_public_pairs)(reader, row.user_id)
    body = _decode(row.body)
    return _compose(pairs, _whole_user(row, body), body)


def _compose(pairs: dict[str, str], user: dict[str, Any], body: dict[str, Any]) -> str:
    activities, platforms = body.get("activities", []), body.get("platforms", {})
    session = find_spotify_session(activities)
    shown = {
        "kv": pairs,
        "discord_user": user,
        "activities": [_as_sent(activity) for activity in activities],
        "discord_status": body["status"],
        **{f"active_on_discord_{client}": client in platforms for client in CLIENTS},
        "listening_to_spotify": session is not None,
        "spotify": session and _show_spotify(session),
    }
    return _encode(shown).decode()


def _whole_user(row: Any, body: dict[str, Any]) -> dict[str, Any]:
    user = _user_of(body) if row.discord_user is None else _decode(row.discord_user)
    user["id"] = str(row.user_id)
    user.setdefault("display_name", user.get("global_name"))
    # Discord may leave it out of people's; programs declare that it is there.
    user.setdefault("bot", False)
    return user


def _user_of(body: dict[str, Any]) -> dict[str, Any]:
    found = {theirs: body[ours] for theirs, ours in _USER_FIELDS.items() if ours in body}
    if "nameplate" in body:
        found["collectibles"] = body["nameplate"] and {"nameplate": body["nameplate"]}
    return {"id": None, **found, "discriminator": "0", "bot": False}


def _show_spotify(session: dict[str, Any]) -> dict[str, Any]:
    assets = session.get("assets") or {}
    return {
        "track_id": session.get("syncId"),
        "song": session.get("details"),
        "artist": session.get("state"),
        "album": assets.get("largeText"),
        "album_art_url": assets.get("largeImageUrl"),
        "timestamps": session.get("timestamps"),
    }


def _as_sent(value: Any) -> Any:
    if type(value) is dict:
        return {snake(key): _as_sent(item) for key, item in value.items() if key not in OUR_ASSETS}
    return [_as_sent(item) for item in value] if type(value) is list else value


@cache
def _query() -> CompiledQuery:
    return CompiledQuery(_stored().where(Presence.user_id == bindparam("user_id")))


@cache
def _query_many() -> CompiledQuery:
    asked = func.json_each(bindparam("user_ids")).table_valued("value", name="asked")
    return CompiledQuery(_stored().where(Presence.user_id.in_(select(asked.c.value))))


def _stored() -> Select[Any]:
    columns = (Presence.user_id, Presence.body, Presence.discord_user, OptOut.user_id.label("hidden"))
    return select(*columns).outerjoin(OptOut, OptOut.user_id == Presence.user_id)
