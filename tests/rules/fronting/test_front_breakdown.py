"""How long each fronted: together and alone, since when, and what a stranger learns of it."""

import pytest

from rules.errors import Invalid, NotAllowed
from rules.fronting import switches
from rules.fronting.front_breakdown import get_front_breakdown
from rules.systems import members, systems

ALICE, BOB = 80351110224678912, 80351110224678914
NOON = 1_795_262_400_000_000
HOUR = 3600 * 1_000_000


@pytest.fixture
def foxes(write, monkeypatch):
    """From noon on Ann fronts for 1 h, with Ben for 2 h, nobody for 3 h, then Ben for the 4 h until now."""
    write(systems.create_system, ALICE)
    ann, ben = (
        write(members.create_member, ALICE, {"name": name, "display_name": name[0], "name_privacy": "private"}).hid
        for name in ("Ann", "Ben")
    )
    for hour, fronting in ((0, [ann]), (1, [ann, ben]), (3, []), (6, [ben])):
        monkeypatch.setattr(switches, "now_us", lambda hour=hour: NOON + hour * HOUR)
        write(switches.log_switch, ALICE, fronting)
    return lambda **private: write(systems.edit_system, ALICE, private)


@pytest.fixture
def breakdown(read):
    """Hours from noon since when, until when, and who with hours and percents."""

    def run(system, viewer=ALICE, since=-9, now=10, **options):
        seen = read(get_front_breakdown, system, viewer, NOON + since * HOUR, NOON + now * HOUR, **options)
        rows = [
            (row["member"] and row["member"]["name"], row["us"] / HOUR, round(row["percent"], 2))
            for row in seen["rows"]
        ]
        return (seen["since"] - NOON) / HOUR, (seen["until"] - NOON) / HOUR, rows

    return run


@pytest.mark.parametrize(
    ("options", "rows"),
    [
        ({}, [("Ben", 6, 60), ("Ann", 3, 30), (None, 3, 30)]),
        ({"flat": True}, [("Ben", 5, 50), (None, 3, 30), ("Ann", 2, 20)]),
        ({"fronters_only": True}, [("Ben", 6, 85.71), ("Ann", 3, 42.86)]),
        ({"flat": True, "fronters_only": True}, [("Ben", 5, 71.43), ("Ann", 2, 28.57)]),
    ],
    ids=str,
)
def test_co_fronters_get_all_of_their_time_or_flat_a_part_of_it(foxes, breakdown, options, rows):
    system = foxes()
    since, until, found = breakdown(system, **options)
    assert (since, until) == (0, 10)
    assert sorted(found, key=str) == sorted(rows, key=str)
    assert [row[1] for row in found] == sorted((row[1] for row in rows), reverse=True)


@pytest.mark.parametrize(
    ("since", "now", "began", "rows"),
    [
        (0, 10, 0, [("Ben", 6, 60), ("Ann", 3, 30), (None, 3, 30)]),
        (-9, 2, 0, [("Ann", 2, 100), ("Ben", 1, 50)]),
        (0.5, 1, 0.5, [("Ann", 0.5, 100)]),
        (2, 4, 2, [("Ann", 1, 50), ("Ben", 1, 50), (None, 1, 50)]),
        (4, 5, 4, [(None, 1, 100)]),
        (6, 10, 6, [("Ben", 4, 100)]),
        (9, 10, 9, [("Ben", 1, 100)]),
        (10, 10, 10, []),
        (-9, -8, -8, []),
        (-9, 0, 0, []),
    ],
)
def test_the_period_cuts_the_switches_at_both_ends(foxes, breakdown, since, now, began, rows):
    found = breakdown(foxes(), since=since, now=now)
    assert (found[0], found[1]) == (began, now)
    assert sorted(found[2], key=str) == sorted(rows, key=str)


@pytest.mark.parametrize("flat", [False, True])
def test_when_nobody_fronted_at_all_there_is_nothing_to_divide_by(foxes, breakdown, flat):
    assert breakdown(foxes(), since=4, now=5, flat=flat, fronters_only=True)[2] == []


def test_a_future_beginning_is_refused(foxes, breakdown):
    with pytest.raises(Invalid, match=r"^This time is in the future; choose one that has passed\.$"):
        breakdown(foxes(), since=10.1)


def test_without_a_switch_there_is_nothing(write, read, breakdown):
    system = write(systems.create_system, BOB)
    assert breakdown(system, BOB) == (10, 10, [])
    write(systems.edit_system, BOB, {"front_privacy": "private"})
    assert read(get_front_breakdown, read(systems.get_own_system, BOB), None, 0, NOON)["rows"] == []


def test_a_deleted_member_leaves_the_time_to_nobody(write, read, foxes, breakdown):
    system = foxes()
    ben = next(m["id"] for m in read(members.show_members, system.hid, ALICE) if m["name"] == "Ben")
    write(members.delete_member, ALICE, ben)
    assert breakdown(system)[2] == [(None, 7, 70), ("Ann", 3, 30)]


@pytest.mark.parametrize("viewer", [None, BOB])
def test_a_stranger_sees_the_public_names_and_not_who_fronts_now(foxes, breakdown, viewer):
    assert [row[0] for row in breakdown(foxes(), viewer)[2]] == ["B", "A", None]
    system = foxes(front_privacy="private")
    since, until, rows = breakdown(system, viewer)
    assert (since, until) == (0, 6)
    assert sorted(rows, key=str) == [("A", 3, 50), ("B", 2, 33.33), (None, 3, 50)]
    for since in (6, 7):
        assert breakdown(system, viewer, since=since) == (6, 6, [])
    assert breakdown(system, ALICE)[1] == 10
    with pytest.raises(NotAllowed, match=r"^Unauthorized to view front history\.$"):
        breakdown(foxes(front_history_privacy="private"), viewer)
    assert breakdown(foxes(), ALICE)[1] == 10
