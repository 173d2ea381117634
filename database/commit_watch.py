"""Hearing of commits on an event loop: the kernel tells that there may be one, and the file says whether there is."""

import asyncio
import logging
import sqlite3
import time
from collections.abc import Callable

from sqlalchemy.exc import DatabaseError

from database.inotify import WriteNotice
from database.turn_reader import TurnReader

log = logging.getLogger(__name__)

# What is written may be no commit yet when it is told: pages come first, and some µs later that they are valid.
AGAIN_S = 0.002
# So often the file is asked where the kernel tells nothing.
POLL_S = 0.005
# Where commits follow each other faster, asking costs less than being told.
BUSY_S = 0.01
# So late is what the kernel leaves out.
LATEST_S = 0.1
# If it left out so many commits in a row, it tells nothing of this file, as on some file systems.
MOST_UNTOLD = 3


class CommitWatch:
    """Calls `on_commit` when others have committed: on the event loop, once for each `wait`.

    `wal_path` is the file that is written into by each commit.
    """

    def __init__(self, reader: TurnReader, wal_path: str, on_commit: Callable[[], None]) -> None:
        self._reader, self._wal_path, self._on_commit = reader, wal_path, on_commit
        # The file's version of which was told last, None where it is told of in any case.
        self._version: int | None = None
        self._timer: asyncio.TimerHandle | None = None
        self._notice: WriteNotice | None = None
        self._has_begun = self._will_be_told = self._is_due = False
        self._written_at = self._asked_at = self._found_at = 0.0
        self._untold = 0

    @property
    def is_waiting(self) -> bool:
        """Whether `on_commit` is still to be called."""
        return self._timer is not None

    def wait(self) -> None:
        """Call `on_commit` once, for what was committed since it was called last."""
        if not self._has_begun:
            self._begin()
        # Neither task nor future, since this is what a process with idle listeners does all the time.
        self._timer = asyncio.get_running_loop().call_later(self._pause(), self._ask)

    def forget(self) -> None:
        """Call `on_commit` for the next `wait` in any case, and soon."""
        self._version, self._written_at = None, time.monotonic()

    def rest(self) -> None:
        """Call nothing, and ask nothing, until `wait`."""
        if self._timer:
            self._timer.cancel()
        self._timer = None

    def stop(self) -> None:
        """End it."""
        self.rest()
        self._give_up()

    def _begin(self) -> None:
        self._has_begun = True
        try:
            self._notice = WriteNotice(self._wal_path)
        except OSError as error:
            log.info("the kernel does not tell of writes (%s): the file is asked every %d ms", error, POLL_S * 1000)
        else:
            asyncio.get_running_loop().add_reader(self._notice.descriptor, self._hear)

    def _give_up(self) -> None:
        if self._notice:
            asyncio.get_running_loop().remove_reader(self._notice.descriptor)
            self._notice.close()
        self._notice = None

    def _pause(self) -> float:
        now = time.monotonic()
        if self._written_at > self._asked_at:
            return max(0, self._asked_at + AGAIN_S - now)
        if not self._will_be_told:
            return POLL_S
        # Some writes are commits once the disk has them: asked for ever less often, they are at most twice as late.
        return min(LATEST_S, max(AGAIN_S if self._is_due else POLL_S, now - self._written_at))

    def _hear(self) -> None:
        if not self._is_told() or not self._timer:
            return
        self._timer.cancel()
        if self._pause():
            self.wait()
        else:
            self._ask()

    def _is_told(self) -> bool:
        """Whether the kernel has told of a write since it was last asked."""
        if not self._notice or not self._notice.take():
            return False
        self._written_at, self._is_due, self._untold = time.monotonic(), True, 0
        return True

    def _ask(self) -> None:
        self._timer, self._asked_at = None, time.monotonic()
        was_to_be_told, is_busy = self._will_be_told, self._asked_at - self._found_at < BUSY_S
        # Before the file is asked: what is written after this is told.
        self._will_be_told = not is_busy and self._notice is not None and self._notice.tell_once()
        try:
            version = self._reader.find_version()
        except (sqlite3.Error, DatabaseError):
            version = None
        if version is not None and version == self._version:
            self.wait()
            return
        if was_to_be_told and None not in (version, self._version):
            self._count_untold()
        self._version, self._found_at, self._is_due = version, self._asked_at, False
        self._on_commit()

    def _count_untold(self) -> None:
        if self._is_told():
            return
        self._untold += 1
        if self._untold > MOST_UNTOLD:
            log.info("the kernel tells nothing of %s: it is asked every %d ms", self._wal_path, POLL_S * 1000)
            self._give_up()
