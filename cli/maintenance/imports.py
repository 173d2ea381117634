"""What an operator does with files for one person: import them, list what came, and take the last back."""

from collections.abc import Callable
from contextlib import AbstractContextManager
from functools import partial
from pathlib import Path
from typing import Any

import click
from flask.cli import with_appcontext
from sqlalchemy.orm import Session

from cli.maintenance.opening import find_url, opened, progress
from database import steps
from database.connections import Database
from rules.errors import Invalid
from rules.parsing.fields import get_snowflake
from rules.systems import soft_delete
from rules.transfer import known_switches
from rules.transfer.formats.unpacking.zip_archives import MOST_PACKED
from rules.transfer.import_commit import Result
from rules.transfer.import_plan import Plan
from rules.transfer.past_imports.undo import list_imports, undo_import
from rules.transfer.preview import choices
from rules.transfer.preview.choices import Choices
from rules.transfer.preview.plan_switches import show_day
from rules.transfer.process import running
from rules.transfer.process.work import Asked, Tell, alone, name_system


@click.command("import")
@click.argument("user")
@click.argument("files", nargs=-1, required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--yes", is_flag=True, help="Do not ask.")
@click.option("--open", "opens", is_flag=True, help="Make public what is private here and public in the file.")
@click.option("--front-now", "fronts_now", is_flag=True, help="Who fronts last in the file fronts now.")
@click.option("--add-unknown", "adds_unknown", is_flag=True, help="Make members of who fronts and is not in the file.")
@click.option("--birthdays", "takes_birthdays", is_flag=True, help="Take fields that look like birthdays for them.")
@click.option(
    "--switches",
    type=click.Choice(known_switches.WAYS),
    default=choices.DEFAULT_WAY,
    show_default=True,
    help="Those that would mix with others that are there: all, those before the first, or none.",
)
@with_appcontext
def import_files(user: str, files: tuple[Path, ...], yes: bool, switches: str, **flags: bool) -> None:
    """Import FILES of any app into the system of USER (a Discord ID), after saying what they would change."""
    with opened() as database:
        user_id, chosen = get_snowflake(user), Choices(frozenset(name for name in flags if flags[name]), switches)
        texts = [_read(path) for path in files]
        plan = _perform(database, Asked(user_id, chosen), list(texts))
        _tell(plan, flags)
        if plan.is_empty and not (plan.openings and choices.OPENS in chosen.flags):
            return
        if not yes:
            click.confirm("Import it?", abort=True)
        click.echo(_run(database, Asked(user_id, chosen, True), texts).sentence)


@click.command("imports")
@click.argument("user")
@with_appcontext
def show_imports(user: str) -> None:
    """List what was imported for USER (a Discord ID), the last first."""
    with opened() as database, database.read() as session:
        found = list_imports(session, get_snowflake(user))
        if not found:
            click.echo("Nothing was imported.")
        for one in found:
            numbers = ", ".join(f"{number:,} {name.replace('_', ' ')}" for name, number in one.counts.items() if number)
            click.echo(f"{show_day(one.at)}  {one.app}: {numbers}{'' if one.can_be_undone else ' (stays)'}")


@click.command("import-undo")
@click.argument("user")
@click.option("--yes", is_flag=True, help="Do not ask.")
@with_appcontext
def undo(user: str, yes: bool) -> None:
    """Take the last import of USER (a Discord ID) back."""
    with opened() as database:
        user_id = get_snowflake(user)
        with database.read() as session:
            last = next(iter(list_imports(session, user_id)), None)
        if last and not yes:
            click.confirm(f"Take the import of {show_day(last.at)} from {last.app} back?", abort=True)
        with alone(find_url(), _rule(database.read, name_system, user_id)):
            undone = _rule(database.write, undo_import, user_id, last and last.id)
        _purge(database)
    click.echo("\n".join(undone.sentences))


def _read(path: Path) -> bytes:
    if path.stat().st_size > MOST_PACKED:
        raise Invalid(f"{path.name} is too large: at most {MOST_PACKED:,} bytes.")
    return path.read_bytes()


def _tell(plan: Plan, flags: dict[str, bool]) -> None:
    for sentence in plan.sentences:
        # A name may hold what a terminal takes for a command.
        click.echo("".join(sign if sign.isprintable() else "�" for sign in sentence))
    offers = [text for name, text in choices.find_offers(plan).items() if not flags[name]]
    if offers:
        click.echo("Only where an option says so (see --help):")
        click.echo("\n".join(f"- {text}" for text in offers))


def _run(database: Database, asked: Asked, texts: list[bytes]) -> Result:
    with progress(1, "Switches and fronts") as bar:

        def tell(done: int, total: int) -> None:
            bar.length = max(total, 1)
            bar.update(done - bar.pos)

        try:
            return _perform(database, asked, texts, tell)
        finally:
            _purge(database)


def _perform(
    database: Database, asked: Asked, texts: list[bytes], tell: Tell = lambda done, total: None
) -> Plan | Result:
    read, write = partial(_rule, database.read), partial(_rule, database.write)
    return running.perform(find_url(), read, write, asked, texts, tell, lambda: None)


def _purge(database: Database) -> None:
    """Delete for good what is out of reach, in steps between which others may write."""
    steps.repeat(lambda: _rule(database.write, soft_delete.purge_some))


def _rule(transaction: Callable[[], AbstractContextManager[Session]], rule: Callable[..., Any], *args: Any) -> Any:
    with transaction() as session:
        return rule(session, *args)
