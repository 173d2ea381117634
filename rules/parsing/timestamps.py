"""Instants: milliseconds for presence, microseconds for systems, and PluralKit's text form of them."""

import re
import time
from datetime import UTC, datetime, timedelta, timezone

from rules.errors import Invalid

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_IN_UTC = _EPOCH.replace(tzinfo=None)
_MICROSECOND = timedelta(microseconds=1)
# The first and the last instant that `show_time` can show, in µs since 1970.
EARLIEST_US = (datetime.min.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
LATEST_US = (datetime.max.replace(tzinfo=UTC) - _EPOCH) // _MICROSECOND
# A query that is not escaped brings a blank for a plus.
_INSTANT = re.compile(
    r"(\d{4}-\d\d-\d\d)[Tt ](\d\d:\d\d:\d\d)(?:\.(\d{1,9}))?(?:[Zz]|([ +-])(\d\d):([0-5]\d))", re.ASCII
)


def now_ms() -> int:
    """The time now, in ms since 1970."""
    return time.time_ns() // 1_000_000


def uptime_ms() -> int:
    """The machine's uptime in ms: what a duration is measured by, also from one process to another."""
    return time.monotonic_ns() // 1_000_000


def now_us() -> int:
    """The time now, in µs since 1970."""
    return time.time_ns() // 1_000


def microseconds_of(at: datetime) -> int:
    """An instant with its zone as µs since 1970."""
    return (at - _EPOCH) // timedelta(microseconds=1)


def show_time(microseconds: int) -> str:
    """An instant as v1 shows it: six digits of fraction, and `Z`."""
    return (_IN_UTC + microseconds * _MICROSECOND).isoformat("T", "microseconds") + "Z"


def read_time(name: str, text: str) -> int:
    """An RFC 3339 date and time as µs since 1970; digits below a microsecond round it up. Raises Invalid."""
    match = _INSTANT.fullmatch(text)
    try:
        if not match:
            raise ValueError
        date, clock, fraction, sign, hours, minutes = match.groups()
        offset = timedelta(hours=int(hours or 0), minutes=int(minutes or 0)) * (-1 if sign == "-" else 1)
        at = datetime.fromisoformat(f"{date}T{clock}").replace(tzinfo=timezone(offset))
    except ValueError:
        raise Invalid(f"The time in {name} must look like 2026-11-21T20:15:00Z.") from None
    seconds = (at - _EPOCH) // timedelta(seconds=1)
    return seconds * 1_000_000 + -(-int((fraction or "").ljust(9, "0")) // 1000)
