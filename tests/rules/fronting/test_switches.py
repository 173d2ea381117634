"""Switches: which are logged, when they happened, and paging back to the first."""

import itertools

import pytest

from models import Member
from rules.errors import Invalid, NotAllowed, NotFound
from rules.fronting import front_history, switches
from rules.parsing import timestamps
from rules.systems import members, systems

ALICE, BOB = 80351110224678912, 80351110224678914
NOON = 1_795_262_400_000_000


@pytest.fixture
def foxes(write):
    """Alice's system."""
    return write(systems.create_system, ALICE)


@pytest.fixture
def three(write, foxes):
    """The IDs of Ann, Ben and Cleo."""
    return [write(members.create_member, ALICE, {"name": name}).hid for name in ("Ann", "Ben", "Cleo")]


@pytest.fixture
def zoe(write):
    """The ID of Zoe, of Bob's system."""
    write(systems.create_system, BOB)
    return write(members.create_member, BOB, {"name": "Zoe"}).hid


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands at noon until the test moves it."""
    hands = {"now": NOON}
    monkeypatch.setattr(switches, "now_us", lambda: hands["now"])
    return hands


@pytest.fixture
def history(read, foxes):
    """Who fronted, the newest first."""
    return lambda: [switch["members"] for switch in read(front_history.show_switches, foxes.hid, None)]


def test_the_order_of_members_is_kept_and_is_a_switch_of_its_own(write, read, foxes, three, history):
    ann, ben, cleo = three
    for fronting in ([ann, ben], [ben, ann], [cleo, ben, ann], [ann]):
        write(switches.log_switch, ALICE, fronting)
    assert history() == [[ann], [cleo, ben, ann], [ben, ann], [ann, ben]]
    write(switches.log_switch, ALICE, [ben, cleo])
    shown = read(switches.show_fronters, foxes.hid, None)
    assert list(shown) == ["timestamp", "members"]
    assert [member["name"] for member in shown["members"]] == ["Ben", "Cleo"]


def test_nobody_is_a_switch_but_not_twice(write, foxes, three, history):
    write(switches.log_switch, ALICE, [])
    with pytest.raises(Invalid, match="New members identical to existing fronters"):
        write(switches.log_switch, ALICE, [])
    write(switches.log_switch, ALICE, three[:1])
    write(switches.log_switch, ALICE, [])
    assert history() == [[], three[:1], []]


def test_ids_in_a_switch_may_be_in_any_case_of_letters(write, foxes, three, history):
    write(switches.log_switch, ALICE, [three[0].upper(), three[1].capitalize()])
    assert history() == [three[:2]]


@pytest.mark.parametrize(
    ("names", "says"),
    [
        (["nobody", "zoe", "zoe"], "Duplicate members in member list."),
        (["ann", "ANN"], "Duplicate members in member list."),
        (["ann", "ben"], "New members identical to existing fronters."),
        (["ANN", "Ben"], "New members identical to existing fronters."),
        (["nobody", "zoe"], "Cannot switch to member '{zoe}' not in system."),
        (["ann", "ZOE"], "Cannot switch to member '{zoe}' not in system."),
        (["ann", "nobody"], "Member 'nobody' not found."),
        (["nobody", "noone"], "Member 'nobody' not found."),
        ([""], "Member '' not found."),
        (["x" * 1000], f"Member '{'x' * 20}' not found."),
        (["x" * n for n in range(1, 151)], "Member 'x' not found."),
        ([f"x{n}" for n in range(151)], "At most 150 members can front at once; these are 151."),
        ([f"x{n}" for n in range(40_000)], "At most 150 members can front at once; these are 40,000."),
        (None, "The members must be a list of member IDs."),
        ("ann", "The members must be a list of member IDs."),
        ({"ann": 1}, "The members must be a list of member IDs."),
        ([5], "The members must be a list of member IDs."),
        (["ann", None], "The members must be a list of member IDs."),
        (["ann", ["ben"]], "The members must be a list of member IDs."),
        ([{"id": "ann"}], "The members must be a list of member IDs."),
        (True, "The members must be a list of member IDs."),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_switches_that_are_refused_change_nothing(write, foxes, three, zoe, history, names, says):
    ids = {"ann": three[0], "ben": three[1], "zoe": zoe}
    ids |= {name.upper(): hid.upper() for name, hid in ids.items()} | {"Ben": three[1].capitalize()}
    write(switches.log_switch, ALICE, three[:2])
    wanted = (
        [ids.get(name, name) if isinstance(name, str) else name for name in names] if type(names) is list else names
    )
    with pytest.raises(Invalid) as refused:
        write(switches.log_switch, ALICE, wanted)
    assert refused.value.sentence == says.format(zoe=zoe)
    assert history() == [three[:2]]


def test_150_members_may_front_at_once_and_no_more(write, read, foxes):
    hids = ["".join(letters) for letters in itertools.islice(itertools.product("abcdefgh", repeat=5), 151)]
    write(lambda session: session.add_all(Member(system_id=foxes.id, hid=hid, name="Ann", created=0) for hid in hids))
    write(switches.log_switch, ALICE, hids[:150])
    assert [member["id"] for member in read(switches.show_fronters, foxes.hid, None)["members"]] == hids[:150]
    with pytest.raises(Invalid, match="New members identical"):
        write(switches.log_switch, ALICE, hids[:150])
    with pytest.raises(Invalid, match="At most 150 members can front at once; these are 151"):
        write(switches.log_switch, ALICE, hids)


def test_times_rise_also_when_the_clock_stands_still_or_goes_back(write, read, foxes, three, clock):
    for number, now in enumerate([NOON, NOON, NOON - 60_000_000, NOON, NOON + 3, NOON + 3, NOON + 10]):
        clock["now"] = now
        write(switches.log_switch, ALICE, [three[number % 2]])
    shown = [
        timestamps.read_time("before", switch["timestamp"])
        for switch in read(front_history.show_switches, foxes.hid, None)
    ]
    assert [time - NOON for time in shown] == [10, 5, 4, 3, 2, 1, 0]
    latest = read(switches.show_fronters, foxes.hid, None)
    assert (latest["timestamp"], latest["members"][0]["id"]) == ("2026-11-21T12:00:00.000010Z", three[0])


def test_two_systems_may_switch_at_the_same_instant(write, read, foxes, three, zoe, clock):
    wolves = read(systems.get_own_system, BOB)
    write(switches.log_switch, ALICE, three)
    write(switches.log_switch, BOB, [zoe])
    shown = [read(front_history.show_switches, system.hid, None) for system in (foxes, wolves)]
    assert [page[0]["timestamp"] for page in shown] == ["2026-11-21T12:00:00.000000Z"] * 2
    assert [page[0]["members"] for page in shown] == [three, [zoe]]


def test_a_switch_that_is_refused_takes_no_time(write, read, foxes, three, clock):
    write(switches.log_switch, ALICE, three)
    for _ in range(3):
        with pytest.raises(Invalid):
            write(switches.log_switch, ALICE, three)
    assert timestamps.show_time(write(switches.log_switch, ALICE, []).timestamp) == "2026-11-21T12:00:00.000001Z"


@pytest.mark.parametrize("step", [0, 1, 1_000_000], ids=["at once", "a µs apart", "a second apart"])
def test_paging_back_over_250_switches_misses_none_and_repeats_none(database, read, foxes, three, clock, step):
    with database.write() as session:
        for number in range(250):
            switches.log_switch(session, ALICE, [three[number % 3]])
            clock["now"] += step
    pages, before = [], None
    while page := read(front_history.show_switches, foxes.hid, None, before):
        pages.append(page)
        asked, before = before, timestamps.read_time("before", page[-1]["timestamp"])
        assert before != asked
    assert [len(page) for page in pages] == [100, 100, 50]
    seen = [switch for page in pages for switch in page]
    assert [switch["members"] for switch in seen] == [[three[number % 3]] for number in reversed(range(250))]
    rising = [timestamps.show_time(NOON + number * (step or 1)) for number in range(250)]
    assert [switch["timestamp"] for switch in reversed(seen)] == rising


def test_before_leaves_out_the_instant_itself(write, read, foxes, three, clock):
    write(switches.log_switch, ALICE, three)
    assert read(front_history.show_switches, foxes.hid, None, NOON) == []
    assert len(read(front_history.show_switches, foxes.hid, None, NOON + 1)) == 1
    assert len(read(front_history.show_switches, foxes.hid, None, 253_402_300_799_999_999)) == 1
    assert read(front_history.show_switches, foxes.hid, None, -62_135_596_800_000_000) == []


def test_a_deleted_member_leaves_the_switches_standing(write, read, foxes, three, history):
    ann, ben, cleo = three
    for fronting in ([ann, ben, cleo], [ben], [cleo, ben]):
        write(switches.log_switch, ALICE, fronting)
    before = read(front_history.show_switches, foxes.hid, None)
    write(members.delete_member, ALICE, ben)
    assert history() == [[cleo], [], [ann, cleo]]
    after = read(front_history.show_switches, foxes.hid, None)
    assert [switch["timestamp"] for switch in after] == [switch["timestamp"] for switch in before]
    with pytest.raises(Invalid, match="New members identical"):
        write(switches.log_switch, ALICE, [cleo])
    write(members.delete_member, ALICE, cleo)
    assert read(switches.show_fronters, foxes.hid, None) == {"timestamp": before[0]["timestamp"], "members": []}
    with pytest.raises(Invalid, match="New members identical"):
        write(switches.log_switch, ALICE, [])


def test_without_a_switch_there_is_nobody_to_show(read, foxes, zoe):
    assert read(switches.find_latest, foxes) is None
    assert read(front_history.show_switches, foxes.hid, None) == []
    with pytest.raises(NotFound, match="System has no registered switches"):
        read(switches.show_fronters, foxes.hid, ALICE)


def test_what_is_private_is_told_before_whether_there_is_anything(write, read, foxes):
    write(systems.edit_system, ALICE, {"front_privacy": "private", "front_history_privacy": "private"})
    foxes = read(systems.get_own_system, ALICE)
    for viewer in (None, BOB):
        with pytest.raises(NotAllowed, match="Unauthorized to view fronter"):
            read(switches.show_fronters, foxes.hid, viewer)
        with pytest.raises(NotAllowed, match="Unauthorized to view front history"):
            read(front_history.show_switches, foxes.hid, viewer, 0)
    assert read(front_history.show_switches, foxes.hid, ALICE) == []


def test_while_the_fronters_are_private_the_history_does_not_tell_them(write, read, foxes, three):
    for fronting in (three[:1], three[1:2], three[2:]):
        write(switches.log_switch, ALICE, fronting)
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    private = read(systems.get_own_system, ALICE)
    for viewer in (None, BOB):
        shown = read(front_history.show_switches, private.hid, viewer)
        assert [switch["members"] for switch in shown] == [three[1:2], three[:1]]
    assert next(switch["members"] for switch in read(front_history.show_switches, private.hid, ALICE)) == three[2:]
