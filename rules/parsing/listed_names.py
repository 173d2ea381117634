"""Names in a row, as people write them: with blanks, commas, `&` or “and” between them."""

import re
import unicodedata
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any

_SEPARATORS = frozenset((",", "&", "and"))


def split_names(words: list[str], names: Iterable[str]) -> list[str]:
    """The names that some words list; `names` are those that there are.

    A name that holds a separator itself, as `A & B` does, is tried first. Between separators several words are one
    name where there is such a one (`Ann Oak, Ben`), else each is its own; without any separator each is its own. Case
    does not count. Words that list nothing stay as they are.
    """
    known = {_key(name): name for name in names}
    divided = _grow(key for key in known if _SEPARATORS.intersection(key))
    pieces = [piece for word in words for piece in _divide(word)]
    keys = [_key(piece) for piece in pieces]
    listed: list[str] = []
    segment: list[str] = []
    is_list = any(map(_is_separator, pieces))
    while pieces:
        taken = _count_pieces(islice(keys, len(keys) - len(pieces), None), divided)
        if taken or _is_separator(pieces[0]):
            listed += _read_segment(segment, known)
            listed += _read_segment(pieces[:taken], known)
            segment = []
        else:
            segment.append(pieces[0])
        del pieces[: taken or 1]
    return [*listed, *(_read_segment(segment, known) if is_list else segment)] or words


def _divide(word: str) -> list[str]:
    return [piece for part in re.split("([,&])", word) if (piece := part.strip())]


def _key(name: str) -> tuple[str, ...]:
    return tuple(re.sub("([,&])", r" \1 ", unicodedata.normalize("NFC", name)).casefold().split())


def _is_separator(piece: str) -> bool:
    return piece.casefold() in _SEPARATORS


def _grow(names: Iterable[tuple[str, ...]]) -> dict[str, Any]:
    """A tree of names, word by word; a name ends where "" is a key."""
    tree: dict[str, Any] = {}
    for name in names:
        node = tree
        for word in name:
            node = node.setdefault(word, {})
        node[""] = {}
    return tree


def _count_pieces(keys: Iterator[tuple[str, ...]], divided: dict[str, Any]) -> int:
    """How many of the next pieces are one name with separators in it; the longest such name counts."""
    # Each piece is looked at once, since all lengths one after the other took seconds for a line full of `&`.
    node, longest = divided, 0
    for count, key in enumerate(keys, 1):
        for word in key:
            node = node.get(word)
            if node is None:
                return longest
        if "" in node:
            longest = count
    return longest


def _read_segment(segment: list[str], known: dict[tuple[str, ...], str]) -> list[str]:
    typed = " ".join(segment)
    name = known.get(_key(typed))
    if name is None or len(segment) < 2:
        return segment
    # As it was typed, since case tells namesakes apart; but blanks may stand otherwise in the name.
    return [typed if typed.casefold() == name.casefold() else name]
