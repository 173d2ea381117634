"""Statements that run so often that SQLAlchemy's work, each time, would cost more than SQLite's."""

import sqlite3
from collections import namedtuple
from functools import partial
from typing import Any

from sqlalchemy import Delete, Insert, Select, Update
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

# For statements that go to the driver as they are.
DIALECT = sqlite.dialect(paramstyle="named")
# A session, or what `Database.read_inline` gives: compiled queries read by either.
Reader = Session | sqlite3.Connection


class CompiledQuery:
    """A SELECT of columns that have different names, compiled once; its `bindparam`s are given each time it runs."""

    def __init__(self, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=DIALECT)
        self._sql = str(compiled)
        # A parameter that is not given is left out here, so that SQLite misses it.
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}
        columns = statement.selected_columns
        # A row has as many columns as were asked for: `_make`, which counts them, takes twice as long.
        self._row = partial(tuple.__new__, namedtuple("Row", columns.keys()))
        convert = [column.type.dialect_impl(DIALECT).result_processor(DIALECT, None) for column in columns]
        self._convert = [(place, run) for place, run in enumerate(convert) if run]

    def find(self, reader: Reader, **values: Any) -> Any:
        """The first row, with its columns as attributes; None without one. `values` are the parameters."""
        row = self._execute(reader, values).fetchone()
        return None if row is None else self._read(row)

    def all(self, reader: Reader, **values: Any) -> list[Any]:
        """All rows, with their columns as attributes. `values` are the parameters."""
        return list(map(self._read if self._convert else self._row, self._execute(reader, values)))

    def _execute(self, reader: Reader, values: dict[str, Any]) -> sqlite3.Cursor:
        return _raw(reader).execute(self._sql, self._fixed | values)

    def _read(self, found: tuple[Any, ...]) -> Any:
        if not self._convert:
            return self._row(found)
        row = list(found)
        for place, run in self._convert:
            row[place] = run(row[place])
        return self._row(row)


class CompiledWrite:
    """An INSERT, UPDATE or DELETE, compiled once; its `bindparam`s are given each time it runs.

    An INSERT that names no values takes all columns of its table but the row's own number. Rows that a session has
    loaded do not learn of it, nor does what listens to the session.
    """

    def __init__(self, statement: Insert | Update | Delete) -> None:
        table = statement.table
        columns = [column.name for column in table.columns if column is not table.autoincrement_column]
        compiled = statement.compile(dialect=DIALECT, column_keys=columns if statement.is_insert else None)
        self._sql = str(compiled)
        self._fixed = {name: value for name, value in compiled.params.items() if value is not None}

    def run(self, writer: Reader, **values: Any) -> sqlite3.Cursor:
        """Run it with these parameters; the cursor tells `rowcount` and `lastrowid`."""
        return _raw(writer).execute(self._sql, self._fixed | values)


def _raw(reader: Reader) -> sqlite3.Connection:
    if isinstance(reader, sqlite3.Connection):
        return reader
    # What the session was told and has not written yet must be found.
    reader.flush()
    return reader.connection().connection.driver_connection
