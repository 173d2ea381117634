"""The doors to the file: nothing is lost, nothing is half done, nobody waits for long."""

import os
import shutil
import signal
import sqlite3
from concurrent.futures import ThreadPoolExecutor

import pytest
from sqlalchemy import text
from sqlalchemy.exc import OperationalError

import models
from database import connections, engines
from database.faults import Locked
from models import KeyValue, Presence
from rules.account import kv, tokens
from rules.presence import updates
from tests.subprocesses import in_processes

ALICE, BOB = 80351110224678912, 80351110224678913
TIMES = 400


def count_up(url: str) -> None:
    database = connections.open_database(url)
    for _ in range(TIMES):
        with database.write() as session:
            kv.set_value(session, ALICE, "visits", str(int(kv.get_value(session, ALICE, "visits")) + 1))
    database.close()


def test_two_processes_that_count_to_400_together_reach_800(url, read, write):
    write(kv.set_value, ALICE, "visits", "0")
    assert in_processes(count_up, url) == [0, 0]
    assert read(kv.get_value, ALICE, "visits") == str(2 * TIMES)


def die_in_the_middle(url: str) -> None:
    with connections.open_database(url).write() as session:
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
    monkeypatch.setattr("database.engines.LOCK_WAIT_MS", 20)


@pytest.mark.parametrize("door", ["write", "write_presence"])
def test_a_second_writer_is_told_that_the_file_is_locked(impatient, url, database, door):
    other = connections.open_database(url)
    with database.write() as session:
        kv.set_value(session, ALICE, "city", "Bern")
        with pytest.raises(Locked), getattr(other, door)():
            pass
    with getattr(other, door)() as session:
        assert kv.get_value(session, ALICE, "city") == "Bern"
    other.close()


def test_a_read_never_waits_for_a_writer(impatient, url, database):
    other = connections.open_database(url)
    with database.write() as writing:
        kv.set_value(writing, ALICE, "city", "Bern")
        with other.read() as session:
            assert kv.get_pairs(session, ALICE) == {}
    other.close()


def test_a_threads_own_connection_reads_without_a_transaction_and_goes_with_the_thread(database, write):
    def look():
        own = database.own_connection()
        assert own is database.own_connection()
        with database.read_inline() as same:
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


def test_a_long_read_stops_no_writer(impatient, database_file, read, write):
    reader = sqlite3.connect(database_file, isolation_level=None)
    reader.execute("BEGIN")
    reader.execute("SELECT count(*) FROM kv").fetchall()
    write(kv.set_value, ALICE, "city", "Bern")
    assert read(kv.get_value, ALICE, "city") == "Bern"
    assert reader.execute("SELECT count(*) FROM kv").fetchone() == (0,)
    reader.close()


def test_all_statements_of_a_read_see_one_state_and_the_next_read_the_newest(database, write):
    with database.read() as session:
        assert kv.get_pairs(session, ALICE) == {}
        write(kv.set_value, ALICE, "city", "Bern")
        assert kv.get_pairs(session, ALICE) == {}
    with database.read() as session:
        assert kv.get_pairs(session, ALICE) == {"city": "Bern"}


def test_the_read_door_does_not_write(database, read, write):
    write(kv.set_value, ALICE, "city", "Bern")
    with database.read() as session, pytest.raises(OperationalError, match="readonly"):
        kv.clear_pairs(session, ALICE)
    with database.read() as session:
        kv.set_value(session, ALICE, "river", "Aare")
        with pytest.raises(OperationalError, match="readonly"):
            session.flush()
    assert read(kv.get_pairs, ALICE) == {"city": "Bern"}


def test_nor_does_a_threads_own_connection(database):
    with pytest.raises(sqlite3.OperationalError, match="readonly"):
        database.own_connection().execute("DELETE FROM kv")


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
def test_whoever_fails_has_changed_nothing_and_gives_the_lock_back(database, read, write, door, fail):
    write(kv.set_value, ALICE, "city", "Bern")
    with pytest.raises(ZeroDivisionError):
        fail(getattr(database, door))
    write(kv.set_value, BOB, "city", "Chur")
    assert read(kv.get_pairs, ALICE) == {"city": "Bern"}
    assert read(kv.get_pairs, BOB) == {"city": "Chur"}


@pytest.mark.parametrize(
    ("door", "synchronous", "query_only"),
    [("read", None, 1), ("write", 2, 0), ("write_presence", 1, 0)],
)
def test_each_door_has_the_pragmas_of_the_design(database, door, synchronous, query_only):
    def pragma(name):
        return session.execute(text(f"PRAGMA {name}")).scalar_one()

    with getattr(database, door)() as session:
        assert pragma("journal_mode") == "wal"
        assert pragma("busy_timeout") == 5000
        assert pragma("journal_size_limit") == engines.WAL_LIMIT_BYTES
        assert pragma("query_only") == query_only
        if synchronous:
            assert pragma("synchronous") == synchronous
            assert pragma("foreign_keys") == 1


def test_the_apps_doors_are_the_same(make_app):
    app = make_app()
    with app.app_context():
        assert models.db.session.execute(text("PRAGMA query_only")).scalar_one() == 1
    with app.extensions["database"].write() as session:
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 2
    with app.extensions["database"].write_presence() as session:
        assert session.execute(text("PRAGMA synchronous")).scalar_one() == 1


def test_a_key_twice_for_one_user_cannot_be_stored(database, read):
    with pytest.raises(Exception, match="UNIQUE"), database.write() as session:
        session.add_all(KeyValue(user_id=ALICE, key="city", value=value) for value in ("Bern", "Basel"))
    assert read(kv.get_pairs, ALICE) == {}


@pytest.mark.parametrize("user_id", [1, ALICE, 2**63 - 1])
def test_every_id_that_discord_can_give_is_stored_whole(write, read, user_id, join):
    join(user_id)
    write(kv.set_value, user_id, "city", "Bern")
    assert read(updates.get_stored_ids) == {user_id}
    assert read(lambda session: session.get(Presence, user_id).user_id) == user_id
    assert read(kv.get_value, user_id, "city") == "Bern"


def test_a_checkpoint_brings_what_was_committed_into_the_file_while_others_write(database, database_file, tmp_path):
    with database.write_presence() as session:
        kv.set_value(session, ALICE, "city", "Basel")
    with database.write() as session:
        kv.set_value(session, BOB, "city", "Bern")
        database.checkpoint()
    # Without its WAL, a copy holds only what was brought into the file.
    shutil.copy(database_file, tmp_path / "copy.db")
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("SELECT value FROM kv").fetchall() == [("Basel",)]
