"""Setting and removing pairs as Lanyard's clients do it: its statuses, codes and words, and who may."""

import pytest

from rules.account import kv
from tests.web.lanyard.people import ALICE, BOB, CHARLIE, NO_PERMISSION, told

JSON = {"Content-Type": "application/json"}
ALPHABET = "key must be alphanumeric (a-zA-Z0-9_)"
KEY_TOO_LONG, VALUE_TOO_LONG = "key must be 255 characters or less", "value must be 30000 characters or less"
ODD_KEYS = ("a-b", "é", "a%20b", "a%0A", "%00", "%FF", "%EF%BB%BFa")
FULL = "request would exceed key limit (512), please delete keys first"
FULL_FOR_MANY = "request would exceed the key limit (512), please delete some keys first"


@pytest.fixture
def pairs(read):
    """Alice's pairs: what anybody sees, and all of them."""
    return lambda: (read(kv.get_public_pairs, ALICE), read(kv.get_pairs, ALICE))


def check_done(answer):
    assert (answer.status_code, answer.data) == (204, b"")


@pytest.mark.parametrize("whose", ["@me", ALICE])
@pytest.mark.parametrize("slash", ["", "/"])
def test_what_is_set_here_is_public_and_what_was_private_stays_so(ask, pairs, whose, slash):
    check_done(ask("PUT", f"/v1/users/{whose}/kv/city{slash}", ALICE, data="Bern"))
    check_done(ask("PUT", f"/v1/users/{whose}/kv/private{slash}", ALICE, data="new"))
    assert pairs() == ({"public": "o", "city": "Bern"}, {"private": "new", "public": "o", "city": "Bern"})
    changes = {"city": "Basel", "private": "newer", "site": "https://example.org"}
    check_done(ask("PATCH", f"/v1/users/{whose}/kv{slash}", ALICE, json=changes))
    assert pairs()[0] == {"public": "o", "city": "Basel", "site": "https://example.org"}
    assert pairs()[1]["private"] == "newer"
    check_done(ask("DELETE", f"/v1/users/{whose}/kv/city{slash}", ALICE))
    check_done(ask("DELETE", f"/v1/users/{whose}/kv/city{slash}", ALICE))
    assert "city" not in pairs()[1]


def test_a_key_that_was_removed_is_public_when_it_comes_again(ask, pairs):
    check_done(ask("DELETE", "/v1/users/@me/kv/private", ALICE))
    check_done(ask("PUT", "/v1/users/@me/kv/private", ALICE, data="x"))
    assert pairs()[0]["private"] == "x"


@pytest.mark.parametrize("value", ["", "x" * 30_000, "🦊" * 30_000, "\ufeffx", "a\r\nb", "{", "null"])
def test_values_come_back_as_they_were_sent(ask, value):
    check_done(ask("PUT", "/v1/users/@me/kv/k", ALICE, data=value.encode()))
    assert ask("GET", f"/v1/users/{ALICE}").json["data"]["kv"]["k"] == value
    check_done(ask("PATCH", "/v1/users/@me/kv", ALICE, json={"l": value}))
    assert ask("GET", f"/v1/users/{ALICE}").json["data"]["kv"]["l"] == value


def test_keys_have_lanyards_length_and_harmys_dialect_can_remove_them(ask, pairs):
    key = "k" * 255
    check_done(ask("PUT", f"/v1/users/@me/kv/{key}", ALICE, data="v"))
    assert pairs()[0][key] == "v"
    check_done(ask("PATCH", "/user/@me/kv", ALICE, json={key: None}))
    assert key not in pairs()[1]


@pytest.mark.parametrize(
    ("key", "body", "code", "message"),
    [
        ("k" * 256, "v", "kv_validation_failed", KEY_TOO_LONG),
        ("é" * 256, "v", "kv_validation_failed", KEY_TOO_LONG),
        ("k" * 256, "x" * 30_001, "kv_validation_failed", KEY_TOO_LONG),
        *[
            (key, "v", "kv_validation_failed", ALPHABET)
            for key in ("a-b", "é", "a%20b", "a%0A", "%00", "%FF", "%EF%BB%BFa")
        ],
        ("a.b", "x" * 30_001, "kv_validation_failed", ALPHABET),
        ("k", "x" * 30_001, "kv_validation_failed", VALUE_TOO_LONG),
        ("k", "x" * 500_000, "kv_validation_failed", VALUE_TOO_LONG),
        ("k", "🦊" * 30_001, "kv_validation_failed", VALUE_TOO_LONG),
        ("k", b"\xff\xfe", "kv_validation_failed", "The body is not UTF-8 text."),
        ("k", b"\xed\xa0\x80", "kv_validation_failed", "The body is not UTF-8 text."),
        ("k", "a\0b", "kv_validation_failed", "The value must not hold a NUL character."),
    ],
)
def test_a_pair_that_is_refused_changes_nothing(ask, pairs, key, body, code, message):
    before = pairs()
    assert told(ask("PUT", f"/v1/users/@me/kv/{key}", ALICE, data=body)) == (404, code, message)
    assert pairs() == before
    assert ask("GET", f"/v1/users/{ALICE}", ALICE).status_code == 200


@pytest.mark.parametrize(
    ("body", "code", "message"),
    [
        *[
            (body, "invalid_kv_value", "body must be an object")
            for body in (
                *("", "x", "[]", "null", "1", '"a"', "[{}]", '{"a": 1}', '{"a": null}', '{"a": {}}', '{"a": "b"'),
                *('{"a": "1", "a": "2"}', '{"a": NaN}', '{"a": "\\ud800"}', '{"a": "\\u0000"}', b'{"a": "\xff"}'),
                *('{"b": "fine", "a": 1}', "[" * 100_000),
            )
        ],
        ('{"": "x"}', "kv_validation_failed", ALPHABET),
        ('{"fine": "x", "a b": "y"}', "kv_validation_failed", ALPHABET),
        ('{"a\\n": "y"}', "kv_validation_failed", ALPHABET),
        ('{"%s": "y"}' % ("k" * 256), "kv_validation_failed", KEY_TOO_LONG),
        ('{"fine": "x", "a": "%s"}' % ("y" * 30_001), "kv_validation_failed", VALUE_TOO_LONG),
    ],
)
def test_one_bad_pair_refuses_them_all(ask, pairs, body, code, message):
    before = pairs()
    assert told(ask("PATCH", "/v1/users/@me/kv", ALICE, data=body, headers=JSON)) == (404, code, message)
    assert pairs() == before


@pytest.mark.parametrize(
    "kind", [None, "text/plain;charset=UTF-8", "application/x-www-form-urlencoded", "application/octet-stream"]
)
def test_pairs_are_read_whatever_their_content_type(ask, pairs, kind):
    """What a page's `fetch` and curl's `-d` say of JSON, and Lanyard does not look at."""
    check_done(ask("PATCH", "/v1/users/@me/kv", ALICE, data='{"city":"Bern"}', content_type=kind))
    assert pairs()[0]["city"] == "Bern"


def test_an_empty_object_changes_nothing(ask, pairs):
    before = pairs()
    check_done(ask("PATCH", "/v1/users/@me/kv", ALICE, data="{}", headers=JSON))
    assert pairs() == before


def test_there_are_512_keys(ask, pairs):
    check_done(ask("PATCH", "/v1/users/@me/kv", ALICE, json={f"k{number}": "" for number in range(510)}))
    for key, data in (("more", "v"), ("a-b", "v"), ("more", "x" * 30_001)):
        assert told(ask("PUT", f"/v1/users/@me/kv/{key}", ALICE, data=data)) == (404, "kv_validation_failed", FULL)
    many = ask("PATCH", "/v1/users/@me/kv", ALICE, json={"k1": "new", "more": "v"})
    assert told(many) == (404, "kv_validation_failed", FULL_FOR_MANY)
    check_done(ask("PUT", "/v1/users/@me/kv/k1", ALICE, data="new"))
    assert (len(pairs()[1]), pairs()[1]["k1"]) == (512, "new")


def test_more_than_a_mebibyte_is_not_kept(ask, pairs):
    before = pairs()
    answer = ask("PATCH", "/v1/users/@me/kv", ALICE, json={f"k{number}": "x" * 30_000 for number in range(35)})
    assert told(answer)[:2] == (413, "payload_too_large")
    assert pairs() == before


WRITES = [
    ("PUT", "/v1/users/{}/kv/public", {"data": "x"}),
    ("PATCH", "/v1/users/{}/kv", {"json": {"public": "x"}}),
    ("DELETE", "/v1/users/{}/kv/public", {}),
]


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
@pytest.mark.parametrize("whose", [BOB, CHARLIE, 0, "abc", f"0{ALICE}", "9" * 30, "@you"])
def test_nobody_writes_for_somebody_else(ask, read, method, path, body, whose):
    assert told(ask(method, path.format(whose), ALICE, **body)) == (401, *NO_PERMISSION)
    assert read(kv.get_public_pairs, BOB) == {"public": "o"}


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
@pytest.mark.parametrize("viewer", [None, "wrong", f"rc_{ALICE}_{'x' * 43}"])
def test_nobody_writes_without_a_token(ask, pairs, method, path, body, viewer):
    before = pairs()
    for whose in ("@me", ALICE):
        assert told(ask(method, path.format(whose), viewer, **body)) == (401, *NO_PERMISSION)
    assert pairs() == before


@pytest.mark.parametrize(("method", "path", "body"), WRITES)
def test_a_token_with_bearer_is_forgiven(ask, tokens, method, path, body):
    check_done(ask(method, path.format("@me"), f"Bearer {tokens[ALICE]}", **body))


@pytest.mark.parametrize(("method", "path", "body"), WRITES[:2])
def test_who_left_the_server_still_has_pairs(ask, leave, pairs, method, path, body):
    leave(ALICE)
    check_done(ask(method, path.format("@me"), ALICE, **body))
    assert pairs()[1]["public"] == "x"
