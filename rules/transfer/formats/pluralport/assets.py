"""The pictures of a PluralPort file: addresses are taken, and bytes kept, as many as there is room for."""

import base64
from collections.abc import Mapping, Sequence
from typing import Any

from rules.transfer.import_file import count
from rules.transfer.left_out import says_nothing
from rules.transfer.reading.loose_values import find_id
from rules.transfer.reading.tally import Tally

# In characters of base64, in which the bytes are kept; what is kept aside at all has a limit of its own.
MOST_KEPT = 4 * 1024 * 1024
_BYTES = ("data_base64", "data_uri")
_PLAIN = {"id", "kind", "uri"}


class Assets:
    """The pictures by their IDs; `bundle` holds the bytes of those that lie beside the file in an archive."""

    def __init__(
        self, records: Sequence[Mapping[str, Any]], bundle: Mapping[str, bytes], tally: Tally, is_own: bool = False
    ) -> None:
        self.records, self._is_own = records, is_own
        self._bundle, self._tally = bundle, tally
        self._by_id = {find_id(record.get("id")): record for record in reversed(records)}
        self._inside: set[str] = set()
        self._unkept = 0

    def find_address(self, asset_id: object) -> object:
        """The address of a picture; None where it has none, or is bytes."""
        source = find_id(asset_id)
        if source is None:
            return None
        address = self._by_id.get(source, {}).get("uri")
        if isinstance(address, str) and address.startswith(("http://", "https://")):
            return address
        if source not in self._inside:
            self._inside.add(source)
            self._tally["pictures_inside"] += 1
        return None

    def dump(self) -> list[dict[str, Any]]:
        """All of them to be kept, with the bytes of as many as there is room for."""
        room, kept = MOST_KEPT, []
        for record in self.records:
            if self._is_plain(record):
                continue
            whole = self._with_bytes(record)
            size = sum(len(text) for key in (*_BYTES, "uri") if isinstance(text := whole.get(key), str))
            if size > room:
                self._unkept += 1
                whole = {key: value for key, value in whole.items() if key not in _BYTES and not _is_data(value)}
            else:
                room -= size
            kept.append(whole)
        return kept

    def without_plain(self, kept: Mapping[str, Any]) -> dict[str, Any]:
        """What is kept of a record, without the pictures of which there is nothing to keep."""
        return {
            key: value
            for key, value in kept.items()
            if not (key.endswith("_asset_id") and self._is_plain(self._by_id.get(find_id(value), {})))
        }

    def _is_plain(self, record: Mapping[str, Any]) -> bool:
        """Whether we wrote a picture's record, and said no more than its address."""
        return self._is_own and record.keys() == _PLAIN and not _is_data(record["uri"])

    def tell(self) -> list[str]:
        """What is said, after `dump`, of pictures for which there was no room."""
        return [f"{count(self._unkept, 'picture')} in the file: too large to be kept aside."] if self._unkept else []

    def _with_bytes(self, record: Mapping[str, Any]) -> dict[str, Any]:
        data = self._bundle.get(find_path(record) or "")
        if data is None or any(not says_nothing(record.get(key)) for key in _BYTES):
            return dict(record)
        return {**record, "data_base64": base64.b64encode(data).decode()}


def find_path(record: Mapping[str, Any]) -> str | None:
    """Where in a bundle the bytes of a picture lie."""
    extensions = record.get("extensions")
    sheaf = extensions.get("sheaf") if isinstance(extensions, dict) else None
    places = [record, *([sheaf] if isinstance(sheaf, dict) else [])]
    return next((path for place in places if isinstance(path := place.get("bundle_path"), str) and path), None)


def _is_data(value: object) -> bool:
    return isinstance(value, str) and value.startswith("data:")
