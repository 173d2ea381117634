"""Hosts that do not answer, so that not each of their pictures is waited for in vain."""

import threading
import time

# In a row: one may be an accident.
FAILURES = 3
LEFT_ALONE_S = 30


class Outages:
    """How often each host has just failed, in the memory of one process."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def is_out(self, host: str) -> bool:
        """Whether a host is to be left alone for now; after that it has to answer at once to be asked again."""
        return time.monotonic() < self._until.get(host, 0)

    def note_failure(self, host: str) -> None:
        """It did not answer, or wants to be left alone."""
        with self._lock:
            self._failures[host] = self._failures.get(host, 0) + 1
            if self._failures[host] >= FAILURES:
                self._until[host] = time.monotonic() + LEFT_ALONE_S

    def note_answer(self, host: str) -> None:
        """It answered, whatever that was."""
        with self._lock:
            self._failures.pop(host, None)
            self._until.pop(host, None)
