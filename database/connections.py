"""How the one SQLite file that the web side and the bot share is opened, read and written. DESIGN section 3."""

import sqlite3
import threading
import time
import weakref
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from functools import cache
from typing import Any

from flask import Flask
from sqlalchemy import Connection, Engine, column, create_engine, select, table
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import Session

from database import engines
from database.compiled_queries import CompiledQuery, Reader
from database.engines import open_for_reading, open_for_writing
from database.faults import Locked, is_locked
from database.opened_file import OpenedFile
from database.wal_cutter import WalCutter
from database.write_fault import WriteFault
from models import db

# Only asked when the bot has not been heard of for a while, and then by whoever looks at `/health`.
PROBE_WAIT_MS = 500
PROBE_EVERY_S = 5
# About 40 MB, where a commit of presences empties the WAL itself. The bot's `checkpoint` comes before, in a thread of
# its own: SQLite's default of 1 000 pages would let every few batches wait for the disk.
WAL_PRESENCE_PAGES = 10_000
# While the WAL is cut, writers wait for whoever reads an older state.
WAL_CUT_WAIT_MS = 1000
# `hide_parameters`: an error must not carry what somebody stored into a log. A pool never makes a thread wait: more
# than 40 connections are closed after their use.
_POOL = {"pool_size": 40, "max_overflow": -1, "hide_parameters": True}
_READING = {**_POOL, "isolation_level": "AUTOCOMMIT"}


class _ThreadConnection:
    """The connection that one thread keeps, and that is closed when the thread ends."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Database:
    """The open file: sessions that read, sessions that write, and a plain connection of each thread for single rows.

    `patience_ms` is how long `read_inline`, `write_inline` and `own_connection` wait for a lock: 0 on an event loop.
    """

    def __init__(
        self, file: OpenedFile, reader: Engine, writer: Engine, presence_writer: Engine, patience_ms: int = 0
    ) -> None:
        self._file = file
        self._reader, self._writer, self._presence_writer = reader, writer, presence_writer
        self._patience_ms = patience_ms
        self._probed: tuple[float, bool] | None = None
        self.write_fault = WriteFault(reader.url.database)
        self.wal_cutter = WalCutter(self.empty_wal)
        self._thread = threading.local()
        self._opened: weakref.WeakSet[_ThreadConnection] = weakref.WeakSet()
        open_for_reading(reader)
        # FULL: what somebody is told is done must outlive a power cut. Presences come again by themselves, and an fsync
        # for each batch of them would cost more than all the rest.
        open_for_writing(writer, "FULL")
        open_for_writing(presence_writer, "NORMAL", f"wal_autocheckpoint = {WAL_PRESENCE_PAGES}")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose statements all see one committed state; it cannot write.

        It must not last: while it is open, no checkpoint can empty the WAL.
        """
        with Session(self._reader) as session:
            begin_snapshot(session)
            yield session

    @contextmanager
    def read_inline(self) -> Iterator[sqlite3.Connection]:
        """A snapshot on the calling thread's own connection, for a few rows by their keys: no pool and no ORM.

        Raises sqlite3.OperationalError where it would have to wait for longer than its patience.
        """
        connection = self.own_connection()
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            # After some failures SQLite has ended it already.
            if connection.in_transaction:
                connection.execute("COMMIT")

    @contextmanager
    def write_inline(self) -> Iterator[sqlite3.Connection]:
        """`write_presence` on the calling thread's own connection, for a row or two.

        Raises sqlite3.OperationalError where it would have to wait for longer than its patience.
        """
        connection = self._own("writer", self._presence_writer, "PRAGMA wal_autocheckpoint = 0")
        connection.execute("BEGIN IMMEDIATE")
        try:
            self._file.note_beside()
            self._file.check()
            yield connection
            connection.execute("COMMIT")
            self._file.check()
        finally:
            if connection.in_transaction:
                connection.execute("ROLLBACK")

    def own_connection(self) -> sqlite3.Connection:
        """The calling thread's connection, for one statement, which needs no transaction around it.

        A statement raises sqlite3.OperationalError where it would have to wait for longer than its patience.
        """
        return self._own("reader", self._reader)

    def _own(self, name: str, engine: Engine, *pragmas: str) -> sqlite3.Connection:
        own = getattr(self._thread, name, None)
        if own is None:
            own = self._open_own(engine, f"PRAGMA busy_timeout = {self._patience_ms}", *pragmas)
            setattr(self._thread, name, own)
        return own.connection

    def _open_own(self, engine: Engine, *pragmas: str) -> _ThreadConnection:
        pooled = engine.raw_connection()
        connection = pooled.driver_connection
        # Else the pool would take it back, and give it to another thread, when `pooled` is collected.
        pooled.detach()
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(pragma).fetchall()
        own = _ThreadConnection(connection)
        self._opened.add(own)
        return own

    def write(self) -> AbstractContextManager[Session]:
        """One `BEGIN IMMEDIATE` transaction, on disk when it ends. Raises Locked after LOCK_WAIT_MS.

        Everything slow is done before it: reading a body, parsing, hashing. All other writers wait meanwhile.
        """
        return _transaction(self._writer, self._file)

    def write_presence(self) -> AbstractContextManager[Session]:
        """The same for presence and heartbeat, which a power cut may undo. Raises Locked after LOCK_WAIT_MS."""
        return _transaction(self._presence_writer, self._file)

    @property
    def wal_path(self) -> str:
        """The file that each commit is written into, before it is brought into the file itself."""
        return self._file.wal_path

    def find_fault(self) -> str | None:
        """Why nothing may be written any more, in one sentence: the file was moved, deleted or replaced; else None."""
        return self._file.find_fault()

    @contextmanager
    def write_batch(self) -> Iterator[Session]:
        """`write` for what comes often: on disk when it ends, and nobody waits for the lock while the disk works.

        Raises Locked after LOCK_WAIT_MS.
        """
        with self.write_presence() as session:
            yield session
        self._file.sync_wal()

    def can_write(self) -> bool:
        """Whether a small transaction reaches the file, and no other process tells that its own do not.

        Found out anew at most every PROBE_EVERY_S.
        """
        now = time.monotonic()
        if self._probed is None or now - self._probed[0] > PROBE_EVERY_S:
            self._probed = now, not self.write_fault.is_told() and self._probe()
        return self._probed[1]

    def _probe(self) -> bool:
        pooled = self._presence_writer.raw_connection()
        connection = pooled.driver_connection
        try:
            connection.execute(f"PRAGMA busy_timeout = {PROBE_WAIT_MS}").fetchall()
            # It stands in the first page, which is written again whatever is set; nobody here uses it for anything.
            (version,) = connection.execute("PRAGMA user_version").fetchone()
            connection.execute(f"PRAGMA user_version = {version}")
        except sqlite3.Error:
            return False
        else:
            return True
        finally:
            connection.execute(f"PRAGMA busy_timeout = {engines.LOCK_WAIT_MS}").fetchall()
            pooled.close()

    def checkpoint(self) -> None:
        """Bring what is committed from the WAL into the file, unless somebody reads an older state; no writer waits."""
        with self._presence_writer.connect() as connection:
            _run(connection, "wal_checkpoint(PASSIVE)")

    def empty_wal(self) -> bool:
        """Bring all of the WAL into the file and cut it to nothing, so that what was deleted stands in neither.

        Returns False where somebody still reads an older state, or writes, for longer than a second.
        """
        # Most of it goes while nobody has to wait.
        self.checkpoint()
        with self._presence_writer.connect() as connection:
            _run(connection, f"busy_timeout = {WAL_CUT_WAIT_MS}")
            try:
                busy, *_ = _run(connection, "wal_checkpoint(TRUNCATE)")
            finally:
                _run(connection, f"busy_timeout = {engines.LOCK_WAIT_MS}")
        return not busy

    def close(self) -> None:
        """Close all connections, those of other threads too, and leave the file whole without its WAL.

        The last one of all processes deletes the WAL; but the others may be killed.
        """
        self.wal_cutter.stop()
        for own in self._opened:
            own.connection.close()
        self._reader.dispose()
        if self._writer.pool.checkedin() + self._presence_writer.pool.checkedin():
            with suppress(DatabaseError, sqlite3.Error):
                self.empty_wal()
        self._writer.dispose()
        self._presence_writer.dispose()


def begin_snapshot(session: Session) -> None:
    """Let all that a reading session reads from now until it is closed come from the same committed state."""
    # pysqlite begins nothing for a SELECT: each statement would see a state of its own.
    session.connection().exec_driver_sql("BEGIN")


def open_database(url: str) -> Database:
    """Open the file for a process without Flask. The file must have been through database.upgrade."""
    file = OpenedFile(make_url(url).database)
    reading, writing = {**_READING, "creator": file.connect}, {**_POOL, "creator": file.connect}
    return Database(file, create_engine(url, **reading), create_engine(url, **writing), create_engine(url, **writing))


def init_app(app: Flask, url: str) -> Database:
    """Give a Flask app its database: `db.session` reads, `Database.write` writes."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    file = OpenedFile(make_url(url).database)
    writing = {"url": url, **_POOL, "creator": file.connect}
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = {**_READING, "creator": file.connect}
    app.config["SQLALCHEMY_BINDS"] = {"write": writing, "write_presence": writing}
    db.init_app(app)
    with app.app_context():
        database = Database(file, db.engine, db.engines["write"], db.engines["write_presence"], engines.LOCK_WAIT_MS)
    app.extensions["database"] = database
    return database


@contextmanager
def _transaction(engine: Engine, file: OpenedFile) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        try:
            session.connection()
        except OperationalError as error:
            raise (Locked() if is_locked(error) else error) from None
        file.note_beside()
        _check(file)
        yield session
        session.commit()
        # It may have been taken away since, and nobody is told that something is stored which is not.
        _check(file)


def _check(file: OpenedFile) -> None:
    try:
        file.check()
    except sqlite3.OperationalError as error:
        raise OperationalError(None, None, error) from None


def _run(connection: Connection, pragma: str) -> tuple[Any, ...]:
    """Run a pragma outside of any transaction; its first row."""
    return (connection.connection.driver_connection.execute(f"PRAGMA {pragma}").fetchall() or [()])[0]


def schema_version(reader: Reader) -> str:
    """The revision of the open file's schema."""
    return _query_schema().find(reader).version_num


@cache
def _query_schema() -> CompiledQuery:
    return CompiledQuery(select(table("alembic_version", column("version_num"))))
