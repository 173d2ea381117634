"""Processes that kill themselves at a known point of an import: before one of its commits, or right behind it.

As a program it runs another one so: `python -m tests.kill_points FILE MODULE [ARGUMENT …]`. FILE holds the number of
the point, counted down by whichever process comes by one; empty or missing, nobody dies.
"""

import os
import re
import runpy
import signal
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, event
from sqlalchemy.orm import Session

_OF_IMPORTS = re.compile(
    r"\s*(INSERT INTO|UPDATE|DELETE FROM) "
    r"(systems|members|groups|group_members|switches|switch_members|front_spans|imports|import_sources)\b"
)


def call_at_points(come_by: Callable[[], None]) -> None:
    """Call it before each commit of a transaction that writes what imports write, and again behind it."""
    wrote: set[int] = set()
    committed: list[int] = []

    @event.listens_for(Engine, "before_cursor_execute")
    def note(connection, _cursor, statement, *_):
        if _OF_IMPORTS.match(statement):
            wrote.add(id(connection.connection.driver_connection))

    @event.listens_for(Engine, "rollback")
    def forget(connection):
        wrote.discard(id(connection.connection.driver_connection))

    @event.listens_for(Engine, "commit")
    def before(connection):
        number = id(connection.connection.driver_connection)
        if number in wrote:
            wrote.discard(number)
            committed.append(number)
            come_by()

    @event.listens_for(Session, "after_commit")
    def behind(_session):
        if committed:
            committed.pop()
            come_by()


def die() -> None:
    """Gone at once, with nothing put in order."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_at(number: int) -> None:
    """Die at the point of this number, from 1."""
    passed = iter(range(1, number))
    call_at_points(lambda: die() if next(passed, None) is None else None)


def _die_as_told(told: Path) -> None:
    text = told.read_text() if told.exists() else ""
    if text:
        told.write_text(str(int(text) - 1) if int(text) > 1 else "")
        if int(text) == 1:
            die()


if __name__ == "__main__":
    file, module, *arguments = sys.argv[1:]
    call_at_points(lambda: _die_as_told(Path(file)))
    sys.argv = [module, *arguments]
    runpy.run_module(module, run_name="__main__", alter_sys=True)
