"""A simulator in its own process, and real py-cord bots in threads of the tests."""

import asyncio
import threading
import time

import discord
import pytest
import requests

from simulator.client import Simulator
from tests.simulator.example_bot import add_commands
from tests.simulator.impatient_bots import ImpatientBot

PATIENCE = 10.0


class BotThread:
    """Runs one bot in a thread, for synchronous tests."""

    def __init__(self, kind, token, zlib, setup, options):
        self.error = None
        self.bot = None
        self._begun = threading.Event()
        arguments = (kind, token, zlib, setup, options)
        self._thread = threading.Thread(target=lambda: asyncio.run(self._run(*arguments)), daemon=True)
        self._thread.start()
        assert self._begun.wait(PATIENCE)

    async def _run(self, kind, token, zlib, setup, options):
        self._loop = asyncio.get_running_loop()
        self.bot = kind(**options)
        if not zlib:
            gateway = self.bot.http.get_gateway
            self.bot.http.get_gateway = lambda **kwargs: gateway(**(kwargs | {"zlib": False}))
        setup(self.bot)
        self._begun.set()
        try:
            await self.bot.start(token)
        except Exception as error:
            self.error = error
        finally:
            await self.bot.close()

    def run(self, coroutine):
        """Run something in the bot's loop; its result."""
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result(PATIENCE)

    def until(self, condition, what="that"):
        """Wait for a condition on the bot."""
        deadline = time.monotonic() + PATIENCE
        while not condition():
            assert self._thread.is_alive() or self.error is None, f"the bot ended: {self.error!r}"
            assert time.monotonic() < deadline, f"the bot did not do {what}"
            time.sleep(0.005)

    def until_ready(self, times=1):
        """Wait for on_ready."""
        self.until(lambda: self.bot.readies >= times, "on_ready")
        return self

    def until_ended(self):
        """Wait for the bot's end; what ended it."""
        self._thread.join(PATIENCE)
        assert not self._thread.is_alive()
        return self.error

    def events(self, name, /, **matching):
        """The data of the events of this name whose fields are these."""
        found = [data for event, data in list(self.bot.raw) if event == name]
        return [d for d in found if all(d.get(k) == v for k, v in matching.items())]

    def event(self, name, /, **matching):
        """Wait for such an event; the newest."""
        self.until(lambda: self.events(name, **matching), name)
        return self.events(name, **matching)[-1]

    def close(self):
        """End the bot."""
        if self._thread.is_alive():
            asyncio.run_coroutine_threadsafe(self.bot.close(), self._loop)
            self._thread.join(PATIENCE)


def point_at(sim):
    """What an application does with DISCORD_API_BASE and DISCORD_CDN_BASE."""
    discord.http.Route.API_BASE_URL = sim.api_base
    discord.asset.Asset.BASE = sim.cdn_base


@pytest.fixture(autouse=True)
def _pointed(sim):
    point_at(sim)


@pytest.fixture(scope="session")
def connect():
    """Start a bot against a simulator; all are ended with the session."""
    started = []

    def start(sim, kind=ImpatientBot, token="simulated", zlib=True, setup=lambda bot: None, **options):
        point_at(sim)
        # a bot without commands would unregister those of the shared one
        options = {"auto_sync_commands": setup is add_commands} | options
        started.append(BotThread(kind, token, zlib, setup, options))
        return started[-1]

    yield start
    for thread in started:
        thread.close()


@pytest.fixture(scope="session")
def sim():
    """The simulator that most tests share, each with its own guild."""
    with Simulator.start(member_request_interval=0.0) as simulator:
        yield simulator


@pytest.fixture(scope="session")
def bot(sim, connect):
    """The bot that most tests share; see example_bot.py for its commands."""
    thread = connect(sim, setup=add_commands).until_ready()
    thread.until(lambda: sim.commands(), "registering commands")
    return thread


class Place:
    """A guild of one test, with one user in it."""

    def __init__(self, sim, number):
        self.guild = sim.add_guild(f"guild {number}")
        self.channel = sim.channels(self.guild)["general"]
        self.name = f"user{number}"
        self.user = sim.add_user(self.name)
        sim.join(self.user, self.guild)


@pytest.fixture
def place(sim, bot, request):
    """A new guild and a new user, which the shared bot knows."""
    place.count = getattr(place, "count", 0) + 1
    made = Place(sim, place.count)
    bot.event("GUILD_MEMBER_ADD", guild_id=made.guild)
    return made


@pytest.fixture
def discord_api(sim):
    """Call the REST API as a bot does: (status, JSON)."""

    def call(method, path, json=None, token="simulated", **more):
        headers = {"Authorization": f"Bot {token}"}
        response = requests.request(method, sim.api_base + path, json=json, headers=headers, timeout=10, **more)
        return response.status_code, response.json() if response.content else None

    return call


@pytest.fixture
def hook(sim, discord_api, place):
    """A webhook of the bot in the place's channel."""
    status, made = discord_api("POST", f"/channels/{place.channel}/webhooks", {"name": "Proxy"})
    assert status == 200
    return made


@pytest.fixture
def execute(sim, hook):
    """Execute the webhook as anybody could: (status, JSON)."""

    def post(body=None, query="?wait=true", to=hook, **more):
        url = f"{sim.api_base}/webhooks/{to['id']}/{to['token']}{query}"
        response = requests.post(url, json=body, timeout=10, **more)
        return response.status_code, response.json() if response.content else None

    return post
