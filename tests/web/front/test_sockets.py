"""WebSockets (RFC 6455) at /socket: who may have one, Hello, and what ends one."""

import json
import struct

import pytest

from tests.web.front.raw_client import Client, compose
from tests.web.front.raw_client import ask as raw_ask
from tests.web.front.websocket_client import (
    CLOSE,
    CONTINUED,
    HELLO,
    KEY,
    PING,
    PONG,
    TEXT,
    UPGRADE,
    VERSION,
    WebSocket,
    ask,
    frame,
    message,
)
from web.front.sockets import LARGEST_MESSAGE

HEARTBEAT = b'{"op":3}'


@pytest.fixture
def connect(served):
    """A WebSocket that has heard its Hello."""
    clients = []

    def make(behind=b"", path="/socket"):
        client = WebSocket(served.port, path, behind)
        clients.append(client)
        assert client.next() == HELLO
        return client

    yield make
    for client in clients:
        client.__exit__()


def test_hello_comes_first_and_a_heartbeat_is_taken(connect):
    client = connect()
    client.send(frame(TEXT, HEARTBEAT) + frame(PING, b"x"))
    assert client.read_frame() == (PONG, b"x")


def test_frames_that_come_with_the_request_are_not_lost(connect):
    assert connect(frame(PING, b"early")).read_frame() == (PONG, b"early")


def test_a_request_in_pieces_is_understood(served):
    with Client(served.port) as client:
        for byte in ask():
            client.send(bytes([byte]))
        assert client.read().status == 101


def test_a_close_is_answered_and_ends_the_connection(connect):
    client = connect()
    client.send(frame(CLOSE, struct.pack("!H", 1000)))
    assert client.close_code() == 1000
    assert client.rest() == b""


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x02hi", 1002),
        (frame(3, b""), 1002),
        (b"\xf1\x80" + bytes(4), 1002),
        (frame(TEXT, b"x" * 20_000), 1009),
        (frame(TEXT, b"x" * LARGEST_MESSAGE, final=False) + frame(CONTINUED, b"x"), 1009),
        (frame(PING, b"x" * 126), 1002),
        (frame(CONTINUED, b"x"), 1002),
        (frame(CLOSE, b"x"), 1002),
        (frame(TEXT, b'{"op":3,"d":"\xff"}'), 1007),
    ],
    ids=[
        *("unmasked", "unknown", "reserved", "large", "large in two", "long ping", "nothing to go on", "odd close"),
        "no UTF-8",
    ],
)
def test_what_breaks_the_protocol_is_told_and_ends(connect, sent, code):
    client = connect()
    client.send(sent)
    assert client.close_code() == code
    client.say_no_more()
    assert client.rest() == b""


def test_a_message_as_large_as_may_be_is_taken(connect):
    client = connect()
    client.send(frame(TEXT, HEARTBEAT.ljust(LARGEST_MESSAGE)) + frame(PING))
    assert client.read_frame() == (PONG, b"")


def test_a_message_in_pieces_is_joined_with_a_ping_between_them(connect):
    client = connect()
    pieces = [frame(TEXT, b'{"op":', final=False), frame(PING, b"x"), frame(CONTINUED, b"3", final=False)]
    client.send(b"".join([*pieces, frame(CONTINUED, b"}"), frame(PING, b"y")]))
    assert [client.read_frame(), client.read_frame()] == [(PONG, b"x"), (PONG, b"y")]


def test_who_pings_and_reads_nothing_is_not_read_either(connect, served, monkeypatch):
    monkeypatch.setattr("web.front.sockets.FRAMES_A_SECOND", 1_000_000)
    client = connect()
    client.socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        client.socket.sendall(frame(PING, b"x" * 100) * 200_000)
    (socket,) = served.front.connections
    assert socket.transport.get_write_buffer_size() < 1_000_000


def test_silence_ends_it(connect, monkeypatch):
    monkeypatch.setattr("web.front.sockets.SILENCE_S", 0.2)
    assert connect().close_code() == 1002


def test_who_speaks_now_and_then_stays(connect, monkeypatch):
    monkeypatch.setattr("web.front.sockets.SILENCE_S", 1)
    client, silent = connect(), connect()
    client.socket.settimeout(0.2)
    for _ in range(15):
        client.send(frame(TEXT, HEARTBEAT))
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
    client.socket.settimeout(5)
    assert silent.close_code() == 1002


def test_twenty_messages_may_come_at_once_and_no_more(connect):
    client = connect()
    client.send(frame(TEXT, HEARTBEAT) * 20 + frame(PING))
    assert client.read_frame() == (PONG, b"")
    client.send(frame(TEXT, HEARTBEAT) * 20)
    assert client.close_code() == 1008
    assert client.rest() == b""


def test_the_end_of_the_worker_is_told(connect, served):
    client, other = connect(), connect()
    served.stop()
    assert client.close_code() == other.close_code() == 1012
    client.send(frame(CLOSE, struct.pack("!H", 1012)))
    assert client.rest() == b""
    assert len(served.front.live.hub) == 0


@pytest.mark.parametrize(
    ("request_", "status"),
    [
        (compose("GET", "/", *UPGRADE, KEY, VERSION), 404),
        (compose("GET", "/socket/", *UPGRADE, KEY, VERSION), 404),
        (compose("GET", "/socket%2F", *UPGRADE, KEY, VERSION), 404),
        (compose("GET", "/socket?v=1", *UPGRADE, KEY, VERSION), 101),
        (compose("POST", "/socket", *UPGRADE, KEY, VERSION), 405),
        (compose("GET", "/socket", *UPGRADE, VERSION), 400),
        (compose("GET", "/socket", *UPGRADE, KEY), 400),
        (compose("GET", "/socket", *UPGRADE, KEY, ("Sec-WebSocket-Version", "<8>")), 400),
        (compose("GET", "/socket", *UPGRADE, ("Sec-WebSocket-Key", "<secret>"), VERSION), 400),
        (compose("GET", "/socket", KEY, VERSION), 400),
    ],
)
def test_who_may_have_one(served, request_, status):
    with Client(served.port, request_) as client:
        answer = client.read()
    assert answer.status == status
    if status > 200:
        said = json.loads(answer.body)
        codes = {400: "upgrade_failed", 404: "not_found", 405: "method_not_allowed"}
        assert (said["error"]["code"] == codes[status]) if "error" in said else (said["code"] == status)
        assert answer.header("Content-Type") == "application/json"
        assert b"<" not in answer.head + answer.body.replace(b"<id>", b"")


def test_a_plain_get_is_told_in_lanyards_words_what_is_missing(served):
    error = json.loads(raw_ask(served.port, compose("GET", "/socket")).body)["error"]
    assert (error["code"], error["message"]) == ("upgrade_failed", "Request failed to upgrade")
    assert "WebSocket" in error["hint"]


@pytest.mark.long
def test_another_app_has_no_socket(echo):
    with Client(echo.port, ask()) as client:
        assert client.read().status == 404
        assert client.rest() == b""


def refusal_of(port, *headers):
    with Client(port, ask("/socket", *headers)) as client:
        answer = client.read()
    error = json.loads(answer.body)["error"]
    assert error["code"] == {429: "rate_limited", 503: "unavailable"}[answer.status]
    assert int(answer.header("Retry-After")) >= 1
    return answer.status, error["message"]


def test_no_more_than_the_settings_say_of_an_address_and_of_all(front):
    port = front(LIVE_CONNECTIONS="3", LIVE_PER_CLIENT="2").port
    with WebSocket(port), WebSocket(port):
        status, sentence = refusal_of(port)
        assert (status, "2 streams and sockets" in sentence) == (429, True)
        with WebSocket(port, headers=[("X-Forwarded-For", "192.0.2.7")]):
            assert refusal_of(port, ("X-Forwarded-For", "192.0.2.8"))[0] == 503


def test_one_that_ends_makes_room(front):
    served = front(LIVE_PER_CLIENT="1")
    with WebSocket(served.port) as client:
        client.next()
        client.send(message({"op": 9}))
        assert client.close_code() == 4004
    with WebSocket(served.port):
        assert len(served.front.live.hub) == 1


def test_each_counts_as_a_request(front):
    port = front(RATE_LIMIT="2/minute").port
    with WebSocket(port), WebSocket(port):
        status, sentence = refusal_of(port)
    assert status == 429
    assert sentence.startswith("Too many requests: 2 per 1 minute is the limit. Wait ")


def test_whoever_asks_for_many_users_is_counted_for_them(front):
    port = front(RATE_LIMIT="4/minute").port
    many = {"op": 2, "d": {"subscribe_to_ids": [str(10**16 + number) for number in range(500)]}}
    with WebSocket(port) as first:
        first.next()
        first.say(many)
        assert first.next()["t"] == "INIT_STATE"
        first.say({"op": 2, "d": {"subscribe_to_id": "7"}})
        assert first.next() == {"op": 0, "t": "INIT_STATE", "d": {}}
        first.say(many)
        assert first.close_code() == 1008
