"""Fronts that other apps keep as spans, one member from one time to another, as switches: who fronts since when."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from itertools import groupby, islice
from operator import itemgetter

from rules.errors import Invalid
from rules.fronting.switches import MOST_FRONTERS
from rules.transfer.import_file import MOST_SWITCHES, FileSpan, FileSwitch
from rules.transfer.left_out import LeftOut

# Each begins with one switch and ends with another.
MOST_SPANS = MOST_SWITCHES
# A span's place among those of the file, its member, its start and its end, or None.
_Stretch = tuple[int, int, int, int | None]


def make_switches(spans: Sequence[FileSpan], left_out: LeftOut) -> list[FileSwitch]:
    """The switches that say what these spans say, rising in time: at most two for each span.

    Spans of one member that overlap or touch are one. At each start and end, whoever ends goes out and whoever begins
    comes to the end of the list, in the order of the file; where that changes nothing there is no switch. At most 150
    front at once: of more the first are taken, and that is told. An empty or reversed span is none. Raises Invalid for
    more than 100 000 spans.
    """
    if len(spans) > MOST_SPANS:
        raise Invalid(f"A file may hold at most {MOST_SPANS:,} fronts; this one has {len(spans):,}.")
    switches: list[FileSwitch] = []
    crowded, before = 0, ()
    for at, fronting in _sweep(spans):
        crowded += len(fronting) > MOST_FRONTERS
        now = tuple(islice(fronting, MOST_FRONTERS))
        if now != before:
            switches.append((at, now))
        before = now
    if crowded:
        times = "1 moment" if crowded == 1 else f"{crowded:,} moments"
        left_out.add("The fronts", f"At {times} more than {MOST_FRONTERS} front; the first of them are taken.")
    return switches


def _sweep(spans: Sequence[FileSpan]) -> Iterator[tuple[int, dict[int, None]]]:
    """Each instant at which something begins or ends, and who fronts from then on, in their order."""
    events: list[tuple[int, bool, int, int]] = []
    for place, member, start, end in _unite(spans):
        events.append((start, True, place, member))
        if end is not None:
            events.append((end, False, place, member))
    fronting: dict[int, None] = {}
    for at, changes in groupby(sorted(events), itemgetter(0)):
        for _, begins, _, member in changes:
            if begins:
                fronting[member] = None
            else:
                del fronting[member]
        yield at, fronting


def _unite(spans: Sequence[FileSpan]) -> Iterator[_Stretch]:
    """The spans, those of one member that overlap or touch as one, which has the place of the first to begin."""
    of_members: defaultdict[int, list[tuple[int, int, int | None]]] = defaultdict(list)
    for place, span in enumerate(spans):
        if span.end is None or span.end > span.start:
            of_members[span.member].append((span.start, place, span.end))
    for member, rows in of_members.items():
        first, *rest = sorted(rows, key=lambda row: row[:2])
        start, place, end = first
        for next_start, next_place, next_end in rest:
            if end is not None and next_start > end:
                yield place, member, start, end
                start, place, end = next_start, next_place, next_end
            else:
                end = None if end is None or next_end is None else max(end, next_end)
        yield place, member, start, end
