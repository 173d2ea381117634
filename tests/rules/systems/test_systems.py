"""Systems and the accounts linked to them: who has one, what is kept, what is refused, and what a deletion takes."""

import re
import string

import pytest
from sqlalchemy import func, select

from models import Account, Member, Message, Switch, SwitchMember, System
from rules import opt_out
from rules.account import erasure
from rules.errors import Invalid, NotAllowed, NotAuthenticated, NotFound
from rules.fronting import switches
from rules.proxying import message_records
from rules.systems import members, soft_delete, systems

ALICE, ALEX, BOB, CARLA = 80351110224678912, 80351110224678913, 80351110224678914, 80351110224678915
TABLES = (System, Account, Member, Switch, SwitchMember, Message)


@pytest.fixture
def edit(write):
    """Change a user's own system."""

    def run(user_id, changes):
        return write(lambda session: systems.edit_system(session, user_id, changes))

    return run


@pytest.fixture
def show(read):
    """A user's own system, as the user sees it."""

    def run(user_id):
        return read(lambda session: systems.show_system(session, systems.get_own_system(session, user_id).hid, user_id))

    return run


@pytest.fixture
def counts(read):
    """How many rows each table has."""
    return lambda: read(lambda session: [session.scalar(select(func.count()).select_from(table)) for table in TABLES])


def test_a_new_system_has_an_id_and_otherwise_nothing(write, show, monkeypatch):
    monkeypatch.setattr(systems, "now_us", lambda: 1_795_262_400_000_000)
    hid = write(systems.create_system, ALICE).hid
    assert re.fullmatch("[a-z]{5}", hid)
    assert show(ALICE) == {
        "id": hid,
        "name": None,
        "description": None,
        "tag": None,
        "avatar_url": None,
        "tz": "UTC",
        "created": "2026-11-21T12:00:00.000000Z",
        "description_privacy": "public",
        "member_list_privacy": "public",
        "front_privacy": "public",
        "front_history_privacy": "public",
        "banner": None,
        "color": None,
    }


def test_a_system_may_be_made_with_its_fields(write, show):
    write(systems.create_system, ALICE, {"name": "Foxes", "color": "FF0000", "front_privacy": "private", "id": "mine"})
    shown = show(ALICE)
    assert (shown["name"], shown["color"], shown["front_privacy"]) == ("Foxes", "ff0000", "private")
    assert shown["id"] != "mine"


def test_one_system_an_account(write, read, counts):
    hid = write(systems.create_system, ALICE).hid
    with pytest.raises(Invalid, match="This account already has a system"):
        write(systems.create_system, ALICE, {"name": "Second"})
    assert counts()[:2] == [1, 1]
    assert read(systems.get_own_system, ALICE).hid == hid


def test_a_system_that_is_refused_leaves_nothing_behind(write, counts):
    with pytest.raises(Invalid, match="The name must have at most 100 characters; this one has 101"):
        write(systems.create_system, ALICE, {"tag": "fine", "name": "x" * 101})
    assert counts() == [0] * 6


def test_ids_are_drawn_again_until_they_are_free(write, monkeypatch):
    draws = iter("aaaaaaaaaaaaaaaaaaab")
    monkeypatch.setattr("secrets.choice", lambda letters: next(draws))
    assert write(systems.create_system, ALICE).hid == "aaaaa"
    assert write(systems.create_system, BOB).hid == "aaaab"
    assert list(draws) == []


def test_a_deleted_id_may_come_again_and_a_member_may_have_the_id_of_a_system(write, read, monkeypatch):
    monkeypatch.setattr("secrets.choice", lambda letters: "q")
    system = write(systems.create_system, ALICE)
    write(systems.delete_system, ALICE)
    system = write(systems.create_system, ALICE)
    member = write(members.create_member, ALICE, {"name": "Ann"})
    assert system.hid == member.hid == "qqqqq"
    assert read(systems.get_system, "qqqqq").id == system.id
    assert read(members.get_member, "qqqqq").name == "Ann"


def test_every_letter_is_drawn_and_nothing_else(write, monkeypatch):
    asked = []
    monkeypatch.setattr("secrets.choice", lambda letters: asked.append(letters) or "z")
    write(systems.create_system, ALICE)
    assert asked == [string.ascii_lowercase] * 5


def test_an_id_is_found_in_any_case_of_letters(write, read):
    hid = write(systems.create_system, ALICE).hid
    for form in (hid, hid.upper(), hid.capitalize()):
        assert read(systems.get_system, form).hid == hid


@pytest.mark.parametrize("hid", ["", "a", "abcdef", "ab de", "12345", "é" * 5, "abc\0d", "%", "_____", "a" * 10_000])
def test_what_is_no_id_is_not_found(write, read, hid):
    write(systems.create_system, ALICE)
    with pytest.raises(NotFound, match="System not found"):
        read(systems.get_system, hid)


@pytest.mark.parametrize(
    ("changes", "kept"),
    [
        ({"name": "n" * 100}, {}),
        ({"name": "😀" * 100}, {}),
        ({"description": "d" * 1000}, {}),
        ({"description": "😀\n" * 500}, {}),
        ({"tag": "t" * 78}, {}),
        ({"tag": "😀" * 78}, {}),
        ({"tag": " | Foxes "}, {}),
        ({"avatar_url": "https://a/" + "x" * 246}, {}),
        ({"banner": "https://example.com/b.png"}, {}),
        ({"color": "ABCDEF"}, {"color": "abcdef"}),
        ({"tz": "europe/BERLIN"}, {"tz": "Europe/Berlin"}),
        ({"tz": None}, {"tz": "UTC"}),
        ({"tz": ""}, {"tz": "UTC"}),
        ({"name": None}, {}),
        ({"name": ""}, {"name": None}),
        ({"description": " \n"}, {"description": None}),
        ({"tag": "\t"}, {"tag": None}),
        ({"avatar_url": None, "banner": "", "color": " "}, {"avatar_url": None, "banner": None, "color": None}),
        ({"description_privacy": "private"}, {}),
        ({"member_list_privacy": "private", "front_privacy": "private"}, {}),
        ({"front_history_privacy": "public"}, {}),
        (
            {"front_history_privacy": None, "front_privacy": None},
            dict.fromkeys(("front_privacy", "front_history_privacy"), "public"),
        ),
        ({}, {}),
        (
            {"id": "zzzzz", "created": "2000-01-01T00:00:00Z", "uuid": 5, "webhook_url": [], "Name": "x", "hid": "x"},
            None,
        ),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_an_edit_changes_what_is_named_and_nothing_else(write, edit, show, changes, kept):
    write(
        systems.create_system,
        ALICE,
        {
            **dict.fromkeys(("name", "description", "tag"), "before"),
            **dict.fromkeys(("avatar_url", "banner"), "https://example.com/before.png"),
            "tz": "Asia/Tokyo",
            "color": "111111",
            "front_history_privacy": "private",
        },
    )
    before = show(ALICE)
    edit(ALICE, changes)
    assert show(ALICE) == (before if kept is None else {**before, **changes, **kept})


def test_one_bad_field_spoils_the_whole_edit(write, edit, show):
    write(systems.create_system, ALICE, {"name": "Foxes"})
    before = show(ALICE)
    with pytest.raises(Invalid, match="The tag must have at most 78 characters; this one has 79"):
        edit(ALICE, {"name": "Wolves", "tag": "x" * 79, "tz": "Asia/Tokyo"})
    assert show(ALICE) == before


def test_many_accounts_a_system_but_never_the_last_one_away(write, read):
    system = write(systems.create_system, ALICE)
    write(systems.link_account, ALICE, ALEX)
    write(systems.link_account, ALICE, BOB)
    assert sorted(read(systems.get_accounts, system)) == [ALICE, ALEX, BOB]
    for user_id in (ALICE, ALEX, BOB):
        assert read(systems.get_own_system, user_id).id == system.id
        assert read(systems.get_account_system, user_id).id == system.id
        assert read(systems.is_owner, user_id, system.id)
    write(systems.unlink_account, ALICE, ALICE)
    write(systems.unlink_account, ALEX, BOB)
    with pytest.raises(NotAllowed, match="This is the last account linked to your system"):
        write(systems.unlink_account, ALEX, ALEX)
    assert read(systems.get_accounts, system) == [ALEX]
    assert read(systems.find_own_system, ALICE) is None
    assert not read(systems.is_owner, ALICE, system.id)


def test_who_was_unlinked_may_begin_anew(write, read):
    old = write(systems.create_system, ALICE)
    write(systems.link_account, ALICE, ALEX)
    write(systems.unlink_account, ALEX, ALICE)
    new = write(systems.create_system, ALICE)
    assert read(systems.get_own_system, ALICE).id == new.id != old.id
    assert read(systems.get_own_system, ALEX).id == old.id


def test_an_account_with_a_system_is_not_linked_to_another(write, read):
    foxes, wolves = write(systems.create_system, ALICE), write(systems.create_system, BOB)
    for user_id, sentence in ((ALICE, "linked to your system already"), (BOB, "This account already has a system")):
        with pytest.raises(Invalid, match=sentence):
            write(systems.link_account, ALICE, user_id)

    def link_twice(session):
        systems.link_account(session, ALICE, CARLA)
        systems.link_account(session, BOB, CARLA)

    with pytest.raises(Invalid, match="This account already has a system"):
        write(link_twice)
    assert read(systems.get_accounts, foxes) == [ALICE]
    assert read(systems.get_accounts, wolves) == [BOB]


@pytest.mark.parametrize("user_id", [BOB, CARLA])
def test_nobody_elses_account_is_unlinked(write, read, user_id):
    _, wolves = write(systems.create_system, ALICE), write(systems.create_system, BOB)
    write(systems.link_account, BOB, ALEX)
    with pytest.raises(NotFound, match="This account is not linked to your system"):
        write(systems.unlink_account, ALICE, user_id)
    assert sorted(read(systems.get_accounts, wolves)) == [ALEX, BOB]


def test_who_has_no_system(write, read):
    write(systems.create_system, BOB)
    assert read(systems.find_own_system, ALICE) is None
    assert read(systems.find_own_system, None) is None
    assert read(systems.is_owner, None, 1) is False
    assert read(systems.is_owner, ALICE, 1) is False
    with pytest.raises(NotFound, match="Account not found"):
        read(systems.get_account_system, ALICE)
    with pytest.raises(NotAuthenticated, match="This account has no system"):
        read(systems.get_own_system, ALICE)


def test_a_forgotten_user_neither_makes_nor_joins_a_system(write, counts):
    write(systems.create_system, ALICE)
    before = counts()
    write(erasure.forget, BOB)
    with pytest.raises(NotAllowed, match="You asked to be forgotten"):
        write(systems.create_system, BOB)
    with pytest.raises(NotAllowed, match="This account cannot be linked"):
        write(systems.link_account, ALICE, BOB)
    assert counts() == before
    write(opt_out.show, BOB)
    write(systems.link_account, ALICE, BOB)


def test_who_is_only_hidden_may_have_a_system(write, read):
    write(opt_out.hide, ALICE)
    write(systems.create_system, ALICE)
    assert read(systems.find_own_system, ALICE)


def test_a_deleted_system_takes_its_own_along_and_nothing_of_others(write, counts):
    def purge():
        while write(soft_delete.purge_some):
            pass

    def settle(user_id, message_id):
        write(systems.create_system, user_id)
        pair = [write(members.create_member, user_id, {"name": name}) for name in ("Ann", "Ben")]
        write(switches.log_switch, user_id, [member.hid for member in pair])
        write(switches.log_switch, user_id, [pair[0].hid])
        write(message_records.record_message, user_id, pair[1].id, message_id, message_id - 1, 7, 8)

    settle(BOB, 500)
    one = counts()
    settle(ALICE, 600)
    write(systems.link_account, ALICE, ALEX)
    assert counts() == [2, 3, 4, 4, 6, 2]
    write(systems.delete_system, ALICE)
    assert counts() == [2, 1, 4, 4, 6, 2]
    purge()
    assert counts() == one == [1, 1, 2, 2, 3, 1]
    write(systems.delete_system, BOB)
    purge()
    assert counts() == [0] * 6
