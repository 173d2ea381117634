"""A front history drawn on the server: a row for each member, and a bar for each time that they fronted."""

from collections import defaultdict
from typing import Any, NamedTuple

from flask import request
from sqlalchemy.orm import Session

from models import Member, System
from rules.fronting.public_history import Span, find_history
from rules.systems.privacy import see_member

DAYS = (1, 7, 30)
DAY_US = 24 * 3600 * 1_000_000
MINUTE_US = 60 * 1_000_000
# Of the drawing; it is stretched to the width that there is.
WIDTH = 1000
MOST_ROWS, MOST_LISTED, MOST_NAMED = 12, 30, 20


class Bar(NamedTuple):
    """Where a bar begins, and how wide it is."""

    x: float
    width: float


def read_days() -> int:
    """For how many days the page was asked: one of DAYS."""
    text = request.args.get("days", "")
    return int(text) if text in map(str, DAYS) else DAYS[1]


def draw(session: Session, system: System, days: int, now_us: int) -> dict[str, Any]:
    """The rows of the drawing, and the same as a list. Of more switches than can be drawn it begins where the latest
    do, which is `cut`. Raises NotAllowed when the front history is private.
    """
    # Whole minutes, so that a page that is asked for again is the same.
    until = -(-now_us // MINUTE_US) * MINUTE_US
    since = until - days * DAY_US
    history = find_history(session, system, since)
    cut = history.begins > since
    since = min(history.begins, until - MINUTE_US)
    # One that is private since then, or of another clock, ends nowhere.
    shown = [span for span in history.spans if span.start is None or span.start < until]
    return {
        "cut": cut,
        "since": since // 1000,
        "until": until // 1000,
        "rows": _draw_rows(shown, since, until),
        "listed": [_list(span) for span in shown[:MOST_LISTED]],
        "width": WIDTH,
    }


def _draw_rows(spans: list[Span], since: int, until: int) -> list[dict[str, Any]]:
    fronted: dict[int, list[tuple[int, int]]] = defaultdict(list)
    of: dict[int, Member] = {}
    for span in spans:
        end = until if span.still else span.end
        if end is None or end <= since:
            continue
        for member in span.members:
            of[member.id] = member
            fronted[member.id].append((max(span.start or since, since), min(end, until)))
    length = until - since
    totals = {key: sum(end - begin for begin, end in times) for key, times in fronted.items()}
    return [
        {
            "member": see_member(of[key], False),
            "bars": _draw_bars([(begin - since, end - since) for begin, end in sorted(fronted[key])], length),
            "percent": round(totals[key] * 100 / length),
        }
        for key in sorted(totals, key=lambda key: -totals[key])[:MOST_ROWS]
    ]


def _draw_bars(times: list[tuple[int, int]], length: int) -> list[Bar]:
    """The bars of times in order; those that would lie on one another are one, so that there are few."""
    ends: list[tuple[float, float]] = []
    for begin, end in times:
        left = begin * WIDTH / length
        # However short, it is seen.
        right = max(end * WIDTH / length, left + 1)
        if ends and left < ends[-1][1]:
            left, right = ends[-1][0], max(right, ends.pop()[1])
        ends.append((left, right))
    return [Bar(round(left, 1), round(right - left, 1)) for left, right in ends]


def _list(span: Span) -> dict[str, Any]:
    return {
        "start": None if span.start is None else span.start // 1000,
        "end": None if span.end is None else span.end // 1000,
        "still": span.still,
        "names": [_name(see_member(member, False)) for member in span.members[:MOST_NAMED]],
        "more": max(0, len(span.members) - MOST_NAMED),
    }


def _name(seen: dict[str, Any]) -> str:
    return seen["display_name"] or seen["name"]
