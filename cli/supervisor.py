"""Running Rollcall's processes side by side in one terminal, until Ctrl-C."""

import asyncio
import signal
import socket
import sys
from collections.abc import Mapping

import config as settings
from database.upgrade import upgrade

STOP_WITHIN_S = 15
LONGEST_LINE = 2**20
OWN_NAME = "rollcall"
WEB = ("-m", "gunicorn", "app:app")


class Process:
    """One child process whose lines are printed with its name in front."""

    def __init__(self, name: str, *command: str) -> None:
        self.name = name
        self.command = command
        self._process: asyncio.subprocess.Process | None = None

    async def run(self, environ: Mapping[str, str], stopping: asyncio.Event) -> None:
        """Start it, print what it says, and tell when it ends before it was told to."""
        self._process = await asyncio.create_subprocess_exec(
            sys.executable,
            *self.command,
            cwd=settings.ROOT,
            env=environ,
            stdout=asyncio.subprocess.PIPE,
            stderr=asyncio.subprocess.STDOUT,
            start_new_session=True,
            limit=LONGEST_LINE,
        )
        while line := await self._read_line():
            say(self.name, line.decode(errors="replace").rstrip())
        code = await self._process.wait()
        if not stopping.is_set():
            say(OWN_NAME, f"{self.name} ended with code {code}; the rest goes on. Ctrl-C stops everything.")

    async def _read_line(self) -> bytes:
        try:
            return await self._process.stdout.readline()
        except ValueError:
            return b"(a line that is too long to show)"

    async def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        if not self._process or self._process.returncode is not None:
            return
        self._process.terminate()
        try:
            await asyncio.wait_for(self._process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            say(OWN_NAME, f"{self.name} does not end by itself")
            self._process.kill()


def say(name: str, line: str) -> None:
    """Print a line with the name of who said it."""
    print(f"{name:9} | {line}", flush=True)


def check_port(host: str, port: int, setting: str) -> None:
    """End with one sentence when a port cannot be listened on."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            sentence = f"{host} port {port} cannot be used: {error.strerror}. Choose another with {setting}."
            raise SystemExit(sentence) from None


async def run(processes: list[Process], environ: Mapping[str, str], beside: asyncio.Task | None = None) -> None:
    """Run them until Ctrl-C, SIGTERM, or until all have ended; `beside` is cancelled then."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    running = asyncio.gather(*(process.run(environ, stopping) for process in processes))
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
    stopping.set()
    # The one that the others talk to ends last, so that their last words find it.
    for process in reversed(processes):
        await process.stop()
    await running
    if beside:
        beside.cancel()


def make_processes() -> list[Process]:
    """The two processes that make up Rollcall."""
    return [Process("web", *WEB), Process("bot", "bot.py")]


def prepare(config: settings.Config) -> None:
    """Find what would end a process at once, and say it in one sentence instead."""
    if config.server == "granian":
        say(OWN_NAME, "SERVER=granian has no effect any more: gunicorn serves. Take the setting out.")
    check_port(config.host, config.port, "PORT or HOST")
    upgrade(config.database_url)
