"""The rate limit: who is counted as whom, what costs how much, and what a client is told."""

import multiprocessing
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from types import SimpleNamespace

import limits
import pytest

import config as settings
from rules.groups import groups, membership
from rules.systems import members, systems
from web import rate_limit
from web.pages.static_files import FILES
from web.rate_limit import NEAR, PLACES, Limiter

ALICE = 80351110224678912
CLIENT = "203.0.113.7"


@pytest.fixture
def clock(monkeypatch):
    """The limiter's clocks, which stand until the test moves them: `wall` tells the time, `passed` what went by."""
    hands = SimpleNamespace(wall=1_800_000_000.0, passed=5000.0)
    monkeypatch.setattr("web.rate_limit.time", SimpleNamespace(time=lambda: hands.wall, monotonic=lambda: hands.passed))
    return hands


@pytest.fixture
def wait(clock):
    """Let some seconds pass."""

    def run(seconds):
        clock.wall += seconds
        clock.passed += seconds

    return run


@pytest.fixture
def limiter(clock):
    """A limiter of a setting."""

    def make(limit=None):
        return Limiter(settings.read({} if limit is None else {"RATE_LIMIT": limit}).rate_limit, ())

    return make


def passed(limiter, times, client=CLIENT):
    """How many of so many requests at once are not refused."""
    return sum(not limiter.count(client).refused for _ in range(times))


@pytest.fixture
def ask(make_app, clock):
    """Ask an app with this limit; the answer."""
    clients = {}

    def run(limit="3/minute", address=CLIENT, path="/user/1", method="GET", forwarded=None, **environ):
        key = (limit, *environ.items())
        if key not in clients:
            clients[key] = make_app(RATE_LIMIT=limit, **environ).test_client()
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return clients[key].open(path, method=method, headers=headers, environ_base={"REMOTE_ADDR": address})

    return run


def limit_headers(answer):
    return [int(answer.headers[f"X-RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset")]


def test_the_fourth_of_three_is_told_when_to_come_again(ask, clock, wait):
    assert [limit_headers(ask())[:2] for _ in range(3)] == [[3, 2], [3, 1], [3, 0]]
    wait(5)
    refused = ask()
    assert refused.status_code == 429
    assert refused.json["code"] == 429
    assert "3 per 1 minute" in refused.json["message"]
    assert limit_headers(refused) == [3, 0, clock.wall + 55]
    assert refused.headers["Retry-After"] == "15"
    wait(14.9)
    assert ask().status_code == 429
    wait(0.1)
    assert limit_headers(ask())[:2] == [3, 0]
    assert ask().status_code == 429


def test_what_the_headers_say_is_true(ask, clock, wait):
    for _ in range(2):
        limit, left, reset = limit_headers(ask())
    assert [ask().status_code for _ in range(left + 1)] == [404] * left + [429]
    wait(limit_headers(ask())[2] - clock.wall)
    assert reset < clock.wall
    assert [ask().status_code for _ in range(limit + 1)] == [404] * limit + [429]


def test_a_refusal_costs_nothing(ask, wait):
    assert [ask().status_code for _ in range(50)].count(404) == 3
    wait(60)
    assert [ask().status_code for _ in range(4)] == [404, 404, 404, 429]


def test_the_tightest_of_several_limits_is_shown_and_one_that_refuses_costs_nothing_in_the_other(ask, wait):
    limit = "2/second;5/minute"
    assert limit_headers(ask(limit))[:2] == [2, 1]
    assert limit_headers(ask(limit))[:2] == [2, 0]
    assert [ask(limit).status_code for _ in range(10)] == [429] * 10
    wait(1)
    assert limit_headers(ask(limit))[:2] == [2, 1]
    assert ask(limit).status_code == 404
    wait(1)
    assert limit_headers(ask(limit))[:2] == [5, 0]
    wait(1)
    refused = ask(limit)
    assert "5 per 1 minute" in refused.json["message"]
    assert int(refused.headers["Retry-After"]) > 1


def test_by_default_thirty_pass_at_once_and_then_ten_a_second(limiter, wait):
    limit = limiter()
    assert passed(limit, 100) == 30
    told = []
    for _ in range(600):
        wait(0.1)
        told.append(passed(limit, 3))
    assert told == [1] * 600
    wait(3)
    assert passed(limit, 100) == 30


def test_a_page_with_eight_friends_and_five_visitors_behind_one_address_is_never_cut_off(limiter, wait):
    """Each looks again every 5 s, half of the time at what has not changed."""
    limit, refused = limiter(), 0
    for second in range(300):
        for visitor in range(5):
            if second % 5 != visitor:
                continue
            for friend in range(8):
                counted = limit.count(CLIENT)
                refused += counted.refused
                if friend % 2 and second >= 5:
                    limit.give_back(counted)
        wait(1)
    assert refused == 0


def test_what_has_not_changed_costs_a_fifth(make_app, clock, join, write):
    join(ALICE)
    client = make_app(RATE_LIMIT="5/minute").test_client()
    read = client.get(f"/user/{ALICE}")
    known = {"If-None-Match": read.headers["ETag"]}
    told = [client.get(f"/user/{ALICE}", headers=known) for _ in range(25)]
    assert [answer.status_code for answer in told] == [304] * 16 + [429] * 9
    assert [limit_headers(answer)[1] for answer in told[:11]] == [3, 3, 3, 3, 3, 2, 2, 2, 2, 2, 1]


@pytest.mark.parametrize("by", [-86_400, 86_400])
def test_a_clock_that_is_set_changes_nothing(limiter, clock, wait, by):
    limit = limiter()
    assert passed(limit, 20) == 20
    clock.wall += by
    assert passed(limit, 20) == 10
    counted = limit.count(CLIENT)
    assert counted.wait_s == pytest.approx(0.1)
    assert counted.ends == pytest.approx(clock.wall + 3)
    wait(1)
    assert passed(limit, 20) == 10


def test_a_table_full_of_clients_still_counts_those_who_ask_most(limiter, wait):
    """Clients who come and go take the places of those who have been quiet for longest."""
    limit = limiter("10/minute")
    assert passed(limit, 11, "busy") == 10
    for number in range(2 * PLACES):
        limit.count(f"client {number}")
    assert passed(limit, 1, "busy") == 0
    assert passed(limit, 20, "new") == 10
    wait(60)
    assert passed(limit, 20, "busy") == 10


def test_clients_whose_places_meet_are_counted_apart(limiter, monkeypatch):
    monkeypatch.setattr("web.rate_limit.hash", lambda pair: int(pair[0]) * PLACES + PLACES - 1, raising=False)
    limit = limiter("5/minute")
    names = [str(number) for number in range(1, NEAR + 1)]
    assert [passed(limit, 3, name) for name in names] == [3] * NEAR
    assert [passed(limit, 3, name) for name in names] == [2] * NEAR


def _count(limiter, times, told):
    told.put(passed(limiter, times))


@pytest.mark.parametrize("at_once", [False, True])
def test_workers_count_together(limiter, at_once):
    limit, forked = limiter(), multiprocessing.get_context("fork")
    told = forked.SimpleQueue()
    workers = [forked.Process(target=_count, args=(limit, 20, told)) for _ in range(2)]
    for worker in workers:
        worker.start()
        if not at_once:
            worker.join()
    for worker in workers:
        worker.join()
    allowed = [told.get(), told.get()]
    # At the very same moment, two workers may count one request for two.
    assert (30 <= sum(allowed) <= 40) if at_once else allowed == [20, 10]
    assert passed(limit, 20) == 0


@pytest.fixture
def hasty():
    """Threads that give way to each other at every step."""
    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    yield
    sys.setswitchinterval(before)


def test_of_many_at_the_same_time_only_three_pass(make_app, clock, hasty):
    app = make_app(RATE_LIMIT="3/hour")
    barrier = threading.Barrier(16)

    def ask_at_once(_number):
        barrier.wait()
        return app.test_client().get("/nothing").status_code

    with ThreadPoolExecutor(16) as pool:
        codes = list(pool.map(ask_at_once, range(16)))
    assert sorted(codes) == [404] * 3 + [429] * 13


def test_every_address_has_its_own_count(ask):
    for _ in range(4):
        last = ask(address="203.0.113.7")
    assert last.status_code == 429
    assert ask(address="203.0.113.8").status_code == 404


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        ("2001:db8:1:2::1", "2001:db8:1:2:ffff::2", True),
        ("2001:db8:1:2::1", "2001:db8:1:3::1", False),
        ("203.0.113.7", "::ffff:203.0.113.7", True),
        ("203.0.113.7", "::ffff:203.0.113.8", False),
    ],
)
def test_who_counts_as_the_same_client(ask, one, other, same):
    ask("1/minute", one)
    assert (ask("1/minute", other).status_code == 429) is same


@pytest.mark.parametrize(
    ("method", "path"),
    [("OPTIONS", "/user/1"), ("OPTIONS", "/user/1/kv"), ("GET", "/health"), ("HEAD", "/health")],
)
def test_preflights_and_health_are_not_counted(ask, method, path):
    answers = [ask("1/hour", method=method, path=path) for _ in range(3)]
    assert not any("X-RateLimit-Limit" in answer.headers for answer in answers)
    assert 429 not in {answer.status_code for answer in answers}
    assert ask("1/hour").status_code == 404
    assert ask("1/hour", method=method, path=path).status_code != 429


@pytest.mark.parametrize(
    ("method", "path"),
    [("HEAD", "/user/1"), ("GET", "/nothing"), ("POST", "/user/1"), ("PUT", "/user/1/kv/a")],
)
def test_everything_else_is_counted(ask, method, path):
    assert ask("1/hour", method=method, path=path).headers["X-RateLimit-Remaining"] == "0"
    assert ask("1/hour", method=method, path=path).status_code == 429


@pytest.mark.parametrize("path", ["/", "/docs", "/docs/", "/openapi.json", *(f"/static/{name}" for name in FILES)])
def test_a_visit_costs_the_api_nothing_and_pages_have_a_limit_of_their_own(ask, path, monkeypatch):
    monkeypatch.setattr("web.rate_limit.PAGES_LIMIT", limits.parse("5/12second"))
    told = [ask("1/hour", path=path) for _ in range(6)]
    assert [answer.status_code for answer in told] == [200] * 5 + [429]
    assert limit_headers(told[0])[0] == 5
    assert ask("1/hour").status_code == 404
    assert ask("1/hour").status_code == 429


def test_the_picture_that_a_browser_looks_for_by_itself_costs_the_api_nothing(ask):
    assert limit_headers(ask("1/hour", path="/favicon.ico"))[0] == 120


@pytest.mark.parametrize("path", ["/v1/s/abcde", "/v2/systems/abcde"])
def test_to_pluralkits_clients_the_reset_is_in_milliseconds(ask, clock, path):
    assert limit_headers(ask(path=path, V2_GET_LIMIT="3/minute"))[2] == (clock.wall + 20) * 1000


@pytest.fixture
def ask_v2(make_app, clock):
    """Ask about PluralKit's v2, with the limits that it has by default."""
    app = make_app(RATE_LIMIT="1/hour")

    def run(path, method="GET", token=None, address=CLIENT, **headers):
        headers |= {"Authorization": token} if token else {}
        return app.test_client().open(path, method=method, headers=headers, environ_base={"REMOTE_ADDR": address})

    return run


@pytest.mark.parametrize(
    ("method", "path", "scope", "most"),
    [
        ("GET", "/v2/systems/abcde", "generic_get", 10),
        ("HEAD", "/v2/members/abcde", "generic_get", 10),
        ("GET", "/v2", "generic_get", 10),
        ("POST", "/v2/messages/1", "generic_update", 3),
        ("PATCH", "/v2/systems/@me", "generic_update", 3),
        ("DELETE", "/v2/groups/abcde", "generic_update", 3),
        ("GET", "/v2/messages/1", "message", 10),
        ("HEAD", "/v2/messages/1", "message", 10),
    ],
)
def test_v2_counts_reads_writes_and_messages_apart(ask_v2, clock, wait, method, path, scope, most):
    told = [ask_v2(path, method) for _ in range(most)]
    assert 429 not in {answer.status_code for answer in told}
    assert [limit_headers(answer)[:2] for answer in told] == [[most, most - number - 1] for number in range(most)]
    assert limit_headers(told[0])[2] == (clock.wall + 1) * 1000
    refused = ask_v2(path, method)
    assert (refused.status_code, refused.headers["Retry-After"]) == (429, "1")
    assert {answer.headers["X-RateLimit-Scope"] for answer in (*told, refused)} == {scope}
    if method != "HEAD":
        sentence = f"Too many requests: {most} per 1 second is the limit. Wait 1 s."
        wait_ms = refused.json["retry_after"]
        assert refused.json == {"message": sentence, "code": 0, "retry_after": wait_ms, "scope": scope}
        assert 0 <= wait_ms - 1000 / most < 2
    for other in ("/v2/members/abcde", "/v2/messages/1"):
        for how in ("GET", "PATCH"):
            answer = ask_v2(other, how)
            assert (answer.status_code == 429) is (answer.headers["X-RateLimit-Scope"] == scope)
    wait(1 / most)
    assert ask_v2(path, method).status_code != 429
    assert ask_v2(path, method).status_code == 429


def test_a_large_answer_costs_as_much_as_many_small_ones(ask_v2, write, clock, monkeypatch):
    monkeypatch.setattr(rate_limit, "ROWS_OF_ONE", 2)
    own = write(systems.create_system, 1).hid
    hids = [write(members.create_member, 1, {"name": name}).hid for name in ("Ann", "Ben", "Cy", "Di")]
    group = write(groups.create_group, 1, {"name": "All"}).hid
    write(membership.change_members, 1, group, hids, "add")
    path = f"/v2/systems/{own}/groups"
    left = [ask_v2(f"{path}{query}").headers["X-RateLimit-Remaining"] for query in ("", *["?with_members=true"] * 3)]
    assert left == ["9", "6", "3", "0"]
    assert ask_v2(path).status_code == 429


def test_v2_and_the_other_dialects_cost_each_other_nothing(ask_v2):
    assert [ask_v2("/v2/systems/abcde").status_code for _ in range(11)] == [404] * 10 + [429]
    assert ask_v2("/v1/s/abcde").status_code == 404
    assert ask_v2("/v1/s/abcde").status_code == ask_v2("/user/1").status_code == 429
    assert ask_v2("/v2/members/abcde", address="203.0.113.8").status_code == 404
    assert "X-RateLimit-Scope" not in ask_v2("/user/1").headers


def test_who_asks_v2_for_their_own_system_is_counted_by_their_token_wherever_they_are(ask_v2, write, token_of):
    write(systems.create_system, ALICE)
    token = token_of(ALICE)
    for number in range(10):
        answer = ask_v2("/v2/systems/@me", token=token, address=f"203.0.113.{number}")
        assert (answer.status_code, answer.headers["X-RateLimit-Scope"]) == (200, "own_system_get")
    assert ask_v2("/v2/systems/@me/members", token=token, address="198.51.100.1").status_code == 429
    # The addresses themselves are not worn out, by nobody and by another's token.
    assert ask_v2("/v2/systems/abcde", address="198.51.100.1").status_code == 404
    other = ask_v2("/v2/systems/@me", token=token_of(ALICE + 1), address="198.51.100.1")
    assert (other.status_code, limit_headers(other)[1]) == (401, 9)


@pytest.mark.parametrize(("method", "path"), [("POST", "/v2/members"), ("PATCH", "/v2/systems/@me")])
def test_writes_to_v2_are_counted_by_the_token_where_it_is_a_valid_one(ask_v2, write, token_of, method, path):
    write(systems.create_system, ALICE)
    token, wrong = token_of(ALICE), f"rc_{ALICE}_{'x' * 43}"
    told = [ask_v2(path, method, wrong) for _ in range(4)]
    assert [answer.status_code for answer in told] == [401] * 3 + [429]
    assert {answer.headers["X-RateLimit-Scope"] for answer in told} == {"generic_update"}
    told = [ask_v2(path, method, token) for _ in range(4)]
    assert [answer.status_code for answer in told] == [415] * 3 + [429]
    assert {answer.headers["X-RateLimit-Scope"] for answer in told} == {"own_system_update"}
    assert told[-1].json["scope"] == "own_system_update"


def test_what_has_not_changed_costs_a_fifth_under_v2_too(ask_v2, write, token_of):
    write(systems.create_system, ALICE)
    token = token_of(ALICE)
    etag = ask_v2("/v2/systems/@me", token=token).headers["ETag"]
    told = [ask_v2("/v2/systems/@me", token=token, **{"If-None-Match": etag}) for _ in range(45)]
    assert [answer.status_code for answer in told] == [304] * 41 + [429] * 4


def test_without_a_limit_v2_has_none_either_and_each_of_its_own_can_be_switched_off(make_app, clock):
    for environ, path in ((), "/v2/members/abcde"), ((("V2_GET_LIMIT", ""),), "/v2/members/abcde"):
        limit = {"RATE_LIMIT": "1/hour"} if environ else {}
        client = make_app(**limit, **dict(environ)).test_client()
        answers = [client.get(path) for _ in range(30)]
        assert {answer.status_code for answer in answers} == {404}
        assert "X-RateLimit-Limit" not in answers[0].headers


def test_an_empty_limit_is_none(ask):
    answers = [ask("") for _ in range(200)]
    assert {answer.status_code for answer in answers} == {404}
    assert "X-RateLimit-Limit" not in answers[0].headers


def test_a_client_cannot_invent_addresses_to_be_counted_anew(ask):
    proxied = {"address": "10.0.0.1", "TRUSTED_PROXIES": "10.0.0.0/8"}
    codes = [ask(forwarded=f"192.0.2.{n}, 198.51.100.1", **proxied).status_code for n in range(4)]
    assert codes == [404, 404, 404, 429]
    assert ask(forwarded="198.51.100.2", **proxied).status_code == 404
    codes = [ask(address="203.0.113.9", forwarded=f"192.0.2.{n}").status_code for n in range(4)]
    assert codes == [404, 404, 404, 429]
