"""Birthdays as people write them; stored as YYYY-MM-DD, the year 0004 standing for none."""

import re
from datetime import date, datetime
from zoneinfo import ZoneInfo

from rules.errors import Invalid
from rules.parsing.typed_times import find_timestamp

NO_YEAR = 4
# 0001 stood for none until 2020, and such birthdays are still around.
_NO_YEARS = (1, NO_YEAR)
_WITH_YEAR = ("%b %d %Y", "%B %d %Y", "%d %b %Y", "%d %B %Y", "%Y-%m-%d", "%Y %m %d", "%Y/%m/%d")
_WITHOUT_YEAR = ("%b %d", "%B %d", "%d %b", "%d %B", "%m-%d", "%m %d", "%m/%d")


def type_birthday(text: str, today: date, time_zone: str = "UTC") -> str:
    """A birthday as typed: `July 11, 2018`, `Jul 11th`, `2018-07-11`, `07-11`, `today`, `<t:1531310400:D>`.

    A `<t:…>` is the day that it is in `time_zone`. Raises Invalid.
    """
    if (at := find_timestamp(text)) is not None:
        return datetime.fromtimestamp(at // 1_000_000, ZoneInfo(time_zone)).date().isoformat()
    plain = " ".join(re.sub(r"(?i)(?<=\d)(st|nd|rd|th)\b", "", text.replace(",", " ")).split())
    if plain.lower() in ("today", "now"):
        return today.isoformat()
    for form in _WITH_YEAR:
        if found := _parse(plain, form):
            return found
    for form in _WITHOUT_YEAR:
        # 2004 has a 29th of February, and so has the year 0004.
        if found := _parse(f"{plain} 2004", f"{form} %Y"):
            return f"{NO_YEAR:04}{found[4:]}"
    raise Invalid(f"I cannot read “{text[:40]}” as a birthday; write it like 2018-07-11, July 11 2018 or July 11.")


def show_birthday(stored: str | None) -> str | None:
    """A stored birthday in words, without the years that stand for none."""
    if not stored:
        return None
    day = date.fromisoformat(stored)
    return f"{day:%B} {day.day}" if day.year in _NO_YEARS else f"{day:%B} {day.day}, {day.year:04}"


def _parse(text: str, form: str) -> str | None:
    try:
        return datetime.strptime(text, form).date().isoformat()  # noqa: DTZ007
    except ValueError:
        return None
