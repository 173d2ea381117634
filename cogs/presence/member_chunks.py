"""Asking Discord who is in the home server (gateway op 8): everybody after a start, or single users."""

import asyncio
import logging
import secrets
from array import array
from collections.abc import Awaitable, Callable, Coroutine
from typing import Any

import aiohttp
import discord
from discord.ext import commands

from rules.presence.payloads import get_user_id

log = logging.getLogger(__name__)

REQUEST_GUILD_MEMBERS = 8
# Longer than the 30 s that Discord wants between two counts of a server.
PATIENCE_S = 60
LOOK_UP_AFTER_S = 0.3
# Discord's limit of user IDs in one request.
MOST_IN_LOOK_UP = 100


class MemberChunks:
    """One count at a time; asks again when Discord says to wait, or when the last chunk never comes.

    `nonce` names the open count, if one is. `seen` holds whoever is a member for certain since it began, some more than
    once, as plain numbers: objects of so many people, made between others, would hold much memory long after.
    """

    def __init__(self, bot: commands.Bot, on_complete: Callable[[str], Awaitable[None]]) -> None:
        self.bot = bot
        self._on_complete = on_complete
        self._guild_id: int | None = None
        self.nonce: str | None = None
        self.seen = array("Q")
        self._chunks: set[int] = set()
        self._timer: asyncio.TimerHandle | None = None
        self._looking_up: set[int] = set()
        self._look_up_timer: asyncio.TimerHandle | None = None
        self._tasks: set[asyncio.Task] = set()

    def start(self, guild_id: int) -> None:
        """Ask for all members of a server, with presences; an unfinished count is dropped."""
        self._guild_id, self.nonce = guild_id, secrets.token_hex(8)
        self.seen, self._chunks = array("Q"), set()
        self._again_after(PATIENCE_S)
        self._spawn(self._ask(query="", limit=0, nonce=self.nonce))

    def stop(self) -> None:
        """Ask for nothing more until the next `start`; what was asked for is no longer waited for."""
        for timer in (self._timer, self._look_up_timer):
            if timer:
                timer.cancel()
        for task in self._tasks:
            task.cancel()
        self._guild_id = self.nonce = self._timer = self._look_up_timer = None
        self.seen = array("Q")
        self._looking_up.clear()

    @property
    def is_counting(self) -> bool:
        """Whether who is a member is not known for certain yet."""
        return self.nonce is not None

    def see(self, user_id: int) -> None:
        """Somebody is a member for certain, whatever the open count says later."""
        if self.nonce:
            self.seen.append(user_id)

    def is_count(self, data: dict[str, Any]) -> bool:
        """Whether a chunk belongs to the open count of everybody."""
        return self.nonce is not None and data.get("nonce") == self.nonce

    def take_chunk(self, data: dict[str, Any]) -> bool:
        """Note a chunk; whether it was the last one missing of the count. Then who is absent is reported."""
        found = [member["user"] for member in data["members"] if _has_id(member)]
        missing = [user_id for user_id in data.get("not_found") or () if str(user_id).isdecimal()]
        self._looking_up.difference_update([*map(get_user_id, found), *map(int, missing)])
        if not self.is_count(data):
            return False
        self.seen.extend(map(get_user_id, found))
        self._chunks.add(data["chunk_index"])
        if len(self._chunks) < data["chunk_count"]:
            return False
        self._timer.cancel()
        self._spawn(self._complete(self.nonce))
        return True

    def take_rate_limited(self, data: dict[str, Any]) -> None:
        """Discord allows one count of a server in 30 s, and says when to ask again."""
        if data.get("opcode") == REQUEST_GUILD_MEMBERS and self._guild_id:
            log.info("Discord lets the members be counted again in %.1f s", data["retry_after"])
            self._again_after(float(data["retry_after"]))

    def request_member(self, user_id: int) -> None:
        """Ask for one member and the presence; what comes within 0.3 s is asked for together."""
        self._looking_up.add(user_id)
        self.ask_again()

    def ask_again(self) -> None:
        """Send the look-ups that have no answer, since a lost connection may have taken them along."""
        if self._looking_up and self._look_up_timer is None:
            loop = asyncio.get_running_loop()
            self._look_up_timer = loop.call_later(LOOK_UP_AFTER_S, self._send_look_ups)

    def _send_look_ups(self) -> None:
        self._look_up_timer = None
        wanted = list(self._looking_up)
        for start in range(0, len(wanted), MOST_IN_LOOK_UP):
            self._spawn(self._ask(user_ids=wanted[start : start + MOST_IN_LOOK_UP], limit=0))

    def _again_after(self, seconds: float) -> None:
        if self._timer:
            self._timer.cancel()
        self._timer = asyncio.get_running_loop().call_later(seconds, self.start, self._guild_id)

    async def _complete(self, nonce: str) -> None:
        try:
            await self._on_complete(nonce)
        except Exception as error:
            log.error("the count of members could not be used, it is made again: %r", error)
            if nonce == self.nonce:
                self._again_after(PATIENCE_S)
            return
        if nonce == self.nonce:
            self.nonce, self.seen = None, array("Q")

    async def _ask(self, **wanted: Any) -> None:
        if self._guild_id is None or self.bot.ws is None:
            return
        try:
            await self.bot.ws.request_chunks(self._guild_id, presences=True, **wanted)
        except (discord.ConnectionClosed, aiohttp.ClientError, OSError) as error:
            log.info("members could not be asked for: %r", error)

    def _spawn(self, coroutine: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(coroutine)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def _has_id(member: Any) -> bool:
    """Whether a member object names a user who can be stored: one that does not must not keep the count open."""
    try:
        return get_user_id(member["user"]) >= 0
    except (KeyError, TypeError, ValueError):
        return False
