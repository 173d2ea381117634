"""The cache on the disk: how much it holds, for how long, and what is left of it after a crash."""

import os
import signal
import subprocess
import sys
import time

import pytest

from web.remote_pictures import disk_cache
from web.remote_pictures.disk_cache import BLOCK, DiskCache, get_folder

A, B = "https://i.scdn.co/a", "https://i.scdn.co/b"
DAY = 24 * 3600


@pytest.fixture
def folder(tmp_path):
    return tmp_path / "rollcall.db.picture-cache"


@pytest.fixture
def cache(folder):
    return DiskCache(folder, 100 * BLOCK)


def age(folder, used_s=0, fetched_s=0):
    """Let all files have been used and written so long ago."""
    for path in folder.iterdir():
        os.utime(path, (time.time() - used_s, time.time() - fetched_s))


@pytest.fixture(autouse=True)
def no_waiting_for_the_disk(monkeypatch):
    """What a machine that stops leaves is not seen here."""
    monkeypatch.setattr(os, "fsync", lambda _: None)


def size(folder):
    return sum(-(-path.stat().st_size // BLOCK) * BLOCK for path in folder.iterdir())


def test_it_lies_beside_the_database():
    assert str(get_folder("sqlite:////var/lib/a.db")) == "/var/lib/a.db.picture-cache"


def test_what_was_stored_is_found_by_whoever_shares_the_folder(cache, folder):
    cache.store(A, b"a" * 1000)
    found = DiskCache(folder, 100 * BLOCK).find(A)
    assert found.data == b"a" * 1000
    assert found.age_s == pytest.approx(0, abs=60)
    assert cache.find(B) is None


def test_it_holds_no_address_and_opens_to_nobody_else(cache, folder):
    cache.store("https://cdn.discordapp.com/avatars/80351110224678912/a.png", b"a")
    assert folder.stat().st_mode & 0o077 == 0
    assert [path.name for path in folder.iterdir() if "8035" in path.name or len(path.name) != 64] == []


def test_the_age_is_that_of_the_fetch_and_not_of_the_last_use(cache, folder):
    cache.store(A, b"a")
    age(folder, used_s=1000, fetched_s=5000)
    for _ in range(2):
        assert cache.find(A).age_s == pytest.approx(5000, abs=60)
    assert time.time() - next(folder.iterdir()).stat().st_atime < 100


def test_above_its_size_the_oldest_used_go(cache, folder):
    for number in range(60):
        cache.store(f"{A}{number}", bytes(BLOCK))
    age(folder, used_s=3600)
    assert cache.find(f"{A}7")
    for number in range(60, 150):
        cache.store(f"{A}{number}", bytes(BLOCK))
        assert size(folder) <= 100 * BLOCK
        cache.find(f"{A}7")
        used = folder / disk_cache.hashlib.sha256(f"{A}7".encode()).hexdigest()
        os.utime(used, (time.time() + 1, used.stat().st_mtime))
    assert cache.find(f"{A}7")
    assert cache.find(f"{A}149")
    assert not any(cache.find(f"{A}{number}") for number in range(7))


def test_many_failures_are_bounded_too(cache, folder):
    for number in range(110):
        cache.note_failure(f"{A}{number}", 600)
        assert len(list(folder.iterdir())) <= 100


def test_a_picture_that_is_larger_than_all_of_it_is_not_kept(cache, folder):
    cache.store(A, b"a")
    cache.store(B, bytes(100 * BLOCK))
    assert cache.find(A)
    assert cache.find(B) is None


def test_with_no_size_nothing_is_kept_and_what_was_goes(cache, folder):
    cache.store(A, b"a")
    off = DiskCache(folder, 0)
    off.store(B, b"b")
    off.note_failure(B, 600)
    assert (off.find(A), off.find(B), off.has_failed(B)) == (None, None, False)
    off.sweep()
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize(("used_s", "kept"), [(DAY - 100, True), (DAY + 100, False), (-DAY - 100, False)])
def test_what_nobody_has_asked_for_for_a_day_goes(cache, folder, used_s, kept):
    cache.store(A, b"a")
    age(folder, used_s=used_s, fetched_s=10 * DAY)
    cache.sweep()
    assert bool(cache.find(A)) is kept


def test_a_failure_is_remembered_for_a_while(cache, folder):
    assert not cache.has_failed(A)
    cache.note_failure(A, 600)
    assert cache.has_failed(A)
    assert not cache.has_failed(B)
    assert DiskCache(folder, 100 * BLOCK).has_failed(A)
    age(folder, fetched_s=1)
    assert not cache.has_failed(A)
    cache.sweep()
    assert list(folder.iterdir()) == []


def test_a_clock_that_was_set_back_makes_no_failure_last(cache, folder):
    cache.note_failure(A, 600)
    age(folder, fetched_s=-DAY)
    assert not cache.has_failed(A)


def test_a_picture_ends_a_failure_and_can_be_dropped(cache):
    cache.note_failure(A, 600)
    cache.store(A, b"a")
    assert not cache.has_failed(A)
    cache.drop(A)
    cache.drop(A)
    assert cache.find(A) is None


def test_it_may_be_deleted_at_any_time(cache, folder):
    cache.store(A, b"a")
    for path in folder.iterdir():
        path.unlink()
    folder.rmdir()
    assert cache.find(A) is None
    cache.sweep()
    cache.store(A, b"a")
    assert cache.find(A).data == b"a"


def test_what_the_disk_refuses_is_not_kept_and_breaks_nothing(cache, folder):
    # A file in the folder's place: nothing can be written below it, whoever runs this.
    folder.write_bytes(b"")
    cache.store(A, b"a")
    cache.note_failure(A, 600)
    cache.drop(A)
    cache.sweep()
    assert (cache.find(A), cache.has_failed(A)) == (None, False)


def test_strangers_files_in_the_folder_are_left(cache, folder):
    cache.store(A, b"a")
    (folder / "notes.txt").write_text("mine")
    age(folder, used_s=10 * DAY, fetched_s=10 * DAY)
    cache.sweep()
    assert [path.name for path in folder.iterdir()] == ["notes.txt"]


def test_a_disk_that_is_full_keeps_no_half_of_a_picture(cache, folder, monkeypatch):
    def fail(*_):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", fail)
    cache.store(A, b"a")
    assert list(folder.iterdir()) == []


@pytest.mark.parametrize("step", ["fsync", "replace"])
def test_what_was_left_unfinished_is_never_served_and_goes(cache, folder, monkeypatch, step):
    def die(*_):
        raise KeyboardInterrupt

    with monkeypatch.context() as dying:
        dying.setattr(os, step, die)
        with pytest.raises(KeyboardInterrupt):
            cache.store(A, b"a" * 1000)
    assert len(list(folder.iterdir())) == 1
    assert cache.find(A) is None
    cache.sweep()
    # It might be another worker's, who is at it.
    assert len(list(folder.iterdir())) == 1
    age(folder, fetched_s=100)
    cache.sweep()
    assert list(folder.iterdir()) == []


WRITER = """
import sys
from pathlib import Path
from web.remote_pictures.disk_cache import DiskCache

cache = DiskCache(Path(sys.argv[1]), 100_000_000)
while True:
    for letter in (b"a", b"b"):
        cache.store(sys.argv[2], letter * 1_000_000)
"""


def test_readers_and_a_killed_writer_leave_whole_pictures_alone(folder):
    cache = DiskCache(folder, 100_000_000)
    writer = subprocess.Popen([sys.executable, "-c", WRITER, folder, A], cwd=disk_cache.__file__.rpartition("/web/")[0])
    try:
        seen, until = set(), time.monotonic() + 30
        while len(seen) < 2 and time.monotonic() < until and writer.poll() is None:
            if found := cache.find(A):
                assert found.data in (b"a" * 1_000_000, b"b" * 1_000_000)
                seen.add(found.data[:1])
    finally:
        writer.send_signal(signal.SIGKILL)
        writer.wait(10)
    assert seen == {b"a", b"b"}
    assert cache.find(A).data in (b"a" * 1_000_000, b"b" * 1_000_000)
