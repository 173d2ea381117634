"""What may go wrong with a write: somebody holds the lock, the disk takes nothing, or the row itself is refused."""

import sqlite3

from sqlalchemy.exc import (
    DatabaseError,
    DataError,
    IntegrityError,
    InterfaceError,
    NotSupportedError,
    ProgrammingError,
)

# What was to be written is at fault, and would be again: a constraint, a type, a number or a text that is too large.
REFUSALS = (
    *(IntegrityError, DataError, ProgrammingError, InterfaceError, NotSupportedError),
    *(ValueError, TypeError, LookupError, ArithmeticError, AttributeError),
)


class Locked(Exception):
    """The other process held the write lock for longer than LOCK_WAIT_MS."""


def is_locked(error: DatabaseError | sqlite3.DatabaseError) -> bool:
    """Whether SQLite refused because somebody else holds the lock."""
    return getattr(getattr(error, "orig", error), "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY


def is_unwritable(error: Exception) -> bool:
    """Whether SQLite refused because the disk is full, fails, or may not be written."""
    return getattr(getattr(error, "orig", error), "sqlite_errorcode", 0) & 0xFF in _UNWRITABLE


_UNWRITABLE = (sqlite3.SQLITE_FULL, sqlite3.SQLITE_IOERR, sqlite3.SQLITE_READONLY)
