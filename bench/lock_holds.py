"""How long the write lock of a file is held, looked at from outside without taking it."""

import fcntl
import os
import struct
import threading
import time
from pathlib import Path
from typing import Self

# Where SQLite's writers in WAL mode lock the shared memory beside the file, by its source.
_WRITE_LOCK = 120
# How many transactions there were, which is where a commit says that it is done.
_COUNTER = slice(8, 12)
# struct flock of Linux on 64 bits: type, whence, start, length, process.
_FLOCK = "hhqqi4x"
LOOK_EVERY_S = 0.001


class LockWatch:
    """`longest` is how long one transaction held the lock, in s, give or take LOOK_EVERY_S."""

    def __init__(self, file: Path) -> None:
        self.longest = 0.0
        self._path = f"{file}-shm"
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch)

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._stopped.set()
        self._thread.join()

    def _watch(self) -> None:
        shared = os.open(self._path, os.O_RDWR)
        holder, since = None, 0.0
        try:
            while not self._stopped.wait(LOOK_EVERY_S):
                found, now = _find_holder(shared), time.monotonic()
                if found != holder:
                    holder, since = found, now
                if holder is not None:
                    self.longest = max(self.longest, now - since)
        finally:
            os.close(shared)


def _find_holder(shared: int) -> tuple[int, bytes] | None:
    """Which process holds the lock, and after which transaction; None where nobody does."""
    asked = struct.pack(_FLOCK, fcntl.F_WRLCK, os.SEEK_SET, _WRITE_LOCK, 1, 0)
    kind, *_, process = struct.unpack(_FLOCK, fcntl.fcntl(shared, fcntl.F_GETLK, asked))
    return None if kind == fcntl.F_UNLCK else (process, os.pread(shared, _COUNTER.stop, 0)[_COUNTER])
