"""A drawing becomes an SVG, and what was rendered is remembered: a card that looks the same is made once."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from flask import Response, current_app
from markupsafe import Markup

from rules.etags import version_of
from web.cards.embedding import embed
from web.cards.options import Gradient, Options
from web.cards.shapes import Dot, Drawing
from web.cards.text import FORBIDDEN
from web.responses import readable

SVG = "image/svg+xml"
# Whatever somebody makes of the bytes, nothing in them runs, and nothing is loaded.
POLICY = "default-src 'none'; style-src 'unsafe-inline'; img-src data:; sandbox"
# Bytes of rendered cards that a process remembers.
MOST_REMEMBERED = 16 * 1024 * 1024
# So long a card stands before its pictures are looked for again: one that lacks some, and one that has them all, which
# may be others by then where an address is no name of what it shows.
INCOMPLETE_S, COMPLETE_S = 15, 3600


class Rendered(NamedTuple):
    """A card in UTF-8, the version that it is told by, and until when it may be told (time.monotonic)."""

    svg: bytes
    version: str
    until: float


# How a card is to look, and the version of what it shows: all that decides what it looks like, but for its pictures.
Key = tuple[Options, str]


class RenderedCards:
    """The last rendered cards by their keys, of MOST_REMEMBERED bytes in all."""

    def __init__(self) -> None:
        self._cards: OrderedDict[Key, Rendered] = OrderedDict()
        self._bytes, self._changing = 0, threading.Lock()

    def find(self, key: Key) -> Rendered | None:
        """The card with a key, unless its pictures may be others by now."""
        with self._changing:
            found = self._cards.get(key)
            if found is None or found.until < time.monotonic():
                return None
            self._cards.move_to_end(key)
            return found

    def store(self, key: Key, card: Rendered) -> None:
        """Remember a card, and forget those that were not asked for the longest."""
        with self._changing:
            self._forget(key)
            if len(card.svg) <= MOST_REMEMBERED:
                self._cards[key] = card
                self._bytes += len(card.svg)
            while self._bytes > MOST_REMEMBERED:
                self._forget(next(iter(self._cards)))

    def _forget(self, key: Key) -> None:
        if gone := self._cards.pop(key, None):
            self._bytes -= len(gone.svg)


def answer(shown: bytes, options: Options, draw: Callable[[], Drawing]) -> Response:
    """A card's answer; `shown` is what it shows, whatever it is drawn from."""
    key, cards = (options, version_of(shown)), current_app.extensions["cards"]
    card = cards.find(key)
    if card is None:
        card = render(draw(), options)
        cards.store(key, card)
    made = readable(card.svg, card.version, SVG)
    made.headers["Content-Security-Policy"] = POLICY
    return made


def render(drawing: Drawing, options: Options) -> Rendered:
    """The card with those of its pictures that can be had."""
    pictures = drawing.pictures()
    data = embed(pictures)
    template = current_app.jinja_env.get_template("cards/card.svg")
    text = template.render(
        drawing=drawing,
        options=options,
        data=data,
        cut=next((shape for shape in drawing.shapes if isinstance(shape, Dot)), None),
        radius=min(options.radius, drawing.height / 2, drawing.width / 2),
        # On a background of somebody's own choice, gray and colored letters could not be read.
        on_color=options.bg_gradient is not None or options.bg not in (None, "transparent"),
        background="url(#back)" if options.bg_gradient else options.bg,
    )
    svg = FORBIDDEN.sub("", text).encode()
    is_whole = all(picture.urls in data for picture in pictures)
    return Rendered(svg, version_of(svg), time.monotonic() + (COMPLETE_S if is_whole else INCOMPLETE_S))


def show_px(number: float) -> str:
    """A number as it stands in an SVG: two digits behind the point at most."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def show_direction(gradient: Gradient) -> Markup:
    """From where to where a gradient goes, as attributes of a linearGradient over a box."""
    angle = math.radians(gradient.angle)
    x, y = math.sin(angle) / 2, -math.cos(angle) / 2
    ends = {"x1": 0.5 - x, "y1": 0.5 - y, "x2": 0.5 + x, "y2": 0.5 + y}
    return Markup(" ").join(Markup('{}="{}"').format(name, show_px(at)) for name, at in ends.items())
