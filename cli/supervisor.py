"""Running Rollcall's processes side by side in one terminal, until Ctrl-C."""

import asyncio
import signal
import sys
import time
from collections.abc import Mapping
from contextlib import suppress

import config as settings
from database.upgrade import upgrade
from web.front.port import check_port

STOP_WITHIN_S = 15
# Between a process that ended and its next start; what has lasted begins with the first pause again.
FIRST_PAUSE_S, LONGEST_PAUSE_S, LASTING_S = 1, 30, 60
LONGEST_LINE = 2**20
OWN_NAME = "rollcall"
WEB = ("-m", "gunicorn", "app:app")


class Process:
    """One child process whose lines are printed with its name in front."""

    def __init__(self, name: str, *command: str) -> None:
        self.name = name
        self.command = command
        self._process: asyncio.subprocess.Process | None = None

    async def run(self, environ: Mapping[str, str], stopping: asyncio.Event) -> int:
        """Run it until it is told to stop, again and again: at longer and longer pauses where it does not last.

        Returns the exit code of one that only a person can help: a setting or the token ended it.
        """
        pause = FIRST_PAUSE_S
        while not stopping.is_set():
            begun = time.monotonic()
            code = await self._run_once(environ, stopping)
            if stopping.is_set():
                break
            if code == settings.EXIT_FOR_A_PERSON:
                say(OWN_NAME, f"{self.name} ended with code {code}; the rest goes on. Ctrl-C stops everything.")
                return code
            pause = FIRST_PAUSE_S if time.monotonic() - begun > LASTING_S else pause
            say(OWN_NAME, f"{self.name} ended with code {code}; it is started again in {pause} s.")
            with suppress(TimeoutError):
                await asyncio.wait_for(stopping.wait(), pause)
            pause = min(2 * pause, LONGEST_PAUSE_S)
        return 0

    async def _run_once(self, environ: Mapping[str, str], stopping: asyncio.Event) -> int:
        """Start it and print what it says; its exit code."""
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
        if stopping.is_set():
            # It was not there yet when all were asked to end.
            self._process.terminate()
        while line := await self._read_line():
            say(self.name, line.decode(errors="replace").rstrip())
        return await self._process.wait()

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


async def run(processes: list[Process], environ: Mapping[str, str], beside: asyncio.Task | None = None) -> int:
    """Run them until Ctrl-C, SIGTERM, or until none can go on; `beside` is cancelled then.

    Returns the exit code: 0 unless none could go on.
    """
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
    codes = await running
    if beside:
        beside.cancel()
    return min(codes)


def make_processes() -> list[Process]:
    """The two processes that make up Rollcall."""
    return [Process("web", *WEB), Process("bot", "bot.py")]


def prepare(config: settings.Config) -> None:
    """Find what would end a process at once, and say it in one sentence instead."""
    if config.server == "granian":
        say(OWN_NAME, "SERVER=granian has no effect any more: gunicorn serves. Take the setting out.")
    check_port(config.host, config.port, "The web side", "PORT or HOST")
    upgrade(config.database_url)
