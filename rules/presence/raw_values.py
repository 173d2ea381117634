"""Single values of Discord's raw objects: each reader gives what the API document promises, or None."""

import re
from collections.abc import Callable
from functools import lru_cache
from typing import Any

# What JavaScript still counts exactly.
LARGEST_EXACT = 2**53 - 1
# JSON is written with 64 bits a number; what is larger is a text.
LOWEST_INT, LARGEST_INT = -(2**63), 2**64 - 1
# Discord nests three deep. What is deeper than this would end in Python's own limit, and cost the whole update.
DEEPEST = 16


def read_text(value: Any) -> str | None:
    """A text that can be stored as UTF-8; None for anything else."""
    return storable(value) if isinstance(value, str) else None


def read_integer(value: Any) -> int | None:
    """A whole number, also where it comes as a text or with `.0`; None for anything else, and above 2^53."""
    if type(value) is not int:
        is_number = isinstance(value, str) and re.fullmatch(r"-?\d{1,16}", value, re.ASCII)
        if not is_number and not (isinstance(value, float) and value.is_integer()):
            return None
        value = int(value)
    return value if -LARGEST_EXACT <= value <= LARGEST_EXACT else None


def read_id(value: Any) -> str | None:
    """An ID as a text, also where it comes as a number; None for anything else."""
    return str(value) if type(value) is int else read_text(value)


def read_object(value: Any) -> dict[str, Any] | None:
    """An object as Discord sent it; None for anything else."""
    return tidy(value, storable) if isinstance(value, dict) else None


def read_each(value: Any, rename: Callable[[str], str], read: Callable[[Any], Any]) -> dict[str, Any] | None:
    """An object with the values that a reader can read; None for anything else."""
    if not isinstance(value, dict):
        return None
    return {rename(key): found for key, item in value.items() if (found := read(item)) is not None}


def tidy(found: dict[str, Any], rename: Callable[[str], str], depth: int = 0) -> dict[str, Any]:
    """An object as Discord sent it, but without secrets, IDs as strings, and storable as UTF-8."""
    tidied = {}
    for key, item in found.items():
        # Nearly everything is a plain text: a call less for each shows.
        if type(item) is not str or not item.isascii():
            item = tidy_item(item, key, rename, depth + 1)
        # Whoever has them can join the game that is played.
        if key != "secrets":
            tidied[rename(key)] = item
    return tidied


def tidy_item(value: Any, key: str, rename: Callable[[str], str], depth: int = 0) -> Any:
    """The same of one value, whatever it is; `key` is what it stands under."""
    if isinstance(value, (dict, list)) and depth > DEEPEST:
        return None
    if isinstance(value, dict):
        return tidy(value, rename, depth)
    if isinstance(value, list):
        return [tidy_item(item, key, rename, depth + 1) for item in value]
    if isinstance(value, str):
        return storable(value)
    # JavaScript would round what is above 2^53.
    if type(value) is int and (key == "id" or key.endswith(("_id", "_ids")) or not LOWEST_INT <= value <= LARGEST_INT):
        return str(value)
    return value


def storable(text: str) -> str:
    """A text that can be stored as UTF-8, with `?` for half a surrogate pair: left in, it would cost the update."""
    return text if text.isascii() else text.encode("utf-8", "replace").decode()


@lru_cache(1024)
def camel(key: str) -> str:
    """A key in camelCase."""
    return re.sub("_([a-z])", lambda match: match[1].upper(), storable(key))


@lru_cache(1024)
def snake(key: str) -> str:
    """A key in snake_case: what `camel` made of it turned back, for keys without capitals."""
    return re.sub("[A-Z]", lambda match: f"_{match[0].lower()}", key)
