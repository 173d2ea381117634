"""Spans as switches: the same people front at every instant, and for as long."""

import random
from collections import Counter

import pytest

from rules.errors import Invalid
from rules.fronting.switches import MOST_FRONTERS
from rules.parsing.timestamps import now_us
from rules.transfer.formats import octocon, spans
from rules.transfer.formats.spans import make_switches
from rules.transfer.import_file import FileSpan
from rules.transfer.left_out import LeftOut
from tests.rules.transfer.formats.other_apps import OCTOCON, SIMPLY_PLURAL, get_data
from tests.rules.transfer.formats.sidecars import count_front_ms

A, B, C = range(3)
END = 10_000


def convert(*rows, left_out=None):
    """The switches of spans given as (member, start, end)."""
    return make_switches([FileSpan(*row) for row in rows], left_out or LeftOut())


@pytest.mark.parametrize(
    ("rows", "switches"),
    [
        ([], []),
        ([(A, 10, 20)], [(10, (A,)), (20, ())]),
        ([(A, 10, None)], [(10, (A,))]),
        # Whoever begins while another ends takes over in one switch.
        ([(A, 10, 20), (B, 20, 30)], [(10, (A,)), (20, (B,)), (30, ())]),
        ([(A, 10, 30), (B, 20, 40)], [(10, (A,)), (20, (A, B)), (30, (B,)), (40, ())]),
        # One member's spans that overlap, touch, or lie within another are one.
        ([(A, 10, 20), (A, 15, 30)], [(10, (A,)), (30, ())]),
        ([(A, 20, 30), (A, 10, 20)], [(10, (A,)), (30, ())]),
        ([(A, 10, 40), (A, 15, 20)], [(10, (A,)), (40, ())]),
        ([(A, 10, 20), (A, 21, 30)], [(10, (A,)), (20, ()), (21, (A,)), (30, ())]),
        ([(A, 10, None), (A, 15, 20)], [(10, (A,))]),
        ([(A, 10, 20), (A, 15, None)], [(10, (A,))]),
        # Who has been there longer stands first; of those who begin at once the first in the file.
        ([(B, 20, 40), (A, 10, 40)], [(10, (A,)), (20, (A, B)), (40, ())]),
        ([(C, 10, 20), (A, 10, 20), (B, 10, 20)], [(10, (C, A, B)), (20, ())]),
        # Whoever comes back goes to the end.
        ([(A, 10, 20), (B, 10, 40), (A, 30, 40)], [(10, (A, B)), (20, (B,)), (30, (B, A)), (40, ())]),
        ([(A, 10, 10), (B, 20, 15)], []),
    ],
)
def test_the_switches_of_spans(rows, switches):
    assert convert(*rows) == switches


def some_spans(chance, most):
    """Spans of five members, many of which touch or begin at once; some last."""
    starts = [chance.randrange(0, 100) * 10 for _ in range(chance.randrange(most))]
    return [
        (chance.randrange(5), start, None if chance.random() < 0.03 else start + chance.randrange(1, 30) * 5)
        for start in starts
    ]


@pytest.mark.parametrize("seed", range(60))
def test_at_every_instant_the_same_people_front_and_for_as_long(seed):
    chance = random.Random(seed)
    rows = some_spans(chance, 60)
    switches = convert(*rows)
    assert len(switches) <= 2 * len(rows)
    assert all(before != now for (_, before), (_, now) in zip([(0, ()), *switches], switches, strict=False))
    by_spans, by_switches = Counter(), Counter()
    current, coming = (), iter([*switches, (END + 1, ())])
    next_at, following = next(coming)
    for at in range(END // 5 + 1):
        while next_at <= at * 5:
            current = following
            next_at, following = next(coming)
        there = {member for member, start, end in rows if start <= at * 5 and (end is None or at * 5 < end)}
        assert there == set(current)
        by_spans.update(there)
        by_switches.update(current)
    assert by_spans == by_switches


def test_of_more_than_150_at_once_the_first_are_taken_and_that_is_told():
    left_out = LeftOut()
    rows = [(number, 10 + number, 1000 + number) for number in range(MOST_FRONTERS + 2)]
    switches = convert(*rows, left_out=left_out)
    assert max(len(fronting) for _, fronting in switches) == MOST_FRONTERS
    assert (1000, tuple(range(1, MOST_FRONTERS + 1))) in switches
    assert left_out.lines == ("The fronts: at 3 moments more than 150 front; the first of them are taken.",)


def test_a_file_has_at_most_as_many_spans_as_switches(monkeypatch):
    monkeypatch.setattr(spans, "MOST_SPANS", 2)
    assert len(convert((A, 10, 20), (A, 30, 40))) == 4
    with pytest.raises(Invalid, match="at most 2 fronts"):
        convert(*[(A, 10, 20)] * 3)


def test_ten_thousand_spans_are_at_most_twice_as_many_switches():
    chance = random.Random(1)
    rows = [
        (chance.randrange(50), start, start + chance.randrange(1, 100))
        for start in (chance.randrange(10**6) for _ in range(10_000))
    ]
    switches = convert(*rows)
    assert 10_000 < len(switches) <= 20_000
    assert switches[-1] == (max(end for _, _, end in rows), ())


@pytest.mark.parametrize("name", [*SIMPLY_PLURAL, *OCTOCON])
def test_everybody_fronts_as_long_by_the_switches_of_a_sample_as_by_its_spans(name):
    file = (SIMPLY_PLURAL | OCTOCON)[name](get_data(name))
    until = now_us() // 1000 * 1000
    fronted = Counter()
    for member in {span.member for span in file.spans}:
        reached = 0
        for span in sorted((span for span in file.spans if span.member == member), key=lambda span: span.start):
            fronted[member] += max(0, (span.end or until) - max(reached, span.start)) // 1000
            reached = max(reached, span.end or until)
    assert count_front_ms(file, until, range(len(file.members))) == fronted


def test_an_hour_is_at_the_same_time_in_each_zone():
    # 02:30 comes twice in that night, and is an hour each time.
    row = {"alter_id": 1, "time_start": "2025-10-26T02:00:00+02:00", "time_end": "2025-10-26T02:00:00+01:00"}
    file = octocon.read_full({"user": {}, "alters": [{"id": 1, "name": "Ann"}], "fronts": [row], "tags": []})
    [(start, _), (end, _)] = file.switches
    assert end - start == 3600 * 1_000_000
