"""That a process cannot write to the file, told beside it: by a lock, which needs no room on a disk that is full."""

import fcntl
import os
from contextlib import suppress
from pathlib import Path


class WriteFault:
    """A sign beside a database file, which ends with the process that gives it."""

    def __init__(self, path: str) -> None:
        self._path = Path(path + ".fault")
        self._held: int | None = None

    def tell(self, is_failing: bool) -> None:
        """Give the sign, or take it back; where not even that is possible, nothing is told."""
        if self._held is not None and not is_failing:
            os.close(self._held)
            self._held = None
        elif self._held is None and is_failing:
            with suppress(OSError):
                self._held = self._lock()

    def is_told(self) -> bool:
        """Whether another process gives the sign now."""
        try:
            sign = os.open(self._path, os.O_RDONLY)
        except OSError:
            return False
        try:
            fcntl.flock(sign, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        finally:
            os.close(sign)
        return False

    def _lock(self) -> int:
        sign = os.open(self._path, os.O_RDONLY | os.O_CREAT, 0o600)
        try:
            # Whoever looks just now holds it for a moment; then it is given the next time.
            fcntl.flock(sign, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            os.close(sign)
            raise
        return sign
