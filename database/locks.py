"""Locks beside the database file that die with whoever holds them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# Kept open until the process ends, and with it the lock.
_held: list[int] = []


@contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold the lock under which a file is made, brought up to date or put in another's place; waits for it."""
    lock = open_beside(_beside(path, ".lock"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield
    finally:
        os.close(lock)


def hold_for_bot(path: Path) -> bool:
    """Let this process be the one bot of a file until it ends; returns False where another is."""
    return _hold(_beside(path, ".bot.lock"))


def has_bot(path: Path) -> bool:
    """Whether a bot runs on a file."""
    return _is_held(_beside(path, ".bot.lock"))


def _hold(path: Path) -> bool:
    lock = open_beside(path)
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        return False
    _held.append(lock)
    return True


def _is_held(path: Path) -> bool:
    try:
        lock = os.open(path, os.O_RDONLY)
    except OSError:
        return False
    try:
        fcntl.flock(lock, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(lock)
    return False


def _beside(path: Path, ending: str) -> Path:
    # Two names of one file, such as a link, are one file.
    real = path.resolve()
    return real.with_name(real.name + ending)


def open_beside(path: Path, mode: int = 0o644) -> int:
    """Open a file, or make it. What root makes belongs to the folder's owner, who else could not start any more."""
    try:
        # To read is enough for a lock, but on network file systems.
        with suppress(PermissionError):
            return os.open(path, os.O_RDWR)
        return os.open(path, os.O_RDONLY)
    except FileNotFoundError:
        made = os.open(path, os.O_RDWR | os.O_CREAT, mode)
    if os.geteuid() == 0:
        folder = os.stat(path.parent)
        with suppress(OSError):
            os.fchown(made, folder.st_uid, folder.st_gid)
    return made
