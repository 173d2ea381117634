"""WebSockets (RFC 6455) at /socket: Hello, heartbeats, and what ends one."""

import json
import struct

import pytest

from tests.web.front.raw_client import Client, compose
from web.front.sockets import LARGEST_MESSAGE

KEY = ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ==")
VERSION = ("Sec-WebSocket-Version", "13")
UPGRADE = (("Connection", "keep-alive, Upgrade"), ("Upgrade", "websocket"))
ASKS = compose("GET", "/socket", *UPGRADE, KEY, VERSION)
TEXT, CLOSE, PING, PONG = 1, 8, 9, 10


def frame(opcode, data=b"", final=True):
    """A client's frame, masked with zeros."""
    size = bytes([0x80 | len(data)]) if len(data) < 126 else b"\xfe" + struct.pack("!H", len(data))
    return bytes([(0x80 if final else 0) | opcode]) + size + bytes(4) + data


def read_frame(client):
    first, size = client.bytes(2)
    assert size < 126
    return first & 0xF, client.bytes(size)


@pytest.fixture
def connect(echo):
    """A WebSocket that has heard its Hello."""
    clients = []

    def make(behind=b""):
        client = Client(echo.port, ASKS + behind)
        clients.append(client)
        answer = client.read()
        assert answer.status == 101
        assert answer.header("Sec-WebSocket-Accept") == "s3pPLMBiTxaQ9kYGzzhZRbK+xOo="
        opcode, hello = read_frame(client)
        assert (opcode, json.loads(hello)) == (TEXT, {"op": 1, "d": {"heartbeat_interval": 30_000}})
        return client

    yield make
    for client in clients:
        client.__exit__()


def close_code(client):
    opcode, data = read_frame(client)
    assert opcode == CLOSE
    return struct.unpack("!H", data[:2])[0]


def test_hello_comes_first_and_a_heartbeat_is_taken(connect):
    client = connect()
    client.send(frame(TEXT, b'{"op":3}') + frame(PING, b"x"))
    assert read_frame(client) == (PONG, b"x")


def test_frames_that_come_with_the_request_are_not_lost(connect):
    assert read_frame(connect(frame(PING, b"early"))) == (PONG, b"early")


def test_a_request_in_pieces_is_understood(echo):
    with Client(echo.port) as client:
        for byte in ASKS:
            client.send(bytes([byte]))
        assert client.read().status == 101


def test_a_close_is_answered_and_ends_the_connection(connect):
    client = connect()
    client.send(frame(CLOSE, struct.pack("!H", 1000)))
    assert close_code(client) == 1000
    assert client.rest() == b""


@pytest.mark.parametrize(
    ("sent", "code"),
    [
        (b"\x81\x02hi", 1002),
        (frame(3, b""), 1002),
        (b"\xf1\x80" + bytes(4), 1002),
        (frame(TEXT, b"x" * 20_000), 1009),
        (frame(TEXT, b"x" * LARGEST_MESSAGE, final=False) + frame(0, b"x"), 1009),
        (frame(PING, b"x" * 126), 1002),
        (frame(0, b"x"), 1002),
        (frame(CLOSE, b"x"), 1002),
    ],
    ids=["unmasked", "unknown", "reserved", "large", "large in two", "long ping", "nothing to go on", "odd close"],
)
def test_what_breaks_the_protocol_is_told_and_ends(connect, sent, code):
    client = connect()
    client.send(sent)
    assert close_code(client) == code
    client.say_no_more()
    assert client.rest() == b""


def test_a_message_as_large_as_may_be_is_taken(connect):
    client = connect()
    client.send(frame(TEXT, b"x" * LARGEST_MESSAGE) + frame(PING))
    assert read_frame(client) == (PONG, b"")


def test_who_pings_and_reads_nothing_is_not_read_either(connect, echo):
    client = connect()
    client.socket.settimeout(0.5)
    with pytest.raises(TimeoutError):
        client.socket.sendall(frame(PING, b"x" * 100) * 200_000)
    (socket,) = echo.front.connections
    assert socket.transport.get_write_buffer_size() < 1_000_000


def test_silence_ends_it(connect, monkeypatch):
    monkeypatch.setattr("web.front.sockets.SILENCE_S", 0.2)
    assert close_code(connect()) == 1002


def test_who_speaks_now_and_then_stays(connect, monkeypatch):
    monkeypatch.setattr("web.front.sockets.SILENCE_S", 1)
    client, silent = connect(), connect()
    client.socket.settimeout(0.2)
    for _ in range(15):
        client.send(frame(TEXT, b"{}"))
        with pytest.raises(TimeoutError):
            client.socket.recv(1)
    client.socket.settimeout(5)
    assert close_code(silent) == 1002


def test_the_end_of_the_worker_is_told(connect, echo):
    client = connect()
    echo.stop()
    assert close_code(client) == 1012
    client.send(frame(CLOSE, struct.pack("!H", 1012)))
    assert client.rest() == b""


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
        (compose("GET", "/socket", KEY, VERSION), 200),
    ],
)
def test_who_may_have_one(echo, request_, status):
    with Client(echo.port, request_) as client:
        answer = client.read()
    assert answer.status == status
    if status > 200:
        assert json.loads(answer.body)["code"] == status
        assert answer.header("Content-Type") == "application/json"
        assert b"<" not in answer.head + answer.body
