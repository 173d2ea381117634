"""Which file a command opens, and how: it says which, and leaves in the file itself what it wrote."""

import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click
from flask import current_app
from sqlalchemy.engine import make_url

import config as settings
from database import connections, locks
from database.bad_file import BadFile
from database.connections import Database
from database.faults import Locked
from database.upgrade import upgrade
from rules.errors import Refused


def find_settings() -> settings.Config:
    """The settings, with the file of what runs here, such as the tour, unless the environment names one.

    Raises BadSetting, also where several run here and none of them is that of `.env`.
    """
    config = settings.load()
    running = locks.find_running(settings.ROOT / "instance")
    if os.environ.get("DATABASE_URL") or not running or config.database_url in running:
        return config
    if len(running) > 1:
        raise settings.BadSetting(
            f"Several Rollcalls run here; put the one that you mean in front of the command: DATABASE_URL={running[0]}"
            f" (or {', '.join(running[1:])})."
        )
    return settings.load({"DATABASE_URL": running[0]})


def find_url() -> str:
    """Where the commands' file is, as an address."""
    return current_app.config["ROLLCALL"].database_url


def find_file() -> Path:
    """Where the commands' file is."""
    return Path(make_url(find_url()).database)


def say_file() -> None:
    """Say which file a command works on, where it does not come between what the command prints for programs."""
    click.echo(f"Database: {find_file()}", err=True)


@contextmanager
def opened(make: bool = False) -> Iterator[Database]:
    """The file, brought up to date; closed at the end, so that it is whole without its WAL. Only `make` makes one.

    What goes wrong ends the command with one sentence.
    """
    if not make and not find_file().exists():
        raise click.ClickException(f"There is no database at {find_file()}; the first start of Rollcall makes it.")
    say_file()
    url = find_url()
    database = None
    try:
        upgrade(url)
        database = connections.open_database(url)
        yield database
    except BadFile as error:
        raise click.ClickException(str(error)) from None
    except Refused as refusal:
        raise click.ClickException(refusal.sentence) from None
    except Locked:
        raise click.ClickException("The database is busy; try again in a moment.") from None
    finally:
        if database:
            database.close()


def progress(length: int, label: str) -> Any:
    """A bar for what takes long, for a person at a terminal; a timer's mail stays without it."""
    return click.progressbar(length=length, label=label, file=sys.stderr, hidden=not sys.stderr.isatty())
