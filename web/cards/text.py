"""Text in a picture: made safe for XML, measured without the font that will draw it, and clipped between graphemes."""

import re
import unicodedata
from functools import lru_cache

import regex

# XML 1.0, production 2, turned round: what no document may hold, escaped or not. Half a surrogate pair is among it.
FORBIDDEN = re.compile("[^\t\n\r\u0020-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
# Controls, and what orders text by hand: a name is kept in an order of its own instead.
_UNWANTED = re.compile("[\u0000-\u001f\u007f-\u009f\u2028\u2029\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]+")
# First strong isolate and its end (Unicode's UAX 9): a name's direction is its own, and changes nothing around it.
_ISOLATE = "\u2068{}\u2069"
ELLIPSIS = "…"
# No name is looked at beyond so many code points, nor a grapheme that has more than so many. No writing piles up more
# marks than four on a letter; a tower of them would lie over the rest of the card.
_MOST, _LONGEST_GRAPHEME = 400, 24
_TOWER = regex.compile(r"(\p{M}{4})\p{M}+")
# Advance widths of Helvetica in thousandths of an em (Adobe's font metrics), from the blank to the tilde.
_WIDTHS = (
    *(278, 278, 355, 556, 556, 889, 667, 191, 333, 333, 389, 584, 278, 333, 278, 278),
    *(556, 556, 556, 556, 556, 556, 556, 556, 556, 556, 278, 278, 584, 584, 584, 556),
    *(1015, 667, 667, 722, 722, 667, 611, 778, 722, 278, 500, 667, 556, 833, 722, 778),
    *(667, 778, 722, 667, 611, 722, 667, 944, 667, 667, 611, 278, 278, 278, 469, 556),
    *(333, 556, 556, 500, 556, 556, 278, 556, 556, 222, 222, 500, 222, 833, 556, 556),
    *(556, 556, 333, 500, 278, 556, 500, 722, 500, 500, 500, 334, 260, 334, 584),
)
_FULL, _EMOJI, _OTHER = 1000, 1300, 640
# Of what is no Latin letter capitals and signs are wider, and wider still are the alphabets of mathematics, which names
# are dressed up with; and there are single letters as long as a sentence.
_CAPITAL, _FANCY, _FANCY_CAPITAL = 900, 800, 1200
_WIDE = {"\ufdfd": 10_000, "\U0001242b": 6000, "\u2e3b": 3000, "\u2e3a": 2000}
# The fonts of Windows, macOS and Linux are up to so much wider, and bold letters wider still.
_ROOM, _BOLD = 1.1, 1.07
_PICTURE = regex.compile(r"\p{Extended_Pictographic}|\p{Regional_Indicator}|\ufe0f|\u20e3")


def clean(text: str) -> str:
    """A text on one line, without what XML refuses, what would order the text around it, and towers of marks."""
    return _TOWER.sub(r"\1", FORBIDDEN.sub("", _UNWANTED.sub(" ", text[:_MOST]))).strip()


@lru_cache(4096)
def fit(text: str, width: float, size: float, bold: bool = False) -> str:
    """A cleaned text in as much of `width` px as a font of `size` px needs, or its beginning with an ellipsis.

    It is isolated: right-to-left text comes out right, whatever stands beside it. Empty where nothing is to be seen.
    """
    graphemes = _split(text)
    if not graphemes:
        return ""
    room = width / (size * _ROOM * (_BOLD if bold else 1)) * 1000
    widths = [_width_of(one) for one in graphemes]
    if sum(widths) <= room:
        return _ISOLATE.format("".join(graphemes))
    left, kept = room - _FULL, []
    for grapheme, wide in zip(graphemes, widths, strict=True):
        left -= wide
        if left < 0:
            break
        kept.append(grapheme)
    return _ISOLATE.format("".join(kept).rstrip() + ELLIPSIS)


@lru_cache(4096)
def measure(text: str, size: float, bold: bool = False) -> float:
    """How wide a text is at most, in px, in a font of `size` px."""
    return sum(map(_width_of, _split(text))) * size * _ROOM * (_BOLD if bold else 1) / 1000


def initials(name: str) -> str:
    """What stands for a picture that is not there: the first graphemes of the first two words."""
    words = [regex.findall(r"\X", word)[0] for word in clean(name).split()[:2]]
    return _ISOLATE.format("".join(one.upper() for one in words if len(one) <= _LONGEST_GRAPHEME)) if words else ""


def _split(text: str) -> list[str]:
    found = regex.findall(r"\X", clean(text))
    return [one for one in found if len(one) <= _LONGEST_GRAPHEME]


@lru_cache(8192)
def _width_of(grapheme: str) -> int:
    first = ord(grapheme[0])
    if 32 <= first < 127 and len(grapheme) == 1:
        return _WIDTHS[first - 32]
    if _PICTURE.search(grapheme) and (first > 255 or len(grapheme) > 1):
        return _EMOJI
    if unicodedata.east_asian_width(grapheme[0]) in "WF":
        return _FULL
    if unicodedata.category(grapheme[0]) in ("Mn", "Me", "Cf"):
        return 0
    base = unicodedata.normalize("NFD", grapheme)[0]
    return _WIDTHS[ord(base) - 32] if 32 <= ord(base) < 127 else _width_of_other(base)


def _width_of_other(letter: str) -> int:
    is_capital = unicodedata.category(letter) in ("Lu", "Lt", "Nl", "No", "Sm", "So")
    if unicodedata.decomposition(letter).startswith("<font>"):
        return _FANCY_CAPITAL if is_capital else _FANCY
    return _WIDE.get(letter) or (_CAPITAL if is_capital else _OTHER)
