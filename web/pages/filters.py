"""How templates write instants and lengths: in UTC, since the browser knows better, and puts it in its place."""

import re
from datetime import UTC, datetime, timedelta

from flask import Flask, current_app

from rules.parsing.birthdays import NO_YEAR
from rules.parsing.seen_text import is_seen
from rules.pictures import kept_files


def init_app(app: Flask) -> None:
    """Give the filters to the templates."""
    times = (as_instant, as_text, as_minute, as_length, as_birthday)
    for filter_ in (*times, as_contrast, as_initial, as_markdown, as_kept):
        app.jinja_env.filters[filter_.__name__] = filter_


def as_instant(ms: int) -> str:
    """An instant in ms as HTML's `datetime` has it; empty for what no calendar has."""
    at = _read(ms)
    return at.strftime("%Y-%m-%dT%H:%M:%SZ") if at else ""


def as_text(ms: int) -> str:
    """The same for people, to the minute."""
    at = _read(ms)
    return at.strftime("%Y-%m-%d %H:%M UTC") if at else "long ago"


def as_minute(instant: str) -> str:
    """An instant of the API, such as 2026-11-21T20:15:00.000000Z, for people."""
    return f"{instant[:10]} {instant[11:16]} UTC"


def as_length(ms: int) -> str:
    """A length in ms as a player shows it: 3:05, or 1:02:03."""
    seconds = max(0, ms) // 1000
    hours, minutes = seconds // 3600, seconds // 60 % 60
    return f"{hours}:{minutes:02}:{seconds % 60:02}" if hours else f"{minutes}:{seconds % 60:02}"


def as_birthday(birthday: str) -> str:
    """A birthday as it is stored, for people: 20 March, or 20 March 2001."""
    year, month, day = map(int, birthday.split("-"))
    # In a year that had one.
    named = datetime(2000, month, day, tzinfo=UTC).strftime("%B")
    return f"{day} {named}" if year <= NO_YEAR else f"{day} {named} {year}"


def as_contrast(color: str) -> str:
    """Black or white, whichever is read better on a colour such as 2e7d32 (WCAG 2.1, relative luminance)."""
    parts = [int(color[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    linear = [part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts]
    return "#000000" if 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2] > 0.179 else "#ffffff"


def as_initial(name: str) -> str:
    """The first letter of a name that is seen, in capitals; nothing that XML refuses."""
    return next((letter.upper() for letter in name if letter.isprintable() and is_seen(letter)), "?")


def as_markdown(text: str) -> str:
    """A text on one line that is no more than that in Markdown: CommonMark, “Backslash escapes”."""
    return re.sub(r"([!-/:-@\[-`{-~])", r"\\\1", " ".join(text.split()))


def as_kept(address: str | None) -> str | None:
    """The path of a picture that is kept here; None for any other address: those are never loaded by a page."""
    name = kept_files.find_name(address)
    kept = name and kept_files.make_address(current_app.config["ROLLCALL"].public_url, name) == address
    return f"/pictures/{name}" if kept else None


def _read(ms: int) -> datetime | None:
    try:
        return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(milliseconds=ms)
    except OverflowError:
        return None
