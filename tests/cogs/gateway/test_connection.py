"""What of py-cord's connection to the gateway is ours."""

import asyncio
import time
from types import SimpleNamespace

import aiohttp
import discord
import pytest
from discord import gateway

from cogs.gateway import connection
from cogs.gateway.backoff import Backoff
from cogs.gateway.connection import KeepAlive, SendLimiter


def test_an_answer_that_is_faster_than_py_cord_notes_the_heartbeat_is_not_late(caplog):
    socket = SimpleNamespace(thread_id=1, _max_heartbeat_timeout=60.0, HEARTBEAT=1, sequence=5)
    keep_alive = KeepAlive(ws=socket, interval=41.25)
    keep_alive._last_send = time.perf_counter() - 41.25
    assert keep_alive.get_payload() == {"op": 1, "d": 5}
    keep_alive.ack()
    assert keep_alive.latency < 41
    assert "behind" not in caplog.text


@pytest.mark.parametrize("set_by", [-86_400, 86_400])
def test_a_clock_that_is_set_keeps_nothing_from_being_sent(monkeypatch, set_by):
    limiter = SendLimiter(count=2, per=60.0)
    clock = {"wall": time.time(), "monotonic": 1000.0}
    monkeypatch.setattr(time, "time", lambda: clock["wall"])
    monkeypatch.setattr(time, "monotonic", lambda: clock["monotonic"])
    assert [limiter.get_delay() for _ in range(2)] == [0, 0]
    clock["wall"] += set_by
    assert limiter.get_delay() == 60
    clock["monotonic"] += 61
    assert limiter.get_delay() == 0


def test_py_cord_uses_them(monkeypatch):
    # Private names: where py-cord's next version calls them otherwise, this says so.
    for name in ("KeepAliveHandler", "GatewayRatelimiter"):
        monkeypatch.setattr(gateway, name, getattr(gateway, name))
    connection.set_up()
    assert gateway.KeepAliveHandler is KeepAlive
    assert isinstance(gateway.DiscordWebSocket(None, loop=None)._rate_limiter, SendLimiter)


class Bot:
    """Connects with the next of `outcomes`: an error, or what ends the connection once it was there."""

    shard_id = None

    def __init__(self, *outcomes):
        self.outcomes, self.ws, self.asked, self.events, self.odd = list(outcomes), None, [], [], []
        self.raw_events = self

    def note_unparsable(self, what, _error):
        self.odd.append(what)

    def is_closed(self):
        return not self.outcomes

    def dispatch(self, event):
        self.events.append(event)

    async def close(self):
        self.outcomes = []

    async def from_client(self, _bot, **session):
        self.asked.append(session)
        if self.outcomes[0] in ("odd hello",):
            self.outcomes.pop(0)
            raise KeyError("heartbeat_interval")
        if isinstance(self.outcomes[0], OSError):
            raise self.outcomes.pop(0)
        return SimpleNamespace(session_id="abc", sequence=7)

    async def read_next(self, _socket):
        raise self.outcomes.pop(0)


@pytest.fixture
def connect(monkeypatch):
    """Stay connected until nothing is left to happen; the waits in between are counted."""

    def run(*outcomes):
        bot, waits = Bot(*outcomes), []

        async def pause(_self, ended_by):
            waits.append(type(ended_by).__name__)

        monkeypatch.setattr(Backoff, "pause", pause)
        monkeypatch.setattr(gateway.DiscordWebSocket, "from_client", bot.from_client)
        try:
            asyncio.run(connection.stay_connected(bot))
        except discord.DiscordException as error:
            return bot, waits, error
        return bot, waits, None

    return run


AGAIN = {"resume": True, "session": "abc", "sequence": 7, "initial": False, "shard_id": None}


def test_a_connection_that_discord_asks_to_begin_again_is_resumed_at_once(connect):
    bot, waits, _ = connect(gateway.ReconnectWebSocket(None), gateway.ReconnectWebSocket(None, resume=False))
    assert bot.asked == [{"initial": True, "shard_id": None}, AGAIN]
    assert (bot.events, waits) == (["disconnect"] * 2, [])


def test_a_lost_connection_is_resumed_after_a_wait_and_so_is_the_try_after_that(connect):
    lost = aiohttp.ClientError()
    bot, waits, _ = connect(lost, OSError("no route"), OSError("no route"), gateway.ReconnectWebSocket(None))
    assert bot.asked[1:] == [AGAIN] * 3
    assert waits == ["ClientError", "OSError", "OSError"]


def test_a_greeting_that_cannot_be_read_is_only_a_try_that_failed(connect):
    bot, waits, ended = connect("odd hello", gateway.ReconnectWebSocket(None))
    assert (waits, ended, bot.odd) == (["KeyError"], None, ["the gateway's answer"])


@pytest.mark.parametrize(
    ("code", "ends"), [(4014, discord.PrivilegedIntentsRequired), (4004, discord.ConnectionClosed), (1000, None)]
)
def test_what_discord_ends_for_good_is_passed_on(connect, code, ends):
    closed = discord.ConnectionClosed(SimpleNamespace(close_code=code), shard_id=None, code=code)
    _, waits, ended = connect(closed, gateway.ReconnectWebSocket(None))
    assert (type(ended) if ended else None) is ends
    assert waits == ([] if ends else ["ConnectionClosed"])
