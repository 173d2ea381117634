"""Clients that send half a request and wait."""

import socket

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
    clients = [connect(rollcall, HALF_HEADER) for _ in range(200)]
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
