"""A file is brought to the schema of today: nothing is lost, and one that cannot be used says why."""

import os
import shutil
import sqlite3
import stat
from contextlib import closing
from pathlib import Path
from uuid import RFC_4122, UUID

import alembic.command
import alembic.config
import pytest
from sqlalchemy import create_engine, text
from sqlalchemy.pool import NullPool

import database.upgrade
from database import connections
from database.bad_file import BadFile
from database.upgrade import upgrade
from rules.account import kv
from rules.etags import version_of
from rules.names import find_named
from rules.presence import updates
from rules.proxying import guild_config
from rules.proxying.decision import IncomingMessage, decide
from rules.systems import members, systems
from tests.subprocesses import SPAWN, in_processes

ALICE, BOB = 80351110224678912, 80351110224678913


def upgrade_together(url: str, barrier) -> None:
    barrier.wait()
    upgrade(url)


def test_nobody_else_on_the_machine_can_read_the_file(tmp_path):
    before = os.umask(0)
    try:
        upgrade(f"sqlite:///{tmp_path}/deep/down/rollcall.db")
        database = connections.open_database(f"sqlite:///{tmp_path}/deep/down/rollcall.db")
        with database.write() as session:
            kv.set_value(session, ALICE, "city", "Bern")
        files = {f.name: stat.S_IMODE(f.stat().st_mode) for f in (tmp_path / "deep/down").iterdir() if f.stat().st_size}
        database.close()
    finally:
        os.umask(before)
    assert files == {"rollcall.db": 0o600, "rollcall.db-wal": 0o600, "rollcall.db-shm": 0o600}


def test_three_processes_may_start_at_once_on_no_file(tmp_path):
    url = f"sqlite:///{tmp_path}/rollcall.db"
    assert in_processes(upgrade_together, url, SPAWN.Barrier(3), times=3) == [0, 0, 0]
    database = connections.open_database(url)
    with database.read() as session:
        assert connections.schema_version(session)
        assert updates.get_stored_ids(session) == set()
    database.close()


def test_an_upgrade_of_an_up_to_date_file_changes_nothing(url, database_file, read, write):
    write(kv.set_value, ALICE, "city", "Bern")
    before = dump(database_file)
    upgrade(url)
    assert dump(database_file) == before
    assert read(kv.get_value, ALICE, "city") == "Bern"


def dump(database_file: Path) -> list[str]:
    connection = sqlite3.connect(database_file)
    lines = list(connection.iterdump())
    connection.close()
    return lines


def execute(database_file: Path, *statements: str) -> None:
    connection = sqlite3.connect(database_file)
    with connection:
        for statement in statements:
            connection.execute(statement)
    connection.close()


def add(database_file: Path, table: str, **values: object) -> None:
    """Add a row; what is not given is as empty as the column lets it be."""
    with closing(sqlite3.connect(database_file)) as connection, connection:
        needed = [row[1] for row in connection.execute(f"PRAGMA table_info({table})") if row[3] and row[4] is None]
        row = {**dict.fromkeys(needed, 0), **values}
        columns, places = ", ".join(row), ", ".join(f":{name}" for name in row)
        connection.execute(f"INSERT INTO {table} ({columns}) VALUES ({places})", row)


def test_a_file_of_a_newer_rollcall_is_refused_and_left_alone(url, database_file):
    execute(database_file, "UPDATE alembic_version SET version_num = '9999'")
    before = dump(database_file)
    with pytest.raises(BadFile, match=r"was made by a newer Rollcall \(schema 9999\); update this one"):
        upgrade(url)
    assert dump(database_file) == before


def test_a_file_that_is_no_database_is_refused_and_left_alone(tmp_path):
    diary = tmp_path / "diary.txt"
    diary.write_text("Dear diary, " * 100)
    with pytest.raises(BadFile, match=r"diary\.txt cannot be opened: file is not a database\.$"):
        upgrade(f"sqlite:///{diary}")
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
        upgrade(f"sqlite:///{path}")
    sentence = str(refused.value)
    assert sentence.startswith(f"The database {path} cannot be written: ")
    assert sentence.endswith(".")
    assert "\n" not in sentence


@pytest.fixture
def next_migration(tmp_path, monkeypatch):
    """Add a migration after the newest; it creates a table and then does as told."""
    folder = tmp_path / "migrations"
    shutil.copytree(database.upgrade.FOLDER, folder, ignore=shutil.ignore_patterns("__pycache__"))
    monkeypatch.setattr(database.upgrade, "FOLDER", folder)
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
    scripts.set_main_option("script_location", str(database.upgrade.FOLDER))
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
    upgrade(url)
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
    upgrade(url)
    after = [line for line in dump(path) if line.startswith("INSERT")]
    version = version_of(f'{{"userId":"{ALICE}"}}')
    added = {
        '"presence"': f",'{version}',NULL);",
        '"kv"': ",0);",
        '"bot_state"': ",NULL,NULL,NULL);",
    }
    new_tables = ("alembic_version", "feed_epoch")
    assert [line for line in after if line.split('"')[1] not in new_tables] == [
        line.replace(");", added.get(line.split()[2], ");")) for line in before if "alembic_version" not in line
    ]
    database = connections.open_database(url)
    with database.write() as session:
        assert kv.get_pairs(session, ALICE) == {"city": "Bern", "river": "Aare"}
        systems.create_system(session, ALICE, {"name": "Foxes"})
        members.create_member(session, ALICE, {"name": "Ann"})
    database.close()


BENS = '[{"prefix": "B:", "suffix": null}]'


def signs_of(database_file: Path, member_id: int) -> list[str]:
    with closing(sqlite3.connect(database_file)) as connection:
        rows = connection.execute("SELECT sign FROM tag_signs WHERE member_id = ?", (member_id,))
        return [sign for (sign,) in rows]


def test_members_of_an_older_file_are_proxied(tmp_path):
    path = tmp_path / "rollcall.db"
    url = f"sqlite:///{path}"
    migrate_to(url, "0006")
    system = {"id": 1, "hid": "foxes", "name": "Foxes", "tz": "UTC", "created": 5}
    member = {"id": 2, "hid": "annnn", "system_id": 1, "name": "Ann", "created": 6}
    member["proxy_tags"] = '[{"prefix": "A:", "suffix": null}, {"prefix": null, "suffix": "-a"}]'
    add(path, "systems", **system)
    add(path, "accounts", user_id=ALICE, system_id=1)
    add(path, "members", **member)
    upgrade(url)
    # And one who comes from a bot that was not updated yet.
    add(
        path,
        "members",
        **{**member, "id": 3, "hid": "bennn", "name": "Ben", "proxy_tags": '[{"prefix": "B:", "suffix": null}]'},
    )
    database = connections.open_database(url)
    with database.read() as session:
        for text, name in (("a:hello", None), ("A:hello", "Ann"), ("hello -a", "Ann"), ("B:hello", "Ben")):
            post = decide(session, IncomingMessage(ALICE, 1, 2, 2, text), 0)
            assert getattr(post, "name", None) == name
    database.close()


@pytest.mark.parametrize("odd", ["", "nonsense", '["x", null, 5]', '{"prefix": "A:"}', '[{"prefix": 5}]'])
def test_tags_that_rollcall_never_wrote_spoil_nobody_elses(tmp_path, odd):
    path = tmp_path / "rollcall.db"
    migrate_to(f"sqlite:///{path}", "0006")
    for number, tags in enumerate((odd, BENS)):
        add(path, "members", id=number, hid=f"m{number}", system_id=number, name="Ann", proxy_tags=tags)
    upgrade(f"sqlite:///{path}")
    assert signs_of(path, 1) == ["^B"]
    execute(path, f"UPDATE members SET proxy_tags = '{odd}'")
    assert "^B" not in signs_of(path, 1)


def test_two_tags_of_one_sign_are_no_conflict(url, database_file, write):
    write(systems.create_system, ALICE)
    write(members.create_member, ALICE, {"name": "Ann"})
    both = '[{"prefix": "A:", "suffix": null}, {"prefix": "A-", "suffix": null}]'
    execute(database_file, f"UPDATE OR ABORT members SET proxy_tags = '{both}'")
    assert signs_of(database_file, 1) == ["^A"]


def test_everything_of_an_older_file_gets_a_uuid_and_what_an_older_bot_adds_too(tmp_path):
    path = tmp_path / "rollcall.db"
    migrate_to(f"sqlite:///{path}", "0010")
    add(path, "systems", id=1, hid="foxes", tz="UTC")
    add(path, "members", id=1, hid="annnn", system_id=1, name="Ann", proxy_tags="[]")
    execute(path, *(f"INSERT INTO switches VALUES ({n}, 1, {n})" for n in (1, 2, 60_000, 120_000)))
    upgrade(f"sqlite:///{path}")
    execute(path, "INSERT INTO switches (system_id, timestamp) VALUES (1, 5)")
    rows = [row for table in ("systems", "members", "switches") for row in uuids_of(path, table)]
    assert [UUID(bytes=uuid).version for uuid in rows] == [4] * 7
    assert {UUID(bytes=uuid).variant for uuid in rows} == {RFC_4122}
    assert len(set(rows)) == 7


def uuids_of(database_file: Path, table: str) -> list[bytes]:
    with closing(sqlite3.connect(database_file)) as connection:
        return [uuid for (uuid,) in connection.execute(f"SELECT uuid FROM {table} ORDER BY id")]


def test_giving_uuids_is_taken_up_where_it_was_interrupted(tmp_path):
    path = tmp_path / "rollcall.db"
    migrate_to(f"sqlite:///{path}", "0010")
    execute(path, *(f"INSERT INTO switches VALUES ({n}, 1, {n})" for n in range(1, 4)))
    migrate_to(f"sqlite:///{path}", "0011")
    kept = uuids_of(path, "switches")
    execute(
        path,
        "DROP INDEX ix_switches_uuid",
        "UPDATE switches SET uuid = NULL WHERE id = 3",
        "UPDATE alembic_version SET version_num = '0010'",
    )
    migrate_to(f"sqlite:///{path}", "0011")
    found = uuids_of(path, "switches")
    assert found[:2] == kept[:2]
    assert None not in found


def test_a_servers_settings_of_an_older_file_stay_and_an_older_bot_goes_on_writing(tmp_path):
    path = tmp_path / "rollcall.db"
    url = f"sqlite:///{path}"
    migrate_to(url, "0010")
    execute(path, "INSERT INTO guilds (id, log_channel_id, proxy_off) VALUES (1, 5, 1)")
    upgrade(url)
    execute(path, "INSERT INTO guilds (id, log_channel_id, proxy_off) VALUES (2, 6, 0)")
    opened = connections.open_database(url)
    with opened.read() as session:
        assert guild_config.get_settings(session, 1, True) == guild_config.Settings(5, True, ())
        assert guild_config.get_settings(session, 2, True) == guild_config.Settings(6, False, ())
    opened.close()


def test_who_is_stored_already_is_found_by_name(tmp_path):
    url = f"sqlite:///{tmp_path / 'rollcall.db'}"
    migrate_to(url, "0015")
    body = '{"userId":"80351110224678912","username":"alice_w","global_name":"\\u00c4lice","server_name":null}'
    engine = create_engine(url, poolclass=NullPool)
    with engine.begin() as connection:
        connection.exec_driver_sql(
            "INSERT INTO presence (user_id, status, body, version) VALUES (?, 'online', ?, 'a')", (ALICE, body)
        )
    upgrade(url)
    database = connections.open_database(url)
    with database.read() as session:
        assert [find_named(session, typed) for typed in ("Alice_W", "älice", "none")] == [[ALICE], [ALICE], []]
    database.close()


def test_a_newer_schema_keeps_the_data(url, database_file, next_migration, read, write):
    write(kv.set_value, ALICE, "city", "Bern")
    next_migration(
        "with op.batch_alter_table('kv') as kv:",
        "    kv.add_column(sa.Column('note', sa.String(), nullable=True))",
        "    kv.alter_column('value', nullable=True)",
    )
    upgrade(url)
    assert read(connections.schema_version) == "9000"
    assert read(kv.get_value, ALICE, "city") == "Bern"


def test_a_table_that_is_rebuilt_takes_nothing_else_with_it(url, database_file, next_migration, write):
    write(kv.set_value, ALICE, "city", "Bern")
    execute(
        database_file,
        "CREATE TABLE note (pair INTEGER REFERENCES kv (id) ON DELETE CASCADE)",
        "INSERT INTO note SELECT id FROM kv",
    )
    next_migration("with op.batch_alter_table('kv') as kv:", "    kv.alter_column('value', nullable=True)")
    upgrade(url)
    assert 'INSERT INTO "note" VALUES(1);' in dump(database_file)


def test_a_file_from_before_imports_were_noted_is_as_it_was_and_an_older_rollcall_writes_on(tmp_path):
    path = tmp_path / "rollcall.db"
    url = f"sqlite:///{path}"
    migrate_to(url, "0015")
    add(path, "systems", id=1, hid="sssss")
    add(path, "members", id=1, hid="aaaaa", system_id=1, name="Ann", proxy_tags="[]")
    add(path, "groups", id=1, hid="ggggg", system_id=1, name="Tall")
    add(path, "switches", id=1, system_id=1, timestamp=5)
    upgrade(url)
    # What an older Rollcall that runs on adds names no new column.
    add(path, "members", id=2, hid="bbbbb", system_id=1, name="Ben", proxy_tags="[]")
    add(path, "groups", id=2, hid="hhhhh", system_id=1, name="Short")
    add(path, "switches", id=2, system_id=1, timestamp=6)
    with closing(sqlite3.connect(path)) as connection:
        assert (
            connection.execute("SELECT is_custom_front, is_archived, import_id FROM members").fetchall()
            == [(0, 0, None)] * 2
        )
        assert connection.execute("SELECT parent_id, import_id FROM groups").fetchall() == [(None, None)] * 2
        assert connection.execute("SELECT hides_private, import_id FROM switches").fetchall() == [(0, None)] * 2
        connection.execute("PRAGMA foreign_keys = ON")
        connection.execute("UPDATE groups SET parent_id = 1 WHERE id = 2")
        connection.execute("DELETE FROM groups WHERE id = 1")
        assert connection.execute("SELECT id, parent_id FROM groups").fetchall() == [(2, None)]
        connection.execute("UPDATE members SET is_archived = 1 WHERE id = 2")
        told = connection.execute("SELECT system_id FROM feed ORDER BY seq DESC LIMIT 1").fetchone()
        assert told == (1,)


@pytest.mark.parametrize(
    "line",
    ["op.execute('UPDATE nowhere SET x = 1')", "raise RuntimeError('the power went')"],
)
def test_a_migration_that_fails_leaves_the_file_as_it_was(url, database_file, next_migration, write, line):
    write(kv.set_value, ALICE, "city", "Bern")
    before = dump(database_file)
    next_migration("op.execute('DELETE FROM kv')", line)
    with pytest.raises((BadFile, RuntimeError)):
        upgrade(url)
    assert dump(database_file) == before


def test_after_a_failed_migration_the_mended_one_goes_through(url, next_migration, read):
    next_migration("raise RuntimeError('the power went')")
    with pytest.raises(RuntimeError):
        upgrade(url)
    next_migration()
    upgrade(url)
    assert read(connections.schema_version) == "9000"


def test_foreign_keys_are_looked_at_in_every_write(database, next_migration, url):
    next_migration("op.execute('CREATE TABLE child (id INTEGER REFERENCES extra(id))')")
    upgrade(url)
    with pytest.raises(Exception, match="FOREIGN KEY"), database.write() as session:
        session.execute(text("INSERT INTO child VALUES (7)"))
