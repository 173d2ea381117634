"""What a card tells of somebody: the facts of the stored body that a picture has room for, as a stranger sees them.

Pure but for `find_card`; whatever depends on the time is rounded to what is shown, so that a card which looks the same
is equal.
"""

from typing import Any

import msgspec

from database.compiled_queries import Reader
from rules.parsing.seen_text import is_seen
from rules.presence import profiles
from rules.presence.card_activities import Played, read_played, read_song, tell_ago
from rules.presence.cdn import Cdn

STATUSES = ("online", "idle", "dnd", "offline")
_OFFLINE = "offline"


class CustomStatus(msgspec.Struct, frozen=True):
    """A custom status; `emoji` is a letter, and `emoji_url` the picture of a server's own."""

    text: str
    emoji: str
    emoji_url: str | None


class Tag(msgspec.Struct, frozen=True):
    """The tag of a server that somebody wears beside the name."""

    text: str
    badge_url: str | None


class Fronter(msgspec.Struct, frozen=True):
    """A member who fronts; `color` is six hexadecimal digits."""

    name: str
    color: str | None = None
    pronouns: str | None = None
    avatar_url: str | None = None


class Front(msgspec.Struct, frozen=True):
    """Who fronts, in order; nobody where the system has switched out."""

    fronters: tuple[Fronter, ...]


class Card(msgspec.Struct, frozen=True):
    """Somebody's card; what is not there, or not to be shown, is None or empty."""

    user_id: str
    name: str
    username: str
    status: str = _OFFLINE
    platforms: tuple[str, ...] = ()
    avatar_url: str | None = None
    decoration_url: str | None = None
    nameplate_url: str | None = None
    tag: Tag | None = None
    badges: tuple[str, ...] = ()
    custom_status: CustomStatus | None = None
    song: Played | None = None
    played: tuple[Played, ...] = ()
    front: Front | None = None
    last_seen: str | None = None


class _Presence(msgspec.Struct):
    """What is looked at of a stored body. Any: an older Rollcall may have stored it."""

    userId: Any = ""
    status: Any = _OFFLINE
    global_name: Any = None
    username: Any = None
    activities: Any = None
    customStatus: Any = None
    platforms: Any = None
    primaryGuild: Any = None
    lastSeen: Any = None
    avatarUrl: Any = None
    customStatusEmojiUrl: Any = None
    avatarDecorationUrl: Any = None
    primaryGuildBadgeUrl: Any = None
    nameplateUrl: Any = None
    badges: Any = None


class _Profile(msgspec.Struct):
    presence: _Presence
    fronting: Any = None


_decode = msgspec.json.Decoder(_Profile).decode


def find_card(reader: Reader, user_id: int, now_ms: int) -> Card | None:
    """The card of a published user, or None for whoever is not published. Queries: as `profiles.find_public`."""
    profile = profiles.find_public(reader, user_id)
    return None if profile is None else read_card(profile.text, now_ms)


def read_card(text: str, now_ms: int) -> Card:
    """The card of a profile as `GET /user/<id>` answers it to a stranger; `now_ms` is the time that it is shown for."""
    profile = _decode(text)
    body = profile.presence
    activities = _list(body.activities)
    user_id, username = _text(body.userId), _text(body.username)
    return Card(
        user_id=user_id,
        name=next(filter(is_seen, (_text(body.global_name), username)), user_id),
        username=username,
        status=body.status if body.status in STATUSES else _OFFLINE,
        platforms=tuple(_dict(body.platforms)),
        avatar_url=_text(body.avatarUrl) or None,
        decoration_url=_text(body.avatarDecorationUrl) or None,
        nameplate_url=_text(body.nameplateUrl) or None,
        tag=_read_tag(body),
        badges=tuple(name for name in _list(body.badges) if isinstance(name, str)),
        custom_status=_read_custom_status(body),
        song=read_song(activities, now_ms),
        played=read_played(activities, now_ms),
        front=_read_front(profile.fronting),
        last_seen=tell_ago(body.lastSeen, now_ms),
    )


def badge_urls(card: Card, cdn: Cdn) -> tuple[str, ...]:
    """Where the pictures of a card's badges are."""
    return tuple(url for name in card.badges if (url := cdn.badge_icon(name)))


def _read_tag(body: _Presence) -> Tag | None:
    guild = _dict(body.primaryGuild)
    text = _text(guild.get("tag"))
    # Whoever does not show the server's tag has it all the same.
    if guild.get("identity_enabled") is not True or not text:
        return None
    return Tag(text, _text(body.primaryGuildBadgeUrl) or None)


def _read_custom_status(body: _Presence) -> CustomStatus | None:
    found = _dict(body.customStatus)
    emoji = _dict(found.get("emoji"))
    url = _text(body.customStatusEmojiUrl) or None
    status = CustomStatus(_text(found.get("text")), "" if emoji.get("id") else _text(emoji.get("name")), url)
    return status if status.text or status.emoji or status.emoji_url else None


def _read_front(found: Any) -> Front | None:
    if not isinstance(found, dict):
        return None
    return Front(tuple(read_fronter(member) for member in found["members"]))


def read_fronter(face: dict[str, Any]) -> Fronter:
    """A fronter, of a member's face as a stranger sees it."""
    name = face["display_name"] or face["name"]
    return Fronter(name, face["color"], face["pronouns"], face["avatar_url"])


def _text(value: Any) -> str:
    return value if isinstance(value, str) else ""


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _dict(value: Any) -> dict[str, Any]:
    return value if isinstance(value, dict) else {}
