"""A file that is taken away under the running processes: nothing is stored into nowhere, and everybody is told."""

import os
import shutil
import sqlite3
import threading

import pytest
from sqlalchemy.exc import OperationalError

from database import wal_cutter
from rules.account import kv
from rules.presence import health
from tests.end_to_end.rollcall import until

ALICE = 80351110224678912


def delete(file):
    file.unlink()


def move(file):
    file.rename(file.with_name("elsewhere.db"))


def replace(file):
    shutil.copy(file, file.with_name("backup.db"))
    os.replace(file.with_name("backup.db"), file)


def delete_wal(file):
    file.with_name(file.name + "-wal").unlink()


def delete_shm(file):
    file.with_name(file.name + "-shm").unlink()


TAKEN = {
    delete: "was moved or deleted",
    move: "was moved or deleted",
    replace: "was replaced by another",
    delete_wal: "(-wal, -shm) was deleted",
    delete_shm: "(-wal, -shm) was deleted",
}


@pytest.mark.parametrize("take", TAKEN)
def test_nothing_is_stored_into_a_file_that_was_taken_away(database, write, database_file, take):
    write(kv.set_value, ALICE, "city", "Bern")
    assert database.find_fault() is None
    take(database_file)
    with pytest.raises(OperationalError, match=TAKEN[take].replace("(", r"\(").replace(")", r"\)")):
        write(kv.set_value, ALICE, "city", "Thun")


@pytest.mark.parametrize("take", TAKEN)
def test_nothing_is_acknowledged_where_the_file_goes_during_the_write(write, database_file, take):
    def store(session):
        kv.set_value(session, ALICE, "city", "Bern")
        take(database_file)

    with pytest.raises(OperationalError, match="under the running Rollcall"):
        write(store)


@pytest.mark.parametrize("take", TAKEN)
def test_nor_is_a_row_of_the_loops_own(database, database_file, take):
    def store():
        with database.write_inline() as connection:
            connection.execute("INSERT INTO kv (user_id, key, value) VALUES (1, 'city', 'Bern')")

    store()
    take(database_file)
    with pytest.raises(sqlite3.OperationalError, match="under the running Rollcall"):
        store()


def test_no_empty_file_is_made_where_one_was_deleted(database, database_file):
    database_file.unlink()
    with pytest.raises(OperationalError), database.write():
        pass
    assert not database_file.exists()


def test_a_file_that_comes_back_is_written_again(write, read, database_file):
    write(kv.set_value, ALICE, "city", "Bern")
    move(database_file)
    with pytest.raises(OperationalError):
        write(kv.set_value, ALICE, "city", "Thun")
    database_file.with_name("elsewhere.db").rename(database_file)
    write(kv.set_value, ALICE, "city", "Chur")
    assert read(kv.get_pairs, ALICE) == {"city": "Chur"}


@pytest.mark.parametrize("take", TAKEN)
def test_health_and_every_write_say_it(client, write, token_of, database_file, take):
    write(health.record_beat, health.now_ms(), health.now_ms(), None)
    header = {"Authorization": token_of(ALICE)}
    assert client.put("/user/@me/kv/city", data="Bern", headers=header).status_code == 204
    assert client.get("/health").status_code == 200
    take(database_file)
    answer = client.get("/health")
    assert answer.status_code == 503
    assert TAKEN[take] in answer.json["database"]["problem"]
    assert str(database_file.parent) not in answer.text
    refused = client.put("/user/@me/kv/city", data="Thun", headers=header)
    assert (refused.status_code, "Nothing can be stored now" in refused.text) == (503, True)


def rows(file):
    connection = sqlite3.connect(f"file:{file}?immutable=1", uri=True)
    found = connection.execute("SELECT key, value FROM kv").fetchall()
    connection.close()
    return found


def test_who_closes_leaves_the_file_whole_without_its_wal(database, write, database_file, make_app):
    """Although others have it open, and may be killed."""
    other = make_app().extensions["database"]
    with other.read_inline() as reader:
        assert reader.execute("SELECT count(*) FROM kv").fetchone() == (0,)
    write(kv.set_value, ALICE, "city", "Bern")
    assert rows(database_file) == []
    database.close()
    assert rows(database_file) == [("city", "Bern")]
    other.close()


def test_a_reader_that_closes_last_leaves_no_wal(database, write, database_file, make_app):
    other = make_app().extensions["database"]
    with other.read_inline() as reader:
        assert reader.execute("SELECT count(*) FROM kv").fetchone() == (0,)
    write(kv.set_value, ALICE, "city", "Bern")
    database.close()
    other.close()
    assert not database_file.with_name(database_file.name + "-wal").exists()


def test_what_is_deleted_is_in_no_file(database, write, database_file):
    secret = "a very private thing " * 200
    write(kv.set_value, ALICE, "diary", secret)
    write(kv.remove_pair, ALICE, "diary")
    assert database.empty_wal()
    for file in database_file.parent.iterdir():
        assert b"a very private thing" not in file.read_bytes(), file


def test_what_is_deleted_over_http_is_soon_in_no_file(client, join, token_of, write, database_file):
    join(ALICE)
    headers = {"Authorization": token_of(ALICE)}
    write(kv.set_value, ALICE, "diary", "a very private thing " * 200)
    assert client.delete("/user/@me/kv/diary", headers=headers).status_code == 204
    until(lambda: all(b"a very private thing" not in file.read_bytes() for file in database_file.parent.iterdir()))


def test_a_wal_that_cannot_be_emptied_at_once_is_tried_again(monkeypatch):
    monkeypatch.setattr(wal_cutter, "SOON_S", 0)
    answers, done = [False, sqlite3.OperationalError("database is locked"), True], threading.Event()

    def empty():
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        if answer:
            done.set()
        return answer

    wal_cutter.WalCutter(empty).soon()
    assert done.wait(10)
    assert answers == []


def test_a_wal_that_somebody_reads_is_left_and_said(database, write, database_file):
    write(kv.set_value, ALICE, "city", "Bern")
    with database.read() as reading:
        kv.get_pairs(reading, ALICE)
        write(kv.set_value, ALICE, "city", "Thun")
        assert not database.empty_wal()
    assert database.empty_wal()


def test_secure_delete_is_set(database):
    for transaction in (database.write, database.write_presence):
        with transaction() as session:
            assert session.connection().exec_driver_sql("PRAGMA secure_delete").scalar() == 1
