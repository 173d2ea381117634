"""The doors to the file: nothing is lost, nothing is half done, and a file that cannot be used says why."""

import multiprocessing
import os
import shutil
import signal
import sqlite3
import stat
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import alembic.command
import alembic.config
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.exc import OperationalError
from sqlalchemy.pool import NullPool

import models
from models import BadFile, Locked, Pair, Presence
from rules import kv, members, presence, systems, tokens
from rules.versions import version_of

ALICE, BOB = 80351110224678912, 80351110224678913
SPAWN = multiprocessing.get_context("spawn")
TIMES = 400


def count_up(url: str) -> None:
    doors = models.open_doors(url)
    for _ in range(TIMES):
        with doors.write() as session:
            kv.set_value(session, ALICE, "visits", str(int(kv.get_value(session, ALICE, "visits")) + 1))
    doors.close()


def upgrade_together(url: str, barrier) -> None:
    barrier.wait()
    models.upgrade(url)


def in_processes(target, *args, times=2):
    """Run it in some processes at once; their exit codes."""
    running = [SPAWN.Process(target=target, args=args) for _ in range(times)]
    for process in running:
        process.start()
    for process in running:
        process.join()
    return [process.exitcode for process in running]


def test_two_processes_that_count_to_400_together_reach_800(url, read, write):
    write(kv.set_value, ALICE, "visits", "0")
    assert in_processes(count_up, url) == [0, 0]
    assert read(kv.get_value, ALICE, "visits") == str(2 * TIMES)


def die_in_the_middle(url: str) -> None:
    with models.open_doors(url).write() as session:
        kv.set_value(session, ALICE, "visits", "many")
        session.flush()
        os.kill(os.getpid(), signal.SIGKILL)


def test_a_process_that_is_killed_while_it_writes_leaves_nothing_half_done(impatient, url, read, write):
    write(kv.set_value, ALICE, "visits", "0")
    assert in_processes(die_in_the_middle, url, times=1) == [-signal.SIGKILL]
    assert read(kv.get_value, ALICE, "visits") == "0"
    write(kv.set_value, ALICE, "visits", "1")
    assert read(lambda session: session.execute(text("PRAGMA integrity_check")).scalar_one()) == "ok"


@pytest.fixture
def impatient(monkeypatch):
    """Doors opened from now on wait 20 ms for the lock."""
    monkeypatch.setattr(models, "LOCK_WAIT_MS", 20)


@pytest.mark.parametrize("door", ["write", "write_presence"])
def test_a_second_writer_is_told_that_the_file_is_locked(impatient, url, doors, door):
    other = models.open_doors(url)
    with doors.write() as session:
        kv.set_value(session, ALICE, "city", "Bern")
        with pytest.raises(Locked), getattr(other, door)():
            pass
    with getattr(other, door)() as session:
        assert kv.get_value(session, ALICE, "city") == "Bern"
    other.close()


def test_a_read_never_waits_for_a_writer(impatient, url, doors):
    other = models.open_doors(url)
    with doors.write() as writing:
        kv.set_value(writing, ALICE, "city", "Bern")
        with other.read() as session:
            assert kv.get_pairs(session, ALICE) == {}
    other.close()


def test_a_threads_own_connection_reads_without_a_transaction_and_goes_with_the_thread(doors, write):
    def look():
        own = doors.own_connection()
        assert own is doors.own_connection()
        with doors.glance() as same:
            assert (same is own, own.in_transaction) == (True, True)
        assert own.execute("SELECT count(*) FROM kv").fetchone() == (0,)
        write(kv.set_value, ALICE, "city", "Bern")
        assert (own.execute("SELECT count(*) FROM kv").fetchone(), own.in_transaction) == ((1,), False)
        return own

    with ThreadPoolExecutor(1) as pool:
        own = pool.submit(look).result()
        assert own.execute("SELECT count(*) FROM kv").fetchone() == (1,)
    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        own.execute("SELECT count(*) FROM kv")


def test_a_long_read_stops_no_writer(impatient, database, read, write):
    reader = sqlite3.connect(database, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM kv").fetchall()
    write(kv.set_value, ALICE, "city", "Bern")
    assert read(kv.get_value, ALICE, "city") == "Bern"
    assert reader.execute("SELECT count(*) FROM kv").fetchone() == (0,)
    reader.close()


def test_all_statements_of_a_read_see_one_state_and_the_next_read_the_newest(doors, write):
    with doors.read() as session:
        assert kv.get_pairs(session, ALICE) == {}
        write(kv.set_value, ALICE, "city", "Bern")
        assert kv.get_pairs(session, ALICE) == {}
    with doors.read() as session:
        assert kv.get_pairs(session, ALICE) == {"city": "Bern"}


def test_the_read_door_does_not_write(doors, read, write):
    write(kv.set_value, ALICE, "city", "Bern")
    with doors.read() as session, pytest.raises(OperationalError, match="readonly"):
        kv.clear_pairs(session, ALICE)
    with doors.read() as session:
        kv.set_value(session, ALICE, "river", "Aare")
        with pytest.raises(OperationalError, match="readonly"):
            session.flush()
    assert read(kv.get_pairs, ALICE) == {"city": "Bern"}


def test_nor_does_a_threads_own_connection(doors):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        doors.own_connection().execute("DELETE FROM kv")


def fail_in_the_middle(door):
    with door() as session:
        kv.set_value(session, ALICE, "city", "Basel")
        kv.set_value(session, BOB, "city", "Basel")
        session.flush()
        tokens.store_token(session, BOB, str(1 / 0))


def fail_at_the_end(door):
    with door() as session:
        kv.set_value(session, ALICE, "city", "Basel")
        session.commit = lambda: 1 / 0


@pytest.mark.parametrize("fail", [fail_in_the_middle, fail_at_the_end])
@pytest.mark.parametrize("door", ["write", "write_presence"])
def test_whoever_fails_has_changed_nothing_and_gives_the_lock_back(doors, read, write, door, fail):
    write(kv.set_value, ALICE, "city", "Bern")
    with pytest.raises(ZeroDivisionError):
        fail(getattr(doors, door))
    write(kv.set_value, BOB, "city", "Chur")
    assert read(kv.get_pairs, ALICE) == {"city": "Bern"}
    assert read(kv.get_pairs, BOB) == {"city": "Chur"}


@pytest.mark.parametrize(
    ("door", "synchronous", "query_only"),
    [("read", None, 1), ("write", 2, 0), ("write_presence", 1, 0)],
)
def test_each_door_has_the_pragmas_of_the_design(doors, door, synchronous, query_only):
    def pragma(name):
        return session.execute(text(f"PRAGMA {name}")).scalar_one()

    with getattr(doors, door)() as session:
        assert pragma("journal_mode") == "wal"
        assert pragma("busy_timeout") == 5000
        assert pragma("journal_size_limit") == models.WAL_LIMIT_BYTES
        assert pragma("query_only") == query_only
        if synchronous:
            assert pragma("synchronous") == synchronous
            assert pragma("foreign_keys") == 1


def test_the_apps_doors_are_the_same(make_app):
    app = make_app()
    with app.app_context():
        assert models.db.session.execute(text("PRAGMA query_only")).scalar_one() == 1
    with app.extensions["doors"].write() as session:
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2
    with app.extensions["doors"].write_presence() as session:
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 1


def test_nobody_else_on_the_machine_can_read_the_file(tmp_path):
    before = os.umask(0)
    try:
        models.upgrade(f"sqlite:///{tmp_path}/deep/down/rollcall.db")
        doors = models.open_doors(f"sqlite:///{tmp_path}/deep/down/rollcall.db")
        with doors.write() as session:
            kv.set_value(session, ALICE, "city", "Bern")
        files = {f.name: stat.S_IMODE(f.stat().st_mode) for f in (tmp_path / "deep/down").iterdir() if f.stat().st_size}
        doors.close()
    finally:
        os.umask(before)
    assert files == {"rollcall.db": 0o600, "rollcall.db-wal": 0o600, "rollcall.db-shm": 0o600}


def test_three_processes_may_start_at_once_on_no_file(tmp_path):
    url = f"sqlite:///{tmp_path}/rollcall.db"
    assert in_processes(upgrade_together, url, SPAWN.Barrier(3), times=3) == [0, 0, 0]
    doors = models.open_doors(url)
    with doors.read() as session:
        assert models.schema_version(session)
        assert presence.get_stored_ids(session) == set()
    doors.close()


def test_an_upgrade_of_an_up_to_date_file_changes_nothing(url, database, read, write):
    write(kv.set_value, ALICE, "city", "Bern")
    before = dump(database)
    models.upgrade(url)
    assert dump(database) == before
    assert read(kv.get_value, ALICE, "city") == "Bern"


def dump(database: Path) -> list[str]:
    connection = sqlite3.connect(database)
    lines = list(connection.iterdump())
    connection.close()
    return lines


def execute(database: Path, *statements: str) -> None:
    connection = sqlite3.connect(database)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def test_a_file_of_a_newer_rollcall_is_refused_and_left_alone(url, database):
    execute(database, "UPDATE alembic_version SET version_num = '9999'")
    before = dump(database)
    with pytest.raises(BadFile, match=r"was made by a newer Rollcall \(schema 9999\); update this one"):
        models.upgrade(url)
    assert dump(database) == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary, " * 100)
    with pytest.raises(BadFile, match=r"diary\.txt cannot be opened: file is not a database\.$"):
        models.upgrade(f"sqlite:///{diary}")
    assert diary.read_text() == "Dear diary, " * 100


def below_a_file(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "folder" / "rollcall.db"


def in_a_file(tmp_path: Path) -> Path:
    (tmp_path / "file").write_text("")
    return tmp_path / "file" / "rollcall.db"


def at_a_folder(tmp_path: Path) -> Path:
    (tmp_path / "rollcall.db").mkdir()
    return tmp_path / "rollcall.db"


def with_a_folder_for_a_lock(tmp_path: Path) -> Path:
    (tmp_path / "rollcall.db.lock").mkdir()
    return tmp_path / "rollcall.db"


@pytest.mark.parametrize("place", [below_a_file, in_a_file, at_a_folder, with_a_folder_for_a_lock])
def test_a_place_where_no_file_can_be_is_refused_in_one_sentence(tmp_path, place):
    path = place(tmp_path)
    with pytest.raises(BadFile) as refused:
        models.upgrade(f"sqlite:///{path}")
    sentence = str(refused.value)
    assert sentence.startswith(f"The database {path} cannot be written: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.fixture
def next_migration(tmp_path, monkeypatch):
    """Add a migration after the newest; it creates a table and then does as told."""
    folder = tmp_path / "migrations"
    shutil.copytree(models.MIGRATIONS, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(models, "MIGRATIONS", folder)
    newest = max(path.stem.split("_")[0] for path in (folder / "versions").glob("*.py"))

    def add(*lines):
        (folder / "versions" / "9000_next.py").write_text(
            f"from alembic import op\nimport sqlalchemy as sa\nrevision = '9000'\ndown_revision = {newest!r}\n"
            "def upgrade():\n    op.create_table('extra', sa.Column('id', sa.Integer, primary_key=True))\n"
            + "".join(f"    {line}\n" for line in lines)
        )

    return add


def migrate_to(url: str, revision: str) -> None:
    """A file as a Rollcall of that schema would have made it."""
    scripts = alembic.config.Config()
    scripts.set_main_option("script_location", str(models.MIGRATIONS))
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        scripts.attributes["connection"] = connection
        alembic.command.upgrade(scripts, revision)
    engine.dispose()


def test_what_a_bot_without_versions_stores_has_new_ones(tmp_path):
    path = tmp_path / "rollcall.db"
    url = f"sqlite:///{path}"
    migrate_to(url, "0005")
    execute(path, f"INSERT INTO presence VALUES ({ALICE}, 'online', '{{}}')")
    models.upgrade(url)
    seen = set()
    for statement in (
        "UPDATE presence SET status = 'idle', body = '{\"a\":1}'",
        "UPDATE presence SET status = 'dnd', body = '{\"a\":2}'",
        f"DELETE FROM presence WHERE user_id = {ALICE}",
        f"INSERT INTO presence (user_id, status, body) VALUES ({ALICE}, 'online', '{{}}')",
    ):
        execute(path, statement)
        with closing(sqlite3.connect(path)) as connection:
            seen |= set(connection.execute("SELECT version FROM presence").fetchall())
    assert len(seen) == 3
    assert ("",) not in seen
    # Whoever knows versions sets their own.
    execute(path, "UPDATE presence SET body = '{\"a\":3}', version = 'mine'")
    with closing(sqlite3.connect(path)) as connection:
        assert connection.execute("SELECT version FROM presence").fetchall() == [("mine",)]


def test_a_file_from_before_there_were_systems_is_upgraded_and_loses_nothing(tmp_path):
    path = tmp_path / "rollcall.db"
    url = f"sqlite:///{path}"
    migrate_to(url, "0001")
    execute(
        path,
        f"""INSERT INTO presence VALUES ({ALICE}, 'online', '{{"userId":"{ALICE}"}}')""",
        f"INSERT INTO hidden VALUES ({BOB}, 1), ({ALICE}, 0)",
        f"INSERT INTO tokens VALUES ({ALICE}, '$pbkdf2$')",
        f"INSERT INTO kv VALUES (7, {ALICE}, 'city', 'Bern'), (9, {ALICE}, 'river', 'Aare')",
        f"INSERT INTO github VALUES ({ALICE}, 1, NULL, NULL, 5), ({BOB}, 2, '{{}}', 'etag', 6)",
        "INSERT INTO bot_state VALUES (1, 5, 6, 7, 8, 9, 'no intents')",
    )
    before = [line for line in dump(path) if line.startswith("INSERT")]
    assert len(before) == 10
    models.upgrade(url)
    after = [line for line in dump(path) if line.startswith("INSERT")]
    version = version_of(f'{{"userId":"{ALICE}"}}')
    assert [line for line in after if "alembic_version" not in line] == [
        line.replace("}');", f"}}','{version}');") if '"presence"' in line else line
        for line in before
        if "alembic_version" not in line
    ]
    doors = models.open_doors(url)
    with doors.write() as session:
        assert kv.get_pairs(session, ALICE) == {"city": "Bern", "river": "Aare"}
        systems.create_system(session, ALICE, {"name": "Foxes"})
        members.create_member(session, ALICE, {"name": "Ann"})
    doors.close()


def test_a_newer_schema_keeps_the_data(url, database, next_migration, read, write):
    write(kv.set_value, ALICE, "city", "Bern")
    next_migration(
        "with op.batch_alter_table('kv') as kv:",
        "    kv.add_column(sa.Column('note', sa.String(), nullable=True))",
        "    kv.alter_column('value', nullable=True)",
    )
    models.upgrade(url)
    assert read(models.schema_version) == "9000"
    assert read(kv.get_value, ALICE, "city") == "Bern"


def test_a_table_that_is_rebuilt_takes_nothing_else_with_it(url, database, next_migration, write):
    write(kv.set_value, ALICE, "city", "Bern")
    execute(
        database,
        "CREATE TABLE note (pair INTEGER REFERENCES kv (id) ON DELETE CASCADE)",
        "INSERT INTO note SELECT id FROM kv",
    )
    next_migration("with op.batch_alter_table('kv') as kv:", "    kv.alter_column('value', nullable=True)")
    models.upgrade(url)
    assert 'INSERT INTO "note" VALUES(1);' in dump(database)


@pytest.mark.parametrize(
    "line",
    ["op.execute('UPDATE nowhere SET x = 1')", "raise RuntimeError('the power went')"],
)
def test_a_migration_that_fails_leaves_the_file_as_it_was(url, database, next_migration, write, line):
    write(kv.set_value, ALICE, "city", "Bern")
    before = dump(database)
    next_migration("op.execute('DELETE FROM kv')", line)
    with pytest.raises((BadFile, RuntimeError)):
        models.upgrade(url)
    assert dump(database) == before


def test_after_a_failed_migration_the_mended_one_goes_through(url, next_migration, read):
    next_migration("raise RuntimeError('the power went')")
    with pytest.raises(RuntimeError):
        models.upgrade(url)
    next_migration()
    models.upgrade(url)
    assert read(models.schema_version) == "9000"


def test_foreign_keys_are_looked_at_in_every_write(doors, next_migration, url):
    next_migration("op.execute('CREATE TABLE child (id INTEGER REFERENCES extra(id))')")
    models.upgrade(url)
    with pytest.raises(Exception, match="FOREIGN KEY"), doors.write() as session:
        session.execute(text("INSERT INTO child VALUES (7)"))


def test_a_key_twice_for_one_user_cannot_be_stored(doors, read):
    with pytest.raises(Exception, match="UNIQUE"), doors.write() as session:
        session.add_all(Pair(user_id=ALICE, key="city", value=value) for value in ("Bern", "Basel"))
    assert read(kv.get_pairs, ALICE) == {}


@pytest.mark.parametrize("user_id", [1, ALICE, 2**63 - 1])
def test_every_id_that_discord_can_give_is_stored_whole(write, read, user_id, join):
    join(user_id)
    write(kv.set_value, user_id, "city", "Bern")
    assert read(presence.get_stored_ids) == {user_id}
    assert read(lambda session: session.get(Presence, user_id).user_id) == user_id
    assert read(kv.get_value, user_id, "city") == "Bern"


def test_a_checkpoint_brings_what_was_committed_into_the_file_while_others_write(doors, database, tmp_path):
    with doors.write_presence() as session:
        kv.set_value(session, ALICE, "city", "Basel")
    with doors.write() as session:
        kv.set_value(session, BOB, "city", "Bern")
        doors.checkpoint()
    # Without its WAL, a copy holds only what was brought into the file.
    shutil.copy(database, tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT value FROM kv").fetchall() == [("Basel",)]
