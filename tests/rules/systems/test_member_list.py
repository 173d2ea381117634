"""Lists of members: who is on them, found by what, in which order."""

import pytest

from models import Member
from rules.errors import NotAllowed
from rules.fronting import switches
from rules.systems import members, systems
from rules.systems.member_list import SORTS, Options, list_members, suggest_members

ALICE, BOB = 80351110224678912, 80351110224678914
NOON = 1_795_262_400_000_000
MEMBERS = {
    "Ann": {"birthday": "1990-07-11", "description": "Tall"},
    "ben": {"display_name": "Zed", "name_privacy": "private", "birthday": "0004-01-02"},
    "Cleo": {"metadata_privacy": "private", "description": "Short", "description_privacy": "private"},
    "Dan": {"display_name": "Ägir", "birthday": "2001-03-04", "birthday_privacy": "private"},
    "Eve": {"visibility": "private"},
}
COUNTS = {"Ann": (5, 30), "ben": (7, None), "Cleo": (9, 50), "Dan": (0, 40), "Eve": (6, 10)}


@pytest.fixture
def foxes(write, monkeypatch):
    """Alice's system; its settings may be changed."""
    write(systems.create_system, ALICE)
    hids = {}
    for day, (name, fields) in enumerate(MEMBERS.items()):
        monkeypatch.setattr(members, "now_us", lambda day=day: NOON - day)
        hids[name] = write(members.create_member, ALICE, {"name": name, **fields}).hid
    for second, name in enumerate(("Dan", "Eve", "ben", "Dan", "Cleo")):
        monkeypatch.setattr(switches, "now_us", lambda second=second: NOON + second)
        write(switches.log_switch, ALICE, [hids[name]])

    def count(session):
        for member in session.query(Member):
            member.message_count, member.last_message_at = COUNTS[member.name]

    write(count)
    return lambda **settings: write(systems.edit_system, ALICE, settings)


@pytest.fixture
def listed(read):
    """The names on a list, as the viewer sees them."""

    def run(system, viewer=ALICE, **options):
        return [member["name"] for member in read(list_members, system, viewer, Options(**options))]

    return run


@pytest.mark.parametrize(
    ("options", "owner", "stranger"),
    [
        ({}, "Ann ben Cleo Dan", "Ann Cleo Dan Zed"),
        ({"all": True}, "Ann ben Cleo Dan Eve", "Ann Cleo Dan Zed"),
        ({"private_only": True}, "Eve", None),
        ({"private_only": True, "all": True}, "Eve", None),
        ({"reverse": True}, "Dan Cleo ben Ann", "Zed Dan Cleo Ann"),
        ({"search": "N"}, "Ann ben Dan", "Ann Dan"),
        ({"search": "zed"}, "ben", "Zed"),
        ({"search": "BE"}, "ben", ""),
        ({"search": "a\u0308GIR"}, "Dan", "Dan"),
        ({"search": "eve"}, "", ""),
        ({"search": "eve", "all": True}, "Eve", ""),
        ({"search": "t"}, "", ""),
        ({"search": "t", "descriptions": True}, "Ann Cleo", "Ann"),
        ({"search": "%"}, "", ""),
    ],
    ids=str,
)
def test_who_is_listed(foxes, listed, options, owner, stranger):
    system = foxes()
    assert listed(system, ALICE, **options) == owner.split()
    for viewer in (None, BOB):
        if stranger is None:
            with pytest.raises(NotAllowed, match="Only the owner of a system can list what is private"):
                listed(system, viewer, **options)
        else:
            assert listed(system, viewer, **options) == stranger.split()


@pytest.mark.parametrize(
    ("sort", "owner", "reverse", "stranger"),
    [
        ("display_name", "Ann Cleo Eve ben Dan", "Dan ben Eve Cleo Ann", "Ann Cleo Zed Dan"),
        ("message_count", "Cleo ben Eve Ann Dan", "Dan Ann Eve ben Cleo", "Zed Ann Dan Cleo"),
        ("created", "Eve Dan Cleo ben Ann", "Ann ben Cleo Dan Eve", "Dan Zed Ann Cleo"),
        ("last_fronted", "Cleo Dan ben Eve Ann", "Eve ben Dan Cleo Ann", "Cleo Dan Zed Ann"),
        ("last_message", "Cleo Dan Ann Eve ben", "Eve Ann Dan Cleo ben", "Dan Ann Cleo Zed"),
        ("birthday", "ben Dan Ann Cleo Eve", "Ann Dan ben Cleo Eve", "Zed Ann Cleo Dan"),
    ],
)
def test_how_a_list_is_sorted_and_who_comes_last(foxes, listed, sort, owner, reverse, stranger):
    system = foxes()
    assert listed(system, ALICE, sort=sort, all=True) == owner.split()
    assert listed(system, ALICE, sort=sort, all=True, reverse=True) == reverse.split()
    assert listed(system, None, sort=sort) == stranger.split()


def test_by_id_and_by_chance(read, foxes, listed, monkeypatch):
    system = foxes()
    hids = [member["id"] for member in read(list_members, system, ALICE, Options(sort="id"))]
    assert hids == sorted(hids)
    draws = iter((3, 1, 4, 2))
    monkeypatch.setattr("random.random", lambda: next(draws))
    assert listed(system, sort="random") == ["ben", "Dan", "Ann", "Cleo"]


def test_every_sort_is_known(foxes, listed):
    assert all(len(listed(foxes(), sort=sort)) == 4 for sort in SORTS)


def test_when_somebody_last_fronted_is_told_where_it_is_asked_for(read, foxes):
    def told(viewer, **options):
        seen = read(list_members, foxes(), viewer, Options(last_fronted=True, **options))
        return {member["name"]: member["last_fronted"] and member["last_fronted"] - NOON for member in seen}

    assert told(ALICE, all=True) == {"Ann": None, "ben": 2, "Cleo": 4, "Dan": 3, "Eve": 1}
    foxes(front_privacy="private")
    assert told(ALICE)["Cleo"] == 4
    assert told(None) == {"Ann": None, "Zed": 2, "Cleo": None, "Dan": 3}
    assert read(list_members, foxes(), None, Options())[0]["last_fronted"] is None


def test_a_private_list_and_a_private_history_are_for_the_owner(foxes, listed):
    system = foxes(front_history_privacy="private")
    assert len(listed(system, None)) == 4
    for options in ({"sort": "last_fronted"}, {"last_fronted": True}):
        with pytest.raises(NotAllowed, match=r"^Unauthorized to view front history\.$"):
            listed(system, None, **options)
        assert len(listed(system, ALICE, **options)) == 4
    system = foxes(member_list_privacy="private")
    with pytest.raises(NotAllowed, match=r"^Unauthorized to view member list\.$"):
        listed(system, BOB)
    assert len(listed(system, ALICE)) == 4


def test_suggestions_are_own_members_that_begin_so_or_hold_it(read, foxes):
    foxes()
    assert [name for _, name in read(suggest_members, ALICE, "E", 25)] == ["Eve", "ben", "Cleo"]
    assert [name for _, name in read(suggest_members, ALICE, "", 2)] == ["Ann", "ben"]
    assert read(suggest_members, BOB, "E", 25) == []
