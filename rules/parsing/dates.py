"""Instants as people type them: `1d6h ago`, `yesterday 14:00`, `Jul 11 2 PM`, ISO."""

import re
from datetime import datetime
from zoneinfo import ZoneInfo

from rules.errors import Invalid

# Nobody types a longer one; what is longer is not tried.
LONGEST = 100
_UNITS = {"w": 604_800, "d": 86_400, "h": 3_600, "m": 60, "s": 1}
_SPAN = re.compile(r"(?:\d{1,9}\s*[wdhms]\s*)+", re.IGNORECASE)
_PART = re.compile(r"(\d+)\s*([wdhms])", re.IGNORECASE)
_HHMM = re.compile(r"(?<![\d:./+-])([01]\d|2[0-3])([0-5]\d)(?![\d:./-])")
_AM_PM = re.compile(r"(?<=\d)\s*([ap])\.?m\b\.?", re.IGNORECASE)


def type_time(text: str, time_zone: str, now_us: int) -> int:
    """A typed instant as µs since 1970; what names no zone is meant in `time_zone`.

    A span such as `1w2d3h4m5s`, with or without “ago”, is that long before now. A date alone is its midnight; a time
    alone that lies ahead was yesterday, a date without a year that lies ahead was last year. Raises Invalid for what
    cannot be read.
    """
    plain = " ".join(text.replace(",", " ").split())
    if len(plain) > LONGEST or re.fullmatch(r"\d{0,3}", plain, re.ASCII):
        raise _unreadable(plain)
    span = re.sub(r"(?i)\s*\bago$", "", plain)
    if _SPAN.fullmatch(span):
        return max(now_us - 1_000_000 * _count_seconds(span), 0)
    now = datetime.fromtimestamp(now_us / 1_000_000, ZoneInfo(time_zone))
    found = _parse(plain, now)
    if not found:
        raise _unreadable(plain)
    return int(found.timestamp() * 1_000_000)


def type_span(text: str) -> int:
    """A typed length of time such as `6h` or `1d12h30m`, in seconds. Raises Invalid for what cannot be read."""
    if len(text) > LONGEST or not _SPAN.fullmatch(text.strip()):
        raise Invalid(f"I cannot read “{text[:40]}” as a length of time; write it like 6h or 1d12h.")
    return _count_seconds(text)


def _count_seconds(span: str) -> int:
    return sum(int(count) * _UNITS[unit.lower()] for count, unit in _PART.findall(span))


def _parse(plain: str, now: datetime) -> datetime | None:
    # It takes a third of a second to load, and not every process reads typed times.
    import dateparser

    # Its own zones compare what lies ahead with the wrong clock, so all of it is local time without a zone.
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
    return found.replace(tzinfo=found.tzinfo or now.tzinfo) if found else None


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
