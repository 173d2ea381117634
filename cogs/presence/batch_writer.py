"""The one writer of presences: a pending change a user, written in batches in the order of arrival."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Any

from discord.ext import commands
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from cogs.gateway import memory
from database.connections import Locked
from rules.presence import updates
from rules.presence.updates import Change

log = logging.getLogger(__name__)

# Long enough to share a commit, short enough that nobody sees the wait.
BATCH_EVERY_S = 0.05
MOST_IN_BATCH = 500
# Beyond it the gateway is read no further, so that a storm waits at Discord and not in memory.
MOST_PENDING = 2000
CHECKPOINT_AFTER = 1000
ROOM_WITHIN_S = 1
RETRY_AFTER_S = 1
LAST_TRIES = 3

Steps = list[tuple[Callable[..., None], tuple[Any, ...]]]


class PresenceWriter:
    """Merges what comes within 50 ms; nothing is dropped while the file cannot be written."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self._pending: dict[int, Change] = {}
        self._first: Steps = []
        self._woken = asyncio.Event()
        self._written = asyncio.Event()
        self._stopping = False
        self._waiting = False
        self._in_a_row = 0
        self._since_checkpoint = 0
        self._checkpoint: asyncio.Task | None = None

    async def wait_for_room(self) -> None:
        """Return when so little is pending that more may come; at once while the file cannot be written."""
        if self._is_full:
            with suppress(TimeoutError):
                async with asyncio.timeout(ROOM_WITHIN_S):
                    while self._is_full:
                        self._written.clear()
                        await self._written.wait()

    async def wait_until_written(self) -> None:
        """Return when all that came so far is stored, or on its way to where the bot's next write comes after it."""
        while self._has_work:
            self._written.clear()
            await self._written.wait()

    @property
    def _is_full(self) -> bool:
        return len(self._pending) > MOST_PENDING and not self._waiting

    def put(self, user_id: int, change: Change) -> None:
        """Queue a change after those already pending for the user."""
        older = self._pending.get(user_id)
        self._pending[user_id] = older.then(change) if older else change
        self._woken.set()

    def restart(self, rule: Callable[..., None], *args: Any) -> None:
        """Forget what is pending and run a rule before anything that comes later."""
        self._pending.clear()
        self._first.append((rule, args))
        self._woken.set()

    async def run(self) -> None:
        """Write batches until `stop`, and then what is left."""
        loop, next_at, tries = asyncio.get_running_loop(), 0.0, 0
        while not self._stopping or (self._has_work and tries < LAST_TRIES):
            if not self._has_work:
                self._give_back()
                self._woken.clear()
                await self._woken.wait()
            # The first change after a pause is written at once; a stream of them 50 ms apart.
            if len(self._pending) < MOST_IN_BATCH and not self._stopping:
                await asyncio.sleep(max(0.0, next_at - loop.time()))
            next_at = loop.time() + BATCH_EVERY_S
            if self._has_work and not await self._write_batch():
                tries += self._stopping
                await asyncio.sleep(RETRY_AFTER_S)
            self._written.set()
        if self._checkpoint:
            await self._checkpoint

    def stop(self) -> None:
        """Let `run` write what is pending, with a few tries, and return."""
        self._stopping = True
        self._woken.set()

    @property
    def _has_work(self) -> bool:
        return bool(self._pending or self._first)

    async def _write_batch(self) -> bool:
        first, self._first = self._first, []
        batch = {user_id: self._pending.pop(user_id) for user_id in list(islice(self._pending, MOST_IN_BATCH))}
        try:
            await self.bot.write_presence(_record, first, batch)
        except (Locked, DatabaseError) as error:
            self._put_back(first, batch, error)
            return False
        except Exception as error:
            log.error("a batch of presences cannot be stored, trying one by one: %r", error)
            return await self._write_singly(first, batch)
        self._waiting = False
        self._in_a_row += len(batch)
        self._since_checkpoint += len(batch)
        if self._since_checkpoint >= CHECKPOINT_AFTER and not self._checkpoint:
            self._since_checkpoint, self._checkpoint = 0, asyncio.create_task(self._empty_wal())
        return True

    async def _empty_wal(self) -> None:
        try:
            await self.bot.checkpoint()
        except Exception as error:
            log.warning("the WAL could not be emptied: %r", error)
        finally:
            self._checkpoint = None

    def _give_back(self) -> None:
        if self._in_a_row > MOST_PENDING:
            memory.release_free_pages()
        self._in_a_row = 0

    async def _write_singly(self, first: Steps, batch: dict[int, Change]) -> bool:
        """Find the change that cannot be stored, and leave it out."""
        for steps, changes in [(first, {}), *(([], {user_id: change}) for user_id, change in batch.items())]:
            try:
                await self.bot.write_presence(_record, steps, changes)
            except (Locked, DatabaseError) as error:
                self._put_back(first, batch, error)
                return False
            except Exception as error:
                log.error("one presence cannot be stored: %r", error)
        self._waiting = False
        return True

    def _put_back(self, first: Steps, batch: dict[int, Change], error: Exception) -> None:
        if not self._waiting:
            log.error("presences wait, the file cannot be written: %r; logged once", error)
        self._waiting = True
        if self._first:
            # A restart came meanwhile: what it dropped stays dropped.
            self._first = first + self._first
            return
        self._first = first
        for user_id, newer in self._pending.items():
            batch[user_id] = batch[user_id].then(newer) if user_id in batch else newer
        self._pending = batch


def _record(session: Session, first: Steps, batch: dict[int, Change]) -> None:
    for rule, args in first:
        rule(session, *args)
    updates.record_presences(session, batch)
