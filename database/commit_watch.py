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

# So often the file is asked where the kernel tells nothing.
POLL_S = 0.005
# So long after a write or a commit the file is asked as well. Pages are written before they are committed, by some µs
# or what the disk takes; and who is told of each of many commits wakes in the middle of it, on the writer's own core:
# on a machine with more to do a tenth of 200 commits a second took 3 ms instead of 0.2.
ACTIVE_S = 0.1
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
        self._has_begun = False
        # Since when the kernel is to tell of the next write; None while it is not.
        self._told_from: float | None = None
        self._active_at, self._untold = 0.0, 0

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
        """Call `on_commit` for the next `wait` in any case."""
        self._version, self._active_at = None, time.monotonic()

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
        self._notice = self._told_from = None

    def _pause(self) -> float:
        if self._told_from is None:
            return POLL_S
        # What was on its way to the disk when the kernel was asked to tell is heard of at most twice as late.
        return min(LATEST_S, max(POLL_S, time.monotonic() - self._told_from))

    def _hear(self) -> None:
        if self._is_told() and self._timer:
            self._timer.cancel()
            self._ask()

    def _is_told(self) -> bool:
        """Whether the kernel has told of a write, which is no commit yet."""
        if not self._notice or not self._notice.take():
            return False
        self._active_at, self._told_from, self._untold = time.monotonic(), None, 0
        return True

    def _ask(self) -> None:
        self._timer, now, was_to_be_told = None, time.monotonic(), self._told_from is not None
        # Before the file is asked: what is written after this is told.
        if now - self._active_at < ACTIVE_S or not self._notice or not self._notice.tell_once():
            self._told_from = None
        elif not was_to_be_told:
            self._told_from = now
        try:
            version = self._reader.find_version()
        except (sqlite3.Error, DatabaseError):
            version = None
        if version is not None and version == self._version:
            self.wait()
            return
        if was_to_be_told and None not in (version, self._version):
            self._count_untold()
        self._version, self._active_at = version, now
        self._on_commit()

    def _count_untold(self) -> None:
        if self._is_told():
            return
        self._untold += 1
        if self._untold > MOST_UNTOLD:
            log.info("the kernel tells nothing of %s: it is asked every %d ms", self._wal_path, POLL_S * 1000)
            self._give_up()
