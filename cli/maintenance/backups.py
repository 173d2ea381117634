"""Backups: a copy that is whole while both processes write, and putting one in the file's place."""

import contextlib
import os
import re
import shutil
import sqlite3
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext

import config as settings
from cli.maintenance.opening import find_file, opened, progress, say_file
from database import connections, locks
from database.bad_file import OURS, BadFile
from database.faults import is_locked
from database.upgrade import upgrade
from rules import feed
from rules.pictures import kept_files

PAGES_AT_ONCE = 2000
BESIDE = ("", "-wal", "-shm", ".lock", ".bot.lock")


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--keep", type=click.IntRange(min=1), help="Put the time into FILE's name, and keep the N newest of them."
)
@click.option("--force", is_flag=True, help="Write over FILE where it exists.")
@with_appcontext
def backup(file: Path, keep: int | None, force: bool) -> None:
    """Copy the database to FILE, whole and consistent, while both processes go on writing; its pictures beside it."""
    target = file.with_name(f"{file.stem}-{_now()}{file.suffix}") if keep else file
    with opened():
        _check_target(target, force)
        unfinished = target.with_name(target.name + ".unfinished")
        with _removing(unfinished, f"{target} could not be written"):
            pictures = _copy_with_pictures(unfinished, _pictures_of(target))
            os.replace(unfinished, target)
    beside = f" Pictures, in {_pictures_of(target)}: {pictures:,}." if pictures else ""
    click.echo(f"{target}: {target.stat().st_size:,} bytes.{beside}")
    if keep:
        _drop_older(file, keep)


@click.command()
@click.argument("file", type=click.Path(path_type=Path, exists=True, dir_okay=False))
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def restore(file: Path, yes: bool) -> None:
    """Put the backup FILE and its pictures in the database's place; what was there is kept beside it."""
    say_file()
    path = find_file()
    if not yes:
        click.confirm(f"Put {file} in the place of {path}?", abort=True)
    path.parent.mkdir(parents=True, exist_ok=True)
    unfinished = path.with_name(path.name + ".unfinished")
    with _removing(unfinished, f"{file} could not be restored"):
        _copy(file, unfinished)
        _check_is_backup(unfinished)
        upgrade(f"sqlite:///{unfinished}")
        _start_feed_anew(unfinished)
        with locks.held(path):
            _check_stopped(path)
            kept = _set_aside(path)
            os.replace(unfinished, path)
            # Beside those that are here: what nobody uses any more the bot deletes.
            kept_files.copy_all(_pictures_of(file), _pictures_of(path))
    click.echo(f"{path} is now what {file} was." + (f" What was there is {kept}." if kept else ""))


def _now() -> str:
    return datetime.now(UTC).strftime("%Y%m%d-%H%M%S")


def _check_target(target: Path, force: bool) -> None:
    own = find_file()
    if target.is_dir() or target.resolve() in [own.resolve().with_name(own.name + ending) for ending in BESIDE]:
        raise click.ClickException(f"{target} exists already, and is nothing to write over.")
    if target.exists() and not force:
        raise click.ClickException(f"{target} exists already; --force writes over it.")


@contextlib.contextmanager
def _removing(unfinished: Path, what: str) -> Iterator[None]:
    """Leave nothing half done, and say in one sentence what went wrong."""
    try:
        yield
    except (OSError, sqlite3.Error, BadFile) as error:
        raise click.ClickException(f"{what}: {str(error).rstrip('.')}.") from None
    finally:
        for path in (unfinished, unfinished.with_name(unfinished.name + ".lock")):
            with contextlib.suppress(OSError):
                path.unlink()


def _copy(database: Path, target: Path) -> None:
    os.close(os.open(target, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
    with contextlib.closing(sqlite3.connect(database)) as source, contextlib.closing(sqlite3.connect(target)) as copy:
        # One state for all of it: else it would begin again at every write of another process.
        source.isolation_level = None
        source.execute("BEGIN")
        pages = source.execute("PRAGMA page_count").fetchone()[0]
        with progress(pages, "Copying") as bar:
            source.backup(copy, pages=PAGES_AT_ONCE, progress=lambda *_: bar.update(PAGES_AT_ONCE), sleep=0)
        # The copy inherits the WAL mode; without it the backup is one file.
        copy.execute("PRAGMA journal_mode = DELETE")
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the copy fails the integrity check")


def _pictures_of(database: Path) -> Path:
    return kept_files.get_folder(f"sqlite:///{database}")


def _copy_with_pictures(target: Path, pictures: Path) -> int:
    """Copy the database, and each picture that it names; returns how many pictures there are."""
    folder, is_new = _pictures_of(find_file()), not pictures.exists()
    try:
        # Before and after: what the bot deletes or keeps meanwhile is of no other moment than the database.
        kept_files.copy_all(folder, pictures)
        _copy(find_file(), target)
        return kept_files.copy_all(folder, pictures)
    except BaseException:
        if is_new:
            shutil.rmtree(pictures, ignore_errors=True)
        raise


def _drop_older(file: Path, keep: int) -> None:
    dated = re.compile(re.escape(file.stem) + r"-[0-9]{8}-[0-9]{6}" + re.escape(file.suffix))
    found = sorted(path for path in file.parent.iterdir() if dated.fullmatch(path.name))
    for path in found[:-keep]:
        path.unlink()
        shutil.rmtree(_pictures_of(path), ignore_errors=True)
        click.echo(f"{path} deleted.")


def _check_stopped(path: Path) -> None:
    """Raises ClickException where a process has the file open, which would go on with the old one."""
    running = current_app.config["ROLLCALL"].database_url in locks.find_running(settings.ROOT / "instance")
    if running or (path.exists() and _is_open(path)):
        raise click.ClickException(f"Rollcall runs on {path}: stop both processes first.")


def _is_open(path: Path) -> bool:
    with contextlib.closing(sqlite3.connect(path, timeout=1)) as connection:
        try:
            # Only who has it for itself may do that.
            connection.execute("PRAGMA journal_mode = DELETE").fetchall()
        except sqlite3.DatabaseError as error:
            # One that is damaged is what a backup is for.
            return is_locked(error)
    return False


def _check_is_backup(path: Path) -> None:
    with contextlib.closing(sqlite3.connect(path)) as copy:
        names = {name for (name,) in copy.execute("SELECT name FROM sqlite_schema")}
    if not names >= OURS:
        raise sqlite3.DatabaseError("it is no backup of Rollcall's")


def _start_feed_anew(path: Path) -> None:
    """What clients read of another file's feed says nothing about this one's."""
    database = connections.open_database(f"sqlite:///{path}")
    try:
        with database.write() as session:
            feed.start_epoch(session)
    finally:
        database.close()


def _set_aside(path: Path) -> Path | None:
    """Give the old file a second name; its WAL, which is there where the file is damaged, goes with it."""
    if not path.exists():
        return None
    kept = path.with_name(f"{path.stem}-before-{_now()}{path.suffix}")
    try:
        # So that there is a file at every moment.
        os.link(path, kept)
    except OSError:
        shutil.copy2(path, kept)
    for ending in BESIDE[1:3]:
        with contextlib.suppress(FileNotFoundError):
            os.replace(path.with_name(path.name + ending), kept.with_name(kept.name + ending))
    return kept
