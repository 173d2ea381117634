"""`make run`: bot and web in one terminal; without a DISCORD_TOKEN the tour, against the simulated Discord."""

import asyncio
import importlib.util
import os
import signal
import socket
import sys
import time
from collections.abc import Mapping
from typing import Any

import requests

import config as settings
from database.upgrade import BadFile, upgrade

PATIENCE_S = 30
STOP_WITHIN_S = 15
LONGEST_LINE = 2**20
TOUR_DATABASE = "sqlite:///instance/tour.db"
GUIDE = "rollcall"
SERVERS = {"gunicorn": ("-m", "gunicorn", "app:app"), "granian": ("-m", "cli.granian")}


class Part:
    """One child process whose lines are printed with its name in front."""

    def __init__(self, name: str, *command: str) -> None:
        self.name = name
        self.command = command
        self.process: asyncio.subprocess.Process | None = None

    async def run(self, environ: Mapping[str, str], stopping: asyncio.Event) -> None:
        """Start it, print what it says, and tell when it ends before it was told to."""
        self.process = await asyncio.create_subprocess_exec(
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
        code = await self.process.wait()
        if not stopping.is_set():
            say(GUIDE, f"{self.name} ended with code {code}; the rest goes on. Ctrl-C stops everything.")

    async def _read_line(self) -> bytes:
        try:
            return await self.process.stdout.readline()
        except ValueError:
            return b"(a line that is too long to show)"

    async def stop(self) -> None:
        """Ask it to end, and end it when it does not."""
        if not self.process or self.process.returncode is not None:
            return
        self.process.terminate()
        try:
            await asyncio.wait_for(self.process.wait(), STOP_WITHIN_S)
        except TimeoutError:
            say(GUIDE, f"{self.name} does not end by itself")
            self.process.kill()


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


async def run(parts: list[Part], environ: Mapping[str, str], guide: asyncio.Task | None = None) -> None:
    """Run the parts until Ctrl-C, SIGTERM, or until all have ended."""
    stopping = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    running = asyncio.gather(*(part.run(environ, stopping) for part in parts))
    asked = asyncio.create_task(stopping.wait())
    await asyncio.wait({running, asked}, return_when=asyncio.FIRST_COMPLETED)
    stopping.set()
    # The one that the others talk to ends last, so that their last words find it.
    for part in reversed(parts):
        await part.stop()
    await running
    if guide:
        guide.cancel()


async def guide_through(config: settings.Config, simulator_url: str) -> None:
    """Once the bot is connected and somebody is published, say what there is to see and to type."""
    from simulator.client import DEFAULT_URL, Simulator, SimulatorError

    until, http = time.monotonic() + PATIENCE_S, requests.Session()
    # A proxy from the environment knows nothing of loopback.
    http.trust_env = False
    url = None
    while not url and time.monotonic() < until:
        await asyncio.sleep(0.3)
        try:
            url = await asyncio.to_thread(_find_somebody, Simulator(simulator_url), http, config.public_url)
        except (SimulatorError, requests.RequestException):
            continue
    if not url:
        say(GUIDE, f"nothing was published within {PATIENCE_S} s; the lines above say why")
        return
    python = sys.executable.removeprefix(f"{settings.ROOT}/")
    where = "" if simulator_url == DEFAULT_URL else f" --url {simulator_url}"
    say(GUIDE, "")
    say(GUIDE, "This is the tour: a simulated Discord, the real bot and the real web side. See somebody's presence:")
    say(GUIDE, f"  curl {url}")
    say(GUIDE, "Type a command as one of them (alice, bob, charlie, dana, eve):")
    say(GUIDE, f'  {python} -m simulator say alice ".help"{where}')
    say(GUIDE, f'  {python} -m simulator say alice "pk;help"{where}')
    say(GUIDE, "Ctrl-C stops everything. With a DISCORD_TOKEN in .env, make run is the real thing.")
    say(GUIDE, "")


def _find_somebody(simulator: Any, http: requests.Session, base: str) -> str | None:
    """Where alice is published, once the bot is connected."""
    if http.get(f"{base}/health", timeout=5).status_code != 200:
        return None
    url = next(f"{base}/user/{user['id']}" for user in simulator.users() if user["name"] == "alice")
    return url if http.get(url, timeout=5).status_code == 200 else None


async def tour() -> None:
    """Simulator, bot and web, on a file of their own."""
    port = settings.load().port
    port += 100 if port <= 65435 else -100
    url = f"http://127.0.0.1:{port}"
    overrides = {
        "DISCORD_TOKEN": "simulated",
        "DISCORD_API_BASE": f"{url}/api/v10",
        "DISCORD_CDN_BASE": f"{url}/cdn",
        "DATABASE_URL": TOUR_DATABASE,
        "HOME_GUILD_ID": "",
        "INVITE_URL": "",
        "PUBLIC_URL": "",
        "SIMULATOR_URL": url,
    }
    config = settings.load(overrides)
    check_port("127.0.0.1", port, "PORT, which it follows")
    prepare(config)
    parts = [Part("discord", "-m", "simulator", "--tour", "--port", str(port)), *real_parts(config)]
    guide = asyncio.create_task(guide_through(config, url))
    await run(parts, {**os.environ, **overrides}, guide)


def real_parts(config: settings.Config) -> list[Part]:
    """The two processes that make up Rollcall."""
    return [Part("web", *SERVERS[config.server]), Part("bot", "bot.py")]


def prepare(config: settings.Config) -> None:
    """Find what would end a part at once, and say it in one sentence instead."""
    if config.server == "granian" and not importlib.util.find_spec("granian"):
        raise SystemExit("granian is not installed yet; make run SERVER=granian installs it.")
    check_port(config.host, config.port, "PORT or HOST")
    upgrade(config.database_url)


async def start() -> None:
    config = settings.load()
    if config.discord_token:
        prepare(config)
        await run(real_parts(config), os.environ)
    else:
        await tour()


def main() -> None:
    """`python -m cli.start`."""
    try:
        asyncio.run(start())
    except (settings.BadSetting, BadFile) as error:
        raise SystemExit(str(error)) from None


if __name__ == "__main__":
    main()
