"""Hosts that do not answer, so that not each of their pictures is waited for in vain."""

import logging
import threading
import time

log = logging.getLogger(__name__)

# In a row: one may be an accident.
FAILURES = 3
LEFT_ALONE_S = 30


class Outages:
    """How often each host has just failed, in the memory of one process."""

    def __init__(self) -> None:
        self._failures: dict[str, int] = {}
        self._until: dict[str, float] = {}
        self._lock = threading.Lock()

    def may_ask(self, host: str) -> bool:
        """Whether a host is to be asked now; of one that has failed, one caller in 30 s tries whether it answers."""
        with self._lock:
            now = time.monotonic()
            if self._failures.get(host, 0) < FAILURES:
                return True
            if now < self._until[host]:
                return False
            self._until[host] = now + LEFT_ALONE_S
            return True

    def note_failure(self, host: str) -> None:
        """It did not answer, or wants to be left alone."""
        with self._lock:
            self._failures[host] = self._failures.get(host, 0) + 1
            self._until[host] = time.monotonic() + LEFT_ALONE_S
            if self._failures[host] == FAILURES:
                log.warning("%s gives no pictures; it is asked only every %d s until it does", host, LEFT_ALONE_S)

    def note_answer(self, host: str) -> None:
        """It answered, whatever that was."""
        with self._lock:
            self._failures.pop(host, None)
            self._until.pop(host, None)
