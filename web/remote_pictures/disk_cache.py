"""Fetched pictures on the disk, which all workers share; bounded, and of no loss whenever it is deleted.

Of the clock: a file from the future, which a clock that was set back leaves, is stale and was not used.
"""

import contextlib
import hashlib
import os
import re
import threading
import time
from pathlib import Path
from typing import NamedTuple

from sqlalchemy.engine import make_url

# A picture that nobody has asked for goes, so that of people who left or were forgotten none stays.
UNUSED_S = 24 * 3600
# How exactly it is known when one was used last.
NOTED_EVERY_S = 60
LONGEST_FAILURE_S = 3600
UNFINISHED_S = 60
SWEPT_EVERY_S = 3600
# What a file takes at least, so that many empty ones count as well.
BLOCK = 4096
# One worker looks over the folder whenever it has stored so much of what is allowed, and makes room for the others.
SHARE, KEPT = 1 / 100, 9 / 10
_NAME = re.compile(r"[0-9a-f]{64}(\.failed|\.[0-9-]+\.unfinished)?", re.ASCII)


class Stored(NamedTuple):
    """A picture's bytes, and how many seconds ago they were fetched."""

    data: bytes
    age_s: float


def get_folder(database_url: str) -> Path:
    """Where the cache of a database is: beside it. Backups leave it out."""
    path = Path(make_url(database_url).database)
    return path.with_name(f"{path.name}.picture-cache")


class DiskCache:
    """Pictures by their addresses, at most `most_bytes` in all; with 0 nothing is kept.

    What the disk refuses is not kept, and never raised.
    """

    def __init__(self, folder: Path, most_bytes: int) -> None:
        self._folder, self._most = folder, most_bytes
        self._sweeping = threading.Lock()
        self._swept_at = -float("inf")
        self._since_sweep = 0

    def find(self, address: str) -> Stored | None:
        """What was fetched from an address, however long ago."""
        if not self._most:
            return None
        try:
            with self._path(address).open("rb") as file:
                status, now = os.fstat(file.fileno()), time.time()
                if not 0 <= now - status.st_atime < NOTED_EVERY_S:
                    # Set by hand, since many disks are mounted so that reading does not.
                    os.utime(file.fileno(), (now, status.st_mtime))
                return Stored(file.read(), now - status.st_mtime)
        except OSError:
            return None

    def store(self, address: str, data: bytes) -> None:
        """Keep a picture, and make room for it."""
        with contextlib.suppress(OSError):
            self._write(self._path(address), data)
        _delete(self._failure(address))
        self._make_room(len(data))

    def drop(self, address: str) -> None:
        """Forget a picture that is no longer at its address."""
        _delete(self._path(address))

    def note_failure(self, address: str, seconds: int) -> None:
        """Remember for some seconds, at most an hour, that there is no picture to be had."""
        with contextlib.suppress(OSError):
            path = self._failure(address)
            self._write(path, b"")
            os.utime(path, (time.time(), time.time() + min(seconds, LONGEST_FAILURE_S)))
        self._make_room(0)

    def has_failed(self, address: str) -> bool:
        """Whether that is remembered still."""
        try:
            return self._most > 0 and _is_ahead(self._failure(address).stat().st_mtime)
        except OSError:
            return False

    def sweep_in_time(self) -> None:
        """Sweep where that was not done for an hour, without letting the caller wait."""
        if time.monotonic() - self._swept_at > SWEPT_EVERY_S:
            self._swept_at = time.monotonic()
            threading.Thread(target=self.sweep, daemon=True).start()

    def sweep(self) -> None:
        """Delete what nobody uses, what is over or was left unfinished, and where it is too much the oldest used."""
        if not self._sweeping.acquire(blocking=False):
            return
        try:
            self._swept_at, self._since_sweep = time.monotonic(), 0
            kept = [entry for entry in self._list() if not self._delete_outdated(*entry)]
            self._evict(kept)
        finally:
            self._sweeping.release()

    def _make_room(self, size: int) -> None:
        self._since_sweep += max(size, BLOCK)
        if self._since_sweep > self._most * SHARE:
            self.sweep()

    def _list(self) -> list[tuple[Path, os.stat_result]]:
        found = []
        with contextlib.suppress(OSError):
            for path in self._folder.iterdir():
                # Another worker may delete it first.
                with contextlib.suppress(OSError):
                    if _NAME.fullmatch(path.name):
                        found.append((path, path.stat()))
        return found

    def _delete_outdated(self, path: Path, status: os.stat_result) -> bool:
        if path.suffix == ".failed":
            outdated = not _is_ahead(status.st_mtime)
        elif path.suffix == ".unfinished":
            outdated = abs(time.time() - status.st_mtime) > UNFINISHED_S
        else:
            outdated = not self._most or abs(time.time() - status.st_atime) > UNUSED_S
        if outdated:
            _delete(path)
        return outdated

    def _evict(self, kept: list[tuple[Path, os.stat_result]]) -> None:
        sizes = [(status.st_atime, path, -(-max(status.st_size, 1) // BLOCK) * BLOCK) for path, status in kept]
        total = sum(size for _, _, size in sizes)
        if total <= self._most * KEPT:
            return
        for _, path, size in sorted(sizes):
            if total <= self._most * KEPT:
                break
            _delete(path)
            total -= size

    def _write(self, path: Path, data: bytes) -> None:
        if len(data) > self._most * KEPT or not self._most:
            return
        self._folder.mkdir(mode=0o700, exist_ok=True)
        unfinished = path.with_name(f"{path.name[:64]}.{os.getpid()}-{threading.get_ident()}.unfinished")
        try:
            with unfinished.open("wb") as file:
                file.write(data)
                file.flush()
                # Else a machine that stops may leave the name with nothing, or half of it, behind.
                os.fsync(file.fileno())
            os.replace(unfinished, path)
        except OSError:
            # On a disk that is full, what is half there is in the way of the database.
            _delete(unfinished)
            raise

    def _path(self, address: str) -> Path:
        return self._folder / hashlib.sha256(address.encode()).hexdigest()

    def _failure(self, address: str) -> Path:
        path = self._path(address)
        return path.with_name(f"{path.name}.failed")


def _is_ahead(instant: float) -> bool:
    return 0 < instant - time.time() <= LONGEST_FAILURE_S


def _delete(path: Path) -> None:
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
