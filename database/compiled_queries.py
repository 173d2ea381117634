"""Statements that run so often that SQLAlchemy's work, each time, would cost more than SQLite's."""

import sqlite3
from collections import namedtuple
from functools import partial
from typing import Any

from sqlalchemy import Select, Table, insert
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
        connection = reader if isinstance(reader, sqlite3.Connection) else _raw(reader)
        return connection.execute(self._sql, self._fixed | values)

    def _read(self, found: tuple[Any, ...]) -> Any:
        if not self._convert:
            return self._row(found)
        row = list(found)
        for place, run in self._convert:
            row[place] = run(row[place])
        return self._row(row)


class CompiledInsert:
    """An INSERT of a row with all its columns but the row's own number, compiled once."""

    def __init__(self, table: Table) -> None:
        columns = [column.name for column in table.columns if column.name != "id"]
        self._sql = str(insert(table).compile(dialect=DIALECT, column_keys=columns))

    def run(self, writer: Reader, **values: Any) -> int:
        """Add a row; its number."""
        connection = writer if isinstance(writer, sqlite3.Connection) else _raw(writer)
        return connection.execute(self._sql, values).lastrowid


def _raw(session: Session) -> sqlite3.Connection:
    # What the session was told and has not written yet must be found.
    session.flush()
    return session.connection().connection.driver_connection
