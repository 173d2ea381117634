"""`flask --app app`: the maintenance commands, but those for what may go wrong with a whole machine."""

import sqlite3
import stat
import threading

import pytest

import models
from cli.maintenance import backups
from database import connections
from rules import opt_out
from rules.account import kv, tokens
from rules.presence import home_guild

ALICE, BOB = 80351110224678912, 80351110224678913


def test_upgrade_says_the_schema(flask, read):
    assert flask("upgrade") == (0, f"The database is at schema {read(connections.schema_version)}.\n")


def test_a_token_made_here_works_and_replaces_the_old_one(flask, read, token_of):
    old = token_of(ALICE)
    code, said = flask("token", ALICE)
    assert code == 0
    assert read(tokens.find_caller, said.removesuffix("\n")).user_id == ALICE
    assert read(tokens.find_caller, old) is None


@pytest.mark.parametrize(
    ("words", "code", "says"),
    [
        (["token", "alice"], 1, "Error: A user ID is a number"),
        (["token", "00"], 1, "Error: A user ID is a number"),
        (["token", "٣"], 1, "Error: A user ID is a number"),
        (["token", "9" * 300], 1, "Error: There is no user with an ID this large."),
        (["token"], 2, "Missing argument 'USER'"),
        (["token", "1", "2"], 2, "unexpected extra argument"),
        (["backup"], 2, "Missing argument 'FILE'"),
        (["upgrade", "now"], 2, "unexpected extra argument"),
    ],
)
def test_words_that_cannot_be_meant(flask, read, words, code, says):
    exit_code, said = flask(*words)
    assert exit_code == code
    assert says in said
    assert "Traceback" not in said
    assert read(lambda session: session.query(models.Token).count()) == 0


@pytest.fixture
def filled(write, join, token_of):
    join(ALICE)
    write(kv.edit_pairs, ALICE, {f"key{n}": "v" * 1000 for n in range(300)})
    return token_of(ALICE)


def rows(path, query):
    connection = sqlite3.connect(path)
    found = connection.execute(query).fetchall()
    connection.close()
    return found


def test_a_backup_is_whole_private_and_one_file(flask, filled, tmp_path):
    copy = tmp_path / "copy.db"
    code, said = flask("backup", copy)
    assert (code, said) == (0, f"{copy}: {copy.stat().st_size:,} bytes.\n")
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600
    assert rows(copy, "PRAGMA integrity_check") == [("ok",)]
    assert rows(copy, "PRAGMA journal_mode") == [("delete",)]
    assert rows(copy, f"SELECT count(*) FROM kv WHERE user_id = {ALICE}") == [(300,)]
    assert [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]


def test_a_backup_can_be_put_in_the_files_place(flask, filled, tmp_path, make_app):
    flask("backup", tmp_path / "copy.db")
    client = make_app(DATABASE_URL=f"sqlite:///{tmp_path}/copy.db").test_client()
    assert len(client.get("/user/@me/kv", headers={"Authorization": filled}).json) == 300
    assert client.put("/user/@me/kv/new", headers={"Authorization": filled}, data="x").status_code == 204


def test_a_backup_in_the_middle_of_a_write_holds_what_was_committed(flask, filled, database, tmp_path):
    with database.write() as session:
        kv.clear_pairs(session, ALICE)
        kv.set_value(session, BOB, "city", "Bern")
        session.flush()
        assert flask("backup", tmp_path / "copy.db")[0] == 0
    assert rows(tmp_path / "copy.db", "SELECT user_id, count(*) FROM kv GROUP BY user_id") == [(ALICE, 300)]


def test_backups_while_others_write_are_each_one_moment(flask, database, write, tmp_path):
    """Both pairs always change together, so a copy in which they differ is torn."""
    write(kv.edit_pairs, ALICE, {"one": "0", "other": "0"})
    written, enough = threading.Event(), threading.Event()

    def keep_writing():
        for number in range(1, 100_000):
            write(kv.edit_pairs, ALICE, {"one": str(number), "other": str(number)})
            written.set()
            if enough.is_set():
                return

    writer = threading.Thread(target=keep_writing)
    writer.start()
    try:
        seen = []
        for number in range(5):
            written.clear()
            assert written.wait(30)
            assert flask("backup", tmp_path / f"{number}.db")[0] == 0
            seen.append(rows(tmp_path / f"{number}.db", "SELECT DISTINCT value FROM kv"))
    finally:
        enough.set()
        writer.join()
    assert [len(values) for values in seen] == [1] * 5
    assert len({values[0] for values in seen}) == 5


def test_a_backup_never_replaces_a_file(flask, filled, tmp_path, database_file):
    (tmp_path / "diary.txt").write_text("Dear diary")
    for target in (tmp_path / "diary.txt", database_file, tmp_path):
        code, said = flask("backup", target)
        assert (code, said.startswith(f"Error: {target} exists already")) == (1, True)
    assert (tmp_path / "diary.txt").read_text() == "Dear diary"


def test_a_backup_that_cannot_be_written_is_told_in_a_sentence(flask, filled, tmp_path):
    code, said = flask("backup", tmp_path / "nowhere" / "copy.db")
    assert code == 1
    assert said.startswith(f"Error: {tmp_path}/nowhere/copy.db could not be written: ")


@pytest.mark.parametrize("fault", ["the copy fails", "the disk is full"])
def test_a_backup_that_fails_half_way_leaves_nothing(flask, filled, tmp_path, monkeypatch, fault):
    def fail(_database, unfinished):
        unfinished.write_bytes(b"half a copy")
        raise sqlite3.DatabaseError(fault) if fault == "the copy fails" else OSError(28, fault)

    monkeypatch.setattr(backups, "_copy", fail)
    code, said = flask("backup", tmp_path / "copy.db")
    assert code == 1
    assert fault in said
    assert list(tmp_path.glob("copy.db*")) == []


def test_a_leftover_of_a_backup_that_was_killed_is_written_over(flask, filled, tmp_path):
    (tmp_path / "copy.db.unfinished").write_bytes(b"half a copy")
    assert flask("backup", tmp_path / "copy.db")[0] == 0
    assert [path.name for path in tmp_path.glob("copy.db*")] == ["copy.db"]
    assert rows(tmp_path / "copy.db", "PRAGMA integrity_check") == [("ok",)]


def test_stats(flask, join, write, token_of):
    join(ALICE)
    join(BOB)
    write(opt_out.hide, BOB)
    write(kv.edit_pairs, ALICE, {"city": "Bern", "river": "Aare"})
    write(home_guild.move_home, 501)
    join(ALICE)
    token = token_of(ALICE)
    code, said = flask("stats")
    assert code == 0
    told = dict(line.rsplit(maxsplit=1) for line in said.splitlines() if not line.startswith("bot "))
    assert {name: told[name] for name in told if name != "schema"} == {
        "published users": "1",
        "hidden users": "1",
        "users with a token": "1",
        "key/value pairs": "2",
        "GitHub accounts": "0",
        "systems": "0",
        "members": "0",
        "switches": "0",
        "proxied messages": "0",
        "home server": "501",
    }
    assert "the bot is not connected to Discord" in said
    assert token not in said


def test_stats_of_nothing(flask):
    code, said = flask("stats")
    assert code == 0
    assert "not known yet" in said
