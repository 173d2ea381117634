"""How long to wait before Discord is tried again: at most 30 s, and no longer than until the network comes back."""

import asyncio
import logging
import math
import random
import socket
import struct
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress

log = logging.getLogger(__name__)

MOST_S = 30
# After a connection that lasted as long, the next waits begin short again.
RESET_AFTER_S = 120
# A network that comes and goes every moment must not be answered by a try for each.
LEAST_S = 0.5
# Addresses and routes, of both kinds of IP: rtnetlink(7). What else changes there says nothing about a way out.
RTMGRP_ADDRESSES_AND_ROUTES = 0x10 | 0x40 | 0x100 | 0x400
RTM_NEWADDR, RTM_NEWROUTE = 20, 24


class Backoff:
    """Waits that grow from 1 s to 30 s, each of random length, so that many bots do not come back at one moment."""

    def __init__(self) -> None:
        self._tries = 0
        self._last = time.monotonic()

    def next_delay(self) -> float:
        """The length of the next wait, in seconds: from half of 1, 2, 4, 8, 16 or 30 up to that."""
        now = time.monotonic()
        if now - self._last > RESET_AFTER_S:
            self._tries = 0
        longest = min(MOST_S, 2**self._tries)
        self._tries, self._last = min(self._tries + 1, 5), now
        return random.uniform(longest / 2, longest)

    async def pause(self, ended_by: BaseException | None) -> None:
        """Wait before the next try, or until the system tells of a new address or route; says why in the log."""
        seconds = self.next_delay()
        why = str(ended_by) or type(ended_by).__name__ if ended_by else "the connection ended"
        log.warning("Discord cannot be reached: %s; trying again in %.0f s at most", why, math.ceil(seconds))
        with _network_changes() as changed:
            await asyncio.sleep(min(LEAST_S, seconds))
            with suppress(TimeoutError):
                await asyncio.wait_for(changed.wait(), max(0.0, seconds - LEAST_S))


@contextmanager
def _network_changes() -> Iterator[asyncio.Event]:
    """An event that is set when an address or a route was added; never, where the system does not tell (not Linux)."""
    changed, loop = asyncio.Event(), asyncio.get_running_loop()
    try:
        listening = _listen()
    except (OSError, AttributeError):
        yield changed
        return

    def read() -> None:
        with suppress(OSError):
            if tells_of_a_way_out(listening.recv(65_536)):
                changed.set()

    loop.add_reader(listening, read)
    try:
        yield changed
    finally:
        loop.remove_reader(listening)
        listening.close()


def _listen() -> socket.socket:
    listening = socket.socket(socket.AF_NETLINK, socket.SOCK_RAW | socket.SOCK_NONBLOCK, socket.NETLINK_ROUTE)
    try:
        listening.bind((0, RTMGRP_ADDRESSES_AND_ROUTES))
    except OSError:
        listening.close()
        raise
    return listening


def tells_of_a_way_out(messages: bytes) -> bool:
    """Whether netlink messages, each with its length and kind in front, tell of a new address or route."""
    while len(messages) >= 16:
        length, kind = struct.unpack_from("=IH", messages)
        if kind in (RTM_NEWADDR, RTM_NEWROUTE):
            return True
        # Each begins at a multiple of four.
        messages = messages[max(16, (length + 3) & ~3) :]
    return False
