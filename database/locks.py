"""Locks beside the database file that die with whoever holds them."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy.engine import make_url

from database.bad_file import MAY_PASS, BadFile

RUNNING = "running-"
IMPORTING = ".import-"
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


def hold_for_bot(url: str) -> None:
    """Let this process be the one bot of a file until it ends: two would answer everything twice.

    Raises BadFile where another is.
    """
    path = Path(make_url(url).database)
    lock = open_beside(_beside(path, ".bot.lock"))
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        os.close(lock)
        sentence = f"Another bot runs on {path} already: stop it, or give this one a file of its own with DATABASE_URL."
        raise BadFile(sentence, MAY_PASS) from None
    _held.append(lock)


@contextmanager
def importing(url: str, name: str, refusal: Exception) -> Iterator[None]:
    """Be the one who imports into what is called so; raises the refusal where another is, in any process or thread."""
    path = _beside(Path(make_url(url).database), f"{IMPORTING}{name}.lock")
    lock = _try(path)
    if lock is None:
        raise refusal
    try:
        yield
    finally:
        # Before it is let go, or somebody else's could be deleted.
        path.unlink(missing_ok=True)
        os.close(lock)


def is_importing(url: str) -> bool:
    """Whether anybody is `importing` anything; what those who died left is swept away."""
    path = Path(make_url(url).database).resolve()
    running = False
    for left in path.parent.glob(f"{path.name}{IMPORTING}*"):
        lock = _try(left)
        running |= lock is None
        if lock is not None:
            left.unlink(missing_ok=True)
            os.close(lock)
    return running


def _try(path: Path) -> int | None:
    """The lock of a path, unless somebody has it."""
    while True:
        lock = open_beside(path)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(lock)
            return None
        # Whoever had it until now may have deleted the file, and then a third made another.
        with suppress(FileNotFoundError):
            if os.path.samestat(os.fstat(lock), os.stat(path)):
                return lock
        os.close(lock)


def announce(folder: Path, url: str) -> None:
    """Let `find_running` find what this process, or one that it starts, runs on; until they end."""
    # Where Rollcall's own folder is not to be written, the maintenance commands are told by DATABASE_URL.
    with suppress(OSError):
        # What has ended left its file; this sweeps them away.
        find_running(folder)
        unfinished = folder / f".{RUNNING}{os.getpid()}"
        unfinished.write_text(url)
        _held.append(os.open(unfinished, os.O_RDONLY))
        fcntl.flock(_held[-1], fcntl.LOCK_EX | fcntl.LOCK_NB)
        # Only now may it be found, and swept away where nobody holds it.
        unfinished.rename(folder / f"{RUNNING}{os.getpid()}")


def find_running(folder: Path) -> list[str]:
    """The files that processes have announced and still run on, as addresses, each once."""
    found = {}
    for path in sorted(folder.glob(f"{RUNNING}*")):
        with suppress(OSError), open(path) as announced:
            try:
                fcntl.flock(announced, fcntl.LOCK_SH | fcntl.LOCK_NB)
            except BlockingIOError:
                found[announced.read()] = None
            else:
                path.unlink()
    return list(found)


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
