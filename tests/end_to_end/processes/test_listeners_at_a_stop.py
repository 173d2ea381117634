"""The web side stops while streams and sockets are open: all are told, it ends, and the next one serves them."""

import re
import signal

import pytest

from rules.account import kv
from tests.end_to_end.live.reconnecting import SocketListener, StreamListener
from tests.end_to_end.processes.conftest import ALICE
from tests.end_to_end.rollcall import until
from tests.web.front.websocket_client import CLOSE, frame
from tests.web.live.listeners import Socket, Stream

PATH = f"/events?users={ALICE}"
EACH = 10
RESTARTED = b"\x03\xf4"


@pytest.fixture
def opened(web):
    """A web side, and ten streams and ten sockets at it that have heard of Alice."""
    running = web(LIVE_PER_CLIENT="200")
    streams = [Stream(running.port, PATH) for _ in range(EACH)]
    sockets = [Socket(running.port, subscribe_to_id=str(ALICE)) for _ in range(EACH)]
    for stream in streams:
        stream.until("event: presence")
    for socket in sockets:
        assert b"INIT_STATE" in socket.until_now()
    yield running, streams, sockets
    for client in (*streams, *sockets):
        client.__exit__()


def test_all_are_told_and_the_processes_end(opened):
    running, streams, sockets = opened
    running.web.send(signal.SIGTERM)
    for stream in streams:
        assert re.fullmatch(rb"(:\nid: [^\n]*\n\n)*retry: [0-9]+\n\n", stream.rest())
    for socket in sockets:
        opcode, data = socket.read_frame()
        assert (opcode, data[:2]) == (CLOSE, RESTARTED)
        socket.send(frame(CLOSE, RESTARTED))
        assert socket.rest() == b""
    assert running.web.wait() == 0
    assert "Traceback" not in running.web.output


def test_sockets_that_do_not_answer_the_goodbye_hold_nothing_up(opened):
    running, _, sockets = opened
    running.web.send(signal.SIGTERM)
    assert running.web.wait() == 0
    assert "exceeded" not in running.web.output
    assert {socket.read_frame()[0] for socket in sockets} == {CLOSE}


@pytest.mark.long
def test_those_who_knock_again_at_once_are_served_by_the_next_one(web):
    running = web(LIVE_PER_CLIENT="200")
    listeners = [StreamListener(running, PATH) for _ in range(EACH)]
    listeners += [SocketListener(running, [str(ALICE)]) for _ in range(EACH)]
    for one in listeners:
        one.start()
    until(lambda: all(one.status_of(str(ALICE)) == "online" for one in listeners))
    running.web.send(signal.SIGTERM)
    assert running.web.wait() == 0
    running.start_web()
    until(lambda: all(one.is_connected and one.connections > 1 for one in listeners))
    running.write(kv.set_value, ALICE, "n", "Told by the next", True)
    until(lambda: all("Told by the next" in str(one.shown) for one in listeners))
    for one in listeners:
        one.stop()
    assert running.web.stop() == 0
    assert "Traceback" not in running.web.output
