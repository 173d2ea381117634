"""No turn of the event loop lasts, however many send at once, and who is made to wait for the next loses nothing."""

import asyncio
import resource
import socket
from contextlib import ExitStack

import pytest

from tests.web.front.raw_client import Client, ask, compose
from tests.web.front.websocket_client import HELLO, PING, PONG, WebSocket, frame
from web.front.turns import Turns

uvloop = pytest.importorskip("uvloop")

# More than libuv takes from the kernel at once.
BUSY = 1200
LONG = 5 * BUSY


class Reader(asyncio.Protocol):
    """Reads from a client that at once sends more, until as much has come as never should in one turn."""

    arrived = 0

    def __init__(self, turns, client):
        self.turns, self.client = turns, client

    def connection_made(self, transport):
        self.transport = transport

    def data_received(self, data):
        Reader.arrived += 1
        if Reader.arrived < LONG:
            self.client.send(b"x")
        if self.turns.is_long():
            self.transport.pause_reading()
            self.turns.in_next(self.transport.resume_reading)


@pytest.fixture
def many_files():
    before = resource.getrlimit(resource.RLIMIT_NOFILE)
    if before[1] < 2 * BUSY + 256:
        pytest.skip("too few files may be open here")
    resource.setrlimit(resource.RLIMIT_NOFILE, (before[1], before[1]))
    yield
    resource.setrlimit(resource.RLIMIT_NOFILE, before)


def test_what_waits_has_its_turn_while_more_clients_send_than_the_kernel_tells_at_once(many_files, monkeypatch):
    monkeypatch.setattr("web.front.turns.TURN_S", 0)
    monkeypatch.setattr(Reader, "arrived", 0)

    async def run():
        loop, turns, clients = asyncio.get_running_loop(), Turns(), []
        for _ in range(BUSY):
            ours, theirs = socket.socketpair()
            stack.enter_context(theirs)
            theirs.setblocking(False)
            await loop.connect_accepted_socket(lambda client=theirs: Reader(turns, client), ours)
            clients.append(theirs)
        for client in clients:
            client.send(b"x")
        most = 0
        while Reader.arrived < LONG:
            before = Reader.arrived
            await asyncio.sleep(0)
            most = max(most, Reader.arrived - before)
        return most

    with ExitStack() as stack, asyncio.Runner(loop_factory=uvloop.new_event_loop) as runner:
        assert runner.run(run()) < 3 * BUSY


@pytest.fixture
def every_turn_is_long(monkeypatch):
    is_long = Turns.is_long
    monkeypatch.setattr(Turns, "is_long", lambda turns: is_long(turns) or True)


def test_all_is_answered_where_every_turn_is_long(echo, every_turn_is_long):
    with Client(echo.port) as client:
        for size in (0, 10, 300_000):
            body = b"x" * size
            client.send(compose("PUT", "/a", body=body) + compose("GET", "/b"))
            assert client.read().body == b"PUT /a " + body
            assert client.read().body == b"GET /b "
        for piece in (b"GET /c HT", b"TP/1.1\r\nHo", b"st: a\r\n\r\n"):
            client.send(piece)
        assert client.read().body == b"GET /c "
    assert ask(echo.port, compose("GET", "/d", ("Connection", "close"))).body == b"GET /d "


def test_a_websocket_goes_on_where_every_turn_is_long(served, every_turn_is_long):
    with WebSocket(served.port) as client:
        assert client.next() == HELLO
        for text in (b"a", b"b"):
            client.send(frame(PING, text))
            assert client.read_frame() == (PONG, text)


def test_who_reads_no_answers_is_not_read_on_in_the_next_turn(served, every_turn_is_long, monkeypatch):
    monkeypatch.setattr("web.front.sockets.FRAMES_A_SECOND", 1_000_000)
    with WebSocket(served.port) as client:
        client.next()
        client.socket.settimeout(0.5)
        with pytest.raises(TimeoutError):
            client.socket.sendall(frame(PING, b"x" * 100) * 200_000)
        (held,) = served.front.connections
        assert held.transport.get_write_buffer_size() < 1_000_000
