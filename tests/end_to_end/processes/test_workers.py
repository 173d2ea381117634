"""gunicorn's processes: how many, what they share, how they end, and what is left when one is killed."""

import os
import random
import signal
import threading
from pathlib import Path

import pytest
import requests

from tests.end_to_end.rollcall import holding, until
from tests.web.front.raw_client import Client, compose

ALICE_PATH = "/user/80351110224678912"
SOCKET = compose(
    "GET",
    "/socket",
    ("Connection", "Upgrade"),
    ("Upgrade", "websocket"),
    ("Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="),
    ("Sec-WebSocket-Version", "13"),
)


def in_background(function, *args):
    """Run it beside the test; what it returned, once that is asked for."""
    found = []
    thread = threading.Thread(target=lambda: found.append(function(*args)))
    thread.start()

    def result():
        thread.join()
        return found[0]

    return result


@pytest.mark.parametrize("number", [pytest.param(1, marks=pytest.mark.long), 3])
def test_there_are_as_many_workers_as_are_set(web, number):
    running = web(WEB_CONCURRENCY=str(number))
    assert len(until(lambda: len(running.workers()) == number and running.workers())) == number


def private_kb(pid):
    lines = Path(f"/proc/{pid}/smaps_rollup").read_text().splitlines()
    return {line.split(":")[0]: int(line.split()[1]) for line in lines[1:]}


@pytest.mark.skipif(not Path("/proc/self/smaps_rollup").exists(), reason="only Linux tells what is shared")
@pytest.mark.long
def test_workers_share_the_memory_of_the_app(web):
    running = web()
    for _ in range(20):
        assert running.status_of("80351110224678912") == "online"
    for pid in running.workers():
        memory = private_kb(pid)
        assert memory["Private_Dirty"] < memory["Rss"] / 2


@pytest.mark.long
def test_pictures_that_nobody_asks_for_go_where_nobody_asks_for_anything(web, tmp_path):
    old, new = (tmp_path / "rollcall.db.picture-cache" / (letter * 64) for letter in "ab")
    old.parent.mkdir()
    for path in (old, new):
        path.write_bytes(b"a picture")
    os.utime(old, (1_000_000_000, 1_000_000_000))
    web()
    until(lambda: not old.exists())
    assert new.exists()


@pytest.mark.long
def test_as_many_files_may_be_open_as_the_system_allows(web):
    running = web()
    for pid in running.workers():
        limits = Path(f"/proc/{pid}/limits").read_text()
        soft, hard = next(line.split()[3:5] for line in limits.splitlines() if line.startswith("Max open files"))
        assert soft == hard


@pytest.mark.long
def test_what_is_being_asked_is_answered_before_the_end(web):
    running = web()
    listener = Client(running.port, SOCKET)
    assert listener.read().status == 101
    idle = Client(running.port, compose("GET", ALICE_PATH))
    assert idle.read().status == 200
    asks = (("Authorization", running.token), ("Content-Length", "1"), ("Expect", "100-continue"))
    writer = Client(running.port, compose("PUT", "/user/@me/kv/k", *asks))
    assert writer.read().status == 100
    with holding(running):
        writer.send(b"v")
        running.web.send(signal.SIGTERM)
        assert idle.rest() == b""
    assert writer.read().status == 204
    assert listener.rest().endswith(b"\x88\x11\x03\xf4Service restart")
    assert running.web.wait() == 0
    assert "Traceback" not in running.web.output


def keep_asking(running, until_told):
    """Read and write again and again on new connections; every answer, and what went wrong."""
    told = []
    while not until_told.is_set():
        try:
            told.append(running.get(ALICE_PATH).status_code)
            told.append(running.put("k", "v"))
        except requests.RequestException as error:
            told.append(repr(error))
    return set(told)


def test_sighup_replaces_the_workers_and_nobody_notices(web):
    running = web()
    before, enough = running.workers(), threading.Event()
    told = [in_background(keep_asking, running, enough) for _ in range(4)]
    for _ in range(3):
        running.web.send(signal.SIGHUP)
        until(lambda before=before: len(running.workers()) == 2 and not running.workers() & before)
        before = running.workers()
    enough.set()
    assert set().union(*(result() for result in told)) == {200, 204}
    assert "Traceback" not in running.web.output


class Writer(threading.Thread):
    """Writes numbers under a key of its own, one after another, and remembers what it was told is stored."""

    def __init__(self, running, name):
        super().__init__()
        self.running, self.key = running, name
        self.sent = self.acknowledged = -1
        self.enough = threading.Event()

    def run(self):
        while not self.enough.is_set():
            self.sent += 1
            try:
                if self.running.put(self.key, str(self.sent)) == 204:
                    self.acknowledged = self.sent
            except requests.RequestException:
                pass


@pytest.mark.parametrize("kills", [10, pytest.param(200, marks=pytest.mark.long)])
def test_a_worker_killed_under_load_loses_nothing_that_was_acknowledged(web, kills):
    running = web()
    writers = [Writer(running, f"k{number}") for number in range(4)]
    for writer in writers:
        writer.start()
    for _ in range(kills):
        at = [writer.acknowledged for writer in writers]
        until(lambda at=at: all(writer.acknowledged > seen for writer, seen in zip(writers, at, strict=True)))
        victim = random.choice(sorted(running.workers()))
        os.kill(victim, signal.SIGKILL)
        until(lambda victim=victim: len(running.workers() - {victim}) == 2)
    for writer in writers:
        writer.enough.set()
    for writer in writers:
        writer.join()
        stored = int(running.get(f"/user/@me/kv/{writer.key}", running.token).text)
        assert writer.acknowledged <= stored <= writer.sent
        assert writer.acknowledged >= kills - 1


@pytest.mark.long
def test_workers_end_where_gunicorn_was_killed_and_the_port_is_free_again(web):
    running = web()
    running.web.stop(signal.SIGKILL)
    until(running.is_port_free)
    running.start_web()
    assert running.status_of("80351110224678912") == "online"


@pytest.mark.long
def test_a_worker_that_hangs_is_replaced(web):
    running = web("-m", "gunicorn", "--timeout", "2", "app:app")
    until(lambda: len(running.workers()) == 2)
    hanging = min(running.workers())
    os.kill(hanging, signal.SIGSTOP)
    until(lambda: len(running.workers()) == 2 and hanging not in running.workers())
    assert [running.get(ALICE_PATH).status_code for _ in range(10)] == [200] * 10


def test_flasks_own_server_serves_too(web):
    running = web("-m", "flask", "--app", "app", "run", "--port", "{PORT}")
    assert running.status_of("80351110224678912") == "online"
    assert running.put("k", "v" * 10_000) == 204
    assert running.get("/user/@me/kv/k", running.token).text == "v" * 10_000
    assert running.put("k", "v" * 200_000) == 413
    assert "Traceback" not in running.web.output
