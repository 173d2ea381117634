"""The shape of single values: texts, addresses, colours, dates, time zones, privacy, Discord IDs."""

import re
from collections.abc import Callable, Mapping
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlsplit
from zoneinfo import available_timezones

from config import LARGEST_SNOWFLAKE
from rules.errors import Invalid, InvalidFields, NotFound, Refused, WrongLength

URL_LENGTH = 256
COLOR_LENGTH = 6
DATE_LENGTH = 10
TIME_ZONE_LENGTH = 64
Readers = Mapping[str, Callable[[str, object], Any]]


def read_fields(readers: Readers, changes: Mapping[str, object]) -> dict[str, Any]:
    """What of these changes has a reader, as that reads it; the rest is ignored.

    Raises InvalidFields, with all that cannot be taken.
    """
    read: dict[str, Any] = {}
    wrong: dict[str, Invalid] = {}
    for name, reader in readers.items():
        if name in changes:
            try:
                read[name] = reader(name, changes[name])
            except Invalid as refusal:
                wrong[name] = refusal
    if wrong:
        raise InvalidFields(wrong)
    return read


def check_text(name: str, value: object, most: int, least: int = 0) -> None:
    """Refuse what is no text of `least` to `most` code points, or holds what cannot be stored.

    Raises Invalid, naming the field, the limit and the length.
    """
    if not isinstance(value, str):
        raise Invalid(f"The {name} must be a text.")
    if not least <= len(value) <= most:
        span = f"{least} to {most:,}" if least else f"at most {most:,}"
        sentence = f"The {name} must have {span} characters; this one has {len(value):,}."
        raise WrongLength(sentence, len(value), most)
    if "\0" in value:
        raise Invalid(f"The {name} must not hold a NUL character.")
    if re.search("[\ud800-\udfff]", value):
        raise Invalid(f"The {name} is not valid Unicode: it holds half of a surrogate pair.")


def get_snowflake(text: str, what: str = "user", code: int = 0) -> int:
    """Read the Discord ID of a user, or of `what` else, from a path.

    Raises Invalid when it is none, and NotFound, with `code` for v2, when it is larger than any ID can be.
    """
    if not re.fullmatch("0|[1-9][0-9]*", text, re.ASCII):
        raise Invalid(f"A {what} ID is a number, like 80351110224678912; Discord's “Copy ID” gives it.")
    if len(text) > 19 or int(text) > LARGEST_SNOWFLAKE:
        raise NotFound(f"There is no {what} with an ID this large.", code=code)
    return int(text)


def find_snowflake(text: str) -> int | None:
    """The same of a user, or None for what is no ID that anybody can have."""
    try:
        return get_snowflake(text)
    except Refused:
        return None


def read_text(name: str, value: object, most: int) -> str | None:
    """A text that may be missing: null, empty and blank are None. Raises Invalid."""
    if value is None:
        return None
    check_text(name, value, most)
    return value if value.strip() else None


def read_needed_text(name: str, value: object, most: int, whose: str) -> str:
    """A text that must not be missing or blank, of a `whose` as a member. Raises Invalid."""
    text = read_text(name, value, most)
    if text is None:
        raise Invalid(f"The {name} of a {whose} must not be empty.")
    return text


def read_url(name: str, value: object) -> str | None:
    """An absolute http or https address of at most 256 characters, or None. Raises Invalid.

    It is never opened here; Discord and people's browsers do, so it must hold no password and nothing unseen.
    """
    text = read_text(name, value, URL_LENGTH)
    if text is None:
        return None
    try:
        parts = urlsplit(text)
        # Reading the port is what checks it.
        good = parts.scheme in ("http", "https") and _is_host(parts.hostname) and parts.port != 0
        good = good and parts.username is None and not re.search(r"[\s\x00-\x1f\x7f\u200b-\u200f<>\"\\]", text)
    except ValueError:
        good = False
    if not good:
        raise Invalid(f"The {name} must be an address that starts with http:// or https://.")
    return text


def read_color(name: str, value: object) -> str | None:
    """Six hexadecimal digits without #, in lower case, or None. Raises Invalid."""
    text = read_text(name, value, COLOR_LENGTH)
    if text is None:
        return None
    if not re.fullmatch("[0-9A-Fa-f]{6}", text):
        raise Invalid(f"The {name} must be six hexadecimal digits, like ff0000; this one has {len(text)} characters.")
    return text.lower()


def read_birthday(name: str, value: object) -> str | None:
    """A date as YYYY-MM-DD, or None; the years 0001 and 0004 mean that there is no year. Raises Invalid."""
    text = read_text(name, value, DATE_LENGTH)
    if text is None:
        return None
    try:
        if not re.fullmatch(r"\d{4}-\d\d-\d\d", text, re.ASCII):
            raise ValueError
        date.fromisoformat(text)
    except ValueError:
        raise Invalid(
            f"The {name} must be a date of the calendar, like 2018-07-11 or, without a year, 0004-07-11."
        ) from None
    return text


def read_time_zone(name: str, value: object) -> str:
    """A time zone of the Olson database in its own spelling; null and blank are UTC. Raises Invalid."""
    text = read_text(name, value, TIME_ZONE_LENGTH)
    if text is None:
        return "UTC"
    known = _time_zones().get(text.lower())
    if not known:
        raise Invalid(f"The {name} must be a time zone like Europe/Berlin; “{text}” is none.")
    return known


def read_bool(name: str, value: object) -> bool:
    """True or false. Raises Invalid."""
    if not isinstance(value, bool):
        raise Invalid(f"The {name} must be true or false.")
    return value


def read_privacy(name: str, value: object) -> bool:
    """Whether something is private; null means public. Raises Invalid."""
    if value is None:
        return False
    if not isinstance(value, str) or value not in ("public", "private"):
        raise Invalid(f"The {name} must be public or private.")
    return value == "private"


def _is_host(host: str | None) -> bool:
    return bool(host and re.search(r"[^\W_]", host) and not host.startswith((".", "-")))


@cache
def _time_zones() -> dict[str, str]:
    # No places: two files of some machines, and a placeholder.
    return {name.lower(): name for name in available_timezones() if name not in ("localtime", "posixrules", "Factory")}
