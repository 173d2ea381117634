"""The front history for everybody's eyes: private members are left out, and nothing tells that somebody is missing."""

import pytest

from models import Switch, System
from rules.errors import NotAllowed
from rules.fronting import past_switches
from rules.fronting.public_history import MOST_SWITCHES, find_front, find_spans
from rules.systems import members, systems

ALICE = 80351110224678912
START_US = 1_700_000_000_000_000


def names_of(span):
    return [member.name for member in span.members]


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
    """Every span as its start, its end and its members' names."""

    def run(since=0):
        return read(
            lambda session: [
                (
                    span.start - START_US,
                    span.end and span.end - START_US,
                    [one.name for one in span.members],
                    span.still,
                )
                for span in find_spans(session, session.get_one(System, system.id), START_US + since)
            ]
        )

    return run


@pytest.fixture
def front(read, system):
    def run():
        def find(session):
            found = find_front(session, session.get_one(System, system.id))
            return found and (found.start - START_US, names_of(found))

        return read(find)

    return run


def test_without_a_switch_there_is_nothing(spans, front):
    assert spans() == []
    assert front() is None


def test_each_span_ends_where_the_next_begins(add, switch, spans, front):
    ann, ben = add("Ann"), add("Ben")
    switch(0, ann)
    switch(10, ben, ann)
    switch(20)
    assert spans() == [(20, None, [], True), (10, 20, ["Ben", "Ann"], False), (0, 10, ["Ann"], False)]
    assert front() == (20, [])


def test_the_first_may_have_begun_before(add, switch, spans):
    ann, ben = add("Ann"), add("Ben")
    for at, one in ((0, ann), (10, ben), (20, ann)):
        switch(at, one)
    assert [start for start, *_ in spans(15)] == [20, 10]
    assert [start for start, *_ in spans(10)] == [20, 10]
    assert [start for start, *_ in spans(-5)] == [20, 10, 0]


def test_a_private_member_comes_and_goes_without_a_trace(add, switch, spans, front):
    ann, moss = add("Ann"), add("Moss", visibility="private")
    switch(0, ann)
    switch(10, ann, moss)
    switch(20, moss, ann)
    switch(30, moss)
    switch(40)
    assert spans() == [(30, None, [], True), (0, 30, ["Ann"], False)]
    assert front() == (30, [])


def test_while_the_front_is_private_the_newest_is_left_out_and_the_last_has_no_end(add, switch, spans, front, write):
    ann, ben = add("Ann"), add("Ben")
    switch(0, ann)
    switch(10, ben)
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    assert spans() == [(0, None, ["Ann"], False)]
    assert front() is None


def test_while_the_history_is_private_the_front_alone_is_known(add, switch, spans, front, write):
    ann, moss = add("Ann"), add("Moss", visibility="private")
    switch(0, ann)
    switch(10, moss, ann)
    write(systems.edit_system, ALICE, {"front_history_privacy": "private"})
    with pytest.raises(NotAllowed):
        spans()
    assert front() == (10, ["Ann"])


def test_a_long_history_is_looked_at_in_part(write, system, spans):
    rows = [Switch(system_id=system.id, timestamp=START_US + at) for at in range(MOST_SWITCHES + 3)]
    write(lambda session: session.add_all(rows))
    # To nobody, all of them: one span.
    assert spans() == [(3, None, [], True)]
