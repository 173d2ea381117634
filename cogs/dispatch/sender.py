"""Finds out of which systems events wait, and lets each be sent by a queue of its own, many at once."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

from cogs.dispatch.queues import SystemQueue
from cogs.dispatch.receivers import Receivers
from cogs.dispatch.turns import Turns
from rules.dispatch import outbox

log = logging.getLogger(__name__)

LOOK_EVERY_S = 0.5
AFTER_AN_ERROR_S = 30


class Sender:
    """One for the whole bot. Who answers slowly delays its own events and nobody else's."""

    def __init__(self, bot: Any, receivers: Receivers, tell: Callable[[list[int], str], Awaitable[None]]) -> None:
        self._bot, self._receivers, self._tell = bot, receivers, tell
        self._turns = Turns()
        self._queues: dict[int, SystemQueue] = {}
        self._running: dict[int, asyncio.Task] = {}
        self._more: set[int] = set()
        self._newest = 0

    def nudge(self, system_id: int) -> None:
        """A system has another webhook, or none any more: what waits need not wait for the old one."""
        if system_id in self._queues:
            self._queues[system_id].nudge()

    async def run(self) -> None:
        """For ever: look for events, which the web side writes too."""
        while True:
            try:
                await self._look()
            except Exception:
                log.exception("events could not be looked for")
            await asyncio.sleep(LOOK_EVERY_S)

    async def stop(self) -> None:
        """End all queues; what was not taken yet is sent after the next start."""
        running = [*self._running.values()]
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)

    async def _look(self) -> None:
        for system_id, newest in await self._bot.read_inline(outbox.find_newer, self._newest):
            self._newest = max(self._newest, newest)
            self._more.add(system_id)
            if system_id not in self._running:
                self._running[system_id] = asyncio.create_task(self._send(system_id))

    async def _send(self, system_id: int) -> None:
        if system_id not in self._queues:
            self._queues[system_id] = SystemQueue(self._bot, self._receivers, self._turns, system_id, self._tell)
        try:
            while system_id in self._more:
                self._more.discard(system_id)
                await self._send_all(system_id)
        finally:
            del self._running[system_id]

    async def _send_all(self, system_id: int) -> None:
        try:
            await self._queues[system_id].send_all()
        except Exception:
            # Mostly the file: it is full, or locked for long.
            log.exception("the events of system %d could not be sent", system_id)
            await asyncio.sleep(AFTER_AN_ERROR_S)
            self._more.add(system_id)
