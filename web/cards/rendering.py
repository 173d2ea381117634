"""A drawing becomes an SVG, and what was rendered is remembered: a card that looks the same is made once."""

import math
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from typing import NamedTuple

from flask import Response, current_app, request
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
# So long a card stands that lacks a picture, before that is asked for again.
INCOMPLETE_S = 15
# To be raised when cards come to look different: the ETags of all change with it.
LOOK = 1


class Rendered(NamedTuple):
    """A card's bytes, the version that they are told by, and until when they may be told (time.monotonic)."""

    svg: bytes
    version: str
    until: float = math.inf


class RenderedCards:
    """The last rendered cards by what they show, of MOST_REMEMBERED bytes in all."""

    def __init__(self) -> None:
        self._cards: OrderedDict[str, Rendered] = OrderedDict()
        self._bytes, self._changing = 0, threading.Lock()

    def find(self, shown: str) -> Rendered | None:
        """The card that shows this, unless it lacks pictures and these may be there by now."""
        with self._changing:
            found = self._cards.get(shown)
            if found is None or found.until < time.monotonic():
                return None
            self._cards.move_to_end(shown)
            return found

    def store(self, shown: str, card: Rendered) -> None:
        """Remember a card, and forget those that were not asked for the longest."""
        with self._changing:
            self._forget(shown)
            if len(card.svg) <= MOST_REMEMBERED:
                self._cards[shown] = card
                self._bytes += len(card.svg)
            while self._bytes > MOST_REMEMBERED:
                self._forget(next(iter(self._cards)))

    def _forget(self, shown: str) -> None:
        if gone := self._cards.pop(shown, None):
            self._bytes -= len(gone.svg)


def answer(shown: bytes, options: Options, draw: Callable[[], Drawing]) -> Response:
    """A card's answer; `shown` is all that decides what it looks like, but for the options and its pictures.

    Who has the very same card already is told so, and it is neither drawn nor are its pictures looked for.
    """
    version = version_of(b"%d %s %s" % (LOOK, repr(_sorted(options)).encode(), shown))
    if request.if_none_match.contains_weak(version):
        return _guard(readable(b"", version, SVG))
    cards = current_app.extensions["cards"]
    card = cards.find(version)
    if card is None:
        card = render(draw(), options, version)
        cards.store(version, card)
    return _guard(readable(card.svg, card.version, SVG))


def render(drawing: Drawing, options: Options, version: str) -> Rendered:
    """The card in UTF-8; its version is another one where pictures are missing, so that they can still come."""
    pictures = drawing.pictures()
    data = embed(pictures)
    missing = sorted({picture.urls for picture in pictures} - data.keys())
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
    if not missing:
        return Rendered(svg, version)
    return Rendered(svg, f"{version}-{version_of(repr(missing))[:8]}", time.monotonic() + INCOMPLETE_S)


def show_px(number: float) -> str:
    """A number as it stands in an SVG: two digits behind the point at most."""
    return f"{number:.2f}".rstrip("0").rstrip(".")


def show_direction(gradient: Gradient) -> Markup:
    """From where to where a gradient goes, as attributes of a linearGradient over a box."""
    angle = math.radians(gradient.angle)
    x, y = math.sin(angle) / 2, -math.cos(angle) / 2
    ends = {"x1": 0.5 - x, "y1": 0.5 - y, "x2": 0.5 + x, "y2": 0.5 + y}
    return Markup(" ").join(Markup('{}="{}"').format(name, show_px(at)) for name, at in ends.items())


def _sorted(options: Options) -> tuple[object, ...]:
    # Another process has the same set in another order.
    return tuple(sorted(value) if isinstance(value, frozenset) else value for value in options)


def _guard(made: Response) -> Response:
    made.headers["Content-Security-Policy"] = POLICY
    return made
