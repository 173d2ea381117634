"""Correcting the latest switch: moving, editing, copying and deleting it; and deleting them all."""

import pytest
from sqlalchemy import func, select

from models import Switch, SwitchMember
from rules.errors import Invalid, NotAuthenticated, NotFound
from rules.fronting import front_history, switches
from rules.parsing import timestamps
from rules.systems import members, soft_delete, systems

ALICE, ALEX, BOB = 80351110224678912, 80351110224678913, 80351110224678914
NOON = 1_795_262_400_000_000
HOUR = 3600 * 1_000_000
NONE_YET = "System has no registered switches."
CHANGED = "Your latest switch changed meanwhile; look at it again."


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
    """The ID of Zoe, of Bob's system, who fronts there."""
    write(systems.create_system, BOB)
    hid = write(members.create_member, BOB, {"name": "Zoe"}).hid
    write(switches.log_switch, BOB, [hid])
    return hid


@pytest.fixture
def clock(monkeypatch):
    """A clock that stands at noon until the test moves it."""
    hands = {"now": NOON}
    monkeypatch.setattr(switches, "now_us", lambda: hands["now"])
    return hands


@pytest.fixture
def two(write, three, clock, zoe):
    """Ann fronted since ten, Ann and Ben since eleven; the clock stands at noon. The latest switch."""
    clock["now"] = NOON - 2 * HOUR
    write(switches.log_switch, ALICE, three[:1])
    clock["now"] = NOON - HOUR
    latest = write(switches.log_switch, ALICE, three[:2])
    clock["now"] = NOON
    return latest


@pytest.fixture
def history(read, foxes):
    """When and who, the newest first."""

    def run():
        seen = read(front_history.show_switches, foxes.hid, ALICE)
        return [((timestamps.read_time("", s["timestamp"]) - NOON) / HOUR, s["members"]) for s in seen]

    return run


@pytest.mark.parametrize("hours", [-2 + 1 / HOUR, -1.5, -1, -1 / HOUR, 0])
def test_the_latest_may_be_moved_to_any_time_after_the_previous_that_has_passed(write, two, three, history, hours):
    at = round(NOON + hours * HOUR)
    assert write(switches.move_switch, ALICE, at, two.id).timestamp == at
    assert history() == [(pytest.approx(hours), three[:2]), (-2, three[:1])]


def test_the_only_one_may_be_moved_far_back(write, two, three, history):
    write(switches.delete_switch, ALICE)
    for at in (NOON - 10 * HOUR, 0):
        write(switches.move_switch, ALICE, at)
        assert history() == [((at - NOON) / HOUR, three[:1])]


@pytest.mark.parametrize(
    ("at", "says"),
    [
        (NOON + 1, "This time is in the future; a switch can only be moved to a time that has passed."),
        (2**62, "This time is in the future; a switch can only be moved to a time that has passed."),
        (NOON - 2 * HOUR, "This time is not after the previous switch; choose a later one, or delete the latest"),
        (NOON - 2 * HOUR - 1, "This time is not after the previous switch; choose a later one, or delete the latest"),
        (0, "This time is not after the previous switch; choose a later one, or delete the latest switch."),
        (-1, "This time is before 1970; a switch cannot be moved that far."),
    ],
)
def test_times_to_which_it_cannot_be_moved(write, read, two, history, at, says):
    before = history()
    for run, act in ((read, switches.check_move), (write, switches.move_switch)):
        with pytest.raises(Invalid) as refused:
            run(act, ALICE, at)
        assert refused.value.sentence.startswith(says)
    assert history() == before


def test_an_edit_replaces_who_fronts_and_keeps_the_time(write, two, three, history):
    for wanted in (three[2:], [], three, three[::-1], [three[0].upper()]):
        assert write(switches.edit_switch, ALICE, wanted).id == two.id
        assert history() == [(-1, [hid.lower() for hid in wanted]), (-2, three[:1])]


@pytest.mark.parametrize(
    ("how", "given", "fronting"),
    [
        ("append", "c", "abc"),
        ("prepend", "c", "cab"),
        ("remove", "a", "b"),
        ("remove", "ab", ""),
        ("first", "cb", "cba"),
    ],
)
def test_a_change_of_who_fronts_as_an_edit_and_as_a_switch(write, two, three, history, clock, how, given, fronting):
    ids = dict(zip("abc", three, strict=True))
    write(switches.copy_switch, ALICE, [ids[name] for name in given], how)
    wanted = [ids[name] for name in fronting]
    assert history() == [(0, wanted), (-1, three[:2]), (-2, three[:1])]
    write(switches.delete_switch, ALICE)
    write(switches.edit_switch, ALICE, [ids[name] for name in given], how)
    assert history() == [(-1, wanted), (-2, three[:1])]


def test_two_accounts_that_add_somebody_at_once_lose_nobody(write, three, history):
    write(systems.link_account, ALICE, ALEX)
    for account, hid in zip((ALICE, ALEX, ALICE), three, strict=True):
        write(switches.copy_switch, account, [hid])
    assert history()[0][1] == three


@pytest.mark.parametrize(
    ("wanted", "how", "says"),
    [
        ("ab", None, "New members identical to existing fronters."),
        ("", "append", "New members identical to existing fronters."),
        ("a", "first", "New members identical to existing fronters."),
        ("cc", None, "Duplicate members in member list."),
        ("cc", "append", "Duplicate members in member list."),
        ("cb", "append", "A member whom you named is fronting already; name members who are not."),
        ("c", "remove", "A member whom you named is not fronting; name members who are."),
        ("cz", None, "Cannot switch to member '{z}' not in system."),
        ("z", "append", "Cannot switch to member '{z}' not in system."),
        ("cn", "prepend", "Member 'nobody' not found."),
        (None, None, "The members must be a list of member IDs."),
        ("x" * 151, None, "At most 150 members can front at once; these are 151."),
        ("x" * 149, "append", "At most 150 members can front at once; these are 151."),
    ],
)
def test_edits_and_copies_that_are_refused_change_nothing(write, two, three, zoe, history, wanted, how, says):
    ids = {**dict(zip("abc", three, strict=True)), "z": zoe, "n": "nobody"}
    given = wanted and [f"x{n}" if name == "x" else ids[name] for n, name in enumerate(wanted)]
    given = given if wanted is None else given or []
    before = history()
    acts = [lambda: write(switches.edit_switch, ALICE, given, how)]
    acts += [lambda: write(switches.copy_switch, ALICE, given, how)] if how else []
    for act in acts:
        with pytest.raises(Invalid) as refused:
            act()
        assert refused.value.sentence == says.format(**ids)
    assert history() == before


def test_who_is_out_cannot_be_edited_out(write, two):
    write(switches.edit_switch, ALICE, [])
    with pytest.raises(Invalid, match="New members identical to existing fronters"):
        write(switches.edit_switch, ALICE, [])


def test_deleting_goes_back_one_by_one(write, two, three, history):
    write(switches.delete_switch, ALICE, two.id)
    assert history() == [(-2, three[:1])]
    write(switches.delete_switch, ALICE)
    assert history() == []
    with pytest.raises(NotFound):
        write(switches.delete_switch, ALICE)


CORRECTIONS = {
    "move": lambda three, expected: (switches.move_switch, ALICE, NOON, expected),
    "check": lambda three, expected: (switches.check_move, ALICE, NOON, expected),
    "edit": lambda three, expected: (switches.edit_switch, ALICE, three[2:], None, expected),
    "delete": lambda three, expected: (switches.delete_switch, ALICE, expected),
}


@pytest.mark.parametrize("correction", CORRECTIONS.values(), ids=CORRECTIONS)
def test_what_was_confirmed_for_another_switch_is_not_done(write, two, three, history, correction):
    write(switches.log_switch, ALICE, [])
    before = history()
    with pytest.raises(Invalid) as refused:
        write(*correction(three, two.id))
    assert refused.value.sentence == CHANGED
    assert history() == before


@pytest.mark.parametrize("correction", [*CORRECTIONS.values(), lambda *_: (switches.delete_all_switches, ALICE)])
def test_without_a_switch_there_is_nothing_to_correct(write, read, three, foxes, correction):
    with pytest.raises(NotFound) as refused:
        write(*correction(three, None))
    assert refused.value.sentence == NONE_YET
    with pytest.raises(NotFound, match=NONE_YET):
        read(switches.get_latest, foxes)


@pytest.mark.parametrize(
    "act",
    [
        (switches.move_switch, ALICE, NOON),
        (switches.edit_switch, ALICE, []),
        (switches.copy_switch, ALICE, []),
        (switches.delete_switch, ALICE),
        (switches.delete_all_switches, ALICE),
    ],
    ids=lambda act: act[0].__name__,
)
def test_who_has_no_system_has_no_switches_either(write, act):
    with pytest.raises(NotAuthenticated, match="This account has no system"):
        write(*act)


def test_all_of_them_are_gone_at_once_and_later_from_the_file(write, read, two, three, zoe, history):
    def count(session):
        return [session.scalar(select(func.count()).select_from(table)) for table in (Switch, SwitchMember)]

    write(switches.delete_all_switches, ALICE)
    assert history() == []
    assert read(front_history.count_switches, read(systems.get_own_system, ALICE), ALICE) == 0
    write(switches.log_switch, ALICE, three[:2])
    assert history() == [(0, three[:2])]
    assert read(count) == [4, 6]
    while write(soft_delete.purge_some):
        pass
    assert read(count) == [2, 3]
    assert history() == [(0, three[:2])]
    assert read(switches.show_fronters, read(systems.get_own_system, BOB).hid, BOB)["members"][0]["id"] == zoe
    assert [
        member["name"] for member in read(members.show_members, read(systems.get_own_system, ALICE).hid, ALICE)
    ] == [*("Ann", "Ben", "Cleo")]


@pytest.fixture
def ahead(write, two, three, clock):
    """Two more switches, logged while the clock was a day ahead; it is right again. The latest one."""
    clock["now"] = NOON + 24 * HOUR
    write(switches.log_switch, ALICE, three[2:])
    latest = write(switches.log_switch, ALICE, [])
    clock["now"] = NOON
    return latest


def test_switches_from_the_future_are_named_and_moved_back_together(write, read, ahead, three, history):
    assert read(switches.is_latest_ahead, ALICE)
    assert write(switches.move_switch, ALICE, NOON, ahead.id).timestamp == NOON
    assert not read(switches.is_latest_ahead, ALICE)
    ann, ben, cleo = three
    assert history() == [
        *((0, []), (-1 / HOUR, [cleo])),
        *((-1, [ann, ben]), (-2, [ann])),
    ]
    assert write(switches.log_switch, ALICE, [ann]).timestamp == NOON + 1


def test_switches_from_the_future_stay_after_those_that_are_not(write, read, ahead):
    for at in (NOON - HOUR, NOON - HOUR + 1):
        with pytest.raises(Invalid, match="not after the previous switch"):
            write(switches.move_switch, ALICE, at, ahead.id)
    assert read(switches.check_move, ALICE, NOON - HOUR + 2).id == ahead.id


def test_a_switch_just_after_the_one_before_is_not_from_the_future(write, read, two, three):
    write(switches.log_switch, ALICE, [])
    write(switches.log_switch, ALICE, three)
    assert not read(switches.is_latest_ahead, ALICE)
