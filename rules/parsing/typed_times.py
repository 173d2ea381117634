"""Instants as people type them: `1d6h ago`, `yesterday 14:00`, `Jul 11 2 PM`, ISO, and Discord's `<t:1795262400:R>`."""

import re
from datetime import datetime, tzinfo
from zoneinfo import ZoneInfo

from rules.errors import Invalid
from rules.parsing.timestamps import EARLIEST_US, LATEST_US, microseconds_of

# Nobody types a longer one; what is longer is not tried.
LONGEST = 100
_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SPAN = re.compile(r"(?:\d{1,9}\s*[wdhms]\s*)+", re.IGNORECASE)
_PART = re.compile(r"(\d+)\s*([wdhms])", re.IGNORECASE)
_HHMM = re.compile(r"(?<![\d:./+-])([01]\d|2[0-3])([0-5]\d)(?![\d:./-])")
# Discord's documentation, “Timestamp Styles”; its clients show it as a time, and people copy it from there.
_TIMESTAMP = re.compile(r"[\\`]?<t:(-?\d{1,13})(?::[a-zA-Z])?>`?", re.ASCII)
# Seconds or milliseconds since 1970, as programs show them; shorter ones are dates and clock times.
_UNIX = re.compile(r"(\d{10})(?:\d{3}|\.\d{1,6})?", re.ASCII)
_AM_PM = re.compile(r"(?<=\d)\s*([ap])\.?m\b\.?", re.IGNORECASE)


def parse_time(text: str, time_zone: str, now_us: int) -> int:
    """A typed instant as µs since 1970; what names no zone is meant in `time_zone`.

    What is absolute, such as `<t:1795262400:R>` or ISO with an offset, is that instant in every zone. A span such as
    `1w2d3h4m5s`, with or without “ago”, is that long before now. A date alone is its midnight; a time alone that lies
    ahead was yesterday, a date without a year that lies ahead was last year. Raises Invalid for what cannot be read.
    """
    for find in (find_timestamp, _find_unix, _find_iso):
        if (absolute := find(text)) is not None:
            return absolute
    plain = " ".join(text.replace(",", " ").split())
    if len(plain) > LONGEST or re.fullmatch(r"\d{0,3}", plain, re.ASCII):
        raise _unreadable(plain)
    span = re.sub(r"(?i)\s*\bago$", "", plain)
    if _SPAN.fullmatch(span):
        return max(now_us - 1_000_000 * _count_seconds(span), 0)
    rest, zone = _take_zone(plain)
    found = _parse(rest, datetime.fromtimestamp(now_us / 1_000_000, zone or ZoneInfo(time_zone)))
    if not found:
        raise _unreadable(plain)
    return microseconds_of(found)


def find_timestamp(text: str) -> int | None:
    """Discord's `<t:…>`, in all its styles, as µs since 1970; None for anything else.

    Raises Invalid for one that lies outside of the years 1 to 9999.
    """
    match = _TIMESTAMP.fullmatch(text.strip())
    if not match:
        return None
    at = int(match[1]) * 1_000_000
    if not EARLIEST_US <= at <= LATEST_US:
        raise _unreadable(text)
    return at


def _find_unix(text: str) -> int | None:
    match = _UNIX.fullmatch(text.strip())
    if not match:
        return None
    seconds, fraction = match[1], match[0][10:].lstrip(".")
    return int(seconds) * 1_000_000 + int(fraction.ljust(6, "0") or 0)


def _find_iso(text: str) -> int | None:
    """ISO 8601 with an offset, in all the forms that Python reads; None without one."""
    plain = re.sub(r"\s+(?=(?:[+-]\d|z$))", "", text.strip().replace("\N{MINUS SIGN}", "-"), flags=re.IGNORECASE)
    try:
        found = datetime.fromisoformat(plain.upper())
    except ValueError:
        return None
    return microseconds_of(found) if found.tzinfo else None


def _take_zone(plain: str) -> tuple[str, tzinfo | None]:
    """A text without the zone that it names, and that zone: what lies ahead there is another thing than here."""
    from dateparser.timezone_parser import pop_tz_offset_from_string

    rest, zone = pop_tz_offset_from_string(plain)
    return (rest.strip(), zone) if zone else (plain, None)


def parse_span(text: str) -> int:
    """A typed length of time such as `6h` or `1d12h30m`, in seconds. Raises Invalid for what cannot be read."""
    if len(text) > LONGEST or not _SPAN.fullmatch(text.strip()):
        raise Invalid(f"I cannot read “{text[:40]}” as a length of time; write it like 6h or 1d12h.")
    return _count_seconds(text)


def _count_seconds(span: str) -> int:
    return sum(int(count) * _UNITS[unit.lower()] for count, unit in _PART.findall(span))


def _parse(plain: str, now: datetime) -> datetime | None:
    # It takes a third of a second to load, and not every process reads typed times.
    import dateparser

    # Its own zones compare what lies ahead with the wrong clock, so all of it is the zone's time without a zone.
    settings = {
        "TIMEZONE": "UTC",
        "PREFER_DATES_FROM": "past",
        "RELATIVE_BASE": now.replace(tzinfo=None),
        "DATE_ORDER": "MDY",
    }
    # With hyphens, so that the year is seen to be one, and four digits beside it to be a time.
    plain = re.sub(r"(?<!\d)(\d{4}) (\d{1,2}) (\d{1,2})(?!\d)", r"\1-\2-\3", plain)
    plain = re.sub(r"(?<!\d)(\d{4})/(\d{1,2})/(\d{1,2})(?!\d)", r"\1-\2-\3", plain)
    if len(plain.split()) == 1 or re.search("[a-zA-Z]|-", plain):
        plain = _hours_and_minutes(plain)
    plain = _AM_PM.sub(lambda match: f" {match[1]}m", plain)
    try:
        found = dateparser.parse(plain, languages=["en"], settings=settings)
    except (ValueError, OverflowError):
        return None
    return found.replace(tzinfo=now.tzinfo) if found else None


def _hours_and_minutes(plain: str) -> str:
    """`1430` is a time where it cannot be a year."""
    words = plain.split()
    has_year = bool(re.search(r"\d{4}-\d", plain))
    return " ".join(
        f"{word[:2]}:{word[2:]}"
        if _HHMM.fullmatch(word) and (has_year or len(words) == 1 or not re.match("(19|20)", word))
        else word
        for word in words
    )


def show_span(seconds: int) -> str:
    """A length of time in its two largest units: `2 d 3 h`."""
    seconds = max(seconds, 0)
    parts = []
    for unit, length in (("d", 86_400), ("h", 3_600), ("min", 60), ("s", 1)):
        count, seconds = divmod(seconds, length)
        if count:
            parts.append(f"{count} {unit}")
    return " ".join(parts[:2]) or "0 s"


def _unreadable(text: str) -> Invalid:
    return Invalid(
        f"I cannot read “{text[:40]}” as a time; write it like 1d6h ago, yesterday 14:00 or 2026-11-21 20:15."
    )
