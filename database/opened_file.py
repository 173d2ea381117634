"""The file that a process opened, and whether it still stands at its path."""

import os
import sqlite3
from pathlib import Path
from urllib.parse import quote

Identity = tuple[int, int] | None
WAL = "-wal"
BESIDE = (WAL, "-shm")


class OpenedFile:
    """One database file as it was when it was opened: SQLite goes on writing into a deleted one, and says nothing.

    Made before a process forks, it holds for the children too.
    """

    def __init__(self, path: str) -> None:
        self.path, self.wal_path, self._name = path, path + WAL, Path(path).name
        self._identity = _identify(path)
        self._beside: list[Identity] | None = None

    def connect(self) -> sqlite3.Connection:
        """A new connection. Raises sqlite3.OperationalError where another file is there now, or none."""
        # `rw`: SQLite would make a file that is missing.
        address = f"file:{quote(str(Path(self.path).absolute()))}?mode=rw"
        connection = sqlite3.connect(address, uri=True, check_same_thread=False)
        try:
            self.check()
        except sqlite3.OperationalError:
            connection.close()
            raise
        return connection

    def check(self) -> None:
        """Raises sqlite3.OperationalError where nothing may be written any more, with the code of SQLite for that."""
        if fault := self.find_fault():
            error = sqlite3.OperationalError(fault)
            error.sqlite_errorcode = sqlite3.SQLITE_READONLY_DBMOVED
            raise error

    def find_fault(self) -> str | None:
        """Why nothing may be written any more, in one sentence that everybody may read; None while all is well."""
        now = _identify(self.path)
        if now != self._identity:
            happened = "replaced by another" if now else "moved or deleted"
            return f"The file {self._name} was {happened} under the running Rollcall; restart both processes."
        if self._beside and self._beside != self._find_beside():
            return (
                f"What stands beside {self._name} (-wal, -shm) was deleted under the running Rollcall;"
                " restart both processes, which saves what was in it."
            )
        return None

    def sync_wal(self) -> None:
        """Bring what is committed to the disk."""
        try:
            wal = os.open(self.wal_path, os.O_RDONLY)
        except FileNotFoundError:
            # It is all in the file, and a checkpoint waits for the disk itself.
            return
        try:
            os.fsync(wal)
        finally:
            os.close(wal)

    def note_beside(self) -> None:
        """Remember the WAL; while a connection is open that has written, it stays where it is."""
        if self._beside is None:
            self._beside = self._find_beside()

    def _find_beside(self) -> list[Identity]:
        return [_identify(self.path + ending) for ending in BESIDE]


def _identify(path: str) -> Identity:
    try:
        found = os.stat(path)
    except OSError:
        return None
    return found.st_dev, found.st_ino
