"""The maintenance commands of `flask --app app`: upgrade, token, backup, stats."""

import contextlib
import os
import sqlite3
from pathlib import Path

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select
from sqlalchemy.engine import make_url

import models
from database import connections
from models import db
from rules.account import tokens
from rules.errors import Refused
from rules.parsing import fields
from rules.presence import home_guild
from rules.presence.health import get_health


@click.command()
@with_appcontext
def upgrade() -> None:
    """Bring the database up to date; both processes do so themselves when they start."""
    click.echo(f"The database is at schema {connections.schema_version(db.session)}.")


@click.command()
@click.argument("user")
@with_appcontext
def token(user: str) -> None:
    """Make a new token for USER (a Discord ID) and print it; an older one stops working."""
    try:
        user_id = fields.get_snowflake(user)
    except Refused as refusal:
        raise click.ClickException(refusal.sentence) from None
    made = tokens.make_token(user_id)
    try:
        with current_app.extensions["database"].write() as session:
            tokens.store_token(session, user_id, tokens.hash_token(made))
    except connections.Locked:
        raise click.ClickException("The database is busy; try again in a moment.") from None
    click.echo(made)


@click.command()
@click.argument("file", type=click.Path(path_type=Path))
@with_appcontext
def backup(file: Path) -> None:
    """Copy the database to FILE, whole and consistent, while both processes go on writing."""
    unfinished = file.with_name(file.name + ".unfinished")
    try:
        if file.exists():
            raise click.ClickException(f"{file} exists already.")
        os.close(os.open(unfinished, os.O_RDWR | os.O_CREAT | os.O_TRUNC, 0o600))
        _copy(make_url(current_app.config["ROLLCALL"].database_url).database, unfinished)
        os.replace(unfinished, file)
    except (OSError, sqlite3.Error) as error:
        with contextlib.suppress(OSError):
            unfinished.unlink()
        raise click.ClickException(f"{file} could not be written: {error}.") from None
    click.echo(f"{file}: {file.stat().st_size:,} bytes.")


def _copy(database: str, target: Path) -> None:
    source, copy = sqlite3.connect(database), sqlite3.connect(target)
    try:
        with copy:
            source.backup(copy)
        # The copy inherits the WAL mode; without it the backup is one file.
        copy.execute("PRAGMA journal_mode = DELETE")
        if copy.execute("PRAGMA integrity_check").fetchone() != ("ok",):
            raise sqlite3.DatabaseError("the copy fails the integrity check")
    finally:
        copy.close()
        source.close()


@click.command()
@with_appcontext
def stats() -> None:
    """Print how much is stored, and how the bot is."""
    health = get_health(db.session)
    rows = {
        "published users": health["published"],
        "hidden users": _count(models.OptOut),
        "users with a token": _count(models.Token),
        "key/value pairs": _count(models.KeyValue),
        "GitHub accounts": _count(models.GitHub),
        "systems": _count(models.System),
        "members": _count(models.Member),
        "switches": _count(models.Switch),
        "proxied messages": _count(models.Message),
        "home server": home_guild.get_home(db.session) or "not known yet",
        "bot": health["status"],
        "schema": health["database"]["schema"],
    }
    for name, value in rows.items():
        click.echo(f"{name:20} {value}")


def _count(table: type[models.Base]) -> int:
    return db.session.scalar(select(func.count()).select_from(table))
