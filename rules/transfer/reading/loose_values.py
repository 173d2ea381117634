"""Values as other apps write them: colours of three to eight digits, instants of five kinds, mentions, IDs."""

import re
from collections.abc import Iterable, Mapping
from datetime import UTC, datetime

from rules.errors import Invalid
from rules.parsing import timestamps
from rules.transfer.import_file import DAY_US
from rules.transfer.left_out import LeftOut

# Nobody's front was kept anywhere before: a time from before it is a fault, most often 0.
EARLIEST_US = timestamps.microseconds_of(datetime(2000, 1, 1, tzinfo=UTC))
LONGEST_SOURCE = 100
_FURTHEST = 10**15
_MENTION = re.compile(r"<###@([^#<>@]{1,100})###>")
_MILLISECONDS = re.compile(r"-?\d{1,17}(\.\d{1,9})?", re.ASCII)
_HEX = re.compile("[0-9a-f]+")


def reduce_color(color: object, whose: str, left_out: LeftOut) -> object:
    """A colour in six digits where it can be told which; anything else without its #, for a reader to refuse.

    Of eight digits, the end that is ff is how opaque it is. Where neither end or both are, the first six are taken,
    as Simply Plural did, but only after a #; that is told.
    """
    if not isinstance(color, str):
        return color
    digits = color.strip().removeprefix("#").lower()
    if not _HEX.fullmatch(digits):
        return digits
    if len(digits) == 3:
        return "".join(digit * 2 for digit in digits)
    if len(digits) != 8:
        return digits
    opaque_first, opaque_last = digits.startswith("ff"), digits.endswith("ff")
    if opaque_first != opaque_last:
        return digits[2:] if opaque_first else digits[:6]
    if not color.strip().startswith("#"):
        return digits
    left_out.add(whose, f"The color #{digits} has eight digits; the first six are taken.")
    return digits[:6]


def find_instant(value: object) -> int | None:
    """An instant in µs since 1970, of any age: milliseconds as a number or a text, seconds and nanoseconds in an
    object, or RFC 3339, without a zone in UTC. None for what is none of these.
    """
    if isinstance(value, str):
        text = value.strip()
        return _read_milliseconds(float(text)) if _MILLISECONDS.fullmatch(text) else _find_time(text)
    if isinstance(value, dict):
        seconds, rest = (_read_milliseconds(_get(value, name)) for name in ("seconds", "nanoseconds"))
        return None if seconds is None else seconds * 1000 + (rest or 0) // 1_000_000
    return _read_milliseconds(value)


def find_age(at: int) -> str | None:
    """What is wrong with an instant in µs, as `tally` names it: before 2000, or over a day ahead, as clocks differ."""
    if at < EARLIEST_US:
        return "too_old"
    return "in_the_future" if at > timestamps.now_us() + DAY_US else None


def find_id(value: object) -> str | None:
    """An ID of another app as a text; None for what is none."""
    if isinstance(value, dict):
        value = value.get("$oid")
    if isinstance(value, int) and not isinstance(value, bool):
        # A longer number is no ID, and Python does not write every length.
        return str(value) if value.bit_length() < 256 else None
    return value.strip() or None if isinstance(value, str) else None


def number_ids(ids: Iterable[str | None]) -> dict[str, int]:
    """The places of IDs in a list; of one that is there twice, the first."""
    numbers: dict[str, int] = {}
    for number, own_id in enumerate(ids):
        if own_id is not None:
            numbers.setdefault(own_id, number)
    return numbers


def make_source(collection: str, own_id: str | None) -> str | None:
    """An ID with its collection, by which a later import finds the same thing again; None for one that is too long."""
    return f"{collection}:{own_id}" if own_id and len(own_id) <= LONGEST_SOURCE else None


def name_mentioned(text: object, names: Mapping[str, str]) -> object:
    """A text in which `<###@id###>` is `@Name`, where that is known; what is no text as it is."""
    if not isinstance(text, str):
        return text
    return _MENTION.sub(lambda found: f"@{names[found[1]]}" if found[1] in names else found[0], text)


def _read_milliseconds(value: object) -> int | None:
    if isinstance(value, bool) or not isinstance(value, int | float) or value != value:
        return None
    # What is further off is as wrong, and may be endless.
    return round(max(-_FURTHEST, min(value, _FURTHEST)) * 1000)


def _find_time(text: str) -> int | None:
    for with_zone in (text, f"{text}Z"):
        try:
            return timestamps.read_time("time", with_zone)
        except Invalid:
            continue
    return None


def _get(value: Mapping[str, object], name: str) -> object:
    return value.get(f"_{name}", value.get(name))
