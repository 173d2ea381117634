"""`flask --app app` on an operator's bad day: the wrong file, cron, a damaged database, a person who leaves."""

import errno
import json
import os
import shutil
import signal
import sqlite3
import stat

import pytest

import config as settings
import models
from cli.maintenance import backups
from cli.maintenance.opening import find_settings
from database import locks
from rules import opt_out
from rules.account import kv
from rules.pictures import kept_files
from rules.presence import fronting, health
from rules.systems import systems
from tests.rules.pictures.picture_bytes import png

ALICE, BOB = 80351110224678912, 80351110224678913


@pytest.fixture
def filled(write, join, token_of):
    """Somebody with 300 pairs; the token."""
    join(ALICE)
    write(kv.edit_pairs, ALICE, {f"key{n}": "v" * 1000 for n in range(300)})
    return token_of(ALICE)


def count_pairs(path):
    connection = sqlite3.connect(path)
    found = connection.execute("SELECT count(*) FROM kv").fetchone()[0]
    connection.close()
    return found


def test_every_command_says_which_file_it_opened(make_app, database_file, tmp_path):
    runner = make_app().test_cli_runner()
    for words in (["stats"], ["upgrade"], ["check"], ["backup", str(tmp_path / "copy.db")], ["token", str(ALICE)]):
        result = runner.invoke(args=words)
        assert result.stderr.splitlines()[0] == f"Database: {database_file}"
        assert str(database_file) not in result.stdout


@pytest.mark.parametrize("words", ["stats", "check", "backup copy.db", "token 1", "forget 1 --yes", "export-user 1"])
def test_a_file_that_is_missing_is_said_and_not_made(make_app, database_file, words):
    runner = make_app().test_cli_runner()
    database_file.unlink()
    result = runner.invoke(args=words.split())
    sentence = f"Error: There is no database at {database_file}; the first start of Rollcall makes it.\n"
    assert (result.exit_code, result.stderr) == (1, sentence)
    assert not database_file.exists()


@pytest.fixture
def here(tmp_path, monkeypatch):
    """The folder of a Rollcall in which nothing is set and nothing runs."""
    (tmp_path / "instance").mkdir()
    monkeypatch.setattr(settings, "ROOT", tmp_path)
    monkeypatch.delenv("DATABASE_URL", raising=False)
    return tmp_path / "instance"


@pytest.fixture
def running():
    """Let another process announce a file, and stay; ending it is killing it."""
    children = []

    def announce(folder, url):
        reading, writing = os.pipe()
        child = os.fork()
        if not child:
            locks.announce(folder, url)
            os.write(writing, b"x")
            signal.pause()
        os.read(reading, 1)
        children.append(child)
        return child

    def end(child):
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        children.remove(child)

    announce.end = end
    yield announce
    for child in list(children):
        end(child)


def test_commands_find_the_file_of_what_runs_here(here, running, monkeypatch):
    tour, default = f"sqlite:///{here}/tour.db", f"sqlite:///{here}/rollcall.db"
    assert find_settings().database_url == default
    child = running(here, tour)
    assert find_settings().database_url == tour
    monkeypatch.setenv("DATABASE_URL", f"sqlite:///{here}/named.db")
    assert find_settings().database_url == f"sqlite:///{here}/named.db"
    monkeypatch.delenv("DATABASE_URL")
    running.end(child)
    assert find_settings().database_url == default, "what was killed runs no more"
    assert list(here.glob("*running-*")) == []


def test_what_has_ended_leaves_nothing_behind_once_something_runs_again(here, running):
    for name in "abc":
        running.end(running(here, f"sqlite:///{here}/{name}.db"))
    running(here, f"sqlite:///{here}/tour.db")
    assert len(list(here.iterdir())) == 1


def test_of_several_that_run_here_the_one_of_dotenv_is_meant(here, running):
    running(here, f"sqlite:///{here}/tour.db")
    running(here, f"sqlite:///{here}/rollcall.db")
    assert find_settings().database_url == f"sqlite:///{here}/rollcall.db"


def test_of_several_that_run_here_none_is_guessed(here, running):
    running(here, f"sqlite:///{here}/tour.db")
    running(here, f"sqlite:///{here}/third.db")
    with pytest.raises(settings.BadSetting, match=r"Several Rollcalls run here; put .*: DATABASE_URL=sqlite:///"):
        find_settings()


def test_a_token_for_an_id_that_nobody_has_is_said(make_app, join):
    runner = make_app().test_cli_runner()
    join(ALICE)
    assert "Nobody here has the ID" not in runner.invoke(args=["token", str(ALICE)]).stderr
    result = runner.invoke(args=["token", str(BOB)])
    assert f"Nobody here has the ID {BOB}" in result.stderr
    assert len(result.stdout.splitlines()) == 1


def test_backups_for_cron_keep_the_newest(flask, filled, tmp_path, monkeypatch):
    others = [tmp_path / name for name in ("nightly.db", "nightly-20261128-000000.db.txt", "nightly-note.db")]
    for other in others:
        other.write_text("mine")
    for second in range(5):
        monkeypatch.setattr(backups, "_now", lambda second=second: f"20261128-03000{second}")
        assert flask("backup", "--keep", 2, tmp_path / "nightly.db")[0] == 0
    dated = sorted(path.name for path in set(tmp_path.iterdir()) - set(others))
    assert dated == ["nightly-20261128-030003.db", "nightly-20261128-030004.db"]
    assert count_pairs(tmp_path / dated[0]) == 300
    assert all(other.read_text() == "mine" for other in others)


def test_a_backup_that_fails_drops_no_older_one(flask, filled, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    assert flask("backup", "--keep", 1, tmp_path / "nightly.db")[0] == 0
    kept = list(tmp_path.iterdir())
    monkeypatch.setattr(backups, "_now", lambda: "20991128-030000")
    monkeypatch.setattr(backups, "_copy", fail)
    code, said = flask("backup", "--keep", 1, tmp_path / "nightly.db")
    assert (code, list(tmp_path.iterdir())) == (1, kept)
    assert "No space left on device" in said


def test_a_backup_written_over_a_file_where_that_is_asked(flask, filled, tmp_path):
    (tmp_path / "copy.db").write_text("old")
    assert flask("backup", "--force", tmp_path / "copy.db")[0] == 0
    assert count_pairs(tmp_path / "copy.db") == 300


def test_a_backup_is_never_written_over_the_database(flask, filled, tmp_path, database_file):
    (tmp_path / "link.db").symlink_to(database_file)
    for target in (database_file, f"{database_file}-wal", tmp_path / "link.db", tmp_path):
        code, said = flask("backup", "--force", target)
        assert (code, "is nothing to write over" in said) == (1, True)
    assert count_pairs(database_file) == 300


def test_a_backup_is_restored_and_what_was_there_is_kept(flask, filled, database, write, tmp_path, database_file):
    flask("backup", tmp_path / "copy.db")
    write(kv.clear_pairs, ALICE)
    database.close()
    code, said = flask("restore", tmp_path / "copy.db", types="y\n")
    assert (code, f"{database_file} is now what {tmp_path}/copy.db was." in said) == (0, True), said
    assert count_pairs(database_file) == 300
    (kept,) = database_file.parent.glob("rollcall-before-*.db")
    assert count_pairs(kept) == 0
    assert stat.S_IMODE(database_file.stat().st_mode) == 0o600
    assert list(database_file.parent.glob("*unfinished*")) == []


@pytest.fixture
def picture(url):
    """A picture that is kept; its file."""
    folder = kept_files.get_folder(url)
    return folder / kept_files.store(folder, png(), "png")


def test_a_backup_takes_the_pictures_along_and_brings_them_back(flask, filled, database, picture, tmp_path):
    said = flask("backup", tmp_path / "copy.db")[1]
    assert f"Pictures, in {tmp_path}/copy.db.pictures: 1." in said
    picture.unlink()
    newer = picture.with_name(kept_files.store(picture.parent, png(seed=1), "png"))
    database.close()
    assert flask("restore", "--yes", tmp_path / "copy.db")[0] == 0
    assert picture.read_bytes() == png()
    # Nothing is lost that came later.
    assert newer.read_bytes() == png(seed=1)


def test_backups_for_cron_keep_the_newest_pictures(flask, filled, picture, tmp_path, monkeypatch):
    for second in range(3):
        monkeypatch.setattr(backups, "_now", lambda second=second: f"20261128-03000{second}")
        assert flask("backup", "--keep", 2, tmp_path / "nightly.db")[0] == 0
    found = sorted(path.name for path in tmp_path.glob("nightly-*.pictures"))
    assert found == [f"nightly-20261128-03000{second}.db.pictures" for second in (1, 2)]
    assert picture.read_bytes() == png()


def test_pictures_go_to_another_disk_too(flask, filled, picture, tmp_path, monkeypatch):
    def refuse(*_):
        raise OSError(errno.EXDEV, "Invalid cross-device link")

    monkeypatch.setattr("os.link", refuse)
    assert flask("backup", tmp_path / "copy.db")[0] == 0
    assert [path.read_bytes() for path in (tmp_path / "copy.db.pictures").iterdir()] == [png()]


def test_a_backup_that_fails_leaves_no_pictures(flask, filled, picture, tmp_path, monkeypatch):
    def fail(*_):
        raise OSError("No space left on device")

    monkeypatch.setattr(backups, "_copy", fail)
    assert flask("backup", tmp_path / "copy.db")[0] == 1
    assert list(tmp_path.glob("copy*")) == []


def test_a_backup_is_restored_where_nothing_is_yet(flask, filled, database, tmp_path, database_file):
    flask("backup", tmp_path / "copy.db")
    database.close()
    database_file.unlink()
    assert flask("restore", "--yes", tmp_path / "copy.db")[0] == 0
    assert count_pairs(database_file) == 300


def test_a_damaged_database_is_restored(flask, filled, database, tmp_path, database_file):
    flask("backup", tmp_path / "copy.db")
    database.close()
    database_file.write_bytes(b"x" * 10_000)
    assert flask("restore", "--yes", tmp_path / "copy.db")[0] == 0
    assert count_pairs(database_file) == 300


def test_nothing_is_restored_under_a_process_that_runs(flask, filled, tmp_path, database_file):
    flask("backup", tmp_path / "copy.db")
    before = database_file.read_bytes()
    code, said = flask("restore", "--yes", tmp_path / "copy.db")
    assert (code, said) == (1, f"Error: Rollcall runs on {database_file}: stop both processes first.\n")
    assert database_file.read_bytes() == before


def make_text(path, _file):
    path.write_text("Dear diary, " * 100)


def make_empty(path, _file):
    path.touch()


def make_other(path, _file):
    connection = sqlite3.connect(path)
    connection.execute("CREATE TABLE urls (url TEXT)")
    connection.close()


def make_newer(path, file):
    shutil.copy(file, path)
    connection = sqlite3.connect(path)
    connection.execute("UPDATE alembic_version SET version_num = '9999'")
    connection.commit()
    connection.close()


@pytest.mark.parametrize("make", [make_text, make_empty, make_other, make_newer])
def test_what_is_no_backup_is_not_restored(flask, filled, database, tmp_path, database_file, make):
    database.close()
    make(tmp_path / "backup.db", database_file)
    before = database_file.read_bytes()
    code, said = flask("restore", "--yes", tmp_path / "backup.db")
    assert code == 1
    assert f"{tmp_path}/backup.db could not be restored: " in said
    assert database_file.read_bytes() == before
    assert {path.name for path in database_file.parent.iterdir()} <= {"rollcall.db", "rollcall.db.lock"}


def test_forgetting_asks_first_and_leaves_nothing(flask, filled, write, read, database_file):
    write(systems.create_system, ALICE, {"name": "Amber"})
    assert flask("forget", ALICE, types="n\n")[0] == 1
    assert len(read(kv.get_pairs, ALICE)) == 300
    code, said = flask("forget", ALICE, types="y\n")
    assert (code, f"Everything about {ALICE} is deleted" in said) == (0, True), said
    assert read(kv.get_pairs, ALICE) == {}
    assert read(lambda session: session.query(models.System).count()) == 0
    assert read(opt_out.is_hidden, ALICE)
    for file in database_file.parent.iterdir():
        assert b"vvvvvvvv" not in file.read_bytes(), file


def test_exporting_a_person_tells_all_of_it_but_the_token(flask, filled, write):
    write(systems.create_system, ALICE, {"name": "Amber"})
    write(kv.publish_pair, ALICE, "key7")
    code, said = flask("export-user", ALICE)
    exported = json.loads(said)
    assert (code, exported["id"], len(exported["kv"]), exported["token"]) == (0, str(ALICE), 300, True)
    assert exported["public_keys"] == ["key7"]
    assert exported["system"]["name"] == "Amber"
    assert exported["presence"]["username"] == "alice"
    assert exported["shows_front"] is False
    write(fronting.set_shown, ALICE, True)
    assert json.loads(flask("export-user", ALICE)[1])["shows_front"] is True
    assert filled not in said
    assert flask("export-user", BOB) == (1, "Error: Nothing is stored about this user.\n")


def test_check_finds_what_is_wrong(flask, filled, database_file, write):
    now = health.now_ms()
    write(health.record_beat, now, now, None)
    code, said = flask("check")
    assert code == 1, "no token is set here"
    told = dict(line.split(maxsplit=1) for line in said.splitlines())
    assert (told["integrity"], told["orphans"], told["bot"]) == ("ok", "ok", "ok")
    assert told["Discord"] == "DISCORD_TOKEN is not set, so nothing was asked"
    connection = sqlite3.connect(database_file)
    connection.execute("INSERT INTO accounts (user_id, system_id) VALUES (1, 99)")
    connection.execute(
        "INSERT INTO systems (id, hid, created, tz, description_privacy, member_list_privacy,"
        " front_privacy, front_history_privacy) VALUES (98, 'abcde', 0, 'UTC', 0, 0, 0, 0)"
    )
    connection.commit()
    connection.close()
    code, said = flask("check")
    assert code == 1
    assert "1 rows of accounts belong to nothing" in said
    assert "1 systems have no account that could reach them" in said
