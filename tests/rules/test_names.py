"""People are found by the whole of a name, and whoever is not published by none."""

import pytest
from sqlalchemy import select

from models import PresenceName
from rules import names, opt_out
from rules.errors import Invalid
from rules.names import find_named
from rules.presence import updates

ALICE, BOB = 80351110224678912, 80351110224678913


@pytest.fixture
def find(read):
    return lambda name: read(find_named, name)


@pytest.fixture
def alice(join):
    join(ALICE, "alice_w", user={"global_name": "Älice Wonder"}, nick="The Queen")
    join(BOB, "bob", user={"global_name": "Bob"})


@pytest.mark.parametrize("typed", ["alice_w", "ALICE_W", "@alice_w", " alice_w ", "älice wonder", "Älice Wonder"])
def test_each_name_finds_in_any_case(alice, find, typed):
    assert find(typed) == [ALICE]


def test_the_name_in_the_server_finds_too(alice, find):
    assert find("the queen") == [ALICE]


@pytest.mark.parametrize(
    "typed", ["alice", "alice_", "lice_w", "Älice", "alice_w%", "%", "*", "al_ce_w", "The", str(ALICE)]
)
def test_a_part_of_a_name_finds_nobody(alice, find, typed):
    assert find(typed) == []


@pytest.mark.parametrize("typed", ["", "  ", "@", "x" * 41, "\u3000"])
def test_what_can_be_no_name(alice, find, typed):
    with pytest.raises(Invalid):
        find(typed)


def test_who_hides_is_not_found_and_comes_back(alice, find, write):
    write(opt_out.hide, ALICE)
    assert find("alice_w") == []
    write(opt_out.show, ALICE)
    assert find("alice_w") == [ALICE]


def test_who_leaves_is_not_found_and_leaves_no_name(alice, find, leave, read):
    leave(ALICE)
    assert find("alice_w") == []
    assert read(lambda session: set(session.scalars(select(PresenceName.user_id)))) == {BOB}


def test_a_new_name_takes_the_place_of_the_old(alice, find, join):
    join(ALICE, "queen", user={"global_name": "Alice"}, at=2000)
    assert [find(typed) for typed in ("queen", "alice", "alice_w", "the queen")] == [[ALICE], [ALICE], [], []]


def test_a_change_of_the_presence_alone_keeps_the_names(alice, find, write_presence):
    presence = {"user": {"id": str(ALICE)}, "status": "idle", "activities": [], "client_status": {}}
    write_presence(updates.record_presences, {ALICE: updates.change_of_presence(presence, 3000)})
    assert find("alice_w") == [ALICE]


def test_of_many_namesakes_a_few_are_found(find, join):
    for number in range(names.MOST_FOUND + 2):
        join(ALICE + number, f"one{number}", user={"global_name": "Same"})
    assert find("same") == [ALICE + number for number in range(names.MOST_FOUND)]
