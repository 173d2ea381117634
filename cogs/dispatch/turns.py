"""How many receivers are asked at once, so that those which are slow keep nobody else waiting."""

import asyncio
from collections.abc import Callable, Coroutine
from typing import Any, TypeVar
from urllib.parse import urlsplit
from weakref import WeakValueDictionary

QUICK_AT_ONCE = 50
SLOW_AT_ONCE = 10
OF_A_HOST = 5
SLOW_S = 1

Answer = TypeVar("Answer")


class Turns:
    """One for the whole bot. Whoever took longer than SLOW_S the last time waits among its like.

    Who was quick so far holds up others for SLOW_S at most: then its place is free, and it goes on without one. So at
    most QUICK_AT_ONCE a second go on as long as they may, besides SLOW_AT_ONCE.
    """

    def __init__(self) -> None:
        self._quick, self._slow = asyncio.Semaphore(QUICK_AT_ONCE), asyncio.Semaphore(SLOW_AT_ONCE)
        self._were_slow: set[int] = set()
        # Many systems may have their program in one place, and that place one answer for all of them.
        self._hosts: WeakValueDictionary[str, asyncio.Semaphore] = WeakValueDictionary()

    async def ask(self, system_id: int, url: str, asking: Callable[[], Coroutine[Any, Any, Answer]]) -> Answer:
        """What the receiver of a system answers, once it is its turn."""
        host = self._hosts.setdefault(urlsplit(url).hostname or "", asyncio.Semaphore(OF_A_HOST))
        async with host:
            was_slow = system_id in self._were_slow
            async with self._slow if was_slow else self._quick:
                asked = asyncio.create_task(asking())
                try:
                    in_time, _ = await asyncio.wait({asked}, timeout=SLOW_S)
                    (self._were_slow.discard if in_time else self._were_slow.add)(system_id)
                    if was_slow:
                        await asyncio.wait({asked})
                except asyncio.CancelledError:
                    asked.cancel()
                    raise
            return await asked
