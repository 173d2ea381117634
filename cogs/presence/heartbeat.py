"""The bot's heartbeat: how it is, written into the file every few seconds for `/health`."""

import asyncio
import logging

from discord.ext import commands

from rules.parsing.timestamps import now_ms
from rules.presence import health
from rules.presence.health import BEAT_EVERY_S

log = logging.getLogger(__name__)


class Heartbeat:
    """Since when the bot is connected, and why nobody is published; `connected_at` is when it last was, in ms."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.connected_at: int | None = None
        self.problem: str | None = None
        self._connected_since: int | None = None
        self._due = asyncio.Event()
        self._beating: asyncio.Task | None = None

    async def start(self) -> None:
        """Read when the last run was connected, and begin to beat."""
        self.connected_at = await self.bot.read(health.get_last_connected)
        self._beating = asyncio.create_task(self._beat())

    async def stop(self) -> None:
        """Say that the bot is no longer connected, and no more."""
        self._beating.cancel()
        await asyncio.gather(self._beating, return_exceptions=True)
        self._connected_since = None
        await self._write()

    def note_connected(self) -> None:
        """The gateway session began or was resumed."""
        self._connected_since = now_ms()
        self._due.set()

    def note_disconnected(self) -> None:
        """The connection to the gateway was lost."""
        self._connected_since = None
        self._due.set()

    def report(self, problem: str | None) -> None:
        """Why nobody is published, in one sentence, or None; logged when it is a new one."""
        if problem and problem != self.problem:
            log.warning(problem)
        self.problem = problem
        self._due.set()

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
        problem = self.bot.fault or self.problem
        try:
            await self.bot.write_presence(
                health.record_beat, self._connected_since, self.bot.raw_events.last_event_at, problem
            )
        except Exception as error:
            # The next one comes in a moment, and `/health` turns 503 by itself where none does.
            log.warning("the heartbeat could not be written: %r", error)
