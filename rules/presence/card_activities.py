"""What somebody listens to and plays, as a card has it; times are rounded to what is shown."""

from typing import Any

import msgspec

from rules.parsing.typed_times import show_span
from rules.presence.activities import CUSTOM, SPOTIFY_ID, find_spotify_session

# Discord's documentation, “Activity Types”.
VERBS = {0: "Playing", 1: "Streaming", 2: "Listening to", 3: "Watching", 5: "Competing in"}
STREAMING = 1
# A card of a song that plays is another one so often: more often it would never be answered by 304.
STEP_S = 10
_MINUTE_S, _HOUR_S, _DAY_S = 60, 3600, 86_400
_YEAR_S = 365 * _DAY_S
# What has lasted for longer was forgotten by a program.
_LONGEST_S = 90 * _DAY_S


class Progress(msgspec.Struct, frozen=True):
    """How much of something has passed: whole steps of STEP_S, and its length in s."""

    position_s: int
    length_s: int


class Played(msgspec.Struct, frozen=True):
    """A song, a game, a film: what is done, with up to three lines about it and two pictures.

    `elapsed` says for how long, where no end is known; `type` is Discord's number.
    """

    type: int
    name: str
    details: str = ""
    state: str = ""
    album: str = ""
    picture_url: str | None = None
    small_picture_url: str | None = None
    elapsed: str | None = None
    progress: Progress | None = None
    application_id: str | None = None


def read_song(activities: list[Any], now_ms: int) -> Played | None:
    """What plays on Spotify: song, artists and album in `name`, `details` and `album`."""
    session = find_spotify_session([one for one in activities if isinstance(one, dict)])
    if not session:
        return None
    assets, song = _dict(session, "assets"), _text(session, "details")
    return Played(
        type=2,
        name=song,
        # Several artists come with semicolons between them.
        details=_text(session, "state").replace(";", ","),
        album=_text(assets, "largeText"),
        picture_url=_text(assets, "largeImageUrl") or None,
        progress=find_progress(_dict(session, "timestamps"), now_ms),
    )


def read_played(activities: list[Any], now_ms: int) -> tuple[Played, ...]:
    """Everything else that is done, in Discord's order; without custom statuses."""
    shown = [one for one in activities if isinstance(one, dict) and _is_shown(one)]
    return tuple(_read(one, now_ms) for one in shown)


def find_progress(timestamps: dict[str, Any], now_ms: int) -> Progress | None:
    """How much has passed of what has a beginning and an end (ms since 1970)."""
    start, end = timestamps.get("start"), timestamps.get("end")
    if type(start) is not int or type(end) is not int or not 0 < start < end:
        return None
    length_s = (end - start) // 1000
    position_s = min(max(0, now_ms - start) // 1000, length_s)
    return Progress(position_s // STEP_S * STEP_S, length_s) if 0 < length_s <= _LONGEST_S else None


def tell_length(seconds: int) -> str:
    """How long something lasts, to the minute: `12 min`, `1 h 5 min`, `3 d 2 h`."""
    return "under a minute" if seconds < _MINUTE_S else show_span(seconds // _MINUTE_S * _MINUTE_S)


def tell_ago(at_ms: Any, now_ms: int) -> str | None:
    """How long ago an instant was, in its largest unit: `just now`, `12 min ago`, `3 h ago`, `5 d ago`, `2 y ago`."""
    if type(at_ms) is not int or at_ms <= 0:
        return None
    seconds = max(0, now_ms - at_ms) // 1000
    if seconds >= _YEAR_S:
        return f"{seconds // _YEAR_S} y ago"
    unit = next((unit for unit in (_DAY_S, _HOUR_S, _MINUTE_S) if seconds >= unit), None)
    return f"{show_span(seconds // unit * unit)} ago" if unit else "just now"


def _is_shown(activity: dict[str, Any]) -> bool:
    is_spotify = activity.get("id") == SPOTIFY_ID and activity.get("type") == 2
    return activity.get("type") != CUSTOM and not is_spotify and bool(_text(activity, "name"))


def _read(activity: dict[str, Any], now_ms: int) -> Played:
    assets, timestamps = _dict(activity, "assets"), _dict(activity, "timestamps")
    progress = find_progress(timestamps, now_ms)
    small = _text(assets, "smallImageUrl") or None
    return Played(
        type=activity["type"] if type(activity.get("type")) is int else 0,
        name=_text(activity, "name"),
        details=_text(activity, "details"),
        state=_text(activity, "state"),
        picture_url=_text(assets, "largeImageUrl") or small,
        small_picture_url=small if _text(assets, "largeImageUrl") else None,
        elapsed=None if progress else _find_elapsed(timestamps, now_ms),
        progress=progress,
        application_id=_text(activity, "applicationId") or None,
    )


def _find_elapsed(timestamps: dict[str, Any], now_ms: int) -> str | None:
    start = timestamps.get("start")
    if type(start) is not int or start <= 0:
        return None
    # Somebody else's clock may be ahead.
    seconds = max(0, now_ms - start) // 1000
    return tell_length(seconds) if seconds <= _LONGEST_S else None


def _text(found: dict[str, Any], key: str) -> str:
    value = found.get(key)
    return value if isinstance(value, str) else ""


def _dict(found: dict[str, Any], key: str) -> dict[str, Any]:
    value = found.get(key)
    return value if isinstance(value, dict) else {}
