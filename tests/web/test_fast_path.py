"""The hot read says byte for byte what Flask would say, and asks one question for it."""

import itertools
import sqlite3
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from werkzeug.test import EnvironBuilder, run_wsgi_app

from rules import opt_out
from rules.account import erasure, github
from rules.etags import version_of
from rules.presence import health

ALICE, BOB, CHARLIE, DORA, ERIC = (80351110224678912 + number for number in range(5))
LARGEST = 2**63 - 1
CLIENT = "203.0.113.7"


@pytest.fixture
def people(join, write, leave, token_of):
    """Alice with a GitHub card, Bob without, Charlie hidden, Dora forgotten, Eric left; the largest ID, and zero."""
    for user_id in (ALICE, BOB, CHARLIE, DORA, ERIC, LARGEST, 0):
        join(user_id, nick="Müller")
    write(github.connect, ALICE, {"id": 1, "login": "octocat", "bio": "Zürich"}, None)
    write(opt_out.hide, CHARLIE)
    write(erasure.forget, DORA)
    leave(ERIC)
    write(health.record_beat, health.now_ms(), health.now_ms(), None)
    return {"alice": token_of(ALICE), "charlie": token_of(CHARLIE)}


@pytest.fixture
def roads(make_app, monkeypatch):
    """Make two apps of the same settings, one without the layer; with a limit, their clock stands still."""

    def make(**environ):
        if environ:
            monkeypatch.setattr("time.time", lambda: 1_800_000_000.25)
        hot, plain = make_app(**environ), make_app(**environ)
        plain.wsgi_app = plain.wsgi_app.app
        return SimpleNamespace(hot=hot, plain=plain)

    return make


def ask(app, path="/", method="GET", headers=(), **environ):
    """What an app answers to a request as a server passes it on: status, headers in order, bytes."""
    builder = EnvironBuilder(path=path, method=method, headers=list(headers), data=environ.pop("data", None))
    built = {**builder.get_environ(), "REMOTE_ADDR": CLIENT, **environ}
    chunks, code, told = run_wsgi_app(app, {name: value for name, value in built.items() if value is not None})
    return code, list(told), b"".join(chunks)


def check_alike(roads, *args, **options):
    hot, plain = ask(roads.hot, *args, **options), ask(roads.plain, *args, **options)
    assert hot == plain
    return hot


PATHS = [
    *(f"/user/{user_id}" for user_id in (ALICE, BOB, CHARLIE, DORA, ERIC, LARGEST, 0, 1)),
    *(f"/user/{user_id}" for user_id in (2**63, 10**18, 10**19, 10**20, "9" * 300)),
    *(f"/user/{text}" for text in (f"0{ALICE}", f"00{ALICE}", "00", f"-{ALICE}", f"+{ALICE}", f"{ALICE}.0", "1e17")),
    *(
        f"/user/{ALICE}{rest}"
        for rest in ("/", "//", "/kv", "/kv/", "/kv/city", "/x", "?a=1", "?", "/?a=/user/1", "#x")
    ),
    *(f"/user/{ALICE}{rest}" for rest in ("%20", "%0A", "%00", "%2F", "%3F", "%FF", ".json", ";a=1", ",")),
    *(f"/user/{start}{ALICE}" for start in ("%20", "/", "./", "../user/", "@")),
    *(start.replace("1", str(ALICE)) for start in ("//user/1", "/user//1", "/USER/1", "/users/1", "/v1/a/1", "/1")),
    *(f"/user/{str(ALICE).replace('8', digit)}" for digit in ("%38", "٨", "８", "%D9%A8", "%EF%BC%98")),
    *("/", "/user", "/user/", "/user/@me", "/nothing", "/docs", "/openapi.json", "/%75ser/1", "/user%2F1"),
]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "get", "TRACE"])
def test_every_path_and_method(roads, people, method):
    both = roads()
    for path in PATHS:
        check_alike(both, path, method)


def known_tags(tag):
    weak, bare = f"W/{tag}", tag.strip('"')
    yield from (tag, weak, "*", bare, "", " ", ",", '"', '""', 'W/""', '"other"', f" {tag} ", f"{tag},", f",{tag}")
    yield from (f'"other", {tag}', f'{tag}, "other"', f'"a",W/"b", {weak}', f'"other",{bare}', f"w/{tag}", f"W{tag}")
    yield from (
        f"{tag}{tag}",
        f"{tag} {tag}",
        f"*, {tag}",
        '"*"',
        f'"{bare.upper()}"',
        f"{tag};q=1",
        "é",
        '"é"',
        "x" * 5000,
    )
    yield from (f'"{bare}', f'{bare}"', f"'{bare}'", f'"{bare[:-1]}"', f'"{bare}0"', f"\t{tag}\t", f'"\\{bare}"')


@pytest.mark.parametrize("user_id", [ALICE, BOB, CHARLIE])
def test_every_way_to_say_what_is_known(roads, people, user_id):
    both = roads()
    path = f"/user/{user_id}"
    tag = dict(ask(both.plain, path)[1]).get("ETag", '"none"')
    answers = {
        check_alike(both, path, method, [("If-None-Match", known)])[0]
        for method, known in itertools.product(("GET", "HEAD"), known_tags(tag))
    }
    assert len(answers) == (1 if user_id == CHARLIE else 2)


def test_what_is_known_of_another_answer_spares_nothing(roads, people, join):
    both = roads()
    before = dict(ask(both.hot, f"/user/{ALICE}")[1])["ETag"]
    join(ALICE, at=2000, nick="Meier")
    changed = check_alike(both, f"/user/{ALICE}", headers=[("If-None-Match", before)])
    assert (changed[0], b"Meier" in changed[2]) == ("200 OK", True)


def test_a_new_card_is_a_new_answer(roads, people, write):
    both = roads()
    for account in ({"id": 2, "login": "hubot"}, None):
        before = dict(ask(both.hot, f"/user/{ALICE}")[1])["ETag"]
        if account:
            write(github.connect, ALICE, account, None)
        else:
            write(github.disconnect, ALICE)
        assert check_alike(both, f"/user/{ALICE}", headers=[("If-None-Match", before)])[0] == "200 OK"


HEADERS = [
    *({"HTTP_AUTHORIZATION": token} for token in ("", " ", "Bearer", "wrong", "é", "Basic eDp5", "rc_1_x")),
    *(
        {"HTTP_HOST": host}
        for host in ("", "a", "a.b:80", "[::1]:8000", "a..b", ".a", "a.", "x" * 64, "x" * 63, "é", "a b")
    ),
    *(
        {"HTTP_HOST": host}
        for host in (f"{'x' * 60}:8000", f"a.{'x' * 64}", "a:b:c", "a_b", "evil.example\n", "http://a/")
    ),
    {"HTTP_HOST": None},
    {"HTTP_HOST": None, "SERVER_NAME": "rollcall.example", "SERVER_PORT": "443", "wsgi.url_scheme": "https"},
    {"HTTP_CONNECTION": "Upgrade", "HTTP_UPGRADE": "websocket"},
    {"HTTP_CONNECTION": "keep-alive, upgrade", "HTTP_UPGRADE": "WebSocket"},
    {"HTTP_CONNECTION": "Upgrade", "HTTP_UPGRADE": "h2c"},
    *({"HTTP_X_FORWARDED_FOR": hops} for hops in ("", "198.51.100.1", "unknown", "1.1.1.1, 198.51.100.1", "é")),
    {"HTTP_X_FORWARDED_HOST": "evil.example", "HTTP_X_FORWARDED_PROTO": "https"},
    {"HTTP_ORIGIN": "https://alice.example", "HTTP_REFERER": "x", "HTTP_COOKIE": "a=b; ; c"},
    {"HTTP_ACCEPT": "text/html", "HTTP_ACCEPT_ENCODING": "gzip", "HTTP_RANGE": "bytes=0-1"},
    {"HTTP_IF_MODIFIED_SINCE": "Sat, 01 Jan 2028 00:00:00 GMT", "HTTP_IF_MATCH": '"other"'},
    {"HTTP_IF_RANGE": "x", "HTTP_CACHE_CONTROL": "no-cache", "HTTP_EXPECT": "100-continue"},
    {"HTTP_X_HTTP_METHOD_OVERRIDE": "DELETE", "HTTP_TRANSFER_ENCODING": "chunked"},
    {"CONTENT_LENGTH": "5", "CONTENT_TYPE": "application/json", "data": b"[1,2]"},
    {"CONTENT_LENGTH": "x"},
    {"CONTENT_LENGTH": "-1"},
    *({"QUERY_STRING": query} for query in ("a=1", "\xff", "&&=", "Authorization=x")),
    *({"SCRIPT_NAME": mount} for mount in ("", "/below", "/below/")),
    *({"REMOTE_ADDR": address} for address in ("", None, "2001:db8::1", "::ffff:1.2.3.4", "unix", "127.0.0.1")),
    {"SERVER_PROTOCOL": "HTTP/1.0"},
]


@pytest.mark.parametrize(
    "limit", [{}, {"RATE_LIMIT": "1000/minute", "TRUSTED_PROXIES": "127.0.0.0/8"}], ids=["", "limit"]
)
def test_every_odd_header(roads, people, limit):
    both = roads(**limit)
    for odd, method in itertools.product(HEADERS, ("GET", "HEAD")):
        for user_id in (ALICE, CHARLIE, 1):
            check_alike(both, f"/user/{user_id}", method, **odd)


def test_tokens_open_what_they_open(roads, people):
    both = roads()
    for who, frame in itertools.product(people, ("{}", "Bearer {}", "bearer  {}", "{}x")):
        for path in (*(f"/user/{user_id}" for user_id in (ALICE, BOB, CHARLIE, 1)), "/user/@me", f"/user/{ALICE}/kv"):
            check_alike(both, path, headers=[("Authorization", frame.format(people[who]))])


@pytest.mark.parametrize("limit", ["5/minute", "3/second;120/minute", "20/second;7/hour"])
def test_both_roads_are_counted_by_one_count(roads, people, limit):
    both = roads(RATE_LIMIT=limit)
    asked = [f"/user/{ALICE}", f"/user/{CHARLIE}", "/nothing", f"/user/{BOB}", "/v1/s", f"/user/{ALICE}/"]
    codes = []
    for path in asked * 2:
        codes.append(check_alike(both, path)[0][:3])
        check_alike(both, path, REMOTE_ADDR="2001:db8::1")
        check_alike(both, path, "OPTIONS")
    allowed = min(int(item.split("/")[0]) for item in limit.split(";"))
    assert codes == [*codes[:allowed], *["429"] * (len(codes) - allowed)]
    assert "429" not in codes[:allowed]


def broken(environ, start_response):
    raise AssertionError("Flask was asked")


@pytest.fixture
def alone(make_app, people):
    """The layer with nothing behind it."""
    app = make_app(RATE_LIMIT="1000/minute")
    app.wsgi_app.app = broken
    return app


@pytest.mark.parametrize("path", [f"/user/{ALICE}", f"/user/{BOB}", f"/user/{BOB}?a=1", f"/user/{LARGEST}", "/user/0"])
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_found_never_reaches_flask(alone, path, method):
    code, headers, _ = ask(alone, path, method)
    tag = dict(headers)["ETag"]
    assert code == "200 OK"
    assert ask(alone, path, method, [("If-None-Match", tag)])[0] == "304 NOT MODIFIED"


@pytest.mark.parametrize("path", [f"/user/{CHARLIE}", f"/user/{DORA}", "/user/1", f"/user/{ALICE}/", "/user/@me", "/"])
def test_all_else_does(alone, path):
    with pytest.raises(AssertionError, match="Flask was asked"):
        ask(alone, path)


def test_it_asks_one_question_by_keys_and_leaves_no_transaction(alone):
    connection, asked = alone.extensions["database"].own_connection(), []
    connection.set_trace_callback(asked.append)
    ask(alone, f"/user/{ALICE}")
    connection.set_trace_callback(None)
    assert len(asked) == 1
    plan = [row[3] for row in connection.execute(f"EXPLAIN QUERY PLAN {asked[0]}")]
    assert len(plan) == 3
    assert all(step.startswith("SEARCH") and "INTEGER PRIMARY KEY" in step for step in plan)
    assert not connection.in_transaction


def test_a_file_that_fails_is_left_to_flask(roads, people, database_file):
    both = roads()
    database_file.rename(database_file.with_name("elsewhere.db"))
    database_file.mkdir()
    assert check_alike(both, f"/user/{ALICE}")[0] == "503 SERVICE UNAVAILABLE"


def test_a_file_that_is_locked_is_left_to_flask(roads, people, database_file, database, monkeypatch):
    monkeypatch.setattr("database.connections.LOCK_WAIT_MS", 20)
    both = roads()
    database.close()
    holder = sqlite3.connect(database_file, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    holder.execute("BEGIN EXCLUSIVE")
    assert check_alike(both, f"/user/{ALICE}")[0] == "503 SERVICE UNAVAILABLE"
    holder.close()
    assert check_alike(both, f"/user/{ALICE}")[0] == "200 OK"


TEXT = st.text(st.characters(max_codepoint=255, exclude_characters="\0"), max_size=12)
NAMES = st.sampled_from(
    [
        "IF_NONE_MATCH",
        "HOST",
        "CONNECTION",
        "UPGRADE",
        "X_FORWARDED_FOR",
        "RANGE",
        "COOKIE",
        "ACCEPT",
        "TRANSFER_ENCODING",
    ]
)
ENDS = st.text("/user/@me0123456789kv?%.", max_size=8) | TEXT | st.sampled_from(["", "/"])


@given(
    path=st.builds(
        "{}{}{}".format, st.sampled_from(["/user/", "/", "", "//"]), st.sampled_from([ALICE, CHARLIE, ""]), ENDS
    ),
    headers=st.dictionaries(NAMES.map("HTTP_{}".format), TEXT, max_size=3),
    method=st.sampled_from(["GET", "HEAD"]),
)
@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_comes(pair, path, headers, method):
    if path not in ("/health", "/health/"):
        check_alike(pair, "/", method, **{"PATH_INFO": path, **headers})


@pytest.fixture
def pair(roads, people):
    return roads()


def test_the_version_is_that_of_the_stored_body(people, database_file, join):
    join(ALICE, at=3000, nick="Meier")
    connection = sqlite3.connect(database_file)
    rows = connection.execute("SELECT body, version FROM presence").fetchall()
    connection.close()
    assert len(rows) > 3
    assert [version for _, version in rows] == [version_of(body) for body, _ in rows]
