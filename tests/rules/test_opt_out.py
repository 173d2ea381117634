"""Hiding, showing, and being forgotten."""

import pytest

from models import GitHub, KeyValue, OptOut, Presence, Token
from rules import opt_out
from rules.account import erasure, github, kv, tokens
from rules.presence import health, updates

ALICE, BOB = 80351110224678912, 80351110224678913


def everything_about(session, user_id):
    return [
        row for table in (Presence, Token, KeyValue, GitHub) for row in session.query(table).filter_by(user_id=user_id)
    ]


@pytest.fixture
def settle(join, write, token_of):
    """Somebody of whom everything is stored that can be."""

    def run(user_id):
        join(user_id)
        write(kv.edit_pairs, user_id, {"city": "Bern", "river": "Aare"})
        write(github.connect, user_id, {"id": user_id, "login": "octocat"}, '"etag"')
        return token_of(user_id)

    return run


def test_hiding_twice_and_showing_twice(join, write, read):
    join(ALICE)
    for _ in range(2):
        write(opt_out.hide, ALICE)
        assert read(opt_out.is_hidden, ALICE)
    assert read(health.count_published) == 0
    assert write(opt_out.show, ALICE) is True
    assert write(opt_out.show, ALICE) is False
    assert not read(opt_out.is_hidden, ALICE)
    assert read(health.count_published) == 1


def test_a_stranger_may_hide_before_joining(join, write, read):
    write(opt_out.hide, ALICE)
    join(ALICE)
    join(BOB)
    assert read(health.count_published) == 1


def test_forgetting_takes_everything_of_one_person_only(settle, write, read):
    alices, bobs = settle(ALICE), settle(BOB)
    before = len(read(everything_about, BOB))
    write(erasure.forget, ALICE)
    assert read(everything_about, ALICE) == []
    assert read(tokens.find_caller, alices) is None
    assert len(read(everything_about, BOB)) == before == 5
    assert read(tokens.find_caller, bobs).user_id == BOB
    assert read(updates.get_stored_ids) == {BOB}


@pytest.mark.parametrize("first", [opt_out.hide, erasure.forget, opt_out.show])
def test_forgetting_after_anything_is_forgetting(settle, write, read, first):
    settle(ALICE)
    write(first, ALICE)
    write(erasure.forget, ALICE)
    assert read(lambda session: session.get(OptOut, ALICE).forgotten) is True
    assert read(everything_about, ALICE) == []


def test_hiding_after_being_forgotten_does_not_undo_it(settle, join, write, read):
    settle(ALICE)
    write(erasure.forget, ALICE)
    write(opt_out.hide, ALICE)
    join(ALICE)
    assert read(updates.get_stored_ids) == set()


def test_who_was_forgotten_comes_back_with_nothing(settle, join, write, read):
    settle(ALICE)
    write(erasure.forget, ALICE)
    assert write(opt_out.show, ALICE) is True
    join(ALICE)
    assert read(updates.get_stored_ids) == {ALICE}
    assert read(kv.get_pairs, ALICE) == {}
    assert read(github.find_username, ALICE) is None
