"""An import that is killed at each of its steps, by each face: the process is gone, and all is there or nothing."""

import signal
import subprocess
import sys
from contextlib import contextmanager

import pytest
import requests

import config as settings
from database.upgrade import upgrade
from rules.account import tokens
from simulator.client import Simulator
from tests.end_to_end.bot_replies import said
from tests.end_to_end.rollcall import Process, Rollcall, until
from tests.rules.transfer.formats.sidecars import SAMPLES, get_sample
from tests.rules.transfer.killed_imports import ALICE, SAMPLE, File, kill_at_each_point

pytestmark = pytest.mark.long
DYING = ("-m", "tests.kill_points")
# Of points, of which each step has two: where nothing is left, and where all is.
FEWEST = (5, 1)


@pytest.fixture
def discord():
    with Simulator.start() as simulator:
        simulator.add_guild("Home")
        simulator.add_user("alice", user_id=str(ALICE))
        simulator.join(str(ALICE))
        yield simulator


@pytest.fixture
def rollcall(discord, tmp_path):
    running = Rollcall(discord, tmp_path)
    upgrade(running.database_url)
    yield running
    running.stop()


@pytest.fixture
def file(rollcall):
    made = File(rollcall.database_url)
    made.fill()
    return made


@contextmanager
def told(path, number):
    """Somebody dies at this point, if they come so far."""
    path.write_text(str(number))
    yield
    path.write_text("")


def test_in_the_terminal(rollcall, file, tmp_path):
    words = ("flask", "--app", "app", "import", str(ALICE), str(SAMPLES / SAMPLE), "--yes")

    def run():
        command = [sys.executable, *DYING, str(tmp_path / "told"), *words]
        return subprocess.run(command, cwd=settings.ROOT, env=rollcall.environ, capture_output=True, check=False)

    def kill(number):
        with told(tmp_path / "told", number):
            code = run().returncode
        assert code in (0, -signal.SIGKILL)
        return code == 0

    assert kill_at_each_point(file, kill, run) >= FEWEST


def test_over_http(rollcall, file, tmp_path):
    token = tokens.make_token(ALICE)
    with file.write() as session:
        tokens.store_token(session, ALICE, tokens.hash_token(token))
    rollcall.start_web(*DYING, str(tmp_path / "told"), "gunicorn", "app:app")

    def post():
        address = f"{rollcall.url}/user/@me/imports?apply=true"
        return requests.post(address, get_sample(SAMPLE), headers={"Authorization": token}, timeout=30)

    def kill(number):
        with told(tmp_path / "told", number):
            try:
                assert post().status_code == 200
            except requests.ConnectionError:
                until(rollcall.is_serving)
                return False
        return True

    assert kill_at_each_point(file, kill, post) >= FEWEST


def test_in_discord(discord, rollcall, file, tmp_path):
    sample = [(SAMPLE, get_sample(SAMPLE))]

    def start():
        rollcall.bot = Process(*DYING, str(tmp_path / "told"), "bot", environ=rollcall.environ)
        until(lambda: rollcall.has_synced)

    def say():
        """Whether the bot comes to an answer."""
        after = discord.last_seq()
        discord.say(str(ALICE), "pk;import -y", dm=True, attachments=sample)
        until(lambda: not rollcall.bot.is_running or is_answered(after))
        return is_answered(after)

    def is_answered(after):
        return any("added and" in text or "Nothing would change" in text for _, text in said(discord.log(after)))

    def kill(number):
        with told(tmp_path / "told", number):
            answered = say()
        # It purges after it has answered.
        if not rollcall.bot.is_running:
            start()
        return answered

    start()
    assert kill_at_each_point(file, kill, say) >= FEWEST
