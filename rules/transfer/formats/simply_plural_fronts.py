"""Simply Plural's fronts: its history, and the list of who fronted that it kept before 2021."""

from collections.abc import Callable, Iterable, Iterator, Mapping

from rules.transfer.formats.simply_plural_collections import Collections, Row
from rules.transfer.left_out import says_nothing
from rules.transfer.reading.front_rows import FrontRows
from rules.transfer.reading.loose_values import find_id, make_source, name_mentioned
from rules.transfer.reading.tally import Tally

HISTORY, FRONTERS = "frontHistory", "fronters"


def read_fronts(found: Collections, numbers: Mapping[str, int], names: Mapping[str, str], tally: Tally) -> FrontRows:
    """All fronts of a file, in its order, taken out of it; the rows in `kept` are under the collection they are of.

    A front that is live has no end, whatever it says: ends of live ones are left from before. One that is not has to
    have one; the server itself took the others for broken.
    """
    fronts = FrontRows(numbers, tally)
    for collection, row, member in _list_fronts(found.take):
        status = name_mentioned(row.get("customStatus"), names)
        is_open = collection == FRONTERS or row.get("live") in (True, "true")
        times = row.get("startTime"), row.get("endTime")
        fronts.add(collection, row, member, times, is_open, status, make_source(collection, row["_id"]))
        if status != row.get("customStatus") or not says_nothing(row.get("comments")):
            fronts.keep(collection, row)
    return fronts


def find_unknown(found: Collections, known: Mapping[str, str]) -> Iterator[tuple[bool, Row]]:
    """A member for each who fronts and is defined nowhere, and whether it is a custom front."""
    seen = set(known)
    for _, row, member in _list_fronts(found.__getitem__):
        if member and member not in seen:
            seen.add(member)
            yield row.get("custom") is True, {"_id": member, "name": f"Unknown {member}"}


def _list_fronts(rows_of: Callable[[str], Iterable[Row]]) -> Iterator[tuple[str, Row, str | None]]:
    for row in rows_of(HISTORY):
        yield HISTORY, row, find_id(row.get("member"))
    for row in rows_of(FRONTERS):
        # There the row of a member has the member's own ID.
        yield FRONTERS, row, row["_id"]
