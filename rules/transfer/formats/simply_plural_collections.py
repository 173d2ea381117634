"""What lies in a file of Simply Plural, in whichever of its three shapes: each collection as rows under their IDs.

Its export has lists of rows with `_id`, its token API lists of objects with `exists`, `id` and `content`, a phone's
cache objects of rows by their ID. Files are mixed by hand, so it is told for each collection, and each row.
"""

from collections import defaultdict
from collections.abc import Iterator
from typing import Any

from rules.transfer.left_out import says_nothing
from rules.transfer.reading.loose_values import find_id
from rules.transfer.reading.tally import Tally
from rules.transfer.reading.withheld import is_dead_picture, is_withheld, without_withheld

Row = dict[str, Any]
_NAMES = {
    name.lower(): name
    for name in (
        *("users", "members", "frontStatuses", "frontHistory", "fronters", "groups", "comments", "customFields"),
        *("privacyBuckets", "notes", "boardMessages", "polls", "channels", "channelCategories", "chatMessages"),
        *("automatedReminders", "repeatedReminders"),
    )
} | {
    **dict.fromkeys(("user", "me"), "users"),
    "customfronts": "frontStatuses",
    "fronthistory_starttime_and_endtime": "frontHistory",
    **dict.fromkeys(("categories", "chatcategories"), "channelCategories"),
    **dict.fromkeys(("timers__automated", "automatedtimers"), "automatedReminders"),
    **dict.fromkeys(("timers__repeated", "repeatedtimers"), "repeatedReminders"),
}
# What a row has and a map of rows has not.
_FIELDS = {"_id", "name", "username", "startTime", "member", "exists"}


class Collections:
    """The rows of a file by the collection's name as the export has it, without what is never taken.

    Each row has its ID as `_id`, or None. A row whose ID another of its collection has is in `doubles`, under the
    file's own name for the collection; of two spellings the one in small letters counts. `others` are values on the top
    that are no rows.
    """

    def __init__(self, tally: Tally) -> None:
        self.doubles: defaultdict[str, list[Row]] = defaultdict(list)
        self.others: dict[str, list[Any]] = {}
        self.withheld = False
        self.is_cache = False
        self.own_id: str | None = None
        self.exported: object = None
        self._rows: defaultdict[str, list[Row]] = defaultdict(list)
        # Where the row of an ID is, and under which of the file's own names each row came.
        self._places: defaultdict[str, dict[str, int]] = defaultdict(dict)
        self._keys: defaultdict[str, list[str]] = defaultdict(list)
        self._tally = tally

    def __getitem__(self, name: str) -> list[Row]:
        return self._rows.get(name, [])

    def take(self, name: str) -> Iterator[Row]:
        """The rows of a collection, which hold much memory; none is left of them here."""
        self._places.pop(name, None)
        rows = self._rows.pop(name, [])[::-1]
        while rows:
            yield rows.pop()

    @property
    def names(self) -> list[str]:
        """The collections that have a row."""
        return [name for name, rows in self._rows.items() if rows]

    def add(self, key: str, value: Any) -> None:
        """Take what lies under a key of the file, or in a file of that name; it is emptied, to save its memory."""
        if is_withheld(key):
            self.withheld |= not says_nothing(value)
            if key.lower() in ("private", "privates"):
                self._read_private(value)
            return
        name = _NAMES.get(key.lower(), key)
        if not isinstance(value, list | dict):
            self._add_other(name, value)
            return
        for own_id, row in self._read(name, value):
            self._add_row(name, key, own_id, row)

    def _read_private(self, value: Any) -> None:
        """Whose file it is and when it was written: nothing else of this collection is looked at."""
        for own_id, row in self._read("private", value) if isinstance(value, list | dict) else ():
            self.own_id = self.own_id or own_id
            self.exported = self.exported or row.get("lastExport")

    def _read(self, name: str, value: list[Any] | Row) -> Iterator[tuple[str | None, Row]]:
        for own_id, item in _itemise(value, name in _NAMES.values()):
            content = _unwrap(item)
            if content is None:
                self._tally["unreadable"] += 1
            elif self._is_of_others(name, content):
                self._tally["of_others"] += 1
            elif not _is_deleted(item):
                yield find_id(content.get("_id")) or own_id or find_id(content.get("id")), content

    def _is_of_others(self, name: str, row: Row) -> bool:
        """Whether a phone has kept somebody else's row: its cache is the one shape that is not one account's."""
        whose = find_id(row.get("uid"))
        return self.is_cache and name != "private" and None not in (whose, self.own_id) and whose != self.own_id

    def _add_other(self, name: str, value: Any) -> None:
        if name in _NAMES.values() and value is not None:
            self._tally["unreadable"] += 1
        elif not says_nothing(value):
            self.others[name] = [value]

    def _add_row(self, name: str, key: str, own_id: str | None, row: Row) -> None:
        has_lost_picture = _has_lost_picture(row)
        row = without_withheld(row)
        row["_id"] = own_id
        rows, places, keys = self._rows[name], self._places[name], self._keys[name]
        place = None if own_id is None else places.get(own_id)
        if place is None:
            if own_id is not None:
                places[own_id] = len(rows)
            self._tally["dead_pictures"] += has_lost_picture
            rows.append(row)
            keys.append(key)
            return
        if key == key.lower() and keys[place] != key:
            row, rows[place] = rows[place], row
            key, keys[place] = keys[place], key
        if row != rows[place]:
            self.doubles[key].append(row)


def read_collections(data: dict[str, Any], tally: Tally) -> Collections:
    """All collections of one file, which is emptied."""
    found = Collections(tally)
    found.is_cache = is_map(data.get("members")) or is_map(data.get("Members"))
    # Whose file it is says this one alone, and all others are read by it.
    for key in sorted(data, key=lambda key: key.lower() not in ("private", "privates")):
        found.add(key, data.pop(key))
    return found


def is_map(value: object) -> bool:
    """Whether this is a collection as a phone keeps it: an object of rows by their ID."""
    return isinstance(value, dict) and not _FIELDS & set(value) and any(isinstance(row, dict) for row in value.values())


def is_wrapper(value: object) -> bool:
    """Whether this is a row as the token API gives it."""
    return isinstance(value, dict) and "content" in value and ("exists" in value or "id" in value)


def _itemise(value: list[Any] | Row, is_known: bool) -> Iterator[tuple[str | None, Any]]:
    if isinstance(value, list):
        value.reverse()
        while value:
            yield None, value.pop()
        return
    is_row = is_wrapper(value) or _FIELDS & set(value)
    # Of what nobody knows, such as settings, an object of plain values is one row.
    is_row = is_row or not (is_known or any(isinstance(item, dict) for item in value.values()))
    if is_row and value:
        yield None, value
        return
    for key in list(value):
        yield key, value.pop(key)


def _unwrap(item: Any) -> Row | None:
    """A row out of what the API wraps it in; None for what is none."""
    if not isinstance(item, dict):
        return None
    if not is_wrapper(item):
        # A wrapper that was cut off has lost what it held.
        return None if "exists" in item else item
    content = item["content"]
    return {**content, "_id": item.get("id", content.get("_id"))} if isinstance(content, dict) else None


def _is_deleted(item: Row) -> bool:
    return is_wrapper(item) and item.get("exists") is False


def _has_lost_picture(row: Row) -> bool:
    address = row.get("avatarUrl")
    if isinstance(address, str) and address.strip():
        return is_dead_picture("avatarUrl", address)
    return is_dead_picture("avatarUuid", row.get("avatarUuid"))
