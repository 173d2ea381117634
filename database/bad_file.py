"""Files that are not to be opened: those of other programs, which are looked at without a trace."""

import contextlib
import os
import shutil
import sqlite3
import tempfile
from pathlib import Path
from urllib.parse import quote

# Exit codes of sysexits.h: a person has to do something, or trying again may help.
FOR_A_PERSON, MAY_PASS = 78, 75
# Alembic's table stands in other programs' files too; these are in Rollcall's since its first version.
OURS = {"alembic_version", "bot_state", "presence", "kv", "tokens"}


class BadFile(Exception):
    """The database file cannot be opened or upgraded; carries one sentence, and the code to exit with."""

    def __init__(self, sentence: str, exit_code: int = FOR_A_PERSON) -> None:
        super().__init__(sentence)
        self.exit_code = exit_code


def check_is_ours(path: Path) -> None:
    """Raises BadFile when a file holds another program's tables, and sqlite3.DatabaseError when it is no database.

    Neither the file nor anything beside it is changed. A file that is missing or holds nothing may become Rollcall's.
    """
    try:
        os.close(os.open(path, os.O_RDWR))
    except FileNotFoundError:
        return
    found = _names(path)
    if not found and path.with_name(path.name + "-wal").exists():
        found = _names_in_wal(path)
    if found and not found >= OURS:
        raise BadFile(f"{path} belongs to another program and was left as it is; give DATABASE_URL a file of its own.")


def _names(path: Path) -> set[str]:
    # Others may be writing it: neither a lock nor a WAL is looked at, or made.
    return _read_names(f"file:{quote(str(path.absolute()))}?immutable=1")


def _names_in_wal(path: Path) -> set[str]:
    # A process that was killed right after it made the file left all of it in the WAL.
    with tempfile.TemporaryDirectory() as folder:
        copy = shutil.copy(path, folder)
        shutil.copy(path.with_name(path.name + "-wal"), folder)
        return _read_names(f"file:{quote(copy)}")


def _read_names(address: str) -> set[str]:
    with contextlib.closing(sqlite3.connect(address, uri=True)) as connection:
        return {name for (name,) in connection.execute("SELECT name FROM sqlite_schema")}
