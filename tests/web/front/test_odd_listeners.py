"""Listeners that hang up early, come late or ask for more than they take: what was seen to go wrong with them."""

import json
import socket
import time

import pytest

from rules.presence import updates
from tests.web.front.raw_client import Client, compose
from tests.web.front.websocket_client import ask
from web.front.connections import AT_ONCE

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


def wait_for(condition, seconds=5):
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)


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
