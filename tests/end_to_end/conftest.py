"""One Discord, one bot and one web side for a whole test session; a new user for each test."""

import itertools
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from simulator.client import Simulator
from tests.end_to_end.discord_user import DiscordUser
from tests.end_to_end.fake_github import FakeGitHub, serving
from tests.end_to_end.proxying_user import HOME, ProxyingUser
from tests.end_to_end.rollcall import Rollcall, until
from tests.end_to_end.system_owner import SystemOwner

_numbers = itertools.count(1)


@pytest.fixture(scope="session")
def github() -> Iterator[FakeGitHub]:
    with serving() as server:
        yield server


@pytest.fixture(scope="session")
def discord() -> Iterator[Simulator]:
    with Simulator.start(member_request_interval=0.2) as simulator:
        simulator.add_guild("Home", guild_id=HOME)
        yield simulator


@pytest.fixture(scope="session")
def rollcall(discord: Simulator, github: FakeGitHub, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Rollcall]:
    """The one that most tests share."""
    running = Rollcall(
        discord,
        tmp_path_factory.mktemp("rollcall"),
        GITHUB_API_BASE=github.url,
        BODY_TIMEOUT="2",
        INVITE_URL="https://discord.example/join",
        WEBHOOK_LOOPBACK="on",
    )
    running.start_bot()
    running.start_web()
    # It comes once; in the middle of a test it would be taken for an answer.
    until(lambda: any("I am Rollcall" in message["content"] for message in discord.messages()))
    yield running
    running.stop()


@pytest.fixture
def person(discord: Simulator, rollcall: Rollcall) -> Callable[..., str]:
    """Makes a new user who joins the home server, and waits until the API knows."""

    def join(name: str = "alice", status: str | None = "online", **fields: object) -> str:
        user_id = discord.add_user(f"{name}{next(_numbers)}", **fields)
        discord.join(user_id)
        if fields.get("bot"):
            return user_id
        if status:
            discord.presence(user_id, status)
        until(lambda: rollcall.status_of(user_id) == (status or "offline"))
        return user_id

    return join


@pytest.fixture
def token_of(discord: Simulator, rollcall: Rollcall) -> Callable[[str], str]:
    """Asks for a user's token with `.token` and takes it from the DM."""

    def ask(user_id: str) -> str:
        before = len(discord.dms(user_id))
        discord.say(user_id, ".token")
        until(lambda: len(discord.dms(user_id)) > before)
        text = discord.dms(user_id)[-1]["embeds"][0]["description"]
        token = text.split("```")[1]
        until(lambda: rollcall.get(f"/user/{user_id}/kv", token).status_code == 200)
        return token

    return ask


@pytest.fixture
def discord_user(discord: Simulator, rollcall: Rollcall, person: Callable) -> Callable[..., DiscordUser]:
    """Makes a new user who types commands; with `system`, one who has a system of that name."""

    def make(name: str = "alice", system: str | None = None) -> DiscordUser:
        made = DiscordUser(discord, rollcall, person(name))
        if system is not None:
            made.ask(f"pk;system new {system}", "Your system is made")
        return made

    return make


@pytest.fixture
def system_owner(discord: Simulator, rollcall: Rollcall, person: Callable) -> Callable[..., SystemOwner]:
    """Makes a new user who types commands, with a system and members of these names."""

    def make(*names: str) -> SystemOwner:
        made = SystemOwner(discord, rollcall, person("owner", status=None))
        made.ask("pk;system new", "Your system is made")
        made.add_all(names)
        return made

    return make


@pytest.fixture
def proxying_user(discord: Simulator, rollcall: Rollcall) -> Callable[..., ProxyingUser]:
    """Makes a new user with a system and members who have tags, all of one test in the same new channel."""
    channel = discord.add_channel(f"proxying{next(_numbers)}")

    def make(*names: str, **system: object) -> ProxyingUser:
        user_id = discord.add_user(f"proxying{next(_numbers)}")
        discord.join(user_id)
        return ProxyingUser(discord, rollcall, user_id, channel).found(names, **system)

    return make


@pytest.fixture
def alone(tmp_path: Path) -> Iterator[Callable[..., Rollcall]]:
    """Makes a Discord and a Rollcall for one test alone, to be broken in any way; nothing is started yet."""
    made: list[Rollcall] = []

    def make(guild: bool = True, options: dict | None = None, **environ: str) -> Rollcall:
        simulator = Simulator.start(**({"member_request_interval": 0.2} | (options or {})))
        made.append(Rollcall(simulator, tmp_path, **environ))
        if guild:
            simulator.add_guild("Home")
        return made[-1]

    yield make
    for running in made:
        running.stop()
        running.simulator.stop()
