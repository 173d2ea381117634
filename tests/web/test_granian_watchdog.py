"""Connections that take nothing any more are found and cut off, and no others."""

import itertools
import socket
from types import SimpleNamespace

import pytest

from tests.end_to_end.rollcall import until
from web import granian_watchdog
from web.granian_watchdog import Stalled

PATIENCE_S = 60


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    """More than the patience passes between any two looks."""
    readings = itertools.count(0, 2 * PATIENCE_S)
    monkeypatch.setattr(granian_watchdog, "time", SimpleNamespace(monotonic=lambda: next(readings)))


@pytest.fixture
def listener():
    with socket.create_server(("127.0.0.1", 0)) as listening:
        yield listening


@pytest.fixture
def connect(listener):
    """Makes a client, and its server's end."""
    ends = []

    def make():
        client = socket.create_connection(listener.getsockname(), timeout=5)
        ends.extend((client, listener.accept()[0]))
        return ends[-2:]

    yield make
    for end in ends:
        end.close()


def look_twice(listener, meanwhile=lambda: None):
    stalled = Stalled(listener.getsockname()[1], PATIENCE_S)
    stalled.look()
    meanwhile()
    stalled.look()


def is_open(client):
    client.setblocking(False)
    try:
        while client.recv(100):
            pass
        return False
    except BlockingIOError:
        return True


def test_who_sends_a_little_and_takes_nothing_is_cut_off(listener, connect):
    client, _ = connect()
    look_twice(listener, lambda: client.send(b"half a header"))
    assert not is_open(client)


def test_who_takes_an_answer_is_not(listener, connect):
    (client, server), (idle, _) = connect(), connect()

    def answer():
        before = granian_watchdog._taken(server)
        server.send(b"an answer")
        until(lambda: granian_watchdog._taken(server) > before)

    look_twice(listener, answer)
    assert is_open(client)
    assert not is_open(idle)


def fill(server):
    """Send until no more can be sent."""
    server.setblocking(False)
    while True:
        try:
            server.send(b"x" * 65536)
        except BlockingIOError:
            return


def test_who_does_not_read_is_cut_off(listener, connect):
    client, server = connect()
    fill(server)

    def is_cut_off():
        look_twice(listener)
        try:
            server.send(b"more")
        except BlockingIOError:
            return False
        except BrokenPipeError:
            return True
        return False

    # The kernel asks now and then whether there is room, and may put a little more into it.
    until(is_cut_off)
    assert client.recv(1)


def test_a_listener_and_another_port_are_left_alone(listener, connect):
    with socket.create_server(("127.0.0.1", 0)) as other:
        client, _ = connect()
        look_twice(other)
        assert is_open(client)
    look_twice(listener)
    connect()
