"""The connection to the gateway: kept up, and begun again soon, whatever ends it."""

import asyncio
import time
from typing import Any

import discord
from discord import gateway

from cogs.gateway.backoff import Backoff
from cogs.gateway.raw_events import LOST

# py-cord waits for 60 s; where packets are lost without a word, that would be all that is done in a minute.
CONNECT_WITHIN_S = 30
MISSING_INTENTS, NORMAL = 4014, 1000


async def stay_connected(bot: discord.Client) -> None:
    """Connect, read, and connect again until the bot is closed: py-cord's `Client.connect` with shorter waits.

    py-cord's own grow to 17 minutes; these are 30 s at most, and end when the network is back. Raises
    PrivilegedIntentsRequired, and ConnectionClosed where Discord ends the connection for good.
    """
    backoff, session = Backoff(), {"initial": True, "shard_id": bot.shard_id}
    while not bot.is_closed():
        try:
            connecting = gateway.DiscordWebSocket.from_client(bot, **session)
            bot.ws = await asyncio.wait_for(connecting, CONNECT_WITHIN_S)
            session["initial"] = False
            while True:
                await bot.raw_events.read_next(bot.ws)
        except gateway.ReconnectWebSocket as end:
            bot.dispatch("disconnect")
            session |= _position(bot.ws, resume=end.resume)
        except Exception as error:
            bot.dispatch("disconnect")
            if bot.is_closed():
                return
            await _check_curable(bot, error)
            if not isinstance(error, LOST):
                bot.raw_events.note_unparsable("the gateway's answer", error)
            await backoff.pause(error)
            # One that cannot be resumed is refused by Discord, and begun anew then.
            session |= _position(bot.ws, resume=True)


def _position(socket: gateway.DiscordWebSocket | None, resume: bool) -> dict[str, Any]:
    """Where to go on: the session and the last event of it that came."""
    return {} if socket is None else {"resume": resume, "session": socket.session_id, "sequence": socket.sequence}


async def _check_curable(bot: discord.Client, error: Exception) -> None:
    if isinstance(error, discord.ConnectionClosed) and error.code == MISSING_INTENTS:
        raise discord.PrivilegedIntentsRequired(error.shard_id) from None
    if isinstance(error, discord.ConnectionClosed) and error.code != NORMAL:
        await bot.close()
        raise error


class KeepAlive(gateway.KeepAliveHandler):
    """py-cord's heartbeats; what it sends them by is noted before, since an answer may come sooner than it does that.

    Else the answer is measured from the heartbeat before: "Can't keep up, … 41.3s behind", where nothing is.
    """

    def get_payload(self) -> dict[str, Any]:
        self._last_send = time.perf_counter()
        return super().get_payload()


class SendLimiter(gateway.GatewayRatelimiter):
    """py-cord's limit of what is sent, by a clock that nobody sets: one set back by a day kept it silent for a day."""

    def get_delay(self) -> float:
        now = time.monotonic()
        if now > self.window + self.per:
            self.remaining = self.max
        if self.remaining == self.max:
            self.window = now
        if self.remaining == 0:
            return self.per - (now - self.window)
        self.remaining -= 1
        if self.remaining == 0:
            self.window = now
        return 0.0


def set_up() -> None:
    """Let py-cord use these."""
    gateway.KeepAliveHandler = KeepAlive
    gateway.GatewayRatelimiter = SendLimiter
