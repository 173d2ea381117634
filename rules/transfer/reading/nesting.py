"""Groups as other apps have them: who is in one, and which is within which, with no circle."""

from collections.abc import Mapping, Sequence

from rules.transfer.left_out import LeftOut, says_nothing
from rules.transfer.reading.loose_values import find_id, number_ids
from rules.transfer.reading.tally import Tally


def find_members(
    listed: object, whose: str, numbers: Mapping[str, int], left_out: LeftOut, tally: Tally
) -> tuple[int, ...]:
    """The places of those who are in a group, from their IDs; those who are not in the file are counted."""
    if not isinstance(listed, list):
        if not says_nothing(listed):
            left_out.add(whose, "The members must be a list of member IDs.")
        return ()
    found = [numbers.get(find_id(own_id) or "") for own_id in listed]
    tally["unknown_group_members"] += found.count(None)
    return tuple(number for number in dict.fromkeys(found) if number is not None)


def find_parents(ids: Sequence[str | None], parents: Sequence[str | None], tally: Tally) -> tuple[int | None, ...]:
    """For each group, by its place, the place of the one that it is within; `parents` are the IDs that the file gives.

    None is the top. A parent that is not in the file, and one within which the group comes round to itself, is none;
    both are counted.
    """
    places = number_ids(ids)
    found = [None if parent is None else places.get(parent) for parent in parents]
    tally["unknown_parents"] += sum(
        parent is not None and place is None for parent, place in zip(parents, found, strict=True)
    )
    circling = _find_circles(found)
    tally["circles"] += len(circling)
    return tuple(None if place in circling else parent for place, parent in enumerate(found))


def _find_circles(parents: Sequence[int | None]) -> set[int]:
    """The places of all that are part of a circle; what only hangs on one is not."""
    circling: set[int] = set()
    seen: set[int] = set()
    for start in range(len(parents)):
        path: dict[int, None] = {}
        at: int | None = start
        while at is not None and at not in seen:
            seen.add(at)
            path[at] = None
            at = parents[at]
        if at in path:
            walked = list(path)
            circling |= set(walked[walked.index(at) :])
    return circling
