"""Badges for shields.io: https://shields.io/badges/endpoint-badge has the schema."""

from collections.abc import Mapping
from typing import Any

from rules.fronting.public_front import PublicFront
from rules.presence.card import Card, Fronter, read_fronter
from rules.presence.card_activities import VERBS, Played
from web.cards.options import find_color
from web.cards.person import STATUS_WORDS
from web.cards.text import clean

SHOWN = ("status", "song", "activity", "fronter")
COLORS = {"online": "23a55a", "idle": "f0b232", "dnd": "f23f43", "offline": "80848e"}
NOTHING = "lightgrey"
# shields.io's own names, beside hexadecimal digits.
NAMED = (
    *("brightgreen", "green", "yellowgreen", "yellow", "orange", "red", "blue", "lightgrey", "grey", "gray"),
    *("blueviolet", "success", "important", "critical", "informational", "inactive"),
)
MOST_TEXT = 200
Badge = dict[str, Any]


class BadBadge(Exception):
    """A badge that was asked for in a way that is none; the sentence is what stands on it instead."""


def badge_of_person(card: Card, args: Mapping[str, str]) -> Badge:
    """A person's status, song, activity or fronters as a badge. Raises BadBadge."""
    shown = args.get("show") or "status"
    if shown == "status":
        return _make(card.name, STATUS_WORDS[card.status], COLORS[card.status], args)
    if shown == "song":
        return _make("listening to", *_tell_played(card.song, "1db954"), args)
    if shown == "activity":
        played = card.played[0] if card.played else None
        verb = VERBS.get(played.type, VERBS[0]).lower() if played else VERBS[0].lower()
        return _make(verb, *_tell_played(played, "5865f2"), args)
    if shown == "fronter":
        return _make("fronting", *_tell_fronters(card.front.fronters if card.front else ()), args)
    raise BadBadge(f"show is {', '.join(SHOWN[:-1])} or {SHOWN[-1]}")


def badge_of_system(front: PublicFront, label: str, args: Mapping[str, str]) -> Badge:
    """Who fronts in a system whose front is public; `label` is what the system is called. Raises BadBadge."""
    if (args.get("show") or "fronter") != "fronter":
        raise BadBadge("show is fronter")
    return _make(label, *_tell_fronters(tuple(map(read_fronter, front.members or []))), args)


def badge_that_says(sentence: str) -> Badge:
    """A badge about a badge that there is not."""
    return {"schemaVersion": 1, "label": "rollcall", "message": sentence, "color": "inactive", "isError": True}


def _make(label: str, message: str, color: str, args: Mapping[str, str]) -> Badge:
    label_color = _read_color("labelColor", args)
    return {
        "schemaVersion": 1,
        "label": clean(args.get("label") or label)[:MOST_TEXT],
        "message": clean(message)[:MOST_TEXT] or "?",
        "color": _read_color("color", args) or color,
        **({"labelColor": label_color} if label_color else {}),
    }


def _read_color(name: str, args: Mapping[str, str]) -> str | None:
    given = args.get(name)
    if not given or given in NAMED:
        return given or None
    color = find_color(given)
    if not color:
        raise BadBadge(f"{name} is hexadecimal digits, or a color's name")
    return color.removeprefix("#")


def _tell_played(played: Played | None, color: str) -> tuple[str, str]:
    if played is None:
        return "nothing", NOTHING
    by = f" by {played.details}" if played.details and played.type == 2 else ""
    return f"{played.name}{by}", color


def _tell_fronters(fronters: tuple[Fronter, ...]) -> tuple[str, str]:
    if not fronters:
        return "nobody", NOTHING
    return ", ".join(one.name for one in fronters), fronters[0].color or "5865f2"
