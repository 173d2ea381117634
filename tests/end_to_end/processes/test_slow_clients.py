"""Clients that send half a request and wait, or do not take their answer."""

import json
import resource
import socket
from contextlib import ExitStack

import pytest

from rules.account.tokens import make_token
from tests.end_to_end.bot_replies import only
from tests.end_to_end.rollcall import until
from tests.web.front.raw_client import NOTHING, Client, compose

ALICE_PATH = "/user/80351110224678912"
HALF_HEAD = b"GET /user/1 HTTP/1.1\r\nHost: x\r\nAuthoriz"
LIMIT_FILES = (
    "import os, resource, sys;"
    "resource.setrlimit(resource.RLIMIT_NOFILE, (512, 512));"
    "os.execv(sys.executable, [sys.executable, '-m', 'gunicorn', 'app:app'])"
)


def half_body(token):
    return compose("PUT", "/user/@me/kv/k", ("Authorization", token), ("Content-Length", "50")) + b"only this"


def half_chunk(token):
    headers = (("Authorization", token), ("Content-Type", "application/json"), ("Transfer-Encoding", "chunked"))
    return compose("PATCH", "/user/@me/kv", *headers) + b'5\r\n{"a":'


@pytest.fixture
def crowd():
    """Opens many connections at once, as many as this process may, and closes them at the end."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard < 4096:
        pytest.skip("this process may not open enough connections")
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))
    with ExitStack() as clients:
        yield lambda number, port, data=b"": [clients.enter_context(Client(port, data)) for _ in range(number)]
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


def lazy(running, number, clients):
    """Clients that ask for a megabyte six times over, take little and read nothing."""
    made = []
    for _ in range(number):
        client = clients.enter_context(socket.socket())
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.settimeout(60)
        client.connect(("127.0.0.1", running.port))
        client.sendall(compose("GET", "/user/@me/kv", ("Authorization", running.token)) * 6)
        made.append(client)
    return made


def fill(running):
    big = {f"k{number}": "v" * 10_000 for number in range(100)}
    headers = {"Authorization": running.token}
    assert running.http.patch(f"{running.url}/user/@me/kv", json=big, headers=headers).status_code == 204


@pytest.mark.long
def test_a_crowd_of_slow_clients_keeps_nobody_waiting(web, crowd):
    """500 half heads, 500 half bodies (a good token among them), 100 that do not read and 1 000 idle, all at once."""
    running = web(BODY_TIMEOUT="4")
    fill(running)
    stranger = make_token(1)
    idle = crowd(1000, running.port, compose("GET", ALICE_PATH))
    assert {client.read().status for client in idle} == {200}
    heads = crowd(500, running.port, HALF_HEAD)
    refused = crowd(499, running.port, half_body(stranger))
    good = crowd(1, running.port, half_body(running.token))[0]
    with ExitStack() as clients:
        unread = lazy(running, 100, clients)
        for number in range(50):
            assert running.http.get(running.url + ALICE_PATH, timeout=3).status_code == 200
            assert running.get(ALICE_PATH, running.token).status_code == 200
            assert running.put("a", str(number), seconds=3) == 204
        assert {client.read().status for client in refused} == {401}
        assert good.read().status == 408
        said = [client.read() for client in heads]
        assert {answer.status for answer in said} == {408}
        assert {json.loads(answer.body)["code"] for answer in said} == {408}
        cut_off = (socket.SOL_SOCKET, socket.SO_ERROR)
        for client in unread:
            until(lambda client=client: client.getsockopt(*cut_off), seconds=60)
    assert running.workers()
    assert "Traceback" not in running.web.output


def take(client):
    data = b""
    try:
        while piece := client.recv(65536):
            data += piece
    except ConnectionResetError:
        pass
    return data


def test_who_reads_slowly_but_reads_gets_all(web):
    running = web(BODY_TIMEOUT="1")
    fill(running)
    with ExitStack() as clients:
        (client,) = lazy(running, 1, clients)
        client.shutdown(socket.SHUT_WR)
        assert take(client).count(b"HTTP/1.1 200 OK") == 6


@pytest.mark.long
def test_above_the_bound_new_connections_are_told_and_the_established_go_on(web, crowd):
    """512 files may be open, of which 256 are connections."""
    running = web("-c", LIMIT_FILES, WEB_CONCURRENCY="1")
    kept = crowd(256, running.port, compose("GET", ALICE_PATH))
    assert {client.read().status for client in kept} == {200}
    above = crowd(20, running.port, compose("GET", ALICE_PATH))
    said = [client.read() for client in above]
    assert {(answer.status, answer.header("Retry-After")) for answer in said} == {(503, "2")}
    for client in kept:
        client.send(compose("GET", ALICE_PATH))
    assert {client.read().status for client in kept} == {200}
    for client in kept[:20]:
        client.socket.close()
    until(lambda: running.get(ALICE_PATH).status_code == 200)
    assert "Traceback" not in running.web.output


def test_a_flood_of_connections_does_not_use_up_the_files(web, crowd):
    running = web("-c", LIMIT_FILES, WEB_CONCURRENCY="1")
    kept = crowd(1, running.port, compose("GET", ALICE_PATH))[0]
    assert kept.read().status == 200
    for _ in range(1500):
        try:
            crowd(1, running.port, HALF_HEAD)
        except ConnectionResetError:
            pass
    kept.send(compose("GET", "/user/@me/kv", ("Authorization", running.token)))
    assert kept.read().status == 200
    assert "Traceback" not in running.web.output
    assert "Too many open files" not in running.web.output


@pytest.mark.parametrize("half", [half_body, half_chunk], ids=["length", "chunked"])
def test_half_bodies_stop_neither_the_bot_nor_others(discord, rollcall, person, token_of, crowd, half):
    alice, bob = person("alice", status="online"), person("bob", status="online")
    token = token_of(alice)
    clients = crowd(80, rollcall.port, half(token))
    discord.presence(bob, "dnd")
    until(lambda: rollcall.status_of(bob) == "dnd", seconds=5)
    assert only(discord.say_and_wait(bob, ".add k while-they-wait", dm=True))[1].startswith("Stored under `k`")
    assert {client.read().status for client in clients} == {408}
    assert rollcall.get("/user/@me/kv", token).json() == {}


def test_clients_that_do_not_hang_up_make_nobody_wait(rollcall, person, crowd):
    alice = person(status="online")
    clients = crowd(40, rollcall.port, b"GET /user/1 HTTP/1.0\r\n\r\n")
    until(lambda: rollcall.status_of(alice) == "online", seconds=5)
    assert {client.read().status for client in clients} == {404}


def test_a_client_that_hangs_up_in_the_middle_stores_nothing(rollcall, person, token_of):
    token = token_of(person())
    for _ in range(5):
        with Client(rollcall.port, half_body(token)):
            pass
    assert rollcall.get("/user/@me/kv", token).json() == {}


def test_who_has_said_all_and_closes_that_half_gets_the_answers(rollcall, person, token_of):
    token = token_of(person())
    put = compose("PUT", "/user/@me/kv/k", ("Authorization", token), body=b"v")
    with Client(rollcall.port, put + compose("GET", "/user/@me/kv/k", ("Authorization", token))) as client:
        client.say_no_more()
        assert [client.read().status, client.read().body, client.read()] == [204, b"v", NOTHING]


@pytest.mark.parametrize(
    ("request_text", "status"),
    [
        ("GET /user/@me HTTP/1.1\r\nHost: x\r\nAuthorization {token}\r\n\r\n", 400),
        ("GET {token}\r\n\r\n", 400),
        ("GET /" + "x" * 9000 + " HTTP/1.1\r\nHost: x\r\n\r\n", 414),
        ("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "x" * 70000 + "\r\n\r\n", 431),
        ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {token}\r\n\r\n", 501),
        ("GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400),
    ],
)
def test_what_is_no_http_is_refused_in_json_and_not_repeated(rollcall, request_text, status):
    token = make_token(80351110224678912)
    with Client(rollcall.port, request_text.replace("{token}", token).encode()) as client:
        answer = client.read()
    assert (answer.status, json.loads(answer.body)["code"]) == (status, status)
    assert answer.header("Access-Control-Allow-Origin") == "*"
    assert token.encode() not in answer.head + answer.body
    assert token not in rollcall.web.output
