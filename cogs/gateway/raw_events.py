"""The raw events of the gateway, for whoever needs them before py-cord does."""

import asyncio
import logging
import zlib
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
from discord import gateway

from rules.parsing import timestamps

log = logging.getLogger(__name__)

LOST = (
    *(OSError, TimeoutError, aiohttp.ClientError),
    *(discord.HTTPException, discord.GatewayNotFound, discord.ConnectionClosed),
)
# What py-cord's own reading raises when a connection ends; whatever else it raises is about one frame.
ENDINGS = (gateway.ReconnectWebSocket, *LOST)


class RawEvents:
    """The handlers of each raw event; `last_event_uptime` is when the last one came, by `uptime_ms`."""

    def __init__(self, bot: discord.Client) -> None:
        self._bot = bot
        self._raw: dict[str, list[Callable[[Any], None]]] = {}
        self._unparsable: set[str] = set()
        self._wait_for_room: Callable[[], Awaitable[None]] | None = None
        self.last_event_uptime: int | None = None

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
            self.last_event_uptime = timestamps.uptime_ms()
            for handle in handlers:
                try:
                    handle(data)
                except Exception as error:
                    self.note_unparsable(event, error)

        return run

    def pace(self, wait: Callable[[], Awaitable[None]]) -> None:
        """Have `wait` awaited before each frame is read: what is not read waits at Discord, not in our memory."""
        self._wait_for_room = wait

    async def read_next(self, socket: gateway.DiscordWebSocket) -> None:
        """Read the next frame, and leave out one that cannot be read. Raises what ends the connection."""
        if self._wait_for_room:
            await self._wait_for_room()
        try:
            await socket.poll_event()
        except ENDINGS:
            raise
        except zlib.error as error:
            self.note_unparsable("a frame", error)
            # Each can be read only after the ones before it: from here on nothing could.
            await socket.close()
            raise gateway.ReconnectWebSocket(socket.shard_id) from None
        except Exception as error:
            # py-cord empties it only after it has read the text.
            socket._buffer = bytearray()
            self.note_unparsable("an event", error)
            await asyncio.sleep(0)

    def note_unparsable(self, what: str, error: Exception) -> None:
        """Log something from Discord that could not be read, once for each kind."""
        if what not in self._unparsable:
            self._unparsable.add(what)
            log.error("cannot take %s: %s: %s; told once", what, type(error).__name__, error)
