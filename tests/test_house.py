"""The layout of the house, and who imports whom."""

import ast
import subprocess
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
    *("CHANGELOG.md", "LICENSE", "database", "rules", "web", "cogs", "simulator", "bench", "cli", "deploy"),
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
    "cli": {*LOWEST, "rules", "web", "simulator", "cli", "app", "bot"},
    "simulator": {"simulator"},
    "bench": OURS - {"bot"},
}
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
    assert differences == []


def test_migrations_are_named_by_their_revision():
    scripts = alembic.script.ScriptDirectory(str(FOLDER))
    names = {Path(script.path).name.partition("_")[0]: script.revision for script in scripts.walk_revisions()}
    assert all(name == revision for name, revision in names.items())
    assert _newest_revision() == scripts.get_current_head()
