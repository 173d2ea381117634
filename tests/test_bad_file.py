"""Whatever DATABASE_URL may name: what is not Rollcall's is refused, and left exactly as it was."""

import os
import shutil
import sqlite3

import pytest

from database.bad_file import APPLICATION_ID, MAY_PASS, OURS, BadFile, check_is_ours
from database.upgrade import upgrade


def of(folder):
    """Everything in a folder: name → bytes, mode and time of the last change."""
    return {file.name: (file.read_bytes(), file.stat().st_mode, file.stat().st_mtime_ns) for file in folder.iterdir()}


def with_sql(*statements):
    def make(path):
        connection = sqlite3.connect(path, isolation_level=None)
        for statement in statements:
            connection.execute(statement).fetchall()
        connection.close()

    return make


def killed(*statements):
    """Everything stands in the WAL, as where another program was killed."""

    def make(path):
        made = path.with_name("elsewhere.db")
        connection = sqlite3.connect(made, isolation_level=None)
        for statement in ("PRAGMA journal_mode = WAL", *statements):
            connection.execute(statement).fetchall()
        shutil.copy(made, path)
        shutil.copy(f"{made}-wal", f"{path}-wal")
        connection.close()
        made.unlink()

    return make


OTHERS = {
    "a browser's history": with_sql("CREATE TABLE urls (url TEXT)", "INSERT INTO urls VALUES ('x')"),
    "in WAL mode": with_sql("PRAGMA journal_mode = WAL", "CREATE TABLE urls (url TEXT)"),
    "killed": killed("CREATE TABLE urls (url TEXT)"),
    "a view alone": with_sql("CREATE VIEW one AS SELECT 1"),
    "another program with Alembic": with_sql(
        "CREATE TABLE alembic_version (version_num TEXT)", "INSERT INTO alembic_version VALUES ('0001')"
    ),
    "another program with a table of that name": with_sql("CREATE TABLE presence (id)", "CREATE TABLE kv (id)"),
}


@pytest.mark.parametrize("kind", OTHERS)
def test_another_programs_file_is_left_exactly_as_it_was(tmp_path, kind):
    path = tmp_path / "theirs.db"
    OTHERS[kind](path)
    path.chmod(0o644)
    before = of(tmp_path)
    with pytest.raises(BadFile, match=r"theirs\.db belongs to another program and was left as it is; give "):
        upgrade(f"sqlite:///{path}")
    assert of(tmp_path) == before


def test_a_text_file_is_left_exactly_as_it_was(tmp_path):
    (tmp_path / "diary.txt").write_text("Dear diary, " * 100)
    before = of(tmp_path)
    with pytest.raises(BadFile, match=r"diary\.txt cannot be opened: file is not a database\.$"):
        upgrade(f"sqlite:///{tmp_path}/diary.txt")
    assert of(tmp_path) == before


def test_what_holds_nothing_becomes_ours(tmp_path):
    (tmp_path / "touched.db").touch()
    with_sql("VACUUM")(tmp_path / "empty.db")
    for name in ("touched.db", "empty.db", "missing.db"):
        upgrade(f"sqlite:///{tmp_path}/{name}")
        check_is_ours(tmp_path / name)


def test_our_own_file_is_known_where_all_of_it_stands_in_the_wal(tmp_path):
    killed(*(f"CREATE TABLE {name} (id)" for name in OURS))(tmp_path / "rollcall.db")
    check_is_ours(tmp_path / "rollcall.db")


def test_our_own_file_is_known_in_the_middle_of_a_checkpoint(tmp_path, database_file):
    """As after a kill, or on a full disk: only the first page has come from the WAL."""
    torn = tmp_path / "rollcall.db"
    torn.write_bytes(database_file.read_bytes()[:4096])
    with pytest.raises(sqlite3.DatabaseError):
        with_sql("SELECT * FROM sqlite_schema")(torn)
    check_is_ours(torn)


def test_a_file_from_before_files_were_signed_is_known_and_signed(tmp_path, database_file):
    older = shutil.copy(database_file, tmp_path / "older.db")
    with_sql("PRAGMA application_id = 0")(older)
    upgrade(f"sqlite:///{older}")
    connection = sqlite3.connect(older)
    assert connection.execute("PRAGMA application_id").fetchone() == (APPLICATION_ID,)
    connection.close()


def test_our_own_file_is_known_by_any_name(tmp_path, database_file):
    shutil.copy(database_file, tmp_path / "what? 100% #1.db")
    check_is_ours(tmp_path / "what? 100% #1.db")


@pytest.fixture
def somebody_else(tmp_path):
    """Run something as a user who is not root, in a folder of that user's; the exit code."""
    if os.geteuid():
        pytest.skip("only root can be somebody else")
    for folder in (tmp_path, *tmp_path.parents[:3]):
        folder.chmod(0o755)
    os.chown(tmp_path, 65534, 65534)

    def run(function):
        child = os.fork()
        if not child:
            try:
                os.setgid(65534)
                os.setuid(65534)
                function()
            except BadFile as refused:
                os._exit(refused.exit_code)
            except BaseException:
                os._exit(99)
            os._exit(0)
        return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])

    return run


def test_what_root_made_in_a_users_folder_does_not_keep_the_user_out(tmp_path, somebody_else):
    """As after `sudo flask --app app stats`, before the service ever started."""
    upgrade(f"sqlite:///{tmp_path}/rollcall.db")
    assert somebody_else(lambda: upgrade(f"sqlite:///{tmp_path}/rollcall.db")) == 0


def test_a_file_of_another_owner_is_refused_for_as_long_as_that_lasts(tmp_path, somebody_else):
    upgrade(f"sqlite:///{tmp_path}/rollcall.db")
    os.chown(tmp_path / "rollcall.db", 0, 0)
    assert somebody_else(lambda: upgrade(f"sqlite:///{tmp_path}/rollcall.db")) == MAY_PASS
