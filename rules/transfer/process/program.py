"""`work.perform` as a program, which the kernel ends where a file takes too long or too much memory.

What is asked comes on standard input, followed by the files; what is told goes to standard output, a frame after each
step. Before the last step it waits for a byte: whoever started it may be gone, or no longer want it.
"""

import gc
import os
import pickle
import resource
import sys
from collections.abc import Callable
from typing import Any, BinaryIO

from sqlalchemy.exc import DatabaseError, OperationalError

from database.connections import Database, open_database
from database.faults import Locked
from rules.errors import Invalid, NotAllowed, NotAuthenticated, NotFound, Refused, TooLarge
from rules.transfer.import_file import MOST_BYTES
from rules.transfer.process import work

# Of which a third is Python and what it loads: 100 000 fronts take 155 MB in all, but a file of 32 MB may take 400.
LARGEST_BYTES = 192 * 1024 * 1024
LIMIT_S = 120
GO, STAGED = b"\n", "staged"
TOO_LARGE = "The file holds more than can be read at once; take out what you do not need, such as notes or pictures."
_PLAIN = (TooLarge, NotAuthenticated, NotAllowed, NotFound, Invalid, Refused)
_TRIES = 3


def main() -> None:
    """Do what is asked for on standard input, and be ended where that takes too long."""
    # At the second limit it would be killed as if somebody had.
    _limit(resource.RLIMIT_CPU, LIMIT_S, LIMIT_S + 1)
    # What somebody keeps private is not to lie on the disk, wherever a process that is ended leaves its memory.
    _limit(resource.RLIMIT_CORE, 0, 0)
    # It ends before there is garbage worth looking for.
    gc.disable()
    given, out = sys.stdin.buffer, os.fdopen(os.dup(sys.stdout.fileno()), "wb")
    try:
        send(out, _do(given, out))
    except MemoryError:
        send(out, TooLarge(TOO_LARGE))
    except Locked as locked:
        send(out, locked)
    except DatabaseError as error:
        if type(error) not in (DatabaseError, OperationalError):
            raise
        # Without the statement and all that it was to write.
        send(out, type(error)(None, None, error.orig))
    except Refused as refused:
        kind = next(kind for kind in _PLAIN if isinstance(refused, kind))
        send(out, kind(refused.sentence, refused.told, refused.code))
    except BrokenPipeError:
        # Nobody wants it any more.
        os._exit(1)


def send(stream: BinaryIO, told: Any) -> None:
    """Write a frame."""
    pickle.dump(told, stream)
    stream.flush()


def _do(given: BinaryIO, out: BinaryIO) -> Any:
    url, asked, sizes = pickle.load(given)
    # What a zip archive has beyond that are pictures, which stay packed.
    most = LARGEST_BYTES + max(0, sum(sizes) - MOST_BYTES)
    _limit(resource.RLIMIT_AS, most, most)
    texts = [given.read(size) for size in sizes]
    database = open_database(url)

    def check() -> None:
        send(out, STAGED)
        if given.read(1) != GO:
            raise BrokenPipeError

    def read(rule: Callable[..., Any], *args: Any) -> Any:
        with database.read() as session:
            return rule(session, *args)

    def write(rule: Callable[..., Any], *args: Any) -> Any:
        return _write(database, rule, *args)

    return work.perform(url, read, write, asked, texts, lambda *done: send(out, done), check)


def _limit(kind: int, soft: int, hard: int) -> None:
    """Set a limit, or leave that of whoever runs this where it is lower, since nobody may raise it."""
    _, most = resource.getrlimit(kind)
    if most != resource.RLIM_INFINITY:
        soft, hard = min(soft, most), min(hard, most)
    resource.setrlimit(kind, (soft, hard))


def _write(database: Database, rule: Callable[..., Any], *args: Any) -> Any:
    """Run a rule in a write of its own, through a lock that somebody holds for long."""
    for number in range(1, _TRIES + 1):
        try:
            with database.write() as session:
                return rule(session, *args)
        except Locked:
            if number == _TRIES:
                raise
    return None


if __name__ == "__main__":
    main()
