"""What Discord's activities become: all of them, and the two that have keys of their own. An odd field is left out."""

from collections.abc import Callable
from typing import Any

from rules.presence.cdn import Cdn
from rules.presence.raw_values import (
    LARGEST_EXACT,
    camel,
    read_each,
    read_id,
    read_integer,
    read_text,
    tidy,
    tidy_item,
)

LISTENING, CUSTOM = 2, 4
# Discord's own name for the session of an account that is connected; what anybody may call an activity is its `name`.
SPOTIFY_ID = "spotify:1"
_COVER = "spotify:"
_IMAGES = ("largeImage", "smallImage")
# What is added to those that Discord sends, beside each of its images.
OUR_ASSETS = ("largeImageUrl", "smallImageUrl")


def read_activities(raw: Any, cdn: Cdn) -> list[dict[str, Any]]:
    """All activities in Discord's order; what is none is left out."""
    return [read_activity(one, cdn) for one in raw if isinstance(one, dict)] if isinstance(raw, list) else []


def read_activity(raw: dict[str, Any], cdn: Cdn) -> dict[str, Any]:
    """One activity with every field that Discord sent, but those that are not of the type that is promised."""
    activity = {}
    for key, value in raw.items():
        # Nearly everything is a plain text where one may be: what is looked at twice costs more than all the rest.
        if type(value) is not str or key in _NO_TEXT or not value.isascii():
            if value is not None and key in _PROMISED:
                value = _PROMISED[key](value)
                if value is None:
                    continue
            elif type(value) is not int or not 0 <= value <= LARGEST_EXACT or key.endswith("id"):
                value = tidy_item(value, key, camel)
        activity[camel(key)] = value
    # Whoever has them can join the game that is played.
    activity.pop("secrets", None)
    if assets := activity.get("assets"):
        for image, address in zip(_IMAGES, OUR_ASSETS, strict=True):
            if image in assets:
                assets[address] = cdn.of_activity(assets[image], activity.get("applicationId"))
    return activity


def find_spotify(activities: list[dict[str, Any]]) -> dict[str, Any] | None:
    """Harmy's `spotifyActivity`: Spotify's own session, and nothing that merely calls itself so."""
    activity = find_spotify_session(activities)
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
    activity = find_spotify_session(activities)
    assets = activity and activity.get("assets")
    return assets.get("largeImageUrl") if assets else None


def find_spotify_session(activities: list[dict[str, Any]]) -> dict[str, Any] | None:
    """The activity that Discord itself makes of an account which is connected to Spotify."""
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


def _read_timestamps(value: Any) -> dict[str, Any] | None:
    return read_each(value, camel, read_integer)


def _read_assets(value: Any) -> dict[str, Any] | None:
    return read_each(value, camel, read_text)


def _read_with_id(value: Any) -> dict[str, Any] | None:
    """An object whose `id`, if it has one, is a text."""
    if not isinstance(value, dict):
        return None
    found = tidy(value, camel)
    if not isinstance(found.get("id"), str | None):
        del found["id"]
    return found


def _read_emoji(value: Any) -> dict[str, Any] | None:
    found = _read_with_id(value)
    if found and not isinstance(found.get("name"), str | None):
        del found["name"]
    return found


_PROMISED: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("id", "application_id"), read_id),
    **dict.fromkeys(("name", "url", "details", "state", "sync_id", "session_id", "platform"), read_text),
    **dict.fromkeys(("type", "flags", "created_at"), read_integer),
    "timestamps": _read_timestamps,
    "assets": _read_assets,
    "party": _read_with_id,
    "emoji": _read_emoji,
}
_NO_TEXT = frozenset(key for key, read in _PROMISED.items() if read not in (read_id, read_text))
