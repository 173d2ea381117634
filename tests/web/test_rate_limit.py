"""The rate limit: who is counted as whom, what is not counted, and what a client is told."""

import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from ipaddress import ip_network

import pytest

import config as settings
from web.rate_limit import Limiter, client_address

ALICE = 80351110224678912
PROXIES = tuple(map(ip_network, ("127.0.0.0/8", "10.0.0.0/8", "::1/128", "fd00::/8")))


@pytest.fixture
def clock(monkeypatch):
    """A clock for the limiter that stands until the test moves it, on a full minute at first."""
    hands = {"now": 1_800_000_000.0}
    monkeypatch.setattr("time.time", lambda: hands["now"])
    return hands


@pytest.fixture
def ask(make_app, clock):
    """Ask an app with this limit; the answer."""
    clients = {}

    def run(limit="3/minute", address="203.0.113.7", path="/user/1", method="GET", forwarded=None, **environ):
        key = (limit, *environ.items())
        if key not in clients:
            clients[key] = make_app(RATE_LIMIT=limit, **environ).test_client()
        headers = {"X-Forwarded-For": forwarded} if forwarded else {}
        return clients[key].open(path, method=method, headers=headers, environ_base={"REMOTE_ADDR": address})

    return run


def limit_headers(answer):
    return [int(answer.headers[f"X-RateLimit-{name}"]) for name in ("Limit", "Remaining", "Reset")]


def test_the_fourth_of_three_is_refused_until_the_window_ends(ask, clock):
    assert [limit_headers(ask())[:2] for _ in range(3)] == [[3, 2], [3, 1], [3, 0]]
    clock["now"] += 20
    refused = ask()
    assert refused.status_code == 429
    assert refused.json["code"] == 429
    assert "3 per 1 minute" in refused.json["message"]
    assert limit_headers(refused)[:2] == [3, 0]
    wait = int(refused.headers["Retry-After"])
    assert 1 <= wait <= 60
    assert limit_headers(refused)[2] == clock["now"] + wait
    clock["now"] += wait
    assert ask().status_code == 404


def test_a_refusal_is_not_counted_itself(ask, clock):
    for _ in range(10):
        last = ask()
    assert last.status_code == 429
    clock["now"] += 60
    assert [ask().status_code for _ in range(4)] == [404, 404, 404, 429]


def test_the_tightest_of_several_limits_is_shown(ask, clock):
    limit = "2/second;5/minute"
    assert limit_headers(ask(limit))[:2] == [2, 1]
    assert limit_headers(ask(limit))[:2] == [2, 0]
    assert ask(limit).status_code == 429
    clock["now"] += 1
    assert limit_headers(ask(limit))[:2] == [2, 1]
    assert ask(limit).status_code == 404
    clock["now"] += 1
    assert limit_headers(ask(limit))[:2] == [5, 0]
    clock["now"] += 1
    refused = ask(limit)
    assert "5 per 1 minute" in refused.json["message"]
    assert int(refused.headers["Retry-After"]) > 1


def test_the_default_is_the_documents(make_app, clock):
    client = make_app(RATE_LIMIT="3/second;120/minute").test_client()
    told = []
    for second in range(60):
        clock["now"] = 1_800_000_000.0 + second
        told += [client.get("/user/1").status_code for _ in range(3)]
    assert told.count(404) == 120


def test_a_client_who_stays_is_counted_on_and_one_who_left_is_forgotten(clock):
    limiter = Limiter(settings.read({"RATE_LIMIT": "5/second;100/minute"}).rate_limit, ())
    for second in range(150):
        clock["now"] += 1
        for number in range(20):
            limiter.count({"REMOTE_ADDR": f"2001:db8:{second}:{number}::1"})
        stays = limiter.count({"REMOTE_ADDR": "203.0.113.7"})
        assert (stays.refused, stays.left) == (False, min(4, 99 - second % 60))
    kept = {*limiter._newer, *limiter._older}
    assert "203.0.113.7" in kept
    assert 20 * 60 <= len(kept) <= 20 * 120 + 1


def test_a_window_lasts_its_whole_length_across_generations(clock):
    limiter = Limiter(settings.read({"RATE_LIMIT": "1/minute"}).rate_limit, ())
    told = []
    for second in range(300):
        for number in range(10):
            asked = limiter.count({"REMOTE_ADDR": f"203.0.113.{number}"}) if second >= 7 * number else None
            if asked and not asked.refused:
                told.append((number, second - 7 * number))
        clock["now"] += 1
    assert sorted(told) == [(n, after) for n in range(10) for after in range(0, 300, 60) if 7 * n + after < 300]


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
    [("GET", "/"), ("HEAD", "/user/1"), ("GET", "/nothing"), ("POST", "/user/1"), ("PUT", "/user/1/kv/a")],
)
def test_everything_else_is_counted(ask, method, path):
    assert ask("1/hour", method=method, path=path).headers["X-RateLimit-Remaining"] == "0"
    assert ask("1/hour", method=method, path=path).status_code == 429


def test_an_empty_limit_is_none(ask):
    answers = [ask("") for _ in range(200)]
    assert {answer.status_code for answer in answers} == {404}
    assert "X-RateLimit-Limit" not in answers[0].headers


@pytest.mark.parametrize(
    ("peer", "forwarded", "client"),
    [
        ("203.0.113.7", [], "203.0.113.7"),
        ("203.0.113.7", ["198.51.100.1"], "203.0.113.7"),
        ("10.0.0.1", [], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["  198.51.100.1 "], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1", "198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["127.0.0.1, 198.51.100.1, 10.9.9.9"], "198.51.100.1"),
        ("10.0.0.1", ["1.1.1.1, 10.2.2.2, 10.3.3.3"], "1.1.1.1"),
        ("10.0.0.1", ["10.2.2.2, 10.3.3.3"], "10.2.2.2"),
        ("10.0.0.1", ["1.1.1.1, unknown"], "10.0.0.1"),
        ("10.0.0.1", ["unknown, 198.51.100.1"], "198.51.100.1"),
        ("10.0.0.1", ["198.51.100.1:4711"], "198.51.100.1"),
        ("10.0.0.1", ["[2001:db8::1]:4711"], "2001:db8::1"),
        ("10.0.0.1", ["[2001:db8::1]"], "2001:db8::1"),
        ("10.0.0.1", ["198.51.100.1:"], "10.0.0.1"),
        ("10.0.0.1", [""], "10.0.0.1"),
        ("10.0.0.1", [","], "10.0.0.1"),
        ("10.0.0.1", ["<script>"], "10.0.0.1"),
        ("10.0.0.1", ["198.51.100.1" + ", 10.0.0.2" * 500], "198.51.100.1"),
        ("::1", ["2001:db8::1"], "2001:db8::1"),
        ("::1", ["::ffff:198.51.100.1"], "198.51.100.1"),
        ("::ffff:10.0.0.1", ["198.51.100.1"], "198.51.100.1"),
        ("fd00::5", ["2001:DB8::1, fd00::6"], "2001:db8::1"),
        ("", ["198.51.100.1"], ""),
    ],
)
def test_the_rightmost_address_that_is_no_trusted_proxy_is_the_client(peer, forwarded, client):
    assert client_address(peer, forwarded, PROXIES) == client


def test_nobody_is_trusted_unless_it_is_set():
    assert client_address("127.0.0.1", ["198.51.100.1"], ()) == "127.0.0.1"


def test_a_client_cannot_invent_addresses_to_be_counted_anew(ask):
    proxied = {"address": "10.0.0.1", "TRUSTED_PROXIES": "10.0.0.0/8"}
    codes = [ask(forwarded=f"192.0.2.{n}, 198.51.100.1", **proxied).status_code for n in range(4)]
    assert codes == [404, 404, 404, 429]
    assert ask(forwarded="198.51.100.2", **proxied).status_code == 404
    codes = [ask(address="203.0.113.9", forwarded=f"192.0.2.{n}").status_code for n in range(4)]
    assert codes == [404, 404, 404, 429]
