"""Bringing the file to the schema of this Rollcall."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from sqlalchemy import create_engine
from sqlalchemy.engine import make_url
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from database import locks
from database.bad_file import APPLICATION_ID, MAY_PASS, BadFile, check_is_ours
from database.engines import open_for_reading, open_for_writing

FOLDER = Path(__file__).resolve().parent / "migrations"


def upgrade(url: str) -> None:
    """Create the file or bring an older one up to date; both processes may call this at once.

    Raises BadFile when the file cannot be written, is no database, or was made by a newer Rollcall or another program;
    what is not Rollcall's is left exactly as it was.
    """
    path = Path(make_url(url).database)
    with told_as_bad_file(path):
        check_is_ours(path)
        path.parent.mkdir(parents=True, exist_ok=True)
        # Whoever comes second waits here, and then finds nothing to do; SQLite's own lock would give up after 5 s.
        with locks.held(path):
            # SQLite would make it readable for everybody on the machine; its WAL takes the file's mode.
            os.close(locks.open_beside(path, 0o600))
            _migrate(url)
            _sign(url)


@contextmanager
def told_as_bad_file(path: Path) -> Iterator[None]:
    """Turn what the system or SQLite says of the file into BadFile's one sentence."""
    try:
        yield
    except OSError as error:
        raise BadFile(f"The database {path} cannot be written: {error.strerror}.", MAY_PASS) from None
    except DatabaseError as error:
        raise BadFile(f"The database {path} cannot be opened: {error.orig}.", MAY_PASS) from None
    except sqlite3.DatabaseError as error:
        raise BadFile(f"The database {path} cannot be opened: {error}.") from None


def _migrate(url: str) -> None:
    revision = _revision(url)
    if revision == _newest_revision():
        return
    # Only where there is something to do: it would stay in the process's memory for good.
    import alembic.command
    import alembic.config
    from alembic.script import ScriptDirectory

    settings = alembic.config.Config()
    settings.set_main_option("script_location", str(FOLDER))
    if revision not in {None, *(script.revision for script in ScriptDirectory.from_config(settings).walk_revisions())}:
        raise BadFile(
            f"The database {make_url(url).database} was made by a newer Rollcall (schema {revision});"
            " update this one, or restore a backup."
        )
    engine = create_engine(url, poolclass=NullPool)
    # Batch migrations drop and refill tables; enforced foreign keys would cascade into other tables.
    open_for_writing(engine, "FULL", foreign_keys="OFF")
    with engine.begin() as connection:
        settings.attributes["connection"] = connection
        alembic.command.upgrade(settings, "head")


def _sign(url: str) -> None:
    """Write whose file it is into its header; one that is full or locked for long is signed another time."""
    engine = create_engine(url, poolclass=NullPool)
    open_for_writing(engine, "FULL")
    with suppress(DatabaseError), engine.connect() as connection:
        signed = connection.connection.driver_connection.execute("PRAGMA application_id").fetchone()[0]
        if signed != APPLICATION_ID:
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
            connection.commit()


def _newest_revision() -> str:
    """Migrations are named by their revision, and each follows the one before."""
    return max(path.name.partition("_")[0] for path in (FOLDER / "versions").glob("[0-9]*_*.py"))


def _revision(url: str) -> str | None:
    """The schema that the file has, read without waiting for whoever writes; None before the first migration."""
    engine = create_engine(url, poolclass=NullPool, isolation_level="AUTOCOMMIT")
    open_for_reading(engine)
    with engine.connect() as connection:
        if not connection.exec_driver_sql("SELECT 1 FROM sqlite_schema WHERE name = 'alembic_version'").first():
            return None
        return connection.exec_driver_sql("SELECT version_num FROM alembic_version").scalar()
