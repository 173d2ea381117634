"""What Discord's activities become: all of them, and the two that have keys of their own. An odd field is left out."""

from collections.abc import Callable
from typing import Any

from rules.presence.cdn import Cdn
from rules.presence.raw_values import camel, read_each, read_id, read_integer, read_text, tidy

LISTENING, CUSTOM = 2, 4
# Discord's own name for the session of an account that is connected; what anybody may call an activity is its `name`.
SPOTIFY_ID = "spotify:1"
_COVER = "spotify:"


def read_activities(raw: Any, cdn: Cdn) -> list[dict[str, Any]]:
    """All activities in Discord's order; what is none is left out."""
    return [read_activity(one, cdn) for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []


def read_activity(raw: dict[str, Any], cdn: Cdn) -> dict[str, Any]:
    """One activity with every field that Discord sent, but those that are not of the type that is promised."""
    fitting = {}
    for key, value in raw.items():
        read = _PROMISED.get(key)
        if read and value is not None:
            value = read(value)
            if value is None:
                continue
        fitting[key] = value
    activity = tidy(fitting, camel)
    if assets := activity.get("assets"):
        for image in ("largeImage", "smallImage"):
            if image in assets:
                assets[f"{image}Url"] = cdn.of_activity(assets[image], activity.get("applicationId"))
    return activity


def find_spotify(activities: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Harmy's `spotifyActivity`: Spotify's own session, and nothing that merely calls itself so."""
    activity = _find_spotify(activities)
    if not activity:
        return None
    tell = activity.get
    assets = _pick(tell("assets"), "largeText", "largeImage")
    if assets:
        assets["largeImage"] = _cover(assets["largeImage"])
    return {
        "name": tell("name"),
        "type": tell("type"),
        "song": tell("details"),
        "artist": tell("state"),
        "applicationId": tell("applicationId"),
        "timestamps": _pick(tell("timestamps"), "start", "end"),
        "party": _pick(tell("party"), "id"),
        "syncId": tell("syncId"),
        "assets": assets,
        "flags": tell("flags"),
        "createdTimestamp": tell("createdAt"),
    }


def find_cover_url(activities: list[dict[str, Any]]) -> str | None:
    """The address of the cover of what plays on Spotify."""
    activity = _find_spotify(activities)
    assets = activity and activity.get("assets")
    return assets.get("largeImageUrl") if assets else None


def _find_spotify(activities: list[dict[str, Any]]) -> dict[str, Any] | None:
    for activity in activities:
        if activity.get("id") == SPOTIFY_ID and activity.get("type") == LISTENING:
            return activity
    return None


def find_custom_status(activities: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The text and the emoji of a custom status."""
    for activity in activities:
        if activity.get("type") == CUSTOM:
            return {"text": activity.get("state"), "emoji": activity.get("emoji")}
    return None


def find_emoji_url(custom_status: dict[str, Any] | None, cdn: Cdn) -> str | None:
    """The address of a custom status's emoji, where that is a server's own and not a letter."""
    emoji = custom_status and custom_status["emoji"]
    return cdn.emoji(emoji.get("id"), emoji.get("animated") is True) if emoji else None


def _pick(found: dict[str, Any] | None, *keys: str) -> dict[str, Any] | None:
    return None if found is None else {key: found.get(key) for key in keys}


def _cover(image: str | None) -> str | None:
    # A podcast's is elsewhere, and would make no address at Spotify's.
    return (image.removeprefix(_COVER) or None) if image and image.startswith(_COVER) else None


def _read_with_id(value: Any) -> dict[str, Any] | None:
    """An object whose `id`, if it has one, is a text."""
    if not isinstance(value, dict):
        return None
    return {key: item for key, item in value.items() if key != "id" or item is None or read_id(item) is not None}


def _read_emoji(value: Any) -> dict[str, Any] | None:
    found = _read_with_id(value)
    return found and {key: item for key, item in found.items() if key != "name" or isinstance(item, str)}


_PROMISED: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("id", "application_id"), read_id),
    **dict.fromkeys(("name", "url", "details", "state", "sync_id", "session_id", "platform"), read_text),
    **dict.fromkeys(("type", "flags", "created_at"), read_integer),
    "timestamps": lambda value: read_each(value, read_integer),
    "assets": lambda value: read_each(value, read_text),
    "party": _read_with_id,
    "emoji": _read_emoji,
}
