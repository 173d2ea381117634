"""The front history for everybody's eyes: private members are left out, and nothing tells that somebody is missing."""

import pytest

from models import Switch, System
from rules.errors import NotAllowed
from rules.fronting import past_switches
from rules.fronting.public_history import HOUR_US, MOST_SWITCHES, find_history
from rules.systems import members, systems

ALICE = 80351110224678912
START_US = 1_700_000_000_000_000


@pytest.fixture
def system(write):
    return write(systems.create_system, ALICE)


@pytest.fixture
def add(system, write):
    return lambda name, **fields: write(members.create_member, ALICE, {"name": name, **fields}).hid


@pytest.fixture
def switch(write):
    def run(at, *hids):
        write(past_switches.log_switch, ALICE, list(hids), START_US + at)

    return run


@pytest.fixture
def spans(read, system):
    """Every span as its start, its end, its members' names, and whether it lasts."""

    def see(span):
        start, end = (at if at is None else at - START_US for at in (span.start, span.end))
        return start, end, [one.name for one in span.members], span.still

    def run(since=-1):
        return read(lambda s: [*map(see, find_history(s, s.get_one(System, system.id), START_US + since).spans)])

    return run


def test_without_a_switch_there_is_nothing(spans):
    assert spans() == []


def test_each_span_ends_where_the_next_begins(add, switch, spans):
    ann, ben = add("Ann"), add("Ben")
    switch(0, ann)
    switch(10, ben, ann)
    switch(20)
    assert spans() == [(20, None, [], True), (10, 20, ["Ben", "Ann"], False), (0, 10, ["Ann"], False)]


def test_when_the_first_began_is_not_told_if_it_was_before(add, switch, spans):
    ann, ben, moss = add("Ann"), add("Ben"), add("Moss", visibility="private")
    for at, those in ((0, [ann]), (5, [ann, moss]), (10, [ben]), (20, [ann])):
        switch(at, *those)
    starts = {since: [start for start, *_ in spans(since)] for since in (-5, 0, 4, 5, 9, 10, 15, 20, 30)}
    of_both = dict.fromkeys((0, 4, 5, 9), (20, 10, None)) | dict.fromkeys((10, 15), (20, None))
    expected = {-5: (20, 10, 0), **of_both, **dict.fromkeys((20, 30), (None,))}
    assert starts == {since: list(those) for since, those in expected.items()}


def test_a_private_member_comes_and_goes_without_a_trace(add, switch, spans):
    ann, moss = add("Ann"), add("Moss", visibility="private")
    switch(-20, moss)
    switch(-10)
    assert spans(-30) == []
    switch(0, ann)
    switch(10, ann, moss)
    switch(20, moss, ann)
    assert spans(-30) == spans(-15) == [(0, None, ["Ann"], True)]
    switch(30, moss)
    switch(40)
    assert spans() == [(30, None, [], True), (0, 30, ["Ann"], False)]


def test_while_the_front_is_private_the_newest_is_left_out_and_the_last_has_no_end(add, switch, spans, write):
    ann, ben, moss = add("Ann"), add("Ben"), add("Moss", visibility="private")
    switch(0, ann)
    switch(10, ben)
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    assert spans() == [(0, None, ["Ann"], False)]
    switch(20, moss, ben)
    assert spans() == [(0, None, ["Ann"], False)]
    assert spans(5) == [(None, None, ["Ann"], False)]
    assert spans(15) == []


def test_while_the_history_is_private_nobody_learns_of_it(add, switch, spans, write):
    switch(0, add("Ann"))
    write(systems.edit_system, ALICE, {"front_history_privacy": "private"})
    with pytest.raises(NotAllowed):
        spans()


def test_of_a_long_history_the_oldest_is_left_out_by_the_hour(write, system, add, switch, spans):
    ann, hour = add("Ann"), -(-START_US // HOUR_US) * HOUR_US - START_US
    switch(0, ann)
    switch(hour + 1)
    switch(hour + 2, ann)

    def nobody(first, count):
        rows = [Switch(system_id=system.id, timestamp=START_US + first + at) for at in range(count)]
        write(lambda session: session.add_all(rows))

    nobody(hour + 3, MOST_SWITCHES - 4)
    whole = [(hour + 3, None, [], True), (hour + 2, hour + 3, ["Ann"], False), (hour + 1, hour + 2, [], False)]
    assert spans() == [*whole, (0, hour + 1, ["Ann"], False)]
    nobody(hour + MOST_SWITCHES, 2)
    # The oldest that is looked at is in the next hour now.
    assert spans() == []
    switch(hour + 2 * HOUR_US, ann)
    assert spans() == [(hour + 2 * HOUR_US, None, ["Ann"], True)]
