"""Asking Discord who is in the home server (gateway op 8): everybody after a start, or single users."""

import asyncio
import logging
import secrets
from collections.abc import Awaitable, Callable
from typing import Any

import aiohttp
import discord
from discord.ext import commands

log = logging.getLogger(__name__)

REQUEST_GUILD_MEMBERS = 8
PATIENCE_S = 60
LOOK_UP_AFTER_S = 0.3
MOST_IN_LOOK_UP = 100


class Census:
    """One count at a time; asks again when Discord says to wait, or when the last chunk never comes."""

    def __init__(self, bot: commands.Bot, on_complete: Callable[[set[int]], Awaitable[None]]) -> None:
        self.bot = bot
        self._on_complete = on_complete
        self._guild_id: int | None = None
        self._nonce: str | None = None
        self._seen: set[int] = set()
        self._chunks: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._look_ups: set[int] = set()
        self._tasks: set[asyncio.Task] = set()

    def start(self, guild_id: int) -> None:
        """Ask for all members of a server, with presences; an unfinished count is dropped."""
        self._guild_id, self._nonce = guild_id, secrets.token_hex(8)
        self._seen, self._chunks = set(), set()
        self._again_after(PATIENCE_S)
        self._spawn(self._ask(query="", limit=0, nonce=self._nonce))

    def stop(self) -> None:
        if self._timer:
            self._timer.cancel()
        for task in self._tasks:
            task.cancel()

    def see(self, user_id: int) -> None:
        """Somebody is a member for certain, whatever the count says later."""
        self._seen.add(user_id)

    def take_chunk(self, data: dict[str, Any]) -> None:
        """Count a chunk; when it was the last one missing, report who is present."""
        if data.get("nonce") != self._nonce:
            return
        self._chunks.add(data["chunk_index"])
        if len(self._chunks) == data["chunk_count"]:
            self._timer.cancel()
            self._spawn(self._complete(self._nonce))

    def take_rate_limited(self, data: dict[str, Any]) -> None:
        """Discord allows one count of a server in 30 s, and says when to ask again."""
        if data.get("opcode") == REQUEST_GUILD_MEMBERS and self._guild_id:
            log.info("Discord lets the members be counted again in %.1f s", data["retry_after"])
            self._again_after(float(data["retry_after"]))

    def look_up(self, user_id: int) -> None:
        """Ask for one member and the presence; what comes within 0.3 s is asked for together."""
        if not self._look_ups:
            asyncio.get_running_loop().call_later(LOOK_UP_AFTER_S, self._send_look_ups)
        self._look_ups.add(user_id)

    def _send_look_ups(self) -> None:
        wanted = list(self._look_ups)
        self._look_ups.clear()
        for start in range(0, len(wanted), MOST_IN_LOOK_UP):
            self._spawn(self._ask(user_ids=wanted[start : start + MOST_IN_LOOK_UP], limit=0))

    def _again_after(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self.start, self._guild_id)

    async def _complete(self, nonce: str) -> None:
        try:
            await self._on_complete(self._seen)
        except Exception as error:
            log.error("the count of members could not be used, it is made again: %r", error)
            if nonce == self._nonce:
                self._again_after(PATIENCE_S)

    async def _ask(self, **wanted: Any) -> None:
        if self._guild_id is None:
            return
        try:
            await self.bot.ws.request_chunks(self._guild_id, presences=True, **wanted)
        except (discord.ConnectionClosed, aiohttp.ClientError, OSError) as error:
            log.info("members could not be asked for: %r", error)

    def _spawn(self, coroutine: Any) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
