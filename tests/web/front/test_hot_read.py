"""The hot read says byte for byte what Flask would say, and asks one question for it."""

import asyncio
import itertools
import sqlite3
from types import SimpleNamespace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from database.turn_reader import TurnReader
from rules import opt_out
from rules.account import erasure, github, kv
from rules.etags import version_of
from rules.fronting import switches
from rules.presence import fronting, health
from rules.systems import members, systems
from tests.web.front.raw_client import ask, compose
from web.front.app import Front
from web.front.hot_read import Head, HotRead
from web.front.worker import front_of
from web.rate_limit import Limiter

ALICE, BOB, CHARLIE, DORA, ERIC = (80351110224678912 + number for number in range(5))
LARGEST = 2**63 - 1


@pytest.fixture
def people(join, write, leave, token_of):
    """Alice with a GitHub card, Bob without, Charlie hidden, Dora forgotten, Eric left; the largest ID, and zero."""
    for user_id in (ALICE, BOB, CHARLIE, DORA, ERIC, LARGEST, 0):
        join(user_id, nick="Müller")
    write(github.connect, ALICE, {"id": 1, "login": "octocat", "bio": "Zürich"}, None)
    for user_id in (ALICE, CHARLIE):
        write(kv.edit_pairs, user_id, {"mood": "private", "town": "Zürich"})
        write(kv.publish_pair, user_id, "town")
    write(opt_out.hide, CHARLIE)
    write(erasure.forget, DORA)
    leave(ERIC)
    write(health.record_beat, health.now_ms(), health.now_ms(), None)
    return {"alice": token_of(ALICE), "charlie": token_of(CHARLIE)}


@pytest.fixture
def roads(make_app, serve, monkeypatch):
    """Serve two apps of the same settings, one without the hot read; with a limit, the limiter's clock stands still."""

    def make(**environ):
        if environ:
            stands = SimpleNamespace(time=lambda: 1_800_000_000.25, monotonic=lambda: 1000.5)
            monkeypatch.setattr("web.rate_limit.time", stands)
        hot, plain = serve(front_of(make_app(**environ))), serve(front_of(make_app(**environ)))
        assert hot.front.hot_read
        plain.front.hot_read = None
        return SimpleNamespace(hot=hot.port, plain=plain.port)

    return make


def check_alike(roads, target="/", method="GET", *headers, **options):
    """What both say to a request, byte for byte, but for the second in which they say it."""
    request = compose(method, target, *headers, **options)
    hot, plain = ask(roads.hot, request, method), ask(roads.plain, request, method)
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
    *(f"/user/{ALICE}{rest}" for rest in (".svg", ".svg/", ".svg?theme=dark", "/badge.json", ".svgz", "%2Esvg")),
    *(f"/user/{start}{ALICE}" for start in ("%20", "/", "./", "../user/", "@")),
    *(
        start.replace("1", str(ALICE))
        for start in ("//user/1", "/user//1", "/USER/1", "/users/1", "/v1/a/1", "/1", "/api/1")
    ),
    *(f"/user/{str(ALICE).replace('8', digit)}" for digit in ("%38", "٨", "８", "%D9%A8", "%EF%BC%98")),
    *(f"/v1/users/{user_id}" for user_id in (ALICE, BOB, CHARLIE, DORA, ERIC, LARGEST, 0, 1, 2**63, f"0{ALICE}", "x")),
    *(f"/v1/users/{ALICE}{rest}" for rest in ("/", "//", "/kv", "?a=1", "?", "%20", "%0A", "#x", ".png")),
    *(f"/{start}/{ALICE}" for start in ("v1/user", "V1/users", "v2/users", "v1//users", "v1%2Fusers", "v1/users/@me")),
    *("/", "/user", "/user/", "/user/@me", "/nothing", "/docs", "/openapi.json", "/%75ser/1", "/user%2F1"),
]


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST", "PUT", "DELETE", "get", "TRACE"])
def test_every_path_and_method(roads, people, method):
    both = roads()
    told = [check_alike(both, path, method).status for path in PATHS]
    assert 0 not in told
    assert (200 in told) is (method in ("GET", "HEAD", "OPTIONS"))


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
@pytest.mark.parametrize("start", ["/user", "/v1/users"])
def test_every_way_to_say_what_is_known(roads, people, start, user_id):
    both = roads()
    path = f"{start}/{user_id}"
    tag = ask(both.plain, compose("GET", path)).header("ETag") or '"none"'
    answers = {
        check_alike(both, path, method, ("If-None-Match", known)).status
        for method, known in itertools.product(("GET", "HEAD"), known_tags(tag))
    }
    assert len(answers) == (1 if user_id == CHARLIE else 2)


def test_what_is_known_of_another_answer_spares_nothing(roads, people, join):
    both = roads()
    before = check_alike(both, f"/user/{ALICE}").header("ETag")
    join(ALICE, at=2000, nick="Meier")
    changed = check_alike(both, f"/user/{ALICE}", "GET", ("If-None-Match", before))
    assert (changed.status, b"Meier" in changed.body) == (200, True)


def test_a_new_card_is_a_new_answer(roads, people, write):
    both = roads()
    for account in ({"id": 2, "login": "hubot"}, None):
        before = check_alike(both, f"/user/{ALICE}").header("ETag")
        if account:
            write(github.connect, ALICE, account, None)
        else:
            write(github.disconnect, ALICE)
        assert check_alike(both, f"/user/{ALICE}", "GET", ("If-None-Match", before)).status == 200


@pytest.fixture
def front(people, write):
    """Bob shows who fronts in his system: Ann, and Ben, who is private. Ann's ID."""
    write(systems.create_system, BOB, {"name": "Füchse"})
    ann, ben = (write(members.create_member, BOB, {"name": name}) for name in ("Ann", "Ben"))
    write(members.edit_member, BOB, ben.hid, {"visibility": "private"})
    write(switches.log_switch, BOB, [ben.hid, ann.hid])
    write(fronting.set_shown, BOB, True)
    return ann.hid


def test_who_fronts_is_told_alike_and_each_change_is_a_new_answer(roads, front, write):
    both, path = roads(), f"/user/{BOB}"
    shown = check_alike(both, path)
    assert b'"members":[{"id":"%s"' % front.encode() in shown.body
    assert b"Ben" not in shown.body
    for act, *asked in (
        (members.edit_member, BOB, front, {"name": "Anna"}),
        (switches.log_switch, BOB, []),
        (systems.edit_system, BOB, {"front_privacy": "private"}),
        (systems.edit_system, BOB, {"front_privacy": "public"}),
        (opt_out.hide, BOB),
    ):
        tag = check_alike(both, path).header("ETag")
        assert check_alike(both, path, "GET", ("If-None-Match", tag)).status == 304
        write(act, *asked)
        changed = check_alike(both, path, "GET", ("If-None-Match", tag))
        assert changed.status == (404 if act is opt_out.hide else 200)


HOSTS = [
    *("", "a", "a.b:80", "[::1]:8000", "a..b", ".a", "a.", "x" * 64, "x" * 63, "é", "a b", f"{'x' * 60}:8000"),
    *(f"a.{'x' * 64}", "a:b:c", "a_b", "evil.example\n", "http://a/"),
]
HOPS = [
    *("", "198.51.100.1", "unknown", "1.1.1.1, 198.51.100.1", "é", "2001:db8::1", "::ffff:1.2.3.4", "unix"),
    *("127.0.0.1", "198.51.100.1:4711", "[2001:db8::1]:4711", "198.51.100.1, 127.0.0.9"),
]
HEADERS = [
    *([("Authorization", token)] for token in ("", " ", "Bearer", "wrong", "é", "Basic eDp5", "rc_1_x")),
    *([("Host", host)] for host in [*HOSTS, None]),
    *([(name, hops)] for name in ("X-Forwarded-For", "X-Real-IP", "CF-Connecting-IP") for hops in HOPS),
    *([("Forwarded", f"for={hops}")] for hops in ("", *HOPS, '"[2001:db8::1]:4711";proto=https', '"')),
    [("X-Forwarded-For", "198.51.100.1"), ("X-Real-IP", "198.51.100.2")],
    [("X-Forwarded-For", "127.0.0.1"), ("CF-Connecting-IP", "198.51.100.2")],
    [("Forwarded", "for=198.51.100.1"), ("Forwarded", "for=198.51.100.2")],
    [("X-Real-IP", "198.51.100.1"), ("X-Real-IP", "198.51.100.2")],
    [("X-Forwarded-For", "198.51.100.1"), ("X-Forwarded-For", "198.51.100.2")],
    [("X_Forwarded_For", "198.51.100.1"), ("X-Forwarded_For", "198.51.100.2"), ("If_None_Match", "*")],
    [("Connection", "Upgrade"), ("Upgrade", "websocket")],
    [("Connection", "keep-alive, upgrade"), ("Upgrade", "WebSocket")],
    [("Connection", "Upgrade"), ("Upgrade", "h2c")],
    [("Connection", "close")],
    [("Connection", "keep-alive")],
    [("X-Forwarded-Host", "evil.example"), ("X-Forwarded-Proto", "https")],
    [("Origin", "https://alice.example"), ("Referer", "x"), ("Cookie", "a=b; ; c")],
    [("Accept", "text/html"), ("Accept-Encoding", "gzip"), ("Range", "bytes=0-1")],
    [("Accept", "text/html"), ("accept", "text/plain")],
    [("If-Modified-Since", "Sat, 01 Jan 2028 00:00:00 GMT"), ("If-Match", '"other"')],
    [("If-None-Match", "*"), ("If-None-Match", '"other"')],
    [("If-Range", "x"), ("Cache-Control", "no-cache"), ("Expect", "100-continue")],
    [("X-HTTP-Method-Override", "DELETE"), ("Transfer-Encoding", "chunked")],
    [("Content-Length", "5"), ("Content-Type", "application/json")],
    *([("Content-Length", length)] for length in ("0", "x", "-1")),
    [("Host", "x"), ("Host", "x")],
    [("X", "x" * 8000)],
    [("X", "x" * 8190)],
    *([(name, "1")] for name in ("", " ", "a b", "é", "a\tb", "a:", "CONTENT-TYPE")),
]


@pytest.mark.parametrize(
    "limit", [{}, {"RATE_LIMIT": "1000/minute", "TRUSTED_PROXIES": "127.0.0.0/8"}], ids=["", "limit"]
)
@pytest.mark.parametrize("version", ["1.1", "1.0"])
def test_every_odd_header(roads, people, limit, version):
    both = roads(**limit)
    for odd, method in itertools.product(HEADERS, ("GET", "HEAD")):
        for user_id in (ALICE, CHARLIE, 1):
            check_alike(both, f"/user/{user_id}", method, *odd, version=version, body=b"[1,2]"[: _length(odd)])


def _length(headers):
    return 5 if ("Content-Length", "5") in headers else 0


@pytest.mark.parametrize("query", ["a=1", "\xff", "&&=", "Authorization=x", "%FF", "?", "a=/user/1"])
def test_every_odd_query(roads, people, query):
    check_alike(roads(), f"/user/{ALICE}?{query}")


OF_TOKENS = [f"{start}/{user_id}" for start in ("/user", "/v1/users") for user_id in (ALICE, BOB, CHARLIE, 1)]


def test_tokens_open_what_they_open(roads, people):
    both = roads()
    for who, frame in itertools.product(people, ("{}", "Bearer {}", "bearer  {}", "{}x")):
        for path in (*OF_TOKENS, "/user/@me", "/v1/users/@me", f"/user/{ALICE}/kv"):
            check_alike(both, path, "GET", ("Authorization", frame.format(people[who])))


@pytest.mark.parametrize("limit", ["5/minute", "3/second;120/minute", "20/second;7/hour"])
def test_both_roads_are_counted_by_one_count(roads, people, limit):
    both = roads(RATE_LIMIT=limit, TRUSTED_PROXIES="127.0.0.1")
    asked = [f"/user/{ALICE}", f"/user/{CHARLIE}", "/nothing", f"/user/{BOB}", "/v1/s", f"/user/{ALICE}/"]
    codes = []
    for path in asked * 2:
        codes.append(check_alike(both, path).status)
        check_alike(both, path, "GET", ("X-Forwarded-For", "2001:db8::1"))
        check_alike(both, path, "OPTIONS")
    allowed = min(int(item.split("/")[0]) for item in limit.split(";"))
    assert codes == [*codes[:allowed], *[429] * (len(codes) - allowed)]
    assert 429 not in codes[:allowed]


def test_who_reads_what_is_known_is_counted_a_fifth_on_both(roads, people):
    both = roads(RATE_LIMIT="5/minute")
    tag = check_alike(both, f"/user/{ALICE}").header("ETag")
    told = [check_alike(both, f"/user/{ALICE}", "GET", ("If-None-Match", tag)) for _ in range(25)]
    assert [answer.status for answer in told] == [304] * 16 + [429] * 9
    assert [answer.header("X-RateLimit-Remaining") for answer in told[:6]] == ["3", "3", "3", "3", "3", "2"]


def broken(environ, start_response):
    raise AssertionError("Flask was asked")


HEAD = Head(b"GET", f"/user/{ALICE}".encode(), {b"host": b"x"}, "")


@pytest.fixture
def alone(make_app, people, serve):
    """The hot read with an app behind it that only fails."""
    app = make_app(RATE_LIMIT="1000/minute")
    return serve(Front(broken, HotRead(TurnReader(app.extensions["database"]), app.extensions["rate_limiter"]))).port


FOUND = [f"{start}/{rest}" for start in ("/user", "/v1/users") for rest in (ALICE, BOB, f"{BOB}?a=1", LARGEST, 0)]


@pytest.mark.parametrize("path", FOUND)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_what_is_found_never_reaches_flask(alone, path, method):
    answer = ask(alone, compose(method, path), method)
    assert (answer.status, bool(answer.body)) == (200, method == "GET")
    assert ask(alone, compose(method, path, ("If-None-Match", answer.header("ETag"))), method).status == 304


LEFT = [f"{start}/{rest}" for start in ("/user", "/v1/users") for rest in (CHARLIE, DORA, 1, f"{ALICE}/", "@me", "")]


@pytest.mark.parametrize("path", LEFT)
def test_all_else_does(alone, path):
    assert ask(alone, compose("GET", path)).status == 500


def test_a_stranger_is_shown_the_public_pairs_alone(alone):
    answer = ask(alone, compose("GET", f"/v1/users/{ALICE}"))
    assert ("Zürich".encode() in answer.body, b"private" in answer.body) == (True, False)


def ask_in_turns(database, *turns):
    """What SQLite is asked while the hot read answers so often in each turn of an event loop."""
    hot_read, asked = HotRead(TurnReader(database), Limiter((), ())), []
    database.own_connection().set_trace_callback(asked.append)

    async def run():
        for count in turns:
            assert all(hot_read.answer(HEAD) for _ in range(count))
            await asyncio.sleep(0)
            assert not database.own_connection().in_transaction

    asyncio.run(run())
    database.own_connection().set_trace_callback(None)
    return [text for text in asked if not text.startswith("PRAGMA")]


def test_it_asks_one_question_by_keys(people, database):
    [_, question, _] = ask_in_turns(database, 1)
    plan = [row[3] for row in database.own_connection().execute(f"EXPLAIN QUERY PLAN {question}")]
    assert len(plan) == 4
    assert all(step.startswith("SEARCH") and "INTEGER PRIMARY KEY" in step for step in plan)


def test_it_asks_one_more_where_who_fronts_is_shown(front, write, database):
    write(systems.link_account, BOB, ALICE)
    assert len(ask_in_turns(database, 1)) == 3
    write(fronting.set_shown, ALICE, True)
    [_, _, question, _] = ask_in_turns(database, 1)
    plan = [row[3] for row in database.own_connection().execute(f"EXPLAIN QUERY PLAN {question}")]
    # The page is the one row of the account.
    kept = ("SEARCH", "CORRELATED", "REUSE", "CO-ROUTINE page", "SCAN page")
    assert [step for step in plan if not step.startswith(kept)] == []


def test_a_transaction_lasts_for_one_turn_of_the_loop(people, database):
    words = [text.split()[0] for text in ask_in_turns(database, 2, 1)]
    assert words == ["BEGIN", "SELECT", "SELECT", "COMMIT", "BEGIN", "SELECT", "COMMIT"]


def test_who_is_hidden_in_the_middle_of_a_long_turn_is_not_shown_after_it(people, database, monkeypatch):
    monkeypatch.setattr("database.turn_reader.STATE_S", -1)
    hot_read = HotRead(TurnReader(database), Limiter((), ()))

    async def run():
        assert hot_read.answer(HEAD) is not None
        with database.write() as session:
            opt_out.hide(session, ALICE)
        assert hot_read.answer(HEAD) is None
        await asyncio.sleep(0)
        assert not database.own_connection().in_transaction

    asyncio.run(run())


def test_a_transaction_that_could_not_be_ended_is_ended_after_the_next_read(people, database):
    hot_read = HotRead(TurnReader(database), Limiter((), ()))

    async def run():
        connection, failures = database.own_connection(), []
        asyncio.get_running_loop().set_exception_handler(lambda _loop, context: failures.append(context["exception"]))
        assert hot_read.answer(HEAD) is not None
        connection.set_authorizer(lambda *_asked: sqlite3.SQLITE_DENY)
        await asyncio.sleep(0)
        connection.set_authorizer(None)
        assert connection.in_transaction
        assert [type(failure) for failure in failures] == [sqlite3.DatabaseError]
        assert hot_read.answer(HEAD) is not None
        await asyncio.sleep(0)
        assert not connection.in_transaction

    asyncio.run(run())


def test_a_file_that_fails_is_left_to_flask(roads, people, database_file):
    both = roads()
    database_file.rename(database_file.with_name("elsewhere.db"))
    database_file.mkdir()
    assert check_alike(both, f"/user/{ALICE}").status == 503


def test_a_file_that_is_locked_is_left_to_flask(roads, people, database_file, database, monkeypatch):
    monkeypatch.setattr("database.engines.LOCK_WAIT_MS", 20)
    both = roads()
    database.close()
    holder = sqlite3.connect(database_file, isolation_level=None)
    holder.execute("PRAGMA locking_mode = EXCLUSIVE").fetchall()
    holder.execute("BEGIN EXCLUSIVE")
    assert check_alike(both, f"/user/{ALICE}").status == 503
    holder.close()
    assert check_alike(both, f"/user/{ALICE}").status == 200


# What ends a line, or splits the target off, makes another request of it.
TEXT = st.text(st.characters(max_codepoint=255, exclude_characters="\0\r\n"), max_size=12)
NAMES = (
    *("If-None-Match", "Host", "Upgrade", "Range", "Cookie", "Accept", "Transfer-Encoding"),
    *("X-Forwarded-For", "Forwarded", "X-Real-IP", "CF-Connecting-IP"),
)
ENDS = st.text("/user/@me0123456789kv?%.", max_size=8) | TEXT | st.sampled_from(["", "/"])


@given(
    target=st.builds(
        "{}{}{}".format, st.sampled_from(["/user/", "/", "", "//"]), st.sampled_from([ALICE, CHARLIE, ""]), ENDS
    ),
    headers=st.lists(st.tuples(st.sampled_from(NAMES), TEXT), max_size=3),
    method=st.sampled_from(["GET", "HEAD"]),
)
@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck))
def test_whatever_comes(pair, target, headers, method):
    if not target.startswith("/health"):
        check_alike(pair, target, method, *headers)


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
