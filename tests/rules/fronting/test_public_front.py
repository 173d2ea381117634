"""Who fronts, for whoever passes by: private members never, and nothing of a front that is private."""

import pytest

from rules.fronting import past_switches, public_front, switches
from rules.fronting.seen_switches import MOST_WITHOUT_CHANGE
from rules.systems import members, systems

ALICE = 80351110224678912
FOXES = {"name": "Foxes", "tag": "| F", "avatar_url": "https://example.com/foxes.png", "color": "112233"}
ANN = {"name": "Ann", "display_name": "Ann the Tall", "color": "00ff00", "pronouns": "she/her"}


@pytest.fixture
def foxes(write):
    return write(systems.create_system, ALICE, FOXES)


@pytest.fixture
def add(write, foxes):
    """Add a member; its ID."""
    return lambda **fields: write(members.create_member, ALICE, {**ANN, **fields}).hid


@pytest.fixture
def front(read, foxes):
    """The front of Alice's system, which is the same by whatever names it."""

    def run():
        references = (foxes.hid.upper(), str(ALICE))
        first, *others = [read(public_front.find_by_reference, reference) for reference in references]
        assert [*others, read(public_front.find_by_hid, foxes.hid)] == [first, first]
        return first

    return run


def test_those_who_front_come_in_their_order_with_their_faces(front, add, write):
    hids = [add(name=name, display_name=None) for name in ("Cleo", "Ann", "Ben")]
    switch = write(switches.log_switch, ALICE, hids)
    found = front()
    assert found.system["name"] == "Foxes"
    assert [member["name"] for member in found.members] == ["Cleo", "Ann", "Ben"]
    assert found.since == switch.timestamp
    assert found.members[0]["color"] == "00ff00"


def test_a_private_member_is_left_out_as_if_nobody_were(front, add, write):
    private, public = add(visibility="private"), add(name="Ben", display_name=None)
    write(switches.log_switch, ALICE, [private, public])
    assert [member["id"] for member in front().members] == [public]
    write(switches.log_switch, ALICE, [private])
    alone = front()
    write(switches.log_switch, ALICE, [])
    assert alone == front()
    assert alone.members == []


@pytest.mark.parametrize("seen", [["Ben"], [], ["Ben", "Ann"]])
@pytest.mark.parametrize("is_first", [True, False])
def test_nobody_learns_when_a_private_member_came_or_went(front, add, write, read, seen, is_first):
    hids = {name: add(name=name, display_name=None) for name in ("Ann", "Ben")}
    private, shown = add(visibility="private"), [hids[name] for name in seen]
    if not is_first:
        write(switches.log_switch, ALICE, [hids["Ann"]])
    if shown or not is_first:
        write(switches.log_switch, ALICE, shown)
    before = front()
    for fronting in ([private, *shown], shown, [*shown, private], shown, [*shown[:1], private, *shown[1:]], shown):
        write(switches.log_switch, ALICE, fronting)
        assert front() == before
    assert (before.since is None) is (is_first and not seen)
    write(switches.log_switch, ALICE, [] if seen else [hids["Ben"]])
    assert front().since == read(switches.find_latest, read(systems.find_own_system, ALICE)).timestamp


def test_a_switch_to_the_same_in_another_order_is_one(front, add, write):
    ann, ben = add(), add(name="Ben", display_name=None)
    write(switches.log_switch, ALICE, [ann, ben])
    before = front()
    assert write(switches.log_switch, ALICE, [ben, ann]).timestamp == front().since > before.since


@pytest.mark.parametrize("has_shown", [True, False])
def test_since_when_is_looked_for_in_so_many_switches(front, write, add, has_shown):
    shown, ben, private = [add()] if has_shown else [], add(name="Ben", display_name=None), add(visibility="private")

    def come_and_go(first, until):
        for at in range(first, until):
            write(past_switches.log_switch, ALICE, shown if at % 2 else [*shown, private], at)
        return front().since

    write(past_switches.log_switch, ALICE, [ben], 0)
    assert come_and_go(1, 2) == come_and_go(2, MOST_WITHOUT_CHANGE) == 1
    assert [come_and_go(MOST_WITHOUT_CHANGE + n, MOST_WITHOUT_CHANGE + n + 1) for n in range(3)] == [None] * 3
    write(past_switches.log_switch, ALICE, [ben], 1000)
    assert front().since == 1000


@pytest.mark.parametrize(
    ("setting", "hidden"),
    [
        ("name_privacy", {"name": "Ann the Tall", "display_name": None}),
        ("pronoun_privacy", {"pronouns": None}),
        ("avatar_privacy", {"avatar_url": None}),
    ],
)
def test_what_a_member_hides_is_not_told(front, add, write, setting, hidden):
    hid = add(avatar_url="https://example.com/a.png", **{setting: "private"})
    write(switches.log_switch, ALICE, [hid])
    (member,) = front().members
    assert member.items() >= hidden.items()


@pytest.mark.parametrize("setting", ["name_privacy", "avatar_privacy"])
def test_what_a_system_hides_is_not_told(front, write, setting):
    write(systems.edit_system, ALICE, {setting: "private"})
    assert front().system[{"name_privacy": "name", "avatar_privacy": "avatar_url"}[setting]] is None


def test_a_private_front_names_nobody_and_no_time(front, add, write):
    write(switches.log_switch, ALICE, [add()])
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    found = front()
    assert (found.members, found.since) == (None, None)


def test_without_a_switch_nobody_fronts(front):
    assert (front().members, front().since) == ([], None)


@pytest.mark.parametrize("reference", ["zzzzz", "@me", "1", "", "9" * 30, "zz%00z", "../x"])
def test_there_is_no_front_of_what_is_no_system(read, foxes, reference):
    assert read(public_front.find_by_reference, reference) is None
    assert read(public_front.find_by_hid, reference) is None
