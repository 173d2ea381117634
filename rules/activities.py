"""What Discord's raw objects become in the answer's `presence`: pure functions, raw dict in, fields out.

The first keys and `spotifyActivity` are harmy's; `activities`, `customStatus` and the rest are Rollcall's own.
"""

import re
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
    return {ours: _clean(user[theirs]) for theirs, ours in _USER_FIELDS.items() if theirs in user}


def read_member(member: dict[str, Any]) -> dict[str, Any]:
    """The fields that come from a member object, which is always whole: what it lacks is null."""
    user = {theirs: member["user"].get(theirs) for theirs in _USER_FIELDS}
    return {**read_user(user), "server_name": _clean(member.get("nick"))}


def read_presence(presence: dict[str, Any]) -> dict[str, Any]:
    """The fields that come from a presence.

    Raises KeyError, TypeError or AttributeError when it is not shaped like one.
    """
    status = presence["status"]
    if not isinstance(status, str):
        raise TypeError(f"a status must be a text, not {status!r}")
    if status in ("offline", "invisible"):
        return dict(OFFLINE)
    activities = [_clean(activity) for activity in presence.get("activities") or ()]
    return {
        "status": _clean(status),
        "spotifyActivity": _spotify(activities),
        "activities": [_camel(activity) for activity in activities],
        "customStatus": _custom_status(activities),
        "platforms": {**_clean(presence.get("client_status") or {})},
    }


def _spotify(activities: list[dict[str, Any]]) -> dict[str, Any] | None:
    activity = next((a for a in activities if a.get("id") == "spotify:1"), None) or next(
        (a for a in activities if a.get("type") == LISTENING and a.get("name") == "Spotify"), None
    )
    if not activity:
        return None
    timestamps, party, assets = (activity.get(key) for key in ("timestamps", "party", "assets"))
    return {
        "name": activity.get("name"),
        "type": activity.get("type"),
        "song": activity.get("details"),
        "artist": activity.get("state"),
        "applicationId": activity.get("application_id"),
        "timestamps": timestamps and {"start": timestamps.get("start"), "end": timestamps.get("end")},
        "party": party and {"id": party.get("id")},
        "syncId": activity.get("sync_id"),
        "assets": assets
        and {
            "largeText": assets.get("large_text"),
            "largeImage": (assets.get("large_image") or "").removeprefix("spotify:") or None,
        },
        "flags": activity.get("flags"),
        "createdTimestamp": activity.get("created_at"),
    }


def _custom_status(activities: list[dict[str, Any]]) -> dict[str, Any] | None:
    activity = next((a for a in activities if a.get("type") == CUSTOM), None)
    return activity and {"text": activity.get("state"), "emoji": _camel(activity.get("emoji"))}


def _camel(value: Any) -> Any:
    if isinstance(value, list):
        return [_camel(item) for item in value]
    if not isinstance(value, dict):
        return value
    return {re.sub("_([a-z])", lambda m: m[1].upper(), key): _camel(item) for key, item in value.items()}


def _clean(value: Any, key: str = "") -> Any:
    """Whatever JSON Discord sent, without secrets, IDs as strings, and storable as UTF-8."""
    if isinstance(value, dict):
        return {_clean(k): _clean(item, k) for k, item in value.items() if k != "secrets"}
    if isinstance(value, list):
        return [_clean(item, key) for item in value]
    if isinstance(value, str):
        return value if value.isascii() else value.encode("utf-8", "replace").decode()
    if type(value) is int and (key == "id" or key.endswith(("_id", "_ids"))):
        return str(value)
    return value
