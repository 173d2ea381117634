"""PUBLISH: whom the file may hold and publish under each choice, in whatever order things come."""

import itertools

import pytest

from models import HomeNotice
from rules import opt_out
from rules.account import erasure
from rules.presence import home_guild, notices, profiles, publication, updates
from rules.presence.updates import Change

ALICE, BOB = 80351110224678912, 80351110224678913
ROLE, OTHER, HOME = "701", "702", 501
ONLINE = {"status": "online"}


@pytest.fixture
def choose(write):
    return lambda choice: write(publication.apply_choice, choice)


@pytest.fixture
def seen(read):
    """Who is found by a stranger."""

    def run():
        return {user_id for user_id in (ALICE, BOB) if read(profiles.find_public, user_id)}

    return run


def member_of(user_id, *roles, status=ONLINE):
    member = {"user": {"id": str(user_id), "username": "a"}, "roles": list(roles)}
    return updates.change_of_member(member, 1000, 1000, status)


def update_of(user_id, status="dnd"):
    return updates.change_of_presence({"user": {"id": str(user_id)}, "status": status}, 2000)


def test_without_a_choice_everyone_is_published(read, join, seen):
    join(ALICE)
    join(BOB)
    assert read(publication.get_choice) == "everyone"
    assert seen() == {ALICE, BOB}


def test_with_optin_nobody_is_stored_who_did_not_opt_in(choose, read, write, join, seen):
    choose("optin")
    write(opt_out.show, ALICE)
    join(ALICE)
    join(BOB)
    assert seen() == read(updates.get_stored_ids) == {ALICE}


def test_changing_to_optin_withdraws_everybody_else_at_once(choose, read, write, join, seen):
    join(ALICE)
    join(BOB)
    write(opt_out.show, BOB)
    assert choose("optin")
    assert seen() == read(updates.get_stored_ids) == {BOB}
    assert not choose("optin")


def test_a_presence_that_waited_from_before_the_choice_publishes_nobody(choose, write_presence, join, seen):
    join(ALICE)
    waiting = {ALICE: update_of(ALICE), BOB: member_of(BOB, ROLE).then(update_of(BOB))}
    choose("optin")
    write_presence(updates.record_presences, waiting)
    assert seen() == set()


def test_an_older_row_that_is_in_the_file_all_the_same_goes_with_its_next_update(
    choose, database_file, write, write_presence, join, read, seen
):
    join(ALICE)
    choose("optin")
    write(publication.apply_choice, "everyone")
    join(ALICE)
    write(lambda session: session.merge(publication.Publication(id=1, choice="optin")))
    write_presence(updates.record_presences, {ALICE: update_of(ALICE)})
    assert read(updates.get_stored_ids) == set()


def test_with_a_role_only_its_holders_are_published(choose, write_presence, seen):
    choose(f"role:{ROLE}")
    write_presence(updates.record_presences, {ALICE: member_of(ALICE, OTHER, ROLE), BOB: member_of(BOB, OTHER)})
    assert seen() == {ALICE}


def test_whoever_loses_the_role_is_withdrawn_and_no_later_presence_brings_them_back(choose, write_presence, seen):
    choose(f"role:{ROLE}")
    write_presence(updates.record_presences, {ALICE: member_of(ALICE, ROLE)})
    write_presence(updates.record_presences, {ALICE: member_of(ALICE, status=None)})
    assert seen() == set()
    write_presence(updates.record_presences, {ALICE: update_of(ALICE)})
    assert seen() == set()


def test_losing_the_role_wins_in_whatever_way_changes_are_merged(choose, write_presence, seen):
    choose(f"role:{ROLE}")
    before = [member_of(ALICE, ROLE), update_of(ALICE), Change(1, 1, gone=True)]
    for number, earlier in itertools.product(range(3), itertools.permutations(before)):
        merged = earlier[0]
        for change in [*earlier[1:], member_of(ALICE, status=None), *[update_of(ALICE)] * number]:
            merged = merged.then(change)
        write_presence(updates.record_presences, {ALICE: merged})
        assert seen() == set()


@pytest.mark.parametrize("roles", [None, "701", {"701": 1}, 701, [701], ["7010"]])
def test_roles_of_an_odd_shape_publish_nobody(choose, write_presence, seen, roles):
    choose(f"role:{ROLE}")
    member = {"user": {"id": str(ALICE), "username": "a"}, "roles": roles}
    write_presence(updates.record_presences, {ALICE: updates.change_of_member(member, 1000, 1000, ONLINE)})
    assert seen() == set()


@pytest.mark.parametrize("choice", [f"role:{ROLE}", f"role:{OTHER}"])
def test_a_choice_by_role_begins_with_nobody(choose, join, seen, choice):
    join(ALICE, roles=[ROLE])
    choose(choice)
    assert seen() == set()


def test_the_role_publishes_nobody_who_hides_or_is_forgotten(choose, write, write_presence, seen):
    choose(f"role:{ROLE}")
    write(opt_out.hide, ALICE)
    write(erasure.forget, BOB)
    write_presence(updates.record_presences, {ALICE: member_of(ALICE, ROLE), BOB: member_of(BOB, ROLE)})
    assert seen() == set()


def test_show_without_the_role_publishes_nobody(choose, write, write_presence, seen):
    choose(f"role:{ROLE}")
    write(opt_out.show, ALICE)
    write_presence(updates.record_presences, {ALICE: member_of(ALICE)})
    assert seen() == set()


@pytest.mark.parametrize("leave", [opt_out.hide, erasure.forget])
def test_hiding_comes_before_having_opted_in(choose, write, join, seen, leave):
    choose("optin")
    write(opt_out.show, ALICE)
    join(ALICE)
    write(leave, ALICE)
    assert seen() == set()
    join(ALICE)
    assert seen() == set()
    write(opt_out.show, ALICE)
    join(ALICE)
    assert seen() == {ALICE}


def test_whoever_is_forgotten_has_to_opt_in_again(write, read):
    write(opt_out.show, ALICE)
    write(notices.record_told, [ALICE])
    write(erasure.forget, ALICE)
    assert not read(opt_out.is_opted_in, ALICE)
    assert read(lambda session: session.get(notices.JoinNotice, ALICE)) is None


def test_another_home_server_changes_nothing_about_the_choice(choose, read, write):
    choose("optin")
    write(home_guild.move_home, HOME)
    assert read(publication.get_choice) == "optin"


def test_the_web_side_withdraws_and_never_publishes(write, read, join, seen):
    join(ALICE)
    assert write(publication.narrow_choice, "optin")
    assert seen() == set()
    assert not write(publication.narrow_choice, "everyone")
    assert read(publication.get_choice) == "optin"


def test_a_role_that_is_not_there_is_named():
    assert publication.find_problem(f"role:{ROLE}", {OTHER}) == (
        "The home server has no role 701: set PUBLISH to another. Nobody is published."
    )
    assert publication.find_problem(f"role:{ROLE}", {ROLE, OTHER}) is None
    assert publication.find_problem("optin", set()) is None


def test_a_server_is_told_once_and_again_only_when_more_are_published(choose, write, read):
    told = []
    for choice in ("everyone", "everyone", "optin", "role:1", "role:2", "optin", "everyone", "role:1", "everyone"):
        choose(choice)
        if not read(notices.is_home_told, HOME, choice):
            told.append(choice)
            write(notices.record_home_told, HOME, choice)
    assert told == ["everyone", "role:1", "role:2", "everyone", "everyone"]
    assert not read(notices.is_home_told, HOME + 1, "everyone")
    assert read(lambda session: session.get(HomeNotice, HOME)).choice == "everyone"


def test_whoever_joins_is_told_once_and_not_when_hidden_or_gone(write, read, join):
    for user_id in (ALICE, BOB, 7):
        join(user_id)
    write(opt_out.hide, BOB)
    assert read(notices.find_untold, [BOB, ALICE, 7, 8]) == [ALICE, 7]
    write(notices.record_told, [ALICE, BOB, 8])
    assert read(notices.find_untold, [ALICE, 7, BOB, 8]) == [7]
    write(opt_out.show, BOB)
    assert read(notices.find_untold, [BOB]) == [BOB]
