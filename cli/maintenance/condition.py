"""How the file is: its schema, how much is in it, and whether all of it is sound."""

import click
from flask import current_app
from flask.cli import with_appcontext
from sqlalchemy import func, select, text
from sqlalchemy.orm import Session

import config as settings
import models
from cli.maintenance.opening import opened, progress
from database.connections import schema_version
from rules.presence import home_guild
from rules.presence.health import get_health
from rules.systems.soft_delete import is_within_reach

DISCORD = "https://discord.com/api/v10"
MOST_SHOWN = 5


@click.command()
@with_appcontext
def upgrade() -> None:
    """Bring the database up to date; both processes do so themselves when they start."""
    with opened(make=True) as database, database.read() as session:
        click.echo(f"The database is at schema {schema_version(session)}.")


@click.command()
@with_appcontext
def stats() -> None:
    """Print how much is stored, and how the bot is."""
    with opened() as database, database.read() as session:
        health = get_health(session)
        rows = {
            "published users": health["published"],
            "hidden users": _count(session, models.OptOut),
            "users with a token": _count(session, models.Token),
            "key/value pairs": _count(session, models.KeyValue),
            "GitHub accounts": _count(session, models.GitHub),
            "systems": _count(session, models.System),
            "members": _count(session, models.Member),
            "switches": _count(session, models.Switch),
            "proxied messages": _count(session, models.Message),
            "home server": home_guild.get_home(session) or "not known yet",
            "bot": health["status"],
            "schema": health["database"]["schema"],
        }
    for name, value in rows.items():
        click.echo(f"{name:20} {value}")


def _count(session: Session, table: type[models.Base]) -> int:
    return session.scalar(select(func.count()).select_from(table))


@click.command()
@with_appcontext
def check() -> None:
    """Check the file, the settings, the bot and the way to Discord; ends with 1 where something is wrong."""
    config = current_app.config["ROLLCALL"]
    with opened() as database, database.read() as session:
        found = {
            "integrity": _find_damage(session),
            "orphans": _find_orphans(session),
            "bot": _find_bot_problems(session),
        }
        click.echo(f"{'schema':10} {schema_version(session)}")
    found["Discord"] = _find_discord_problems(config)
    for name, problems in found.items():
        click.echo(f"{name:10} {problems[0] if problems else 'ok'}")
        for problem in problems[1:MOST_SHOWN]:
            click.echo(f"{'':10} {problem}")
    for warning in settings.find_warnings(config) or ["ok"]:
        click.echo(f"{'settings':10} {warning}")
    if any(found.values()):
        raise click.exceptions.Exit(1)


def _find_damage(session: Session) -> list[str]:
    tables = session.scalars(text("SELECT name FROM sqlite_schema WHERE type = 'table'")).all()
    found = []
    with progress(len(tables), "Reading") as bar:
        for table in tables:
            found += session.scalars(text(f"PRAGMA integrity_check('{table}')")).all()
            bar.update(1)
    return [line for line in found if line != "ok"]


def _find_orphans(session: Session) -> list[str]:
    rows = session.execute(text('SELECT "table", count(*) FROM pragma_foreign_key_check GROUP BY 1'))
    found = [f"{number} rows of {table} belong to nothing" for table, number in rows]
    owned = select(models.Account.system_id)
    unowned = select(func.count()).select_from(models.System).where(is_within_reach(models.System.hid))
    if number := session.scalar(unowned.where(models.System.id.not_in(owned))):
        found.append(f"{number} systems have no account that could reach them")
    return found


def _find_bot_problems(session: Session) -> list[str]:
    health = get_health(session)
    told = (None if health["status"] == "ok" else health["status"], health["bot"]["problem"])
    return [problem for problem in told if problem]


def _find_discord_problems(config: settings.Config) -> list[str]:
    if not config.discord_token:
        return ["DISCORD_TOKEN is not set, so nothing was asked"]
    # Not at the top: each worker of the web side would carry it.
    import requests

    try:
        answer = requests.get(
            f"{config.discord_api_base or DISCORD}/users/@me",
            headers={"Authorization": f"Bot {config.discord_token}"},
            timeout=10,
        )
    except requests.RequestException as error:
        # Its text may carry the whole address.
        return [f"Discord cannot be reached: {type(error).__name__}"]
    if answer.status_code == 401:
        return ["Discord refuses DISCORD_TOKEN"]
    return [] if answer.ok else [f"Discord answers {answer.status_code}"]
