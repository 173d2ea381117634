"""The raw events of the gateway, for whoever needs them before py-cord does."""

import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord

from rules.parsing import timestamps

log = logging.getLogger(__name__)


class RawEvents:
    """The handlers of each raw event; `last_event_at` is when the last one came, in ms."""

    def __init__(self, bot: discord.Client) -> None:
        self._bot = bot
        self._raw: dict[str, list[Callable[[Any], None]]] = {}
        self._unparsable: set[str] = set()
        self.last_event_at: int | None = None

    def on_raw(self, event: str, handle: Callable[[Any], None]) -> None:
        """Call `handle` with the raw data of a gateway event, before py-cord parses it.

        `handle` must not wait, and must copy what it keeps, since py-cord changes the data. What it raises is logged
        once for each event type.
        """
        self._raw.setdefault(event, []).append(handle)

    def install(self) -> None:
        """Put ourselves before py-cord's parsers: it drops fields, and one bad event would end its connection."""
        parsers = self._bot._connection.parsers
        if not isinstance(parsers, dict) or "PRESENCE_UPDATE" not in parsers:
            raise RuntimeError(f"py-cord {discord.__version__} has no parser table; use the pinned version.")
        for event in {*parsers, *self._raw}:
            own = None if event in ("PRESENCE_UPDATE", "GUILD_MEMBERS_CHUNK") else parsers.get(event)
            parsers[event] = self._guarded(event, [*self._raw.get(event, ()), *([own] if own else [])])

    def _guarded(self, event: str, handlers: list[Callable[[Any], None]]) -> Callable[[Any], None]:
        def run(data: Any) -> None:
            self.last_event_at = timestamps.now_ms()
            for handle in handlers:
                try:
                    handle(data)
                except Exception as error:
                    self.note_unparsable(event, error)

        return run

    def pace(self, wait: Callable[[], Awaitable[None]]) -> None:
        """Have `wait` awaited before each event of the present connection is read.

        What is not read waits in the kernel and at Discord, not in our memory. An event that is no JSON is left out.
        """
        socket = self._bot.ws
        poll = socket.poll_event

        async def poll_paced() -> None:
            await wait()
            try:
                await poll()
            except ValueError as error:
                self.note_unparsable("an event", error)

        socket.poll_event = poll_paced

    def note_unparsable(self, what: str, error: Exception) -> None:
        """Log something from Discord that could not be read, once for each kind."""
        if what not in self._unparsable:
            self._unparsable.add(what)
            log.error("cannot take %s: %s: %s; told once", what, type(error).__name__, error)
