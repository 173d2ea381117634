"""Clients that send half a request and wait."""

import json
import socket

import pytest

from cli.supervisor import SERVERS
from rules.account.tokens import make_token
from tests.end_to_end.bot_replies import only
from tests.end_to_end.rollcall import until

HALF_BODY = "PUT /user/@me/kv/k HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Length: 50\r\n\r\nonly this"
CHUNKED = (
    "PATCH /user/@me/kv HTTP/1.1\r\nHost: x\r\nAuthorization: {}\r\nContent-Type: application/json\r\n"
    'Transfer-Encoding: chunked\r\n\r\n5\r\n{{"a":'
)
HALF_HEADER = "GET /user/1 HTTP/1.1\r\nHost: x\r\nAuthoriz"

both = pytest.mark.parametrize("rollcall", SERVERS, indirect=True)


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


@both
def test_half_bodies_stop_neither_the_bot_nor_others(discord, rollcall, person, token_of):
    alice, bob = person("alice", status="online"), person("bob", status="online")
    token = token_of(alice)
    clients = [connect(rollcall, text.format(token)) for text in [HALF_BODY] * 40 + [CHUNKED] * 40]
    discord.presence(bob, "dnd")
    until(lambda: rollcall.status_of(bob) == "dnd", seconds=5)
    assert only(discord.say_and_wait(bob, ".add k while-they-wait"))[1] == "Stored."
    answers = {answer(client)[:12] for client in clients}
    # granian has no words for those that it waited for.
    assert answers <= {"HTTP/1.1 408", "HTTP/1.1 503", ""}
    assert "HTTP/1.1 503" in answers
    assert rollcall.get("/user/@me/kv", token).json() == {}


@pytest.mark.parametrize("text", [HALF_BODY, CHUNKED], ids=["length", "chunked"])
def test_a_body_that_comes_too_late_is_told_so(rollcall, person, token_of, text):
    assert answer(connect(rollcall, text.format(token_of(person())))).startswith("HTTP/1.1 408")


@both
def test_half_headers_do_not_hold_threads_for_ever(rollcall, person):
    alice = person(status="online")
    clients = [connect(rollcall, HALF_HEADER) for _ in range(70)]
    until(lambda: rollcall.status_of(alice) == "online")
    for client in clients:
        assert "HTTP/1.1 200" not in answer(client)
    assert rollcall.status_of(alice) == "online"


@both
def test_clients_that_do_not_hang_up_make_nobody_wait(rollcall, person):
    alice = person(status="online")
    clients = [connect(rollcall, "GET /user/1 HTTP/1.0\r\n\r\n") for _ in range(40)]
    until(lambda: rollcall.status_of(alice) == "online", seconds=5)
    for client in clients:
        assert answer(client).startswith("HTTP/1.")


@both
def test_a_client_that_hangs_up_in_the_middle_stores_nothing(rollcall, person, token_of):
    token = token_of(person())
    for _ in range(5):
        client = connect(rollcall, HALF_BODY.format(token))
        client.close()
    assert rollcall.get("/user/@me/kv", token).json() == {}


@pytest.mark.parametrize(
    ("request_text", "status", "on_granian"),
    [
        ("GET /user/@me HTTP/1.1\r\nHost: x\r\nAuthorization {token}\r\n\r\n", 400, 400),
        ("GET {token}\r\n\r\n", 400, 400),
        ("GET /" + "x" * 9000 + " HTTP/1.1\r\nHost: x\r\n\r\n", 414, 404),
        ("GET / HTTP/1.1\r\nHost: x\r\nX-Long: " + "x" * 70000 + "\r\n\r\n", 431, 431),
        ("GET / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: {token}\r\n\r\n", 501, 400),
        ("GET / HTTP/9.9\r\nHost: x\r\n\r\n", 400, 400),
    ],
)
class TestWhatIsNoHttp:
    def refuse(self, rollcall, request_text):
        """What is said to it, in which it must not be quoted."""
        token = make_token(80351110224678912)
        text = answer(connect(rollcall, request_text.replace("{token}", token)))
        assert token not in text
        assert token not in rollcall.web.output
        return text

    def test_is_refused_in_json(self, rollcall, request_text, status, on_granian):
        head, _, body = self.refuse(rollcall, request_text).partition("\r\n\r\n")
        assert head.startswith(f"HTTP/1.1 {status} ")
        assert json.loads(body)["code"] == status
        assert "Access-Control-Allow-Origin: *" in head

    @pytest.mark.parametrize("rollcall", ["granian"], indirect=True)
    def test_is_refused_by_granian_without_words(self, rollcall, request_text, status, on_granian):
        assert self.refuse(rollcall, request_text).startswith(f"HTTP/1.1 {on_granian} ")


@both
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
