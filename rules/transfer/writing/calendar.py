"""The history of a system's front as a calendar: RFC 5545, one front an event."""

import re
from datetime import timedelta

from icalendar import Calendar, Event, vText

from rules.transfer.writing.history import Entry, History, at_utc, with_numbers

# More is slow in every calendar; the latest ones are written.
MOST_EVENTS = 10_000
# The standard has no way to write these in a text.
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def write(history: History) -> bytes:
    """The latest 10 000 fronts, in UTC and to the second, each under an ID that it keeps; one that lasts ends now.

    They are private, and nobody who has one is busy. Where some are left out, the calendar's description says so.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Rollcall//Front history//EN")
    calendar.add("version", "2.0")
    calendar.add("x-wr-calname", _show(history.title))
    listed = history.entries[:MOST_EVENTS]
    if left_out := len(history.entries) - len(listed):
        told = f"The latest {MOST_EVENTS:,} fronts; {left_out:,} earlier ones are left out."
        calendar.add("x-wr-caldesc", _show(told))
    for entry, number in with_numbers(listed):
        calendar.add_component(_write_event(entry, number, history.at))
    return calendar.to_ical()


def is_cut(history: History) -> bool:
    """Whether a calendar leaves some of these out."""
    return len(history.entries) > MOST_EVENTS


def _write_event(entry: Entry, number: int, now: int) -> Event:
    start, end = at_utc(entry.start), at_utc(now if entry.end is None else entry.end)
    event = Event()
    event.add("uid", f"{entry.id}{f'-{number}' if number else ''}@rollcall")
    event.add("dtstamp", at_utc(now))
    event.add("dtstart", start)
    # One that took less than a second lasts one: no calendar shows an event without a length.
    event.add("dtend", max(end, start + timedelta(seconds=1)))
    event.add("summary", _show(f"{entry.name} (fronting)" if entry.end is None else entry.name))
    if entry.status:
        event.add("description", _show(entry.status))
    event.add("class", "PRIVATE")
    event.add("transp", "TRANSPARENT")
    return event


def _show(text: str) -> vText:
    """A text, which is escaped: not so by itself where the standard does not know the property."""
    return vText(_CONTROL.sub("", text))
