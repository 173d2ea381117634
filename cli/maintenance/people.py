"""What an operator does for one person: a token, everything that is stored, and deleting it."""

import json
import time
from collections.abc import Callable
from typing import Any

import click
from flask.cli import with_appcontext

from cli.maintenance.opening import opened, progress
from database.connections import Database
from rules.account import erasure, tokens
from rules.parsing.fields import get_snowflake
from rules.systems import soft_delete
from rules.transfer.person_exporter import export_person

# Both processes ask for the lock every 100 ms; in a shorter pause they could miss every one.
PAUSE_S = 0.15


@click.command()
@click.argument("user")
@with_appcontext
def token(user: str) -> None:
    """Make a new token for USER (a Discord ID) and print it; an older one stops working."""
    with opened() as database:
        user_id = get_snowflake(user)
        with database.read() as session:
            known = erasure.is_stored(session, user_id)
        made = tokens.make_token(user_id)
        _write(database, tokens.store_token, user_id, tokens.hash_token(made))
    if not known:
        click.echo(f"Nobody here has the ID {user_id}, so this token opens nothing yet: is it right?", err=True)
    click.echo(made)


@click.command("export-user")
@click.argument("user")
@with_appcontext
def export_user(user: str) -> None:
    """Print everything that is stored about USER (a Discord ID), as JSON; of the token only that there is one."""
    with opened() as database, database.read() as session:
        click.echo(json.dumps(export_person(session, get_snowflake(user)), ensure_ascii=False, indent=2))


@click.command()
@click.argument("user")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def forget(user: str, yes: bool) -> None:
    """Delete everything stored about USER (a Discord ID), as `.forget` does; it cannot be undone."""
    with opened() as database:
        user_id = get_snowflake(user)
        if not yes:
            click.confirm(f"Delete everything stored about {user_id}, a system of that person alone too?", abort=True)
        _forget(database, user_id)
        gone = database.empty_wal()
    click.echo(f"Everything about {user_id} is deleted, and nothing is stored again until that person asks for it.")
    if not gone:
        raise click.ClickException("Its traces are still in the -wal, which is in use: run this again in a moment.")


def _forget(database: Database, user_id: int) -> None:
    """In steps between which others may write."""
    with database.read() as session:
        messages = erasure.count_messages(session, user_id)
    with progress(messages, "Messages") as bar:
        while _write(database, erasure.forget_some_messages, user_id):
            bar.update(soft_delete.ROWS_AT_ONCE)
            time.sleep(PAUSE_S)
    _write(database, erasure.forget, user_id)
    while _write(database, soft_delete.purge_some):
        time.sleep(PAUSE_S)


def _write(database: Database, rule: Callable[..., Any], *args: Any) -> Any:
    with database.write() as session:
        return rule(session, *args)
