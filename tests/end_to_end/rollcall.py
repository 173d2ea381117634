"""A whole Rollcall for a test: the real bot and the real web side as processes, on one file."""

import os
import random
import signal
import socket
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests
from sqlalchemy.engine import make_url

import config as settings
from cli.supervisor import WEB
from database import connections
from simulator.client import Simulator
from tests.end_to_end.forked import Forked

PATIENCE_S = 40
EVERY_S = 0.02


def until(condition: Callable[[], Any], seconds: float = PATIENCE_S) -> Any:
    """Wait for a condition to become true and return its value; fails with the last value when it does not."""
    deadline = time.monotonic() + seconds
    while not (value := condition()):
        assert time.monotonic() < deadline, f"not within {seconds} s; it is {value!r}"
        time.sleep(EVERY_S)
    return value


def free_port() -> int:
    """A port that nobody listens on just now, and that no outgoing connection is given before it is used."""
    while True:
        port = random.randrange(10_000, 32_000)
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)):
                return port


class Process:
    """A child process, of Python or another program, whose output is kept; `forked`: from one that knows Rollcall."""

    def __init__(
        self, *command: str, environ: dict[str, str], program: str = sys.executable, forked: bool = False
    ) -> None:
        self.lines: list[str] = []
        self._process = (
            Forked(command, environ)
            if forked
            else subprocess.Popen(
                [program, *command],
                cwd=settings.ROOT,
                env=environ,
                stdout=subprocess.PIPE,
                stderr=subprocess.STDOUT,
                stdin=subprocess.DEVNULL,
                text=True,
                start_new_session=True,
            )
        )
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        for line in self._process.stdout:
            self.lines.append(line.rstrip("\n"))

    @property
    def output(self) -> str:
        return "\n".join(self.lines)

    @property
    def pid(self) -> int:
        return self._process.pid

    @property
    def is_running(self) -> bool:
        return self._process.poll() is None

    def wait(self, seconds: float = PATIENCE_S) -> int:
        """The exit code, once it ended by itself."""
        code = self._process.wait(seconds)
        self._reader.join(5)
        return code

    def send(self, number: int) -> None:
        self._process.send_signal(number)

    def stop(self, number: int = signal.SIGTERM) -> int | None:
        """Send a signal and wait for the end; the exit code."""
        if self.is_running:
            self.send(number)
        try:
            return self.wait()
        except subprocess.TimeoutExpired:
            self._process.kill()
            raise


class Rollcall:
    """One file, one bot, one web side; `environ` are settings on top of what a test needs.

    They start by being forked, where it is not a start itself, or what it uses, that is looked at.
    """

    forked = True

    def __init__(self, simulator: Simulator, folder: Path, **environ: str) -> None:
        self.simulator = simulator
        self.database_url = f"sqlite:///{folder / 'rollcall.db'}"
        self.port = free_port()
        self.environ = {
            **os.environ,
            "PORT": str(self.port),
            "DISCORD_TOKEN": "simulated",
            "DISCORD_API_BASE": simulator.api_base,
            "DISCORD_CDN_BASE": simulator.cdn_base,
            "DATABASE_URL": self.database_url,
            "RATE_LIMIT": "",
            # Whoever joins in a test of something else gets no message about it.
            "JOIN_NOTICE": "off",
            "PYTHONUNBUFFERED": "1",
            **environ,
        }
        self.bot: Process | None = None
        self.web: Process | None = None
        self.url = f"http://127.0.0.1:{self.port}"
        self.http = requests.Session()
        self.http.trust_env = False
        # A request on an idle connection may meet the server just as it hangs up; browsers then send it again.
        self.http.headers["Connection"] = "close"

    def start_bot(self, connected: bool = True, **environ: str) -> Process:
        self.bot = Process("bot.py", environ={**self.environ, **environ}, forked=self.forked)
        if connected:
            until(lambda: self.has_synced)
        return self.bot

    @property
    def has_synced(self) -> bool:
        """Whether the bot is connected and has registered its slash commands."""
        assert self.bot.is_running, self.bot.output
        return "connected as" in self.bot.output and bool(self.simulator.commands())

    def start_web(self, *command: str, **environ: str) -> Process:
        """Start the web side, by gunicorn or by another command, in which `{PORT}` is the port."""
        words = [word.format(PORT=self.port) for word in command or WEB]
        self.web = Process(*words, environ={**self.environ, **environ}, forked=self.forked and not command)
        until(self.is_serving)
        return self.web

    def is_serving(self) -> bool:
        assert self.web.is_running, self.web.output
        try:
            return self.get("/health").status_code in (200, 503)
        except requests.RequestException:
            return False

    def workers(self) -> set[int]:
        """The processes that serve."""
        found = subprocess.run(["pgrep", "-P", str(self.web.pid)], capture_output=True, text=True, check=False)
        return {int(pid) for pid in found.stdout.split()}

    def stop(self) -> None:
        for process in (self.bot, self.web):
            if process and process.is_running:
                process.stop()

    def get(self, path: str, token: str | None = None) -> requests.Response:
        return self.http.get(self.url + path, headers={"Authorization": token} if token else {}, timeout=15)

    def status_of(self, user_id: str) -> str | None:
        """The published status of a user, None for a 404."""
        found = self.presence_of(user_id)
        return found and found["status"]

    def presence_of(self, user_id: str, token: str | None = None) -> dict | None:
        """The published presence of a user, None for a 404."""
        response = self.get(f"/user/{user_id}", token)
        assert response.status_code in (200, 404), response.text
        return response.json()["presence"] if response.status_code == 200 else None

    def read(self, rule: Callable[..., Any], *args: Any) -> Any:
        """Run a rule on the file, as a third process would."""
        database = connections.open_database(self.database_url)
        try:
            with database.read() as session:
                return rule(session, *args)
        finally:
            database.close()

    def write(self, rule: Callable[..., Any], *args: Any) -> Any:
        """The same in a write transaction, for what would take many messages."""
        database = connections.open_database(self.database_url)
        try:
            with database.write() as session:
                return rule(session, *args)
        finally:
            database.close()


@contextmanager
def holding(running: Rollcall) -> Iterator[None]:
    """Hold the file's write lock, as another process would."""
    connection = sqlite3.connect(make_url(running.database_url).database, isolation_level=None)
    connection.execute("BEGIN IMMEDIATE")
    try:
        yield
    finally:
        connection.close()
