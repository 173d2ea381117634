"""Clients that send half a request and wait."""

import json
import socket

import pytest

from rules.tokens import make_token
from tests.whole.processes import until
from tests.whole.talk import only

HALF_BODY = "PUT /user/@me/kv/k HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Length: 50\r\n\r\nonly this"
CHUNKED = (
    "PATCH /user/@me/kv HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: application/json\r\n"
    'Transfer-Encoding: chunked\r\n\r\n5\r\n{{"a":'
)
HALF_HEADER = "GET /user/1 HTTP/1.1\r\nHost: x\r\nAuthoriz"


def connect(rollcall, text):
    client = socket.create_connection(("127.0.0.1", rollcall.port), timeout=30)
    client.sendall(text.encode())
    return client


def answer(client):
    """All that comes until the server hangs up or has answered."""
    data = b""
    while b"}" not in data and (piece := client.recv(65536)):
        data += piece
    client.close()
    return data.decode()


def test_half_bodies_stop_neither_the_bot_nor_others(discord, rollcall, person, token_of):
    alice, bob = person("alice", status="online"), person("bob", status="online")
    token = token_of(alice)
    clients = [connect(rollcall, text.format(token)) for text in [HALF_BODY] * 40 + [CHUNKED] * 40]
    discord.presence(bob, "dnd")
    until(lambda: rollcall.status_of(bob) == "dnd")
    assert only(discord.say_and_wait(bob, ".add k while-they-wait"))[1] == "Stored."
    for client in clients:
        assert answer(client).startswith("HTTP/1.1 408")
    assert rollcall.get("/user/@me/kv", token).json() == {}


def test_half_headers_do_not_hold_threads_for_ever(rollcall, person):
    alice = person(status="online")
    clients = [connect(rollcall, HALF_HEADER) for _ in range(70)]
    until(lambda: rollcall.status_of(alice) == "online")
    for client in clients:
        assert "HTTP/1.1 200" not in answer(client)
    assert rollcall.status_of(alice) == "online"


def test_a_client_that_hangs_up_in_the_middle_stores_nothing(rollcall, person, token_of):
    token = token_of(person())
    for _ in range(5):
        client = connect(rollcall, HALF_BODY.format(token))
        client.close()
    assert rollcall.get("/user/@me/kv", token).json() == {}


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
def test_what_is_no_http_is_refused_in_json_and_not_quoted(rollcall, request_text, status):
    token = make_token(80351110224678912)
    text = answer(connect(rollcall, request_text.replace("{token}", token)))
    head, _, body = text.partition("\r\n\r\n")
    assert head.startswith(f"HTTP/1.1 {status} ")
    assert json.loads(body)["code"] == status
    assert "Access-Control-Allow-Origin: *" in head
    assert token not in text
    assert token not in rollcall.web.output


def test_clients_that_do_not_read_do_not_hold_threads_for_ever(rollcall, person, token_of):
    alice = person(status="online")
    token = token_of(alice)
    big = {f"k{number}": "v" * 10_000 for number in range(100)}
    headers = {"Authorization": token}
    assert rollcall.http.patch(f"{rollcall.url}/user/@me/kv", json=big, headers=headers).status_code == 204
    clients = []
    for _ in range(70):
        client = socket.socket()
        client.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
        client.connect(("127.0.0.1", rollcall.port))
        client.sendall(f"GET /user/@me/kv HTTP/1.1\r\nHost: x\r\nAuthorization: {token}\r\n\r\n".encode() * 6)
        clients.append(client)
    until(lambda: rollcall.presence_of(alice), seconds=40)
    for client in clients:
        client.close()
