"""`GET /v1/users/<id>`: who sees whom and which pairs, and what the headers promise."""

import json
import re

import pytest

from rules import opt_out
from rules.account import erasure, kv
from rules.lanyard import shape
from tests.web.lanyard.people import ALICE, BOB, CHARLIE, NO_PERMISSION, STRANGER, told

PUBLIC, BOTH = {"public": "o"}, {"private": "p", "public": "o"}
NOT_MONITORED = "User is not being monitored by Lanyard"


@pytest.mark.parametrize(
    "path", [f"/v1/users/{ALICE}", f"/v1/users/{ALICE}/", f"/v1/users/{ALICE}?a=1", f"/v1/users/%38{str(ALICE)[1:]}"]
)
def test_a_presence_wears_the_envelope(ask, read, path):
    answer = ask("GET", path)
    assert (answer.status_code, answer.content_type) == (200, "application/json")
    assert list(answer.json) == ["success", "data"]
    assert answer.json == {"success": True, "data": json.loads(read(shape.find_public, ALICE))}
    head = ask("HEAD", path)
    assert (head.status_code, head.data, head.headers["ETag"]) == (200, b"", answer.headers["ETag"])
    assert head.headers["Content-Length"] == str(len(answer.data))


def test_pairs_are_shown_by_whose_token_it_is(ask, tokens):
    def pairs(user_id, viewer):
        return ask("GET", f"/v1/users/{user_id}", viewer).json["data"]["kv"]

    assert pairs(ALICE, None) == pairs(ALICE, BOB) == pairs(ALICE, "wrong") == PUBLIC
    assert pairs(ALICE, ALICE) == pairs("@me", ALICE) == pairs(ALICE, f"Bearer {tokens[ALICE]}") == BOTH
    assert pairs(BOB, ALICE) == PUBLIC


def test_a_replaced_token_is_nobodys(ask, tokens, token_of):
    old, new = tokens[ALICE], token_of(ALICE)
    assert ask("GET", f"/v1/users/{ALICE}", old).json["data"]["kv"] == PUBLIC
    assert told(ask("GET", "/v1/users/@me", old)) == (401, *NO_PERMISSION)
    assert told(ask("PUT", "/v1/users/@me/kv/private", old, data="x")) == (401, *NO_PERMISSION)
    assert ask("GET", "/v1/users/@me", new).json["data"]["kv"] == BOTH


def test_a_pair_that_is_withdrawn_is_seen_no_more(ask, write):
    etag = ask("GET", f"/v1/users/{ALICE}").headers["ETag"]
    write(kv.withdraw_pair, ALICE, "public")
    again = ask("GET", f"/v1/users/{ALICE}", headers={"If-None-Match": etag})
    assert (again.status_code, again.json["data"]["kv"]) == (200, {})


@pytest.mark.parametrize("headers", [{}, {"Authorization": ""}, {"Authorization": "wrong"}])
def test_me_is_nobody_without_a_token(ask, headers):
    for path in ("/v1/users/@me", "/v1/users/@me/"):
        answer = ask("GET", path, headers=headers)
        assert told(answer) == (401, *NO_PERMISSION)
        assert answer.headers["WWW-Authenticate"] == "Bearer"


@pytest.fixture
def absent(join, leave, write):
    """One of each who is not published."""
    for user_id in (ALICE, BOB, CHARLIE):
        join(user_id, nick="Secret Name")
    leave(ALICE)
    write(opt_out.hide, BOB)
    write(erasure.forget, CHARLIE)
    return (ALICE, BOB, CHARLIE, STRANGER, 0, 2**63, "abc", "%FF", "@you", "007", "%D9%A3", "9" * 300)


def test_nothing_tells_apart_those_who_are_not_published(ask, absent, tokens):
    for viewer in (None, tokens[ALICE], "wrong"):
        answers = [ask("GET", f"/v1/users/{user_id}", viewer) for user_id in absent]
        code, name, message = told(answers[0])
        assert (code, name) == (404, "user_not_monitored")
        assert message == NOT_MONITORED
        assert len({(answer.status_code, answer.data) for answer in answers}) == 1
        assert "Secret" not in answers[0].text


def test_the_reason_stands_beside_lanyards_words(make_app, ask):
    invited = make_app(INVITE_URL="https://discord.gg/abc").test_client()
    error = invited.get(f"/v1/users/{STRANGER}").json["error"]
    assert error["message"] == NOT_MONITORED
    assert error["hint"].startswith("This user is not published here. Whoever joins the Discord server at https://disc")


def test_the_hidden_see_themselves_and_who_left_does_not(ask, absent):
    for path in (f"/v1/users/{BOB}", "/v1/users/@me"):
        assert ask("GET", path, BOB).json["data"]["kv"] == BOTH
    assert told(ask("GET", "/v1/users/@me", ALICE))[:2] == (404, "user_not_monitored")


def test_an_etag_spares_the_body_until_something_changes(ask, join, write):
    first = ask("GET", f"/v1/users/{ALICE}")
    etag = first.headers["ETag"]
    assert re.fullmatch('"[0-9a-f]+"', etag)
    for known in (etag, f"W/{etag}", f'"other", {etag}'):
        again = ask("GET", f"/v1/users/{ALICE}", headers={"If-None-Match": known})
        assert (again.status_code, again.data, again.headers["ETag"]) == (304, b"", etag)
    own = ask("GET", f"/v1/users/{ALICE}", ALICE, headers={"If-None-Match": etag})
    assert own.status_code == 200
    changes = [
        lambda: join(ALICE, user={"global_name": "Alice"}),
        lambda: join(ALICE, user={"global_name": "Alice", "unheard_of": 1}),
        lambda: join(ALICE, user={"global_name": "Alice"}, status={"status": "idle"}),
        lambda: write(kv.publish_pair, ALICE, "private"),
    ]
    for change in changes:
        change()
        answer = ask("GET", f"/v1/users/{ALICE}", headers={"If-None-Match": etag})
        assert answer.status_code == 200
        etag = answer.headers["ETag"]


def test_a_private_pair_changes_no_strangers_etag(ask, write):
    etag = ask("GET", f"/v1/users/{ALICE}").headers["ETag"]
    write(kv.set_value, ALICE, "private", "another")
    assert ask("GET", f"/v1/users/{ALICE}", headers={"If-None-Match": etag}).status_code == 304


def test_web_pages_may_ask_and_no_cache_mixes_people(ask):
    answer = ask("GET", f"/v1/users/{ALICE}")
    assert answer.headers["Access-Control-Allow-Origin"] == "*"
    assert (answer.headers["Vary"], answer.headers["Cache-Control"]) == ("Authorization", "no-cache")
    assert ask("GET", f"/v1/users/{ALICE}", ALICE).headers["Cache-Control"] == "private, no-store"
    for path in (f"/v1/users/{ALICE}", "/v1/users/@me/kv", "/v1/users/@me/kv/city", f"/{ALICE}.png"):
        preflight = ask("OPTIONS", path, headers={"Origin": "https://alice.example"})
        assert (preflight.status_code, preflight.data) == (200, b"")
        assert "PATCH" in preflight.headers["Access-Control-Allow-Methods"]
