"""Under `/v1/users`, and for pictures by an ID, every error wears Lanyard's envelope; no other path's does."""

import pytest

from rules.lanyard import shape
from tests.web.lanyard.people import ALICE, NO_ROUTE, told
from web.dialects import is_lanyard, is_pluralkit, write_error
from web.responses import SENTENCES

JSON = {"Content-Type": "application/json"}
LANYARDS = ("/v1/users", "/v1/users/", "/v1/users/1/kv/k", "/v1/users/\n", "/1.png", "/1.gif", "/1.webp", "/1.jpeg/")
PLURALKITS = ("/v1", "/v1/", "/v1/usersx", "/v1/user/1", "/v1/s", "/v1/Users/1", "/v1/1.png")
NEITHERS = ("/", "/v1x", "/user/1", "/users", "/favicon.ico", "/1.svg", "/a/1.png", "/v2/users/1")
NO_ROUTES = ("/v1/users", "/v1/users/", "/v1/users/1/2", "/v1/users/1/kv/k/l")


@pytest.mark.parametrize(
    ("path", "lanyards", "pluralkits"),
    [
        *[(path, True, False) for path in ("/v1/users", "/v1/users/", "/v1/users/1/kv/k", "/v1/users/\n", "/1.png/")],
        *[(f"/1.{extension}", True, False) for extension in ("png", "gif", "webp", "jpg", "jpeg")],
        *[
            (path, False, True)
            for path in ("/v1", "/v1/", "/v1/usersx", "/v1/user/1", "/v1/s", "/v1/Users/1", "/v1/1.png")
        ],
        *[
            (path, False, False)
            for path in ("/", "/v1x", "/user/1", "/users", "/favicon.ico", "/1.svg", "/a/1.png", "/v2/users/1")
        ],
    ],
)
def test_which_paths_are_lanyards(path, lanyards, pluralkits):
    assert (is_lanyard(path), is_pluralkit(path)) == (lanyards, pluralkits)


@pytest.mark.parametrize(
    ("method", "path", "status", "code"),
    [
        *[
            ("GET", path, 404, "not_found")
            for path in ("/v1/users", "/v1/users/", "/v1/users/1/2", "/v1/users/1/kv/k/l")
        ],
        ("PUT", "/v1/users/@me/kv/a%2Fb", 404, "not_found"),
        *[(method, f"/v1/users/{ALICE}", 405, "method_not_allowed") for method in ("POST", "PUT", "PATCH", "DELETE")],
        *[(method, "/v1/users/@me/kv", 405, "method_not_allowed") for method in ("GET", "PUT", "POST", "DELETE")],
        *[(method, "/v1/users/@me/kv/k", 405, "method_not_allowed") for method in ("GET", "PATCH", "POST")],
        ("POST", f"/{ALICE}.png", 405, "method_not_allowed"),
    ],
)
def test_what_is_no_route_says_so(ask, method, path, status, code):
    answer = ask(method, path, ALICE)
    assert told(answer)[:2] == (status, code)
    if status == 404:
        assert told(answer) == (status, *NO_ROUTE)
    else:
        assert answer.headers["Allow"]


def test_a_body_that_is_not_taken_says_so(ask):
    large = ask("PATCH", "/v1/users/@me/kv", ALICE, data=b" " * 6_500_000, headers=JSON)
    assert told(large)[:2] == (413, "payload_too_large")


def test_too_many_requests_are_told_so(make_app, tokens, monkeypatch):
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    limited = make_app(RATE_LIMIT="2/hour").test_client()
    first, _, refused, picture = [limited.get(path) for path in (*[f"/v1/users/{ALICE}"] * 3, f"/{ALICE}.png")]
    assert told(refused)[:2] == told(picture)[:2] == (429, "rate_limited")
    assert int(refused.headers["Retry-After"]) == 1800
    # In seconds, as in the house's own dialect; PluralKit's has milliseconds.
    assert int(first.headers["X-RateLimit-Reset"]) < 10**10


def test_a_busy_database_and_a_fault_are_told_so(ask, database, monkeypatch):
    monkeypatch.setattr("database.engines.LOCK_WAIT_MS", 20)
    with database.write():
        busy = ask("PUT", "/v1/users/@me/kv/k", ALICE, data="x")
    assert told(busy)[:2] == (503, "unavailable")
    assert busy.headers["Retry-After"]
    monkeypatch.delattr(shape, "find")
    assert told(ask("GET", f"/v1/users/{ALICE}")) == (500, "internal_error", SENTENCES[500])


@pytest.mark.parametrize("status", sorted(SENTENCES))
def test_each_status_has_a_code_of_its_own(status):
    codes = {write_error("/v1/users", other, "")[0] for other in SENTENCES if other != status}
    assert write_error("/v1/users", status, "")[0] not in codes


@pytest.mark.parametrize(
    ("path", "status"), [("/v1/s/zzzzz", 404), ("/v1/nothing", 404), ("/v1/userss", 404), ("/v1/s", 401)]
)
def test_the_rest_of_v1_stays_plain_text(ask, path, status):
    answer = ask("GET", path)
    assert (answer.status_code, answer.mimetype) == (status, "text/plain")
