"""Groups within groups: the top for what is nowhere and for what goes round."""

import pytest

from rules.transfer.left_out import LeftOut
from rules.transfer.reading.nesting import find_members, find_parents
from rules.transfer.reading.tally import Tally


@pytest.mark.parametrize(
    ("nested", "parents", "unknown", "circling"),
    [
        ({}, (), 0, 0),
        ({"a": None, "b": "a", "c": "b"}, (None, 0, 1), 0, 0),
        ({"b": "a", "a": None}, (1, None), 0, 0),
        ({"a": "x", "b": "a"}, (None, 0), 1, 0),
        ({"a": "a"}, (None,), 0, 1),
        ({"a": "b", "b": "a"}, (None, None), 0, 2),
        # What hangs on a circle stays where it is.
        ({"a": "b", "b": "c", "c": "b", "d": "a"}, (1, None, None, 0), 0, 2),
        ({"d": "a", "a": "b", "b": "a"}, (1, None, None), 0, 2),
        ({"a": "b", "b": "a", "c": "d", "d": "c"}, (None,) * 4, 0, 4),
    ],
)
def test_which_is_within_which(nested, parents, unknown, circling):
    tally = Tally()
    assert find_parents(list(nested), list(nested.values()), tally) == parents
    assert (tally["unknown_parents"], tally["circles"]) == (unknown, circling)


def test_the_first_of_an_id_is_the_parent():
    assert find_parents(["a", "a", None, "b"], [None, None, None, "a"], Tally()) == (None, None, None, 0)


def test_a_thousand_within_each_other():
    ids = [str(number) for number in range(1000)]
    assert find_parents(ids, [None, *ids[:-1]], Tally()) == (None, *range(999))
    assert find_parents(ids, [ids[-1], *ids[:-1]], tally := Tally()) == (None,) * 1000
    assert tally["circles"] == 1000


@pytest.mark.parametrize(
    ("listed", "members", "unknown"),
    [
        (["a", "b"], (0, 1), 0),
        (["b", "a", "b"], (1, 0), 0),
        (["a", "x", None, [], {}, 5], (0,), 5),
        ([], (), 0),
        (None, (), 0),
    ],
)
def test_who_is_in_a_group(listed, members, unknown):
    tally, left_out = Tally(), LeftOut()
    assert find_members(listed, "Group", {"a": 0, "b": 1}, left_out, tally) == members
    assert tally["unknown_group_members"] == unknown
    assert left_out.lines == ()


@pytest.mark.parametrize("listed", ["a", 5, {"a": True}])
def test_what_is_no_list_of_members_is_told(listed):
    left_out = LeftOut()
    assert find_members(listed, "Group", {"a": 0}, left_out, Tally()) == ()
    assert left_out.lines == ("Group: the members must be a list of member IDs.",)
