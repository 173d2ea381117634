"""The bot's heartbeat: how it is, written into the file every few seconds for `/health`."""

import asyncio
import logging
from collections.abc import Callable
from typing import ClassVar

from discord.ext import commands

from rules.parsing.timestamps import now_ms
from rules.presence import health, states
from rules.presence.health import BEAT_EVERY_S

log = logging.getLogger(__name__)


class Heartbeat:
    """Since when the bot is connected, and its state; `connected_at` is when it last was connected, in ms.

    `find_state` tells the state while the bot is connected, and what is the problem then, if there is one.
    """

    # Each try to connect is another bot, and only the first one of a process is starting.
    has_tried: ClassVar[bool] = False

    def __init__(self, bot: commands.Bot, find_state: Callable[[], tuple[str, str | None]]) -> None:
        self.bot = bot
        self.connected_at: int | None = None
        self._find_state = find_state
        self._told: tuple[str, str | None] = (states.CONNECTED, None)
        self._connected_since: int | None = None
        self._due = asyncio.Event()
        self._beating: asyncio.Task | None = None
        self._is_failing = False

    async def start(self) -> None:
        """Read when the last run was connected, and begin to beat."""
        self.connected_at = await self.bot.read(health.get_last_connected)
        self._beating = asyncio.create_task(self._beat())
        if not Heartbeat.has_tried:
            self._due.set()

    async def stop(self) -> None:
        """Say that the bot is no longer connected, and no more."""
        self._beating.cancel()
        await asyncio.gather(self._beating, return_exceptions=True)
        self._connected_since, Heartbeat.has_tried = None, True
        await self._write()

    def note_connected(self) -> None:
        """The gateway session began or was resumed."""
        self._connected_since, Heartbeat.has_tried = now_ms(), True
        self._due.set()

    def note_disconnected(self) -> None:
        """The connection to the gateway was lost."""
        self._connected_since, Heartbeat.has_tried = None, True
        self._due.set()

    def note_change(self) -> None:
        """The state may be another one now: log a problem that is new, and write it at once."""
        self._tell(self._state())
        self._due.set()

    def _state(self) -> tuple[str, str | None]:
        if self.bot.fault:
            return states.NOT_CONNECTED, self.bot.fault
        state, problem = self._find_state()
        if self._connected_since or state == states.CANNOT_WRITE:
            return state, problem
        # Which servers the bot is in is only known while it is connected.
        return (states.NOT_CONNECTED if Heartbeat.has_tried else states.STARTING), None

    def _tell(self, now: tuple[str, str | None]) -> None:
        if now[1] and now != self._told and not self.bot.fault:
            log.warning(now[1])
        self._told = now

    async def _beat(self) -> None:
        """Write every few seconds, and at once when the connection comes or goes."""
        while True:
            try:
                await asyncio.wait_for(self._due.wait(), BEAT_EVERY_S)
            except TimeoutError:
                pass
            self._due.clear()
            await self._write()

    async def _write(self) -> None:
        if self._connected_since:
            self.connected_at = now_ms()
        state, problem = now = self._state()
        self._tell(now)
        last_event = self.bot.raw_events.last_event_uptime
        try:
            await self.bot.write_presence(health.record_beat, self._connected_since, last_event, problem, state)
            self._is_failing = False
            self.bot.database.write_fault.tell(False)
        except Exception as error:
            # The next one comes in a moment, and `/health` turns 503 by itself where none does; this says why.
            self.bot.database.write_fault.tell(True)
            if not self._is_failing:
                log.warning("the heartbeat cannot be written: %r; told once", error)
            self._is_failing = True
