"""Tokens open their owner's data, and nobody else's, until the next one is made."""

import re

import pytest

from models import Token
from rules.account import tokens
from rules.errors import NotAuthenticated

ALICE, BOB, CHARLIE = 80351110224678912, 80351110224678913, 80351110224678914


def test_a_token_names_its_owner_and_carries_256_bits():
    made = {tokens.make_token(ALICE) for _ in range(50)}
    assert len(made) == 50
    assert all(re.fullmatch(rf"rc_{ALICE}_[A-Za-z0-9_-]{{43}}", token) for token in made)


def test_whose_token_it_is(read, token_of):
    for user_id in (ALICE, BOB):
        assert read(tokens.find_caller, token_of(user_id)).user_id == user_id
        assert read(tokens.get_caller, token_of(user_id)).user_id == user_id


def test_a_token_is_worth_nothing_before_its_hash_is_stored(read, token_of):
    token_of(ALICE)
    assert read(tokens.find_caller, tokens.make_token(ALICE)) is None


def test_a_new_token_replaces_the_old_one_at_once(read, token_of):
    old, new = token_of(ALICE), token_of(ALICE)
    assert read(tokens.find_caller, old) is None
    assert read(tokens.find_caller, new).user_id == ALICE


@pytest.mark.parametrize(
    "spoil",
    [
        lambda token: None,
        lambda token: "",
        lambda token: " ",
        lambda token: token[:-1],
        lambda token: token + "A",
        lambda token: token + "\n",
        lambda token: " " + token,
        lambda token: token.upper(),
        lambda token: token[:-1] + ("A" if token[-1] != "A" else "B"),
        lambda token: token.replace(str(ALICE), str(BOB)),
        lambda token: token.replace(str(ALICE), str(CHARLIE)),
        lambda token: token.replace(str(ALICE), f"0{ALICE}"),
        lambda token: token.replace(str(ALICE), "٣"),
        lambda token: token.replace(str(ALICE), "0"),
        lambda token: token.replace(str(ALICE), "9" * 19),
        lambda token: token.replace(str(ALICE), "9" * 5000),
        lambda token: token.replace("rc_", "RC_"),
        lambda token: token.removeprefix("rc_"),
        lambda token: f"Bearer {token}",
        lambda token: token.replace("_", "é"),
        lambda token: "x" * 100_000,
        lambda token: "\0",
    ],
)
def test_a_wrong_token_is_nobodys(read, token_of, spoil):
    token = token_of(ALICE)
    token_of(BOB)
    assert read(tokens.find_caller, spoil(token)) is None
    with pytest.raises(NotAuthenticated) as refused:
        read(tokens.get_caller, spoil(token))
    assert "`token`" in refused.value.sentence
    assert token[-20:] not in refused.value.sentence
    assert read(tokens.find_caller, token).user_id == ALICE


def test_the_row_holds_a_passlib_hash_and_nothing_of_the_token(read, token_of, database_file):
    token = token_of(ALICE)
    row = read(lambda session: session.get(Token, ALICE))
    assert row.hash.startswith("$pbkdf2-sha256$1000$")
    secret = token[-43:]
    files = b"".join(path.read_bytes() for path in database_file.parent.glob("rollcall.db*"))
    assert row.hash.encode() in files
    assert secret.encode() not in files
    assert secret[:12].encode() not in files


def test_the_same_token_never_has_the_same_hash_twice():
    token = tokens.make_token(ALICE)
    assert tokens.hash_token(token) != tokens.hash_token(token)


def test_a_caller_is_current_until_the_token_is_replaced_or_revoked(read, write, token_of):
    token = token_of(ALICE)
    caller = read(tokens.find_caller, token)
    read(tokens.check_current, caller)
    token_of(BOB)
    read(tokens.check_current, caller)
    newer = read(tokens.find_caller, token_of(ALICE))
    with pytest.raises(NotAuthenticated, match="replaced or revoked"):
        read(tokens.check_current, caller)
    write(tokens.revoke_tokens, [caller])
    read(tokens.check_current, newer)
    write(tokens.revoke_tokens, [newer])
    with pytest.raises(NotAuthenticated, match="replaced or revoked"):
        read(tokens.check_current, newer)


def test_revoking(read, write, token_of):
    alices, bobs, charlies = token_of(ALICE), token_of(BOB), token_of(CHARLIE)
    caller = read(tokens.find_caller, alices)
    pasted = f"look: {alices}, and<{bobs}>! but not {charlies[:-1]}-tampered or {tokens.make_token(CHARLIE)}"
    found = tokens.find_tokens(pasted)
    assert {alices, bobs} <= set(found)
    owners = read(tokens.find_owners, found)
    assert sorted(owner.user_id for owner in owners) == [ALICE, BOB]
    write(tokens.revoke_tokens, owners)
    assert read(tokens.find_caller, alices) is None
    assert read(tokens.find_caller, bobs) is None
    assert read(tokens.find_caller, charlies).user_id == CHARLIE
    with pytest.raises(NotAuthenticated):
        read(tokens.check_current, caller)
    assert read(tokens.find_owners, found) == []


@pytest.fixture
def checked(monkeypatch):
    """The hashes that were worked out from now on, one for each token that was not known."""
    verify, asked = tokens._hasher.verify, []

    def count(token, hashed):
        asked.append(hashed)
        return verify(token, hashed)

    monkeypatch.setattr(tokens._hasher, "verify", count)
    monkeypatch.setattr(tokens, "_VERIFIED", {})
    return asked


def test_a_token_is_worked_out_once_and_a_wrong_one_each_time(read, token_of, checked):
    alices, bobs = token_of(ALICE), token_of(BOB)
    for _ in range(3):
        assert read(tokens.find_caller, alices).user_id == ALICE
        assert read(tokens.find_caller, bobs).user_id == BOB
    assert len(checked) == 2
    wrong = alices[:-1] + ("A" if alices[-1] != "A" else "B")
    for number in range(3):
        assert read(tokens.find_caller, wrong) is None
        assert read(tokens.find_caller, tokens.make_token(CHARLIE)) is None
        assert len(checked) == 2 + 2 * (number + 1)


def test_a_token_that_is_known_stops_at_once_when_it_is_replaced_or_revoked(read, write, token_of, checked):
    old = token_of(ALICE)
    before = read(tokens.find_caller, old)
    assert read(tokens.find_caller, old) == before
    new = token_of(ALICE)
    assert read(tokens.find_caller, old) is None
    caller = read(tokens.find_caller, new)
    assert (caller.user_id, caller.hash != before.hash) == (ALICE, True)
    write(tokens.revoke_tokens, [caller])
    assert read(tokens.find_caller, new) is None
    write(tokens.store_token, ALICE, before.hash)
    assert read(tokens.find_caller, new) is None
    assert read(tokens.find_caller, old) == before


def test_what_is_known_of_tokens_is_bounded_and_holds_none(read, token_of, checked, monkeypatch):
    monkeypatch.setattr(tokens, "MOST_VERIFIED", 3)
    for user_id in range(ALICE, ALICE + 10):
        token = token_of(user_id)
        assert [read(tokens.find_caller, token).user_id for _ in range(2)] == [user_id] * 2
        assert token[-43:] not in str(tokens._VERIFIED)
        assert 1 <= len(tokens._VERIFIED) <= 3
    assert len(checked) == 10


@pytest.mark.parametrize("text", ["", "hello", "rc_", "rc_1_", "rc_abc_" + "x" * 43, "rc_01_" + "x" * 43])
def test_most_texts_hold_no_token(text):
    assert tokens.find_tokens(text) == []


@pytest.mark.parametrize("around", ["{}", "`{}`", "||{}||", "**{}**", '"{}"', "Authorization: {}", "{}\n{}", "{}."])
def test_a_token_is_found_however_it_is_pasted(around):
    token = tokens.make_token(ALICE)
    assert set(tokens.find_tokens(around.replace("{}", token))) == {token}
