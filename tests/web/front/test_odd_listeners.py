"""Listeners that hang up early, come late or ask for more than they take: what was seen to go wrong with them."""

import json
import socket
import sqlite3
import time

import pytest

from database.turn_reader import TurnReader
from rules.lanyard import keys
from rules.presence import updates
from rules.systems import systems
from tests.web.front.raw_client import Client, compose
from tests.web.front.served import wait_for
from tests.web.front.websocket_client import HELLO, PING, PONG, WebSocket, ask, frame, message
from web.front.connections import AT_ONCE
from web.front.sockets import PIECE_BYTES
from web.live.moment import NOT_THERE, Moment

ALICE = 80351110224678912
EVENTS = compose("GET", f"/user/{ALICE}/events")


class Listening(Client):
    """A client of an event stream; `headers` are the request's."""

    def __init__(self, port, path, *headers, behind=b""):
        super().__init__(port, compose("GET", path, *headers) + behind)
        self.last_id = None

    def next(self):
        """The next event as (kind, data); None at the end. Whatever is no event is passed over."""
        kind = data = None
        while line := self._reader.readline().decode():
            line = line.rstrip("\n")
            name, _, value = line.partition(": ")
            if name == "event":
                kind = value
            elif name == "id":
                self.last_id = value
            elif name == "data":
                data = json.loads(value)
            elif not line and kind:
                return kind, data
            assert not line.startswith("HTTP/1.1 5")
        return None

    def take(self, count):
        return [self.next() for _ in range(count)]


def be(write, status):
    user = {"user": {"id": str(ALICE)}, "status": status}
    write(updates.record_presences, {ALICE: updates.change_of_presence(user, 5)})


def test_what_is_asked_for_behind_a_stream_on_its_connection_does_not_end_it(served, write, join):
    """A 500 of uvicorn's stood in the middle of the events."""
    join(ALICE)
    with Listening(served.port, f"/user/{ALICE}/events", behind=compose("GET", "/health")) as stream:
        assert stream.next()[0] == "presence"
        wait_for(lambda: len(served.front.live.hub) == 1)
        be(write, "dnd")
        assert stream.next()[1]["presence"]["status"] == "dnd"
    wait_for(lambda: len(served.front.live.hub) == 0)


def test_who_does_not_wait_for_the_beginning_is_nothing_to_report(served, caplog):
    """Each of them left a traceback in the log."""
    for _ in range(20):
        with Client(served.port, EVENTS) as client:
            client.socket.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    wait_for(lambda: not served.front.connections)
    assert caplog.text == ""


@pytest.mark.parametrize(("request_of", "last"), [(EVENTS, b"retry: "), (ask(), b"Service restart")])
def test_who_comes_while_the_worker_ends_is_told_so_and_does_not_keep_it(served, request_of, last):
    """The worker waited for them for 8 s, and then cut them off without a word."""
    with Client(served.port, request_of[:20]) as client:
        wait_for(lambda: served.front.connections)
        served.end()
        wait_for(lambda: all(one.is_last for one in served.front.connections))
        client.send(request_of[20:])
        assert last in client.rest()[-40:]
        wait_for(lambda: not served.front.connections, 3)


def test_a_flood_of_pings_ends_the_socket_that_sends_it(served):
    """40 000 of them came in one piece, and all others waited for 0.4 s until each had its pong."""
    with WebSocket(served.port) as flooding:
        flooding.send(frame(PING) * 2_000)
        received = flooding.rest()
    assert received.count(bytes([0x80 | PONG, 0])) <= PIECE_BYTES // len(frame(PING)) + 1
    assert received.endswith(b"at most 100 frames a second")


@pytest.mark.long
def test_what_is_asked_for_besides_waits_until_the_client_has_taken_what_it_asked_for(served, write, join):
    """Five messages that came together left 37 MB for a client that did not read."""
    join(ALICE)
    for number in range(34):
        write(keys.put_pair, ALICE, f"k{number}", "x" * 30_000)
    many = message({"op": 2, "d": {"subscribe_to_id": str(ALICE), "padding": "x" * 2_000}})
    with WebSocket(served.port) as client:
        assert client.next() == HELLO
        client.send(many * 8)
        wait_for(lambda: any(one.transport.get_write_buffer_size() for one in served.front.connections))
        time.sleep(0.3)
        (held,) = served.front.connections
        assert held.transport.get_write_buffer_size() < 1_200_000
        assert [len(client.next()["d"]["kv"]) for _ in range(8)] == [34] * 8


def test_what_the_owner_of_a_token_does_asks_for_nothing_else(served, write, join, token_of, monkeypatch):
    """Each presence of the owner's had all systems of the stream read again: with a hundred, 0.3 s of the loop."""
    asked = set()
    monkeypatch.setattr(Moment, "answer_system", lambda moment, *_: asked.add(moment) or NOT_THERE)
    join(ALICE)
    hid = write(systems.create_system, ALICE + 1, {"name": "Foxes"}).hid
    path = f"/events?users={ALICE}&systems={hid}"
    with Listening(served.port, path, ("Authorization", token_of(ALICE))) as stream:
        assert [kind for kind, _ in stream.take(2)] == ["presence", "gone"]
        be(write, "dnd")
        assert stream.next()[1]["presence"]["status"] == "dnd"
        assert len(asked) == 1
        write(systems.link_account, ALICE + 1, ALICE)
        wait_for(lambda: len(asked) == 2)
        token_of(ALICE)
        assert stream.next()[1]["KV"] is None
        assert len(asked) == 3


def test_a_stream_that_cannot_be_told_of_changes_ends(served, join, monkeypatch):
    """It stayed open, heard of nothing, and its comments moved the client on past what it had missed."""

    def refuse(_reader):
        raise sqlite3.OperationalError("database is locked")

    join(ALICE)
    monkeypatch.setattr(TurnReader, "begin_anew", refuse)
    with Client(served.port, EVENTS) as client:
        assert b"event: presence" in client.rest()
    wait_for(lambda: len(served.front.live.hub) == 0)
