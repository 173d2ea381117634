"""The file for a program with an event loop, which never waits for the disk: rules are run in threads."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, TypeVar

from sqlalchemy.orm import Session

from database import connections
from database.faults import Locked

READ_THREADS = 4
PATIENT_TRIES = 12
INLINE_TRIES, INLINE_PAUSE_S = 20, 0.001

log = logging.getLogger(__name__)
Result = TypeVar("Result")


class FileAccess:
    """Runs rules on the file: readings beside each other, all writings in one thread, in the order they were asked for.

    So a presence that is queued can never bring back somebody who has left since.
    """

    def open_file(self, url: str) -> None:
        """Open the file, which must have been through database.upgrade, and make the threads."""
        self.database = connections.open_database(url)
        self._readers = ThreadPoolExecutor(READ_THREADS, "read")
        self._writer = ThreadPoolExecutor(1, "write")

    def close_file(self) -> None:
        """Let what is under way end, and close the file."""
        self._writer.shutdown()
        self._readers.shutdown()
        self.database.close()

    async def in_thread(self, function: Callable[..., Result], *args: Any) -> Result:
        """Run a function that takes a while and asks no database, in a thread: the gateway must not wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, function, *args)

    async def read(self, rule: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """Run a rule on a read session, in a thread."""

        def run() -> Result:
            with self.database.read() as session:
                return rule(session, *args, **options)

        return await self.in_thread(run)

    async def read_inline(self, rule: Callable[..., Result], *args: Any) -> Result:
        """Run a rule that asks a few questions: on the loop, since a thread costs more than that.

        Where that would have to wait, it is `read` in a thread.
        """
        try:
            with self.database.read_inline() as connection:
                return rule(connection, *args)
        except sqlite3.OperationalError:
            return await self.read(rule, *args)

    async def write_inline(self, rule: Callable[..., Result], *args: Any) -> Result:
        """Run a rule that adds a row or two: on the loop, without the disk; in a thread where the lock is held long.

        Raises Locked when the other process holds it for longer.
        """
        for _ in range(INLINE_TRIES):
            try:
                with self.database.write_inline() as connection:
                    return rule(connection, *args)
            except sqlite3.OperationalError:
                # Mostly it is a commit that waits for the disk; to stand behind all other writes would take longer.
                await asyncio.sleep(INLINE_PAUSE_S)
        return await self._patiently(self.write_presence, rule, *args)

    async def write(self, rule: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """Run a rule in a write transaction; all writes of the bot go through one thread, in order.

        Raises Locked when the other process holds the lock for too long.
        """
        return await self._write(self.database.write, rule, args, options)

    async def write_patiently(self, rule: Callable[..., Result], *args: Any) -> Result:
        """`write` for what must happen: waits through a lock that somebody holds for long. Raises Locked in the end."""
        return await self._patiently(self.write, rule, *args)

    async def write_batch(self, rule: Callable[..., Result], *args: Any) -> Result:
        """The same for what comes often: nobody else waits while it comes to the disk. Raises Locked in the end."""

        async def write(rule: Callable[..., Result], *args: Any) -> Result:
            return await self._write(self.database.write_batch, rule, args, {})

        return await self._patiently(write, rule, *args)

    async def _patiently(
        self, write: Callable[..., Awaitable[Result]], rule: Callable[..., Result], *args: Any
    ) -> Result:
        for _ in range(PATIENT_TRIES - 1):
            try:
                return await write(rule, *args)
            except Locked:
                log.warning("%s waits for the database", rule.__name__)
        return await write(rule, *args)

    async def write_presence(self, rule: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """The same, in the same order, for what need not reach the disk at once."""
        return await self._write(self.database.write_presence, rule, args, options)

    async def checkpoint(self) -> None:
        """Keep the WAL small, in a thread of its own: where a commit does that, all writes of the bot wait for it."""
        await self.in_thread(self.database.checkpoint)

    async def empty_wal(self) -> bool:
        """Let what was deleted be gone from the WAL too. Returns False where somebody reads an older state for long."""
        return await self.in_thread(self.database.empty_wal)

    async def _write(
        self,
        transaction: Callable[[], AbstractContextManager[Session]],
        rule: Callable[..., Result],
        args: tuple[Any, ...],
        options: dict[str, Any],
    ) -> Result:
        def run() -> Result:
            with transaction() as session:
                return rule(session, *args, **options)

        return await asyncio.get_running_loop().run_in_executor(self._writer, run)
