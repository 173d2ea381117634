"""The one writer of presences: a pending change a user, written in batches in the order of arrival."""

import asyncio
import logging
from collections.abc import Callable
from contextlib import suppress
from itertools import islice
from typing import Any

from discord.ext import commands
from sqlalchemy.orm import Session

from cogs.gateway import memory
from database.faults import REFUSALS
from rules.presence import updates
from rules.presence.updates import Change

log = logging.getLogger(__name__)

MOST_IN_BATCH = 500
# Beyond it the gateway is read no further, so that a storm waits at Discord and not in memory.
MOST_PENDING = 2000
CHECKPOINT_AFTER = 1000
ROOM_WITHIN_S = 1
RETRY_AFTER_S = 1
LAST_TRIES = 3

Steps = list[tuple[Callable[..., None], tuple[Any, ...]]]
# What is written in one transaction: the steps, and then the changes.
Part = tuple[Steps, dict[int, Change]]


class PresenceWriter:
    """Writes a change at once when nothing is being written, and what comes meanwhile together, merged by user.

    Nothing is dropped while the file cannot be written.

    `is_stuck`: the file cannot be written now, and `on_stuck` was called when that began, or ended.
    """

    def __init__(self, bot: commands.Bot, on_stuck: Callable[[], None] = lambda: None) -> None:
        self.bot = bot
        self.is_stuck = False
        self._on_stuck = on_stuck
        self._pending: dict[int, Change] = {}
        self._first: Steps = []
        self._woken = asyncio.Event()
        self._written = asyncio.Event()
        self._stopping = False
        self._is_writing = False
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

    @property
    def _is_full(self) -> bool:
        return len(self._pending) > MOST_PENDING and not self.is_stuck

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
        tries = 0
        while not self._stopping or (self._has_work and tries < LAST_TRIES):
            if not self._has_work:
                self._give_back()
                self._woken.clear()
                await self._woken.wait()
            # No pause gathers more for a commit: 50 ms made a change 27 ms old on its way into the file, where it is 5
            # to 8 now, and saved 9 % of a core of 18 at 200 updates a second, 6 of 22 at 700; 5 ms save 1 to 3 %.
            if self._has_work and not await self._write_batch():
                tries += self._stopping
                await asyncio.sleep(RETRY_AFTER_S)
            self._written.set()
        if self._checkpoint:
            await self._checkpoint

    async def drain(self) -> None:
        """Return when what is pending now is written."""
        while self._has_work or self._is_writing:
            self._written.clear()
            await self._written.wait()

    def stop(self) -> None:
        """Let `run` write what is pending, with a few tries, and return."""
        self._stopping = True
        self._woken.set()

    @property
    def _has_work(self) -> bool:
        return bool(self._pending or self._first)

    async def _write_batch(self) -> bool:
        """Write what came first; whether it is done. What is refused is halved until the one bad change is found."""
        self._is_writing = True
        try:
            return await self._write_parts()
        finally:
            self._is_writing = False

    async def _write_parts(self) -> bool:
        first, self._first = self._first, []
        batch = {user_id: self._pending.pop(user_id) for user_id in list(islice(self._pending, MOST_IN_BATCH))}
        parts = [(first, batch)]
        while parts:
            part = parts.pop()
            try:
                await self.bot.write_presence(_record, *part)
            except REFUSALS as error:
                parts += _halves(*part, error)
            except Exception as error:
                self._put_back([*parts, part], error)
                return False
            else:
                self._count(len(part[1]))
        self._set_stuck(False)
        return True

    def _count(self, written: int) -> None:
        self._in_a_row += written
        self._since_checkpoint += written
        if self._since_checkpoint >= CHECKPOINT_AFTER and not self._checkpoint:
            self._since_checkpoint, self._checkpoint = 0, asyncio.create_task(self._empty_wal())

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

    def _put_back(self, parts: list[Part], error: Exception) -> None:
        if not self.is_stuck:
            log.error("presences wait, the file cannot be written: %r; told once", error)
        self._set_stuck(True)
        first = [step for steps, _ in reversed(parts) for step in steps]
        batch = {user_id: change for _, changes in parts for user_id, change in changes.items()}
        if self._first:
            # A restart came meanwhile: what it dropped stays dropped.
            self._first = first + self._first
            return
        self._first = first
        for user_id, newer in self._pending.items():
            batch[user_id] = batch[user_id].then(newer) if user_id in batch else newer
        self._pending = batch

    def _set_stuck(self, is_stuck: bool) -> None:
        if is_stuck != self.is_stuck:
            self.is_stuck = is_stuck
            self._on_stuck()


def _halves(first: Steps, batch: dict[int, Change], error: Exception) -> list[Part]:
    """The parts of a write that was refused, the one to write next at the end; nothing of a single bad change."""
    if first and batch:
        return [([], batch), (first, {})]
    if len(first) + len(batch) <= 1:
        what = f"the presence of {next(iter(batch))}" if batch else "a step"
        log.error("%s cannot be stored and is left out: %r", what, error)
        return []
    steps, changes, half = first, list(batch.items()), (len(first) + len(batch)) // 2
    if steps:
        return [(steps[half:], {}), (steps[:half], {})]
    return [([], dict(changes[half:])), ([], dict(changes[:half]))]


def _record(session: Session, first: Steps, batch: dict[int, Change]) -> None:
    for rule, args in first:
        rule(session, *args)
    updates.record_presences(session, batch)
