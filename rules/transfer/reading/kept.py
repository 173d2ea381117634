"""What of a row of another app has no place here, and is kept beside it."""

from collections.abc import Mapping
from typing import Any

from rules.transfer.left_out import says_nothing
from rules.transfer.reading.tally import Tally

_ID_KEYS = ("_id", "id")


def keep(row: Mapping[str, Any], carried: Mapping[str, object]) -> dict[str, Any]:
    """What of a row says something and is not `carried` as it stands there; a colour is the same with and without #.

    IDs and pictures are kept elsewhere.
    """
    return {
        key: value
        for key, value in row.items()
        if not (key in _ID_KEYS or says_nothing(value) or _is_picture(key, value) or _is_carried(key, value, carried))
    }


class Pictures:
    """Pictures that stand in a file as bytes and not as addresses; `kept` has each with the row's ID and its key.

    They are kept as a kind of their own, so that where there is no room for them there still is for all else.
    """

    def __init__(self, tally: Tally) -> None:
        self.kept: list[dict[str, Any]] = []
        self._tally = tally

    def find_address(self, row: Mapping[str, Any], key: str) -> object:
        """What a row has under the key of its picture, and nothing where that is the picture itself."""
        address = row.get(key)
        if not _is_picture(key, address):
            return address
        self._tally["pictures_inside"] += 1
        self.kept.append({**{name: row[name] for name in _ID_KEYS if name in row}, key: address})
        return None


def count_cut(full: object, taken: object, tally: Tally) -> None:
    """Count a description of which only a part is taken."""
    tally["cut_descriptions"] += isinstance(full, str) and taken is not None and taken != full


def _is_carried(key: str, value: object, carried: Mapping[str, object]) -> bool:
    if key == "color" and isinstance(value, str):
        value = value.strip().removeprefix("#").lower()
    return key in carried and carried[key] == value


def _is_picture(key: str, value: object) -> bool:
    return "avatar" in key.lower() and isinstance(value, str) and value[:20].lstrip().lower().startswith("data:")
