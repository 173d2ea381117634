"""What Discord's raw objects become in the answer's `presence`: pure functions, raw dict in, fields out.

The first keys and `spotifyActivity` are harmy's; `activities`, `customStatus` and the rest are Rollcall's own.
"""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

LISTENING, CUSTOM = 2, 4
OFFLINE = {
    "status": "offline",
    "spotifyActivity": None,
    "activities": [],
    "customStatus": None,
    "platforms": {},
}
_USER_FIELDS = {
    "global_name": "global_name",
    "avatar": "avatar",
    "username": "username",
    "avatar_decoration_data": "avatarDecoration",
    "primary_guild": "primaryGuild",
}


def read_user(user: dict[str, Any]) -> dict[str, Any]:
    """The fields that come from a user object; only those that it carries, since Discord may send the ID alone."""
    return {ours: _tidy_item(user[theirs], "", _storable) for theirs, ours in _USER_FIELDS.items() if theirs in user}


def read_member(member: dict[str, Any]) -> dict[str, Any]:
    """The fields that come from a member object, which is always whole: what it lacks is null."""
    user = {theirs: member["user"].get(theirs) for theirs in _USER_FIELDS}
    return {**read_user(user), "server_name": _tidy_item(member.get("nick"), "", _storable)}


def read_roles(member: dict[str, Any]) -> list[str]:
    """The IDs of a member's roles; none where they are not as Discord documents them."""
    roles = member.get("roles")
    return roles if isinstance(roles, list) else []


def read_presence(presence: dict[str, Any]) -> dict[str, Any]:
    """The fields that come from a presence.

    Raises KeyError, TypeError or AttributeError when it is not shaped like one.
    """
    status = presence["status"]
    if not isinstance(status, str):
        raise TypeError(f"a status must be a text, not {status!r}")
    # Nobody who is offline does anything, whatever else the presence says.
    if status in ("offline", "invisible"):
        return dict(OFFLINE)
    activities = [_tidy(activity, _camel) for activity in presence.get("activities") or ()]
    return {
        "status": _storable(status),
        "spotifyActivity": _spotify(activities),
        "activities": activities,
        "customStatus": _custom_status(activities),
        "platforms": _tidy(presence.get("client_status") or {}, _storable),
    }


def _spotify(activities: list[dict[str, Any]]) -> dict[str, Any] | None:
    activity = _find(activities, "id", "spotify:1") or next(
        (a for a in activities if a.get("type") == LISTENING and a.get("name") == "Spotify"), None
    )
    if not activity:
        return None
    tell = activity.get
    timestamps, party, assets = tell("timestamps"), tell("party"), tell("assets")
    return {
        "name": tell("name"),
        "type": tell("type"),
        "song": tell("details"),
        "artist": tell("state"),
        "applicationId": tell("applicationId"),
        "timestamps": timestamps and {"start": timestamps.get("start"), "end": timestamps.get("end")},
        "party": party and {"id": party.get("id")},
        "syncId": tell("syncId"),
        "assets": assets
        and {
            "largeText": assets.get("largeText"),
            "largeImage": (assets.get("largeImage") or "").removeprefix("spotify:") or None,
        },
        "flags": tell("flags"),
        "createdTimestamp": tell("createdAt"),
    }


def _custom_status(activities: list[dict[str, Any]]) -> dict[str, Any] | None:
    activity = _find(activities, "type", CUSTOM)
    return activity and {"text": activity.get("state"), "emoji": activity.get("emoji")}


def _find(activities: list[dict[str, Any]], key: str, value: Any) -> dict[str, Any] | None:
    for activity in activities:
        if activity.get(key) == value:
            return activity
    return None


def _tidy(found: dict[str, Any], rename: Callable[[str], str]) -> dict[str, Any]:
    """An object as Discord sent it, but without secrets, IDs as strings, and storable as UTF-8."""
    tidied = {}
    for key, item in found.items():
        # Nearly everything is a plain text: a call less for each shows.
        if type(item) is not str or not item.isascii():
            item = _tidy_item(item, key, rename)
        # Whoever has them can join the game that is played.
        if key != "secrets":
            tidied[rename(key)] = item
    return tidied


def _tidy_item(value: Any, key: str, rename: Callable[[str], str]) -> Any:
    if isinstance(value, dict):
        return _tidy(value, rename)
    if isinstance(value, list):
        return [_tidy_item(item, key, rename) for item in value]
    if isinstance(value, str):
        return _storable(value)
    # JavaScript would round what is above 2^53.
    if type(value) is int and (key == "id" or key.endswith(("_id", "_ids"))):
        return str(value)
    return value


def _storable(text: str) -> str:
    # Half a surrogate pair is no UTF-8: left in, it would cost the whole update.
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@lru_cache(1024)
def _camel(key: str) -> str:
    return re.sub("_([a-z])", lambda m: m[1].upper(), _storable(key))
