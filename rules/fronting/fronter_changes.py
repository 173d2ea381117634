"""How the members that a command names change the list of those who front: pure, IDs in, IDs out."""

from collections.abc import Callable

from rules.errors import Invalid

Hids = list[str]


def combine(current: Hids, given: Hids, how: str) -> Hids:
    """The new list: `append` puts the given after the present, `prepend` before; `remove` takes them out.

    `first` puts them before the present whether they were there or not. Raises Invalid for duplicates among the
    given, for adding a member who fronts already, and for removing one who does not.
    """
    check_distinct(given)
    return _WAYS[how](current, given)


def check_distinct(hids: Hids) -> None:
    """Refuse a list that names a member twice. Raises Invalid."""
    if len(set(hids)) < len(hids):
        raise Invalid("Duplicate members in member list.", "You named a member twice; name each once.")


def _append(current: Hids, given: Hids) -> Hids:
    return current + _check_absent(current, given)


def _prepend(current: Hids, given: Hids) -> Hids:
    return _check_absent(current, given) + current


def _remove(current: Hids, given: Hids) -> Hids:
    for hid in given:
        if hid not in current:
            raise Invalid("A member whom you named is not fronting; name members who are.")
    return [hid for hid in current if hid not in given]


def _first(current: Hids, given: Hids) -> Hids:
    return given + [hid for hid in current if hid not in given]


def _check_absent(current: Hids, given: Hids) -> Hids:
    for hid in given:
        if hid in current:
            raise Invalid("A member whom you named is fronting already; name members who are not.")
    return given


_WAYS: dict[str, Callable[[Hids, Hids], Hids]] = {
    "append": _append,
    "prepend": _prepend,
    "remove": _remove,
    "first": _first,
}
