"""Colours, instants, IDs and mentions as other apps write them."""

import pytest

from rules.parsing.timestamps import now_us
from rules.transfer.left_out import LeftOut
from rules.transfer.reading.loose_values import (
    find_age,
    find_id,
    find_instant,
    make_source,
    name_mentioned,
    reduce_color,
)

AT = 1_740_816_000_000_000


@pytest.mark.parametrize(
    ("color", "reduced"),
    [
        ("#AABBCC", "aabbcc"),
        ("aabbcc", "aabbcc"),
        (" #AABBCC ", "aabbcc"),
        ("#fa0", "ffaa00"),
        # The end that is ff says how opaque it is.
        ("#ff336699", "336699"),
        ("ff336699", "336699"),
        ("#CC8844ff", "cc8844"),
        ("CC8844FF", "cc8844"),
        # Without it the first six are taken, but only after a #.
        ("80112233", "80112233"),
        # For a reader to refuse.
        ("#12345", "12345"),
        ("#1234567", "1234567"),
        ("blue", "blue"),
        ("", ""),
        (None, None),
        (5, 5),
    ],
)
def test_a_color_in_six_digits_where_that_can_be_told(color, reduced):
    left_out = LeftOut()
    assert reduce_color(color, "Ann", left_out) == reduced
    assert left_out.lines == ()


@pytest.mark.parametrize(("color", "reduced"), [("#80112233", "801122"), ("#ffaabbff", "ffaabb")])
def test_of_eight_digits_that_may_be_either_the_first_are_taken_and_that_is_told(color, reduced):
    left_out = LeftOut()
    assert reduce_color(color, "Ann", left_out) == reduced
    assert left_out.lines == (f"Ann: the color {color} has eight digits; the first six are taken.",)


@pytest.mark.parametrize(
    ("value", "at"),
    [
        (1740816000000, AT),
        (1740816000000.25, AT + 250),
        ("1740816000000", AT),
        (" 1740816000000 ", AT),
        ({"_seconds": 1740816000, "_nanoseconds": 123456789}, AT + 123456),
        ({"seconds": 1740816000, "nanoseconds": 0}, AT),
        ({"seconds": 1740816000}, AT),
        ("2025-03-01T08:00:00Z", AT),
        ("2025-03-01T08:00:00.000", AT),
        ("2025-03-01 08:00:00", AT),
        ("2025-03-01T10:00:00.000001+02:00", AT + 1),
        (0, 0),
        (-1, -1000),
        *((value, None) for value in (None, True, False, "", "x", "2025-02-30T00:00:00Z", [], {}, [1], float("nan"))),
        *((value, None) for value in ({"_seconds": True}, {"_seconds": "5"}, {"seconds": None}, "1e9", "9" * 5000)),
    ],
)
def test_an_instant_in_each_of_its_forms(value, at):
    assert find_instant(value) == at


@pytest.mark.parametrize("value", [1e308, 2**70, float("inf"), 10**400, {"_seconds": 2**70}])
def test_what_is_endlessly_far_off_is_in_the_future(value):
    assert find_age(find_instant(value)) == "in_the_future"


@pytest.mark.parametrize(
    ("at", "wrong"),
    [
        (0, "too_old"),
        (946_684_799_999_999, "too_old"),
        (946_684_800_000_000, None),
        (AT, None),
    ],
)
def test_nothing_is_older_than_2000(at, wrong):
    assert find_age(at) == wrong


@pytest.mark.parametrize(("hours", "wrong"), [(23, None), (25, "in_the_future")])
def test_clocks_may_differ_by_a_day(hours, wrong):
    assert find_age(now_us() + hours * 3600 * 1_000_000) == wrong


@pytest.mark.parametrize(
    ("value", "own_id"),
    [
        ("65f0", "65f0"),
        (" 65f0 ", "65f0"),
        (7, "7"),
        ({"$oid": "65f0"}, "65f0"),
        *((value, None) for value in (None, "", " ", True, 1.5, [], ["a"], {}, {"$oid": None}, 2**300)),
    ],
)
def test_an_id_is_a_text(value, own_id):
    assert find_id(value) == own_id


def test_an_id_that_is_too_long_finds_nothing_again():
    assert make_source("members", "65f0") == "members:65f0"
    assert make_source("members", "x" * 101) is make_source("members", None) is None


@pytest.mark.parametrize(
    ("text", "named"),
    [
        ("ask <###@a###> or <###@b###>.", "ask @Ann or @Ben."),
        ("<###@c###> is gone", "<###@c###> is gone"),
        ("<###@###> <##@a##> @a", "<###@###> <##@a##> @a"),
        ("", ""),
        (None, None),
        (5, 5),
    ],
)
def test_mentions_are_names_where_they_are_known(text, named):
    assert name_mentioned(text, {"a": "Ann", "b": "Ben"}) == named
