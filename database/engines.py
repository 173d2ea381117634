"""What each connection to the file is told when it opens: to read or to write, and how long it waits."""

import sqlite3

from sqlalchemy import Connection, Engine, event

# No rule holds the lock for more than a second: whoever waits this long meets a fault, and is told to come back.
LOCK_WAIT_MS = 5000
# SQLite keeps the WAL as large as it ever was; after an import, or a reader that lasted, that would be hundreds of MB.
WAL_LIMIT_BYTES = 64 * 1024 * 1024
# SQLite's default is 2 MB for each connection, and each thread of the web side has one; a read by key is no slower.
READ_CACHE_KIB = 256


def _pragmas(connection: sqlite3.Connection, *more: str) -> None:
    for pragma in (
        f"busy_timeout = {LOCK_WAIT_MS}",
        "journal_mode = WAL",
        f"journal_size_limit = {WAL_LIMIT_BYTES}",
        *more,
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def open_for_reading(engine: Engine) -> None:
    """Let each connection of an engine refuse to write, and keep little in memory."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        _pragmas(connection, "query_only = ON", f"cache_size = -{READ_CACHE_KIB}")


def open_for_writing(engine: Engine, synchronous: str, *more: str, foreign_keys: str = "ON") -> None:
    """Let each transaction of an engine take the write lock at its begin; `more` are further pragmas."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        # Else pysqlite would begin a deferred transaction by itself.
        connection.isolation_level = None
        # secure_delete: what is deleted is overwritten, and not only where the system's SQLite was built so.
        _pragmas(
            connection,
            f"foreign_keys = {foreign_keys}",
            f"synchronous = {synchronous}",
            "secure_delete = ON",
            *more,
        )

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        # A deferred one that reads and then writes fails at once where another wrote in between, however long the wait.
        connection.exec_driver_sql("BEGIN IMMEDIATE")
