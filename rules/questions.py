"""SELECTs that are asked so often that SQLAlchemy's work at each asking would cost more than SQLite's."""

import sqlite3
from collections import namedtuple
from typing import Any

from sqlalchemy import Select
from sqlalchemy.dialects import sqlite
from sqlalchemy.orm import Session

# A session, or what `glance` gives.
Reader = Session | sqlite3.Connection
_DIALECT = sqlite.dialect(paramstyle="named")


class Question:
    """A SELECT of columns that have different names, compiled once; `bindparam`s name what each asking fills in."""

    def __init__(self, statement: Select[Any]) -> None:
        compiled = statement.compile(dialect=_DIALECT)
        self._sql, self._fixed = str(compiled), compiled.params
        columns = statement.selected_columns
        self._row = namedtuple("Row", columns.keys())
        convert = [column.type.dialect_impl(_DIALECT).result_processor(_DIALECT, None) for column in columns]
        self._convert = [(place, run) for place, run in enumerate(convert) if run]

    def find(self, reader: Reader, **values: Any) -> Any:
        """The first row, with its columns as attributes; None without one."""
        connection = reader if isinstance(reader, sqlite3.Connection) else _raw(reader)
        found = connection.execute(self._sql, self._fixed | values).fetchone()
        if found is None:
            return None
        row = list(found)
        for place, run in self._convert:
            row[place] = run(row[place])
        return self._row._make(row)


def _raw(session: Session) -> sqlite3.Connection:
    return session.connection().connection.driver_connection
