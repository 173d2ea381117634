"""The front history with durations, page by page, and who may see how much of it."""

import pytest

from rules.errors import NotAllowed
from rules.fronting import front_history, switches
from rules.systems import members, systems

ALICE, BOB = 80351110224678912, 80351110224678914
NOON = 1_795_262_400_000_000
SETTINGS = ("front_privacy", "front_history_privacy")


@pytest.fixture
def clock(monkeypatch):
    """A clock that every switch moves on by one second."""
    hands = {"now": NOON}

    def tick():
        hands["now"] += 1_000_000
        return hands["now"]

    monkeypatch.setattr(switches, "now_us", tick)


@pytest.fixture
def foxes(write, read, clock):
    """Alice's system with Ann and the shy Ben; Ann fronted, then both, then nobody, then Ben."""
    write(systems.create_system, ALICE)
    ann = write(members.create_member, ALICE, {"name": "Ann"}).hid
    shy = {"name": "Ben", "display_name": "B", "name_privacy": "private", "visibility": "private"}
    ben = write(members.create_member, ALICE, shy).hid
    for fronting in ([ann], [ben, ann], [], [ben]):
        write(switches.log_switch, ALICE, fronting)
    return lambda **private: write(systems.edit_system, ALICE, {**dict.fromkeys(SETTINGS), **private})


@pytest.fixture
def shown(read):
    """From when until when (seconds after noon), and the names that the viewer sees."""

    def run(system, viewer, *page):
        return [
            (
                (row["timestamp"] - NOON) // 1_000_000,
                row["until"] and (row["until"] - NOON) // 1_000_000,
                [member["name"] for member in row["members"]],
            )
            for row in read(front_history.show_history, system, viewer, *page)
        ]

    return run


@pytest.mark.parametrize(("viewer", "ben"), [(ALICE, "Ben"), (BOB, "B"), (None, "B")])
def test_each_switch_lasts_until_the_next(foxes, read, shown, viewer, ben):
    system = foxes()
    rows = [(4, None, [ben]), (3, 4, []), (2, 3, [ben, "Ann"]), (1, 2, ["Ann"])]
    assert shown(system, viewer) == rows
    for limit in (1, 2, 3):
        paged = [row for skip in range(0, 4, limit) for row in shown(system, viewer, skip, limit)]
        assert paged == rows
    assert shown(system, viewer, 4, 10) == []
    assert read(front_history.count_switches, system, viewer) == 4


def test_without_a_switch_there_is_no_history(write, read, shown):
    system = write(systems.create_system, BOB)
    assert shown(system, BOB) == []
    assert read(front_history.count_switches, system, None) == 0


def test_while_the_fronters_are_private_the_newest_is_left_out_for_strangers(foxes, read, shown):
    system = foxes(front_privacy="private")
    assert shown(system, None, 0, 2) == [(3, None, []), (2, 3, ["B", "Ann"])]
    assert shown(system, None, 2, 2) == [(1, 2, ["Ann"])]
    assert read(front_history.count_switches, system, BOB) == 3
    assert read(front_history.count_switches, system, ALICE) == 4
    assert shown(system, ALICE, 0, 1) == [(4, None, ["Ben"])]


def test_a_private_history_is_for_the_owner(foxes, read):
    system = foxes(front_history_privacy="private")
    for rule in (front_history.show_history, front_history.count_switches, front_history.select_switches):
        for viewer in (None, BOB):
            with pytest.raises(NotAllowed, match=r"^Unauthorized to view front history\.$"):
                read(rule, system, viewer)
        assert read(rule, system, ALICE) is not None
