"""The layout of the house, and who imports whom."""

import ast
import subprocess
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

import alembic.script
import pytest
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from sqlalchemy import create_engine
from sqlalchemy.pool import NullPool

import config as settings
import models
from database.upgrade import FOLDER, _newest_revision

ROOT = settings.ROOT
TOP_LEVEL = {
    *("app.py", "bot.py", "models.py", "config.py", "requirements.txt", "tests", "instance", "README.md"),
    *("Makefile", "pyproject.toml", "gunicorn.conf.py", ".ci", ".env.example", ".gitignore"),
    *("CHANGELOG.md", "LICENSE", "database", "rules", "web", "cogs", "simulator", "bench", "cli", "deploy", "docs"),
}
OURS = {"config", "models", "database", "rules", "web", "cogs", "app", "bot", "cli", "simulator", "bench", "tests"}
LOWEST = {"config", "models", "database"}
MAY_IMPORT = {
    "config": set(),
    "models": set(),
    "database": {"models", "database"},
    "rules": {*LOWEST, "rules"},
    "web": {*LOWEST, "rules", "web"},
    "cogs": {*LOWEST, "rules", "cogs"},
    "app": {*LOWEST, "rules", "web", "cli"},
    "bot": {*LOWEST, "rules", "cogs"},
    "gunicorn.conf": {*LOWEST, "web", "app"},
    "cli": {*LOWEST, "rules", "web", "cogs", "simulator", "cli", "app", "bot"},
    "simulator": {"simulator"},
    "bench": OURS - {"bot"},
}
# Who may import whom, room by room: a folder's own files are the room of that name, a deeper folder is one of its own.
# A file's name lets that file in and no other of its room.
ROOMS = {
    "database": "models",
    "database.migrations": "models",
    "rules": "models database",
    "rules.parsing": "config rules.errors",
    "rules.dispatch": "models database rules rules.parsing",
    # What a list and a card show of the front; the rest of fronting stands on systems.
    "rules.systems": "models database rules rules.parsing rules.dispatch"
    " rules.fronting.front_history rules.fronting.switches",
    "rules.fronting": "models database rules rules.parsing rules.systems rules.dispatch",
    "rules.groups": "models database rules rules.parsing rules.systems rules.fronting rules.dispatch",
    "rules.account": "models database rules rules.parsing rules.systems rules.dispatch rules.groups"
    " rules.presence.publication",
    "rules.presence": "models database rules rules.parsing rules.account.kv"
    " rules.systems.systems rules.systems.privacy rules.fronting.seen_switches",
    "rules.lanyard": "models database rules rules.parsing rules.account rules.presence",
    "rules.proxying": "models database rules rules.parsing rules.systems rules.fronting rules.dispatch",
    "rules.pictures": "models database rules rules.parsing rules.systems",
    "rules.transfer": "models database rules rules.parsing rules.systems rules.fronting rules.groups rules.dispatch"
    " rules.pictures",
    "cogs.commands": "models database rules rules.parsing rules.systems rules.proxying.guild_config",
    "cogs.gateway": "config rules.parsing",
    "cogs.webhooks": "rules.errors rules.proxying",
    "cogs.outgoing": "rules.parsing",
    "cogs.pictures": "config models database cogs.outgoing rules rules.pictures",
    "cogs.dispatch": "models database cogs.commands cogs.outgoing rules rules.parsing rules.dispatch",
    "cogs.presence": "config models database cogs.commands cogs.gateway rules rules.parsing rules.presence",
    "cogs.account": "config models database cogs.commands cogs.gateway cogs.webhooks cogs.purge"
    " rules rules.parsing rules.account rules.presence rules.lanyard",
    "cogs.transfer": "models database cogs.commands cogs.pictures"
    " rules rules.parsing rules.systems rules.transfer rules.pictures",
    "cogs.fronting": "models database cogs.commands cogs.systems rules rules.parsing rules.systems rules.fronting",
    "cogs.systems": "models database cogs.commands cogs.pictures cogs.dispatch cogs.fronting.front cogs.transfer"
    " rules rules.parsing rules.systems rules.transfer rules.proxying rules.groups rules.presence.fronting",
    "cogs.groups": "models database cogs.commands cogs.systems cogs.fronting"
    " rules rules.parsing rules.systems rules.fronting rules.groups",
    "cogs.proxying": "models database cogs.commands cogs.gateway cogs.webhooks cogs.systems"
    " rules rules.parsing rules.systems rules.proxying",
    "cogs.messages": "models database cogs.commands cogs.gateway cogs.webhooks cogs.systems cogs.proxying"
    " rules rules.parsing rules.systems rules.groups rules.proxying",
    "cogs": "config models database cogs.commands cogs.account cogs.systems cogs.fronting cogs.proxying"
    " cogs.messages cogs.webhooks rules rules.parsing rules.systems rules.fronting rules.proxying"
    " cogs.groups cogs.transfer rules.groups rules.transfer",
    "web": "config models database"
    " rules rules.parsing rules.systems rules.fronting rules.groups rules.account rules.presence rules.proxying"
    " rules.pictures",
    "web.pages": "config models database web rules rules.parsing rules.systems rules.fronting rules.groups"
    " rules.account rules.presence rules.pictures",
    "web.docs": "config web web.pages.frame rules.account.privacy_statement rules.account.stored_data"
    " rules.presence.publication",
    "web.lanyard": "config models database web rules rules.parsing rules.account rules.presence rules.lanyard",
    "web.pluralkit_v2": "models web"
    " rules rules.parsing rules.systems rules.fronting rules.groups rules.account rules.proxying"
    " rules.transfer rules.pictures",
    "web.remote_pictures": "config rules rules.parsing rules.pictures",
    "web.transfer": "models database web rules rules.parsing rules.systems rules.account rules.transfer",
    "web.cards": "models database web rules rules.parsing rules.presence rules.fronting",
    "web.live": "models database web web.pluralkit_v2"
    " rules rules.parsing rules.account rules.presence rules.systems rules.fronting rules.lanyard",
    "web.front": "config database web web.live rules rules.parsing rules.account rules.presence rules.lanyard",
}
IN_ROOMS = {room.split(".")[0] for room in ROOMS}
MOST_FILES, MOST_LINES = 15, 300
# What has happened is added to and never sorted into rooms.
HISTORY = Path("database/migrations/versions")
HOMELESS = {"utils", "util", "helpers", "helper", "common", "core", "base", "constants", "services", "misc"}


def committed() -> list[Path]:
    """What git keeps, as paths from the root."""
    listing = subprocess.run(
        ["git", "-c", f"safe.directory={ROOT}", "ls-files", "--cached", "--others", "--exclude-standard"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    if listing.returncode:
        pytest.skip("this is no git checkout")
    return [Path(line) for line in listing.stdout.splitlines()]


def sources() -> list[Path]:
    """Rollcall's own Python files, without the tests."""
    found = [path for name in MAY_IMPORT for path in [ROOT / f"{name}.py", *(ROOT / name).rglob("*.py")]]
    return [path.relative_to(ROOT) for path in found if path.is_file()]


def part_of(path: Path) -> str:
    return path.parts[0].removesuffix(".py")


def imported(path: Path) -> set[str]:
    """The full names that a file imports, with what it takes out of them."""
    names = set()
    for node in ast.walk(ast.parse((ROOT / path).read_text())):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path} imports relatively"
            names |= {f"{node.module}.{alias.name}" for alias in node.names}
    return names


def module_of(path: Path) -> str:
    parts = path.with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def room_of(path: Path) -> str:
    return ".".join(path.parts[:-1][:2]) or part_of(path)


OWN = {module_of(path): path for path in sources()}
ROOMED = [path for path in sources() if part_of(path) in IN_ROOMS]
FOLDERS = sorted({path.parent for path in sources() if len(path.parts) > 1} - {HISTORY})
# Its `__init__.py` is what others may import of it.
SIMULATED_CLIENT = Path("simulator/client")


def imported_files(path: Path) -> set[str]:
    """The files of ours that a file imports, at whatever place in it, as modules."""
    found = set()
    for name in imported(path):
        while name and name not in OWN:
            name = name.rpartition(".")[0]
        found.add(name)
    return found - {"", module_of(path)}


def test_the_top_level_holds_what_the_design_names_and_nothing_else():
    assert {path.parts[0] for path in committed()} - TOP_LEVEL == set()


def test_nothing_without_an_owner():
    named = {part for path in committed() for part in path.with_suffix("").parts}
    assert named & HOMELESS == set()


def test_every_part_of_the_house_is_looked_at():
    looked_at = {part_of(path) for path in sources()}
    assert looked_at >= {"config", "models", "database", "rules", "web", "cogs", "app", "bot", "cli", "gunicorn.conf"}


@pytest.mark.parametrize("path", sources(), ids=str)
def test_imports_go_one_way(path):
    ours = {name.split(".")[0] for name in imported(path)} & OURS
    assert ours - MAY_IMPORT[part_of(path)] == set()


@pytest.mark.parametrize("path", ROOMED, ids=str)
def test_a_room_imports_what_its_row_names(path):
    room = room_of(path)
    assert room in ROOMS, f"{room} has no row in the table of rooms"
    allowed = {room, *ROOMS[room].split()}
    unwelcome = [module for module in sorted(imported_files(path)) if not {module, room_of(OWN[module])} & allowed]
    assert not unwelcome, "\n".join(f"{path} imports {module}, which {room} may not" for module in unwelcome)


def test_the_table_of_rooms_goes_one_way():
    TopologicalSorter({room: set(row.split()) & set(ROOMS) for room, row in ROOMS.items()}).prepare()


@pytest.mark.parametrize("part", ["rules", "web", "cogs", "database", "simulator", "cli", "bench", "the whole house"])
def test_no_imports_go_round_in_a_circle(part):
    inside = {module: path for module, path in OWN.items() if part in (part_of(path), "the whole house")}
    try:
        TopologicalSorter({m: imported_files(path) & set(inside) for m, path in inside.items()}).prepare()
    except CycleError as error:
        pytest.fail(" is imported by ".join(error.args[1]), pytrace=False)


@pytest.mark.parametrize("folder", FOLDERS, ids=str)
def test_a_room_is_no_heap(folder):
    files = [path for path in sources() if path.parent == folder and path.name != "__init__.py"]
    assert len(files) <= MOST_FILES, f"{folder} has {len(files)} files: which two things are they?"


@pytest.mark.parametrize("path", ROOMED, ids=str)
def test_a_file_is_about_one_thing(path):
    lines = len((ROOT / path).read_text().splitlines())
    assert lines <= MOST_LINES, f"{path} has {lines} lines: which two things are in there?"


@pytest.mark.parametrize("folder", [folder for folder in FOLDERS if folder != SIMULATED_CLIENT], ids=str)
def test_a_room_says_what_it_is_for_and_nothing_else(folder):
    tree = ast.parse((ROOT / folder / "__init__.py").read_text())
    assert ast.get_docstring(tree), f"{folder}/__init__.py does not say what the folder is for"
    assert len(tree.body) == 1, f"{folder}/__init__.py says more than that"


@pytest.mark.parametrize("path", sources(), ids=str)
def test_no_cog_is_reached_through_the_bot(path):
    subscripts = [node for node in ast.walk(ast.parse((ROOT / path).read_text())) if isinstance(node, ast.Subscript)]
    through = [node for node in subscripts if isinstance(node.value, ast.Attribute) and node.value.attr == "cogs"]
    assert not through, "\n".join(f"{path}:{node.lineno} says {ast.unparse(node)}" for node in through)


@pytest.mark.parametrize("path", [path for path in sources() if part_of(path) == "rules"], ids=str)
def test_rules_know_neither_face_and_leave_the_transaction_to_the_caller(path):
    assert {name.split(".")[0] for name in imported(path)} & {"flask", "discord", "requests", "asyncio"} == set()
    called = {
        node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", None)
        for node in ast.walk(ast.parse((ROOT / path).read_text()))
        if isinstance(node, ast.Call)
    }
    assert called & {"commit", "rollback", "begin", "print", "sleep", "urlopen"} == set()


@pytest.mark.parametrize("path", [path for path in sources() if part_of(path) == "rules"], ids=str)
def test_every_public_rule_says_what_it_does(path):
    public = [
        node
        for node in ast.parse((ROOT / path).read_text()).body
        if isinstance(node, (ast.FunctionDef, ast.ClassDef)) and not node.name.startswith("_")
    ]
    assert [node.name for node in public if not ast.get_docstring(node)] == []
    assert [node.name for node in public if isinstance(node, ast.FunctionDef) and not node.returns] == []


def test_only_its_own_room_knows_which_database_it_is():
    dialect = "sqlalchemy.dialects.sqlite"
    knowing = [path for path in sources() if any(name.startswith(dialect) for name in imported(path))]
    assert {part_of(path) for path in knowing} == {"database"}


def test_the_migrations_make_the_tables_of_the_models(url):
    engine = create_engine(url, poolclass=NullPool)
    with engine.connect() as connection:
        differences = compare_metadata(MigrationContext.configure(connection), models.db.metadata)
        references = connection.exec_driver_sql("PRAGMA foreign_key_list(groups)").mappings().all()
    # Of a reference that came with a column, SQLAlchemy does not see what a deletion does.
    added = [one for one in differences if one[0] in ("add_fk", "remove_fk") and "parent_id" in one[1].columns]
    assert [one for one in differences if one not in added] == []
    assert ("parent_id", "groups", "SET NULL") in {(one["from"], one["table"], one["on_delete"]) for one in references}


def test_migrations_are_named_by_their_revision():
    scripts = alembic.script.ScriptDirectory(str(FOLDER))
    names = {Path(script.path).name.partition("_")[0]: script.revision for script in scripts.walk_revisions()}
    assert all(name == revision for name, revision in names.items())
    assert _newest_revision() == scripts.get_current_head()
