"""Reading on an event loop: one transaction for as long as a turn of it lasts."""

import asyncio
import sqlite3
import time

from database.connections import Database

# So old may be what somebody is told.
STATE_S = 0.005


class TurnReader:
    """The loop's own connection. To be asked on its thread only, which it never lets wait."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._connection: sqlite3.Connection | None = None
        self._began, self._is_ending = 0.0, False

    def begin(self) -> sqlite3.Connection:
        """The connection, in a transaction that ends with this turn of the loop.

        A fifth of a hot read is taking and leaving SQLite's locks. A turn may last, and requests come in the middle of
        it that must see who is hidden by now: after STATE_S a new transaction begins. Raises sqlite3.Error.
        """
        connection = self._connection or self._open()
        now = time.monotonic()
        if not self._is_ending:
            asyncio.get_running_loop().call_soon(self._end)
            self._is_ending = True
        if connection.in_transaction:
            if now - self._began <= STATE_S:
                return connection
            connection.execute("COMMIT")
        connection.execute("BEGIN")
        self._began = now
        return connection

    def begin_anew(self) -> sqlite3.Connection:
        """The same, seeing all that is committed by now."""
        if self._connection and self._connection.in_transaction:
            self._connection.execute("COMMIT")
        return self.begin()

    def find_version(self) -> int:
        """A number that is another one after each commit of anybody else; asking for it costs half of a look.

        Raises sqlite3.Error.
        """
        connection = self._connection or self._open()
        if connection.in_transaction:
            # Within one it stays the same.
            connection.execute("COMMIT")
        return connection.execute("PRAGMA data_version").fetchone()[0]

    def _end(self) -> None:
        self._is_ending = False
        # After some failures SQLite has ended it already.
        if self._connection and self._connection.in_transaction:
            self._connection.execute("COMMIT")

    def _open(self) -> sqlite3.Connection:
        connection = self._database.own_connection()
        # The event loop waits for nobody: what is locked is left to a thread.
        connection.execute("PRAGMA busy_timeout = 0").fetchall()
        self._connection = connection
        return connection
