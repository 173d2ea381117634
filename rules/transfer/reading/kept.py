"""What of a row of another app has no place here, and is kept beside it."""

from collections.abc import Mapping
from typing import Any

from rules.transfer.left_out import says_nothing
from rules.transfer.reading.tally import Tally


def keep(row: Mapping[str, Any], carried: Mapping[str, object]) -> dict[str, Any]:
    """What of a row says something and is not `carried` as it stands there; a colour is the same with and without #."""
    return {
        key: value
        for key, value in row.items()
        if key not in ("_id", "id") and not says_nothing(value) and not _is_carried(key, value, carried)
    }


def count_cut(full: object, taken: object, tally: Tally) -> None:
    """Count a description of which only a part is taken."""
    tally["cut_descriptions"] += isinstance(full, str) and taken is not None and taken != full


def _is_carried(key: str, value: object, carried: Mapping[str, object]) -> bool:
    if key == "color" and isinstance(value, str):
        value = value.strip().removeprefix("#").lower()
    return key in carried and carried[key] == value
