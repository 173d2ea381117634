"""Fronts as other apps list them, one row for each stretch of one member: those that can be placed, and the rest."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from rules.parsing import fields
from rules.transfer.import_file import FileSpan
from rules.transfer.reading.loose_values import find_age, find_instant
from rules.transfer.reading.tally import Tally

STATUS_LENGTH = 100


class FrontRows:
    """The rows of a file's fronts, read one after the other; `numbers` are the places of its members, by their IDs.

    `spans` are in the order of the file. `kept` are the rows that are no span, or say more than one can, whole and by
    their collection. `unknown` counts the IDs that front and are no member's.
    """

    def __init__(self, numbers: Mapping[str, int], tally: Tally) -> None:
        self.spans: list[FileSpan] = []
        self.kept: defaultdict[str, list[Mapping[str, Any]]] = defaultdict(list)
        self.unknown: Counter[str] = Counter()
        self._numbers, self._tally = numbers, tally

    def add(
        self,
        collection: str,
        row: Mapping[str, Any],
        member: str | None,
        times: tuple[object, object],
        is_open: bool,
        status: object = None,
        source: str | None = None,
    ) -> None:
        """Read a row; `times` are its start and end in any form, of which an open one's end does not count.

        One that ends before it begins is turned round. One of an unknown member, without a time, of no length, from
        before 2000 or over a day ahead is counted and kept.
        """
        number = self._numbers.get(member or "")
        if number is None:
            self._keep(collection, row, "unknown_fronters")
            self.unknown.update([member] if member else [])
            return
        start, end = find_instant(times[0]), None if is_open else find_instant(times[1])
        if wrong := _find_fault(start, end, is_open):
            self._keep(collection, row, wrong)
            return
        if end is not None and end < start:
            self._keep(collection, row, "swapped")
            start, end = end, start
        self.spans.append(FileSpan(number, start, end, self._read_status(collection, row, status), source))

    def keep(self, collection: str, row: Mapping[str, Any]) -> None:
        """Keep the row that was just read, whole."""
        kept = self.kept[collection]
        if not kept or kept[-1] is not row:
            kept.append(row)

    def _keep(self, collection: str, row: Mapping[str, Any], why: str) -> None:
        self._tally[why] += 1
        self.keep(collection, row)

    def _read_status(self, collection: str, row: Mapping[str, Any], status: object) -> str | None:
        if not isinstance(status, str) or not status.strip():
            return None
        if len(status) > STATUS_LENGTH:
            self._keep(collection, row, "cut_statuses")
        return fields.read_text("status", status[:STATUS_LENGTH], STATUS_LENGTH)


def _find_fault(start: int | None, end: int | None, is_open: bool) -> str | None:
    if start is None:
        return "without_start"
    if is_open:
        return find_age(start)
    if end is None:
        return "without_end"
    return "zero_length" if start == end else find_age(min(start, end)) or find_age(max(start, end))
