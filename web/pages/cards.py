"""What a card shows of a person: the body of `GET /user/<id>` in the words and the order of the page."""

from typing import Any, NamedTuple

import msgspec

from rules.etags import version_of
from rules.parsing.seen_text import is_seen
from rules.presence.profiles import Profile

STATUSES = {"online": "Online", "idle": "Idle", "dnd": "Do not disturb", "offline": "Offline"}
PLATFORMS = {"desktop": "Desktop", "mobile": "Phone", "web": "Browser", "embedded": "Console", "vr": "VR"}
# Discord's documentation, “Activity Types”; a custom status has a place of its own.
VERBS = {0: "Playing", 1: "Streaming", 2: "Listening to", 3: "Watching", 5: "Competing in"}
CUSTOM, SPOTIFY_ID = 4, "spotify:1"
# As many as a card shows; each may have a picture.
MOST_ACTIVITIES = 5
# Of those who front, in a sentence.
MOST_NAMED = 10
TRACK = "https://open.spotify.com/track/"

Json = dict[str, Any]


class Shown(NamedTuple):
    """An activity as a card shows it: what, its lines, since when and until when in ms, and its picture's name."""

    verb: str
    name: str
    lines: list[str]
    start: int | None
    end: int | None
    picture: str | None
    link: str | None = None


def make_card(user_id: int, profile: Profile) -> Json:
    """A published person's card, from the profile as anyone sees it."""
    body = msgspec.json.decode(profile.text)
    presence = body["presence"]
    status = presence["status"]
    return {
        "id": str(user_id),
        "name": _name(presence) or str(user_id),
        "username": presence["username"],
        "tag": _tag(presence),
        "status": status if status in STATUSES else "online",
        "status_name": STATUSES.get(status, status),
        "last_seen": presence["lastSeen"],
        "platforms": [PLATFORMS.get(name, name) for name in presence["platforms"]],
        "custom": _custom(presence),
        "activities": _activities(presence),
        "front": _front(body["fronting"]),
        "pictures": {name: version_of(address)[:8] for name, address in find_pictures(presence).items()},
    }


def describe(card: Json) -> str:
    """A card in one sentence, as a chat shows it beside a link."""
    parts = [card["status_name"].lower()]
    parts += [f"{shown.verb.lower()} {' – '.join([shown.name, *shown.lines[:1]])}" for shown in card["activities"][:2]]
    text = f"{card['name']} is {', '.join(parts)}."
    if card["custom"] and card["custom"]["text"]:
        text += f" “{card['custom']['text']}”"
    fronting = [member["name"] for member in (card["front"] or {"members": []})["members"]]
    more = [f"{len(fronting) - MOST_NAMED} more"] if len(fronting) > MOST_NAMED else []
    return f"{text} Fronting: {', '.join([*fronting[:MOST_NAMED], *more])}." if fronting else text


def find_pictures(presence: Json) -> dict[str, str]:
    """The addresses of the pictures that a person's card has, by the names that pages call them."""
    found = {
        "avatar": presence.get("avatarUrl"),
        "emoji": presence.get("customStatusEmojiUrl"),
        "decoration": presence.get("avatarDecorationUrl"),
        "badge": presence.get("primaryGuildBadgeUrl"),
    }
    for number, activity in enumerate(presence["activities"]):
        assets = activity.get("assets") or {}
        found[f"activity-{number}"] = assets.get("largeImageUrl") or assets.get("smallImageUrl")
    return {name: address for name, address in found.items() if address}


def _name(presence: Json) -> str | None:
    # One that is not seen could not be clicked.
    return next((name for key in ("global_name", "username") if (name := presence[key]) and is_seen(name)), None)


def _tag(presence: Json) -> str | None:
    guild = presence["primaryGuild"]
    # Whoever does not show it has one all the same.
    return guild.get("tag") if guild and guild.get("identity_enabled") is True else None


def _custom(presence: Json) -> Json | None:
    custom = presence["customStatus"]
    emoji = (custom or {}).get("emoji") or {}
    is_letter = emoji.get("name") and not emoji.get("id")
    shown = {"text": (custom or {}).get("text"), "emoji": emoji["name"] if is_letter else None}
    return shown if any(shown.values()) or presence["customStatusEmojiUrl"] else None


def _activities(presence: Json) -> list[Shown]:
    pictures = find_pictures(presence)
    shown = [
        _show(activity, f"activity-{number}" if f"activity-{number}" in pictures else None)
        for number, activity in enumerate(presence["activities"])
        if activity.get("type") != CUSTOM and activity.get("name")
    ]
    return shown[:MOST_ACTIVITIES]


def _show(activity: Json, picture: str | None) -> Shown:
    times = activity.get("timestamps") or {}
    start, end = times.get("start"), times.get("end")
    lines = [text for key in ("details", "state") if (text := activity.get(key))]
    if activity.get("id") != SPOTIFY_ID:
        return Shown(VERBS.get(activity.get("type"), "Playing"), activity["name"], lines, start, end, picture)
    # What plays is named; that it plays at Spotify is said beside it.
    track, album = activity.get("syncId") or "", (activity.get("assets") or {}).get("largeText")
    artist = [text for text in ((activity.get("state") or "").replace("; ", ", "), album) if text]
    link = TRACK + track if track.isascii() and track.isalnum() else None
    return Shown("Listening to", activity.get("details") or activity["name"], artist, start, end, picture, link)


def _front(fronting: Json | None) -> Json | None:
    if not fronting:
        return None
    members = [{**member, "name": member["display_name"] or member["name"]} for member in fronting["members"]]
    return {"system": fronting["system"], "members": members, "since": fronting["since"]}
