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
# In the file's header, where it can be read although all else is under way: "Roll".
APPLICATION_ID, APPLICATION_ID_AT = 0x526F6C6C, slice(68, 72)
# What a file has that was made before they were signed; Alembic's table stands in others' files too.
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
        file = os.open(path, os.O_RDWR)
    except FileNotFoundError:
        return
    with os.fdopen(file, "rb") as opened:
        header = opened.read(100)
    if header[APPLICATION_ID_AT] != APPLICATION_ID.to_bytes(4) and _is_anothers(path):
        raise BadFile(f"{path} belongs to another program and was left as it is; give DATABASE_URL a file of its own.")


def _is_anothers(path: Path) -> bool:
    """Whether a file that nobody has signed yet holds another program's tables."""
    has_wal = path.with_name(path.name + "-wal").exists()
    try:
        found = _names(path)
    except sqlite3.DatabaseError as error:
        # While a checkpoint is under way, and after one that was cut off, the file makes no sense without its WAL.
        if not has_wal or error.sqlite_errorcode == sqlite3.SQLITE_NOTADB:
            raise
        found = set()
    if has_wal and not found >= OURS:
        found = _names_in_wal(path)
    return bool(found) and not found >= OURS


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
