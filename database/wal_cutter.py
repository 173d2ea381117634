"""Emptying the WAL a little later and in a thread of its own, so that nobody who writes waits for it."""

import logging
import sqlite3
import threading
from collections.abc import Callable

from sqlalchemy.exc import DatabaseError

log = logging.getLogger(__name__)

SOON_S = 2
TRIES = 5


class WalCutter:
    """Calls what empties the WAL once for all that ask within SOON_S; what does not get through is tried again."""

    def __init__(self, empty: Callable[[], bool]) -> None:
        self._empty = empty
        self._lock = threading.Lock()
        self._timer: threading.Timer | None = None
        self._stopped = False

    def soon(self) -> None:
        """What was deleted or written over is to leave the WAL, too; the bot's purge has the last word."""
        self._wait(TRIES)

    def stop(self) -> None:
        """Nothing is begun any more; whoever closes the file empties the WAL itself."""
        with self._lock:
            self._stopped = True
            if self._timer:
                self._timer.cancel()

    def _wait(self, tries: int) -> None:
        with self._lock:
            if self._timer or self._stopped:
                return
            self._timer = threading.Timer(SOON_S, self._cut, (tries - 1,))
            self._timer.daemon = True
            self._timer.start()

    def _cut(self, tries: int) -> None:
        with self._lock:
            self._timer = None
        try:
            done = self._empty()
        except (DatabaseError, sqlite3.Error) as error:
            log.info("the WAL could not be emptied: %r", error)
            done = False
        if tries and not done:
            self._wait(tries)
