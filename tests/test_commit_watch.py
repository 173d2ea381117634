"""Hearing of commits: by the kernel where it tells, soon in any case, and with few questions."""

import asyncio
import os
import sqlite3
import sys

import pytest

from database import commit_watch
from database.commit_watch import CommitWatch
from database.inotify import WriteNotice
from database.turn_reader import TurnReader

# The kernel's own telling is Linux's; elsewhere the same commits are heard of by asking.
BY_KERNEL = sys.platform == "linux"
NEVER_S = 60


class Asked:
    """In the place of a reader: its version is what a test says, and each question is counted."""

    def __init__(self):
        self.version, self.questions = 1, 0

    def find_version(self):
        self.questions += 1
        return self.version


class Watched:
    """A watch that has heard of what there was when it began, and goes on."""

    def __init__(self, reader, path):
        self.reader, self.heard = reader, asyncio.Queue()
        self.watch = CommitWatch(reader, str(path), self._note)

    async def __aenter__(self):
        self.watch.forget()
        self.watch.wait()
        await self.hear()
        return self

    async def __aexit__(self, *_):
        self.watch.stop()

    def _note(self):
        self.heard.put_nowait(self.reader.find_version())
        self.watch.wait()

    async def hear(self):
        return await asyncio.wait_for(self.heard.get(), 10)


@pytest.fixture
def wal(tmp_path):
    path = tmp_path / "people.db-wal"
    path.touch()
    return path


@pytest.fixture
def only_kernel(monkeypatch):
    """Waits until the kernel is to tell, and lets no timer ask from then on; where there is no inotify, all goes on."""

    async def arrange():
        await asyncio.sleep(0.25)
        if BY_KERNEL:
            for name, seconds in {"POLL_S": NEVER_S, "LATEST_S": NEVER_S, "ACTIVE_S": 0}.items():
                monkeypatch.setattr(commit_watch, name, seconds)
        await asyncio.sleep(0.15)

    return arrange


def write(path, size=1):
    with path.open("ab") as file:
        file.write(b"." * size)


@pytest.mark.skipif(not BY_KERNEL, reason="inotify is Linux's")
def test_a_notice_tells_once_for_each_order(wal):
    notice = WriteNotice(str(wal))
    told = []
    for is_ordered in (False, True, False, True):
        assert not is_ordered or notice.tell_once()
        write(wal)
        told.append(notice.take())
    notice.close()
    assert told == [False, True, False, True]


def test_each_commit_is_told_by_the_kernel_also_after_the_wal_was_cut(database, only_kernel):
    async def listen():
        writer = sqlite3.connect(database.wal_path.removesuffix("-wal"), isolation_level=None)
        async with Watched(TurnReader(database), database.wal_path) as watched:
            await only_kernel()
            for number in range(6):
                if number % 2:
                    writer.execute("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
                    await asyncio.sleep(0.03)
                # A new beginning of the WAL may look like a commit.
                watched.heard = asyncio.Queue()
                writer.execute(f"PRAGMA user_version = {number}")
                await watched.hear()
                await asyncio.sleep(0.03)
        writer.close()

    asyncio.run(listen())


@pytest.mark.skipif(not BY_KERNEL, reason="without inotify the file is asked all the time")
def test_where_nothing_is_written_little_is_asked_and_nothing_where_nobody_waits(wal):
    async def listen():
        async with Watched(Asked(), wal) as watched:
            await asyncio.sleep(0.3)
            watched.reader.questions = 0
            await asyncio.sleep(0.6)
            idle = watched.reader.questions
            watched.watch.rest()
            write(wal)
            await asyncio.sleep(0.2)
            return idle, watched.reader.questions - idle

    idle, at_rest = asyncio.run(listen())
    assert 1 <= idle <= 7
    assert at_rest == 0


@pytest.mark.parametrize("later_s", [0, 0.002, 0.05])
def test_what_is_committed_some_time_after_it_was_written_is_told(wal, only_kernel, monkeypatch, later_s):
    async def listen():
        async with Watched(Asked(), wal) as watched:
            await only_kernel()
            monkeypatch.undo()
            write(wal)
            await asyncio.sleep(later_s)
            watched.reader.version = 2
            return await watched.hear()

    assert asyncio.run(listen()) == 2


@pytest.mark.parametrize("commits", [False, True], ids=["one long transaction", "many short ones"])
def test_however_much_is_written_the_questions_are_apart(wal, commits):
    async def listen():
        async with Watched(Asked(), wal) as watched:
            loop = asyncio.get_running_loop()
            begun, watched.reader.questions = loop.time(), 0
            while loop.time() < begun + 0.3:
                write(wal, 4096)
                watched.reader.version += commits
                await asyncio.sleep(0)
            # `Watched` asks once more for each.
            questions = watched.reader.questions - watched.heard.qsize()
            return questions / (loop.time() - begun)

    assert 0 < asyncio.run(listen()) <= 1.5 / commit_watch.POLL_S


@pytest.mark.parametrize("was_there", [True, False])
def test_another_file_at_the_path_is_watched_from_then_on(tmp_path, wal, only_kernel, was_there):
    async def listen():
        if not was_there:
            wal.unlink()
        async with Watched(Asked(), wal) as watched:
            await asyncio.sleep(0.2)
            (tmp_path / "other").touch()
            (tmp_path / "other").replace(wal)
            await only_kernel()
            write(wal)
            watched.reader.version = 2
            return await watched.hear()

    assert asyncio.run(listen()) == 2


def no_notice(_path):
    raise OSError("no inotify")


async def is_asked_all_the_time(watched):
    watched.reader.questions = 0
    await asyncio.sleep(0.4)
    return watched.reader.questions > 2 * 0.4 / commit_watch.LATEST_S


@pytest.mark.parametrize(
    ("name", "broken"), [("WriteNotice", no_notice), ("WriteNotice.tell_once", lambda _self: False)]
)
def test_where_the_kernel_cannot_tell_the_file_is_asked(wal, monkeypatch, name, broken):
    monkeypatch.setattr(f"database.commit_watch.{name}", broken)

    async def listen():
        async with Watched(Asked(), wal) as watched:
            await asyncio.sleep(0.3)
            return await is_asked_all_the_time(watched)

    assert asyncio.run(listen())


def test_where_the_kernel_tells_nothing_though_it_said_it_would_the_file_is_asked(wal):
    async def listen():
        async with Watched(Asked(), wal) as watched:
            for version in range(2, 4 + commit_watch.MOST_UNTOLD):
                await asyncio.sleep(1.5 * commit_watch.ACTIVE_S)
                watched.reader.version = version
                await watched.hear()
            await asyncio.sleep(0.3)
            return await is_asked_all_the_time(watched)

    assert asyncio.run(listen())


def test_a_file_that_cannot_be_asked_is_for_whoever_reads_it(wal):
    class Broken:
        def find_version(self):
            raise sqlite3.OperationalError("disk I/O error")

    async def listen():
        heard = asyncio.Event()
        watch = CommitWatch(Broken(), str(wal), heard.set)
        watch.wait()
        await asyncio.wait_for(heard.wait(), 10)
        watch.stop()

    asyncio.run(listen())


@pytest.mark.skipif(not BY_KERNEL, reason="counts open files as Linux lists them")
def test_whoever_stops_keeps_no_file_open(wal):
    async def listen():
        before = len(os.listdir("/proc/self/fd"))
        for _ in range(3):
            async with Watched(Asked(), wal):
                pass
        return len(os.listdir("/proc/self/fd")) - before

    assert asyncio.run(listen()) == 0
