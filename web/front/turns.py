"""Turns of the event loop: that none lasts, however many clients send at once."""

import asyncio
import time
from collections.abc import Callable

TURN_S = 0.02


class Turns:
    """Tells when this turn has lasted for long enough, and whom to read on from in the next.

    libuv hands out up to 48 times 1 024 arrivals before the loop runs anything else: above 1 024 busy connections a
    turn took 2.7 s, in which no thread's answer went out.
    """

    def __init__(self) -> None:
        self._ends_at: float | None = None
        self._waiting: list[Callable[[], None]] = []

    def is_long(self) -> bool:
        """Whether this turn has lasted for more than TURN_S, by the first time that it was asked."""
        if self._ends_at is not None:
            return time.monotonic() > self._ends_at
        self._ends_at = time.monotonic() + TURN_S
        asyncio.get_running_loop().call_soon(self._end)
        return False

    def in_next(self, read_on: Callable[[], None]) -> None:
        """Call it at the end of this turn, which has begun by `is_long`."""
        self._waiting.append(read_on)

    def _end(self) -> None:
        waiting, self._waiting, self._ends_at = self._waiting, [], None
        for read_on in waiting:
            read_on()
