"""How a card is to look: what its address says behind the question mark.

The names are our own, and beside them those of lanyard-profile-readme and its best known fork, so that a card moves
here by changing its address. A name that is not known is ignored, as there: people add `?v=2` to get past a cache.
"""

import math
import re
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

HIDEABLE = (
    *("spotify", "activity", "status", "dot", "avatar", "decoration", "nameplate", "tag", "badge", "fronter"),
    *("username", "time", "profile", "idle"),
)
THEMES = ("auto", "dark", "light")
NARROWEST, WIDEST, USUAL_WIDTH = 280, 1000, 420
MOST_RADIUS, MOST_COLORS, MOST_TEXT = 200, 8, 200
_HEX = re.compile(r"#?([0-9a-f]{3}|[0-9a-f]{4}|[0-9a-f]{6}|[0-9a-f]{8})", re.ASCII | re.IGNORECASE)
_LENGTH = re.compile(r"([0-9]{1,4}(?:\.[0-9]{1,3})?)(px|rem|em)?", re.ASCII | re.IGNORECASE)
_LINEAR = re.compile(r"linear-gradient\((.+)\)", re.ASCII | re.IGNORECASE)
_ANGLE = re.compile(r"(-?[0-9]{1,3})deg", re.ASCII | re.IGNORECASE)
_SIDES = {"to top": 0, "to right": 90, "to bottom": 180, "to left": 270}
_EM = 16


class BadOption(Exception):
    """A value that an option does not take; `takes` says in words what it does."""

    def __init__(self, name: str, takes: str) -> None:
        super().__init__(name)
        self.name, self.takes = name, takes


class Gradient(NamedTuple):
    """Colors with `#`, in order, along an angle in degrees as CSS counts them: 90 is to the right."""

    colors: tuple[str, ...]
    angle: int = 90


class Options(NamedTuple):
    """What was asked for. Lengths are px, colors begin with `#`; `show_name` is whether the display name is shown."""

    theme: str = "auto"
    bg: str | None = None
    bg_gradient: Gradient | None = None
    name_gradient: Gradient | None = None
    tag_bg: str | None = None
    radius: float = 12
    image_style: str = "circle"
    image_radius: float = 10
    width: int = USUAL_WIDTH
    idle_message: str | None = None
    animated: bool = True
    animated_decoration: bool = True
    show_name: bool = True
    ignored_apps: frozenset[str] = frozenset()
    hidden: frozenset[str] = frozenset()

    @property
    def palette(self) -> str:
        """The theme whose letters can be read on the background: for `auto` on a color, by how light that is."""
        color = self.bg or (self.bg_gradient and self.bg_gradient.colors[0])
        if self.theme != "auto" or not color or color == "transparent":
            return self.theme
        return "light" if _lightness(color) > 0.5 else "dark"


@lru_cache(1024)
def read_options(query: str, theme: str = "auto") -> Options:
    """The options in a query; `theme` is what holds where none is named. An empty value says nothing.

    Raises BadOption. Of an option that comes twice the last counts.
    """
    given = dict(parse_qsl(query, errors="replace"))
    changed: dict[str, Any] = {"theme": theme, "hidden": set()}
    for name, value in given.items():
        if name in _READ and value.strip():
            _READ[name](changed, name, value.strip())
    return Options(**{**changed, "hidden": frozenset(changed["hidden"])})


def _set(field: str, read: Callable[[str, str], Any]) -> Callable[[dict[str, Any], str, str], None]:
    def run(changed: dict[str, Any], name: str, value: str) -> None:
        changed[field] = read(name, value)

    return run


def _hide(part: str) -> Callable[[dict[str, Any], str, str], None]:
    def run(changed: dict[str, Any], name: str, value: str) -> None:
        if _read_bool(name, value):
            changed["hidden"].add(part)

    return run


def _hide_listed(changed: dict[str, Any], name: str, value: str) -> None:
    # `badges` is as good as `badge`.
    words = [word.strip().lower() for word in value.split(",") if word.strip()]
    found = [next((part for part in HIDEABLE if word in (part, f"{part}s")), None) for word in words]
    if None in found:
        raise BadOption(name, f"a list with commas of {', '.join(HIDEABLE)}")
    changed["hidden"].update(found)


def _hide_activity(changed: dict[str, Any], name: str, value: str) -> None:
    if value.lower() == "whennotused":
        changed["hidden"].add("idle")
        return
    try:
        # There it is the whole lower part.
        changed["hidden"].update(("activity", "spotify", "idle") if _read_bool(name, value) else ())
    except BadOption:
        raise BadOption(name, "true, false or whenNotUsed") from None


def _gradient(changed: dict[str, Any], name: str, value: str) -> None:
    # lanyard-profile-readme's colors the background, its fork's the name.
    colors = [find_color(part) for part in value.split("-")]
    if 2 <= len(colors) <= MOST_COLORS and all(colors):
        changed["name_gradient"] = Gradient(tuple(colors))
        return
    changed["bg_gradient"] = _read_linear(name, value)


def _read_linear(name: str, value: str) -> Gradient:
    bad = BadOption(name, f"linear-gradient(45deg, #ff0000, #0000ff), or 2 to {MOST_COLORS} colors like 645cbb-a084dc")
    match = _LINEAR.fullmatch(value)
    if not match:
        raise bad
    first, *rest = [part.strip().lower() for part in match[1].split(",")]
    angle = int(turn[1]) if (turn := _ANGLE.fullmatch(first)) else _SIDES.get(first)
    colors = [find_color(part) for part in (rest if angle is not None else [first, *rest])]
    if not 2 <= len(colors) <= MOST_COLORS or not all(colors):
        raise bad
    return Gradient(tuple(colors), 180 if angle is None else angle)


def _read_theme(name: str, value: str) -> str:
    if value.lower() not in THEMES:
        raise BadOption(name, "dark, light or auto")
    return value.lower()


def _read_color(name: str, value: str) -> str:
    color = "transparent" if value.lower() == "transparent" else find_color(value)
    if not color:
        raise BadOption(name, "a color in hexadecimal digits like 1a1c1f, or transparent")
    return color


def _background(changed: dict[str, Any], name: str, value: str) -> None:
    if value.lower() in THEMES:
        changed["theme"] = value.lower()
    else:
        changed["bg"] = _read_color(name, value)


def find_color(text: str) -> str | None:
    """A color in 3, 4, 6 or 8 hexadecimal digits, with `#` before them; None for anything else."""
    match = _HEX.fullmatch(text.strip())
    return f"#{match[1].lower()}" if match else None


def _read_length(name: str, value: str) -> float:
    match = _LENGTH.fullmatch(value)
    length = float(match[1]) * (_EM if match[2] and match[2].lower() != "px" else 1) if match else math.inf
    if length > MOST_RADIUS:
        raise BadOption(name, f"a length from 0 to {MOST_RADIUS}, like 10px")
    return length


def _read_style(name: str, value: str) -> str:
    if value.lower() not in ("circle", "square"):
        raise BadOption(name, "circle or square")
    return value.lower()


def _read_width(name: str, value: str) -> int:
    digits = value.lower().removesuffix("px")
    if not re.fullmatch("[0-9]{1,4}", digits, re.ASCII) or not NARROWEST <= int(digits) <= WIDEST:
        raise BadOption(name, f"a number of pixels from {NARROWEST} to {WIDEST}")
    return int(digits)


def _read_bool(name: str, value: str) -> bool:
    if value.lower() not in ("true", "false", "1", "0"):
        raise BadOption(name, "true or false")
    return value.lower() in ("true", "1")


def _read_text(_name: str, value: str) -> str:
    return value[:MOST_TEXT]


def _read_apps(name: str, value: str) -> frozenset[str]:
    found = [part.strip() for part in value.split(",")]
    if not all(re.fullmatch("[0-9]{1,20}", part, re.ASCII) for part in found):
        raise BadOption(name, "application IDs in digits, with commas between them")
    return frozenset(found)


def _say_nothing(_changed: dict[str, Any], name: str, value: str) -> None:
    # Discriminators are no more; whoever hid theirs must not get a card that complains.
    _read_bool(name, value)


def _lightness(color: str) -> float:
    digits = color[1:]
    pairs = [digit * 2 for digit in digits] if len(digits) < 6 else [digits[at : at + 2] for at in (0, 2, 4)]
    red, green, blue = (int(pair, 16) / 255 for pair in pairs[:3])
    return 0.299 * red + 0.587 * green + 0.114 * blue


_OWN: Mapping[str, Callable[[dict[str, Any], str, str], None]] = {
    "theme": _set("theme", _read_theme),
    "bg": _background,
    "border_radius": _set("radius", _read_length),
    "hide": _hide_listed,
    "idle_message": _set("idle_message", _read_text),
    "animated": _set("animated", _read_bool),
    "width": _set("width", _read_width),
}
_OF_LANYARD: Mapping[str, Callable[[dict[str, Any], str, str], None]] = {
    "borderRadius": _OWN["border_radius"],
    "idleMessage": _OWN["idle_message"],
    "animatedDecoration": _set("animated_decoration", _read_bool),
    "showDisplayName": _set("show_name", _read_bool),
    "ignoreAppId": _set("ignored_apps", _read_apps),
    "gradient": _gradient,
    "imgStyle": _set("image_style", _read_style),
    "imgBorderRadius": _set("image_radius", _read_length),
    **dict.fromkeys(("clanbg", "clanBackgroundColor"), _set("tag_bg", _read_color)),
    "hideActivity": _hide_activity,
    "hideDiscrim": _say_nothing,
    "hideStatus": _hide("status"),
    "hideTimestamp": _hide("time"),
    "hideBadges": _hide("badge"),
    "hideProfile": _hide("profile"),
    "hideSpotify": _hide("spotify"),
    **dict.fromkeys(("hideClan", "hideTag"), _hide("tag")),
    "hideDecoration": _hide("decoration"),
    "hideNameplate": _hide("nameplate"),
}
_READ = {**_OWN, **_OF_LANYARD}
# Names that the API's document has to hold.
NAMES = tuple(_READ)
