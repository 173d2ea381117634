"""How soon Discord is tried again."""

import asyncio
import random
import socket
import struct
import time

import pytest

from cogs.gateway import backoff
from cogs.gateway.backoff import Backoff, tells_of_a_way_out


@pytest.fixture
def clock(monkeypatch):
    hands = {"now": 1000.0}
    monkeypatch.setattr(backoff.time, "monotonic", lambda: hands["now"])
    return hands


def test_the_waits_grow_to_30_seconds_and_no_further(clock, monkeypatch):
    monkeypatch.setattr(random, "uniform", lambda _low, high: high)
    waits = Backoff()
    assert [waits.next_delay() for _ in range(9)] == [1, 2, 4, 8, 16, 30, 30, 30, 30]


def test_no_two_bots_wait_equally_long(clock):
    seen = set()
    for _ in range(50):
        waits = Backoff()
        seen.add(tuple(waits.next_delay() for _ in range(8)))
    assert len(seen) == 50
    assert all(0.5 <= delays[0] <= 1 and all(15 <= last <= 30 for last in delays[5:]) for delays in seen)


def test_after_a_good_connection_the_waits_begin_short_again(clock):
    waits = Backoff()
    for _ in range(8):
        waits.next_delay()
    clock["now"] += backoff.RESET_AFTER_S + 1
    assert waits.next_delay() <= 1


def message(kind, body=b""):
    return struct.pack("=IHHII", 16 + len(body), kind, 0, 0, 0) + body + b"\0" * (-len(body) % 4)


@pytest.mark.parametrize(
    ("told", "way_out"),
    [
        (message(backoff.RTM_NEWADDR), True),
        (message(backoff.RTM_NEWROUTE, b"route"), True),
        (message(21) + message(25, b"gone!") + message(backoff.RTM_NEWROUTE), True),
        (message(21) + message(16, b"link"), False),
        (struct.pack("=IH", 0, 16) + b"\0" * 40, False),
        (b"", False),
    ],
)
def test_which_news_of_the_network_tell_of_a_way_out(told, way_out):
    assert tells_of_a_way_out(told) is way_out


def test_a_wait_ends_when_the_network_comes_back(monkeypatch):
    ours, systems = socket.socketpair(socket.AF_UNIX, socket.SOCK_DGRAM)
    ours.setblocking(False)
    monkeypatch.setattr(backoff, "_listen", lambda: ours)
    monkeypatch.setattr(backoff, "LEAST_S", 0)
    monkeypatch.setattr(Backoff, "next_delay", lambda _self: 3600)

    async def run():
        waiting = asyncio.create_task(Backoff().pause(OSError("no network")))
        systems.send(message(backoff.RTM_NEWROUTE))
        await asyncio.wait_for(waiting, 20)

    asyncio.run(run())
    systems.close()


def test_where_the_system_does_not_tell_the_wait_ends_by_itself(monkeypatch):
    def refuse():
        raise OSError

    monkeypatch.setattr(backoff, "_listen", refuse)
    monkeypatch.setattr(Backoff, "next_delay", lambda _self: 0.01)
    before = time.monotonic()
    asyncio.run(Backoff().pause(None))
    assert time.monotonic() > before
