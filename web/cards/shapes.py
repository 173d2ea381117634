"""What a card is drawn from. Lengths are px from the top left corner; a text is cleaned and fitted already."""

from typing import NamedTuple

from rules.presence.card_activities import STEP_S, Progress


class Text(NamedTuple):
    """One line, `y` its baseline; `anchor` is what of it stands at `x`: start, middle or end."""

    x: float
    y: float
    text: str
    size: float = 13
    tone: str = "text"
    bold: bool = False
    anchor: str = "start"
    kind: str = "text"


class Picture(NamedTuple):
    """A picture, of the first of `urls` that can be had; without one, `initials` on a color, or nothing.

    `cut` is whether a corner is left free for the dot.
    """

    x: float
    y: float
    size: float
    urls: tuple[str, ...]
    radius: float = 0
    initials: str = ""
    color: str = "#5865f2"
    cut: bool = False
    width: float | None = None
    opacity: float = 1
    kind: str = "picture"


class Box(NamedTuple):
    """A rectangle; `fill` is a color with `#`, or None for a shade of the background."""

    x: float
    y: float
    width: float
    height: float
    radius: float = 0
    fill: str | None = None
    kind: str = "box"


class Dot(NamedTuple):
    """A status in the shape that Discord gives it; `shape` is a status, `mobile` or `streaming`."""

    x: float
    y: float
    radius: float
    shape: str
    kind: str = "dot"


class Bar(NamedTuple):
    """How much of something has passed; it runs on by itself where it is animated."""

    x: float
    y: float
    width: float
    progress: Progress
    tone: str = "accent"
    kind: str = "bar"

    @property
    def share(self) -> float:
        """How much has passed, from 0 to 1."""
        # In the middle of the step that is shown, which is the nearest to all of it.
        return min(1.0, (self.progress.position_s + STEP_S / 2) / self.progress.length_s)

    @property
    def left_s(self) -> float:
        """How many seconds are left."""
        return self.progress.length_s * (1 - self.share)


class Rule(NamedTuple):
    """A line across the card."""

    y: float
    kind: str = "rule"


Shape = Text | Picture | Box | Dot | Bar | Rule


class Drawing(NamedTuple):
    """A whole card: its size, what is on it from back to front, and what it shows in one sentence."""

    width: float
    height: float
    shapes: tuple[Shape, ...]
    title: str

    def pictures(self) -> list[Picture]:
        """Those of its shapes that have to be fetched."""
        return [shape for shape in self.shapes if isinstance(shape, Picture) and shape.urls]
