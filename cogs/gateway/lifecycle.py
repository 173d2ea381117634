"""The bot as a process: begun, begun again when the connection ends, ended by a signal; and what is logged of it."""

import asyncio
import logging
import signal
from collections.abc import Callable

import discord

import config as settings
from cogs.gateway.backoff import Backoff
from cogs.gateway.raw_events import LOST

log = logging.getLogger(__name__)

PORTAL = "https://discord.com/developers/applications"
NO_TOKEN = f"DISCORD_TOKEN is not set: make a bot at {PORTAL} and put its token into .env."
BAD_TOKEN = f"Discord refuses DISCORD_TOKEN: copy the token again from {PORTAL} → your application → Bot → Reset Token."
BAD_INTENTS = (
    "Discord refuses the bot's intents: switch on Presence, Server Members and Message Content at"
    f" {PORTAL} → your application → Bot → Privileged Gateway Intents."
)
LOG_FORMAT = "%(asctime)s %(levelname)s %(name)s: %(message)s"
CANCEL_AGAIN_S = 1
# A bot that can also be shut, and whose `fault` is what only a person can mend.
MakeBot = Callable[[settings.Config], discord.Client]


async def run(config: settings.Config, make_bot: MakeBot) -> str | None:
    """Run a bot until SIGTERM or SIGINT; a new one after each connection that Discord ends.

    Returns a sentence when only a person can help: a wrong token, or intents that are switched off.
    """
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    backoff = Backoff()
    while not stopping.is_set():
        ended, sentence = await _run_once(config, make_bot, stopping)
        if sentence or stopping.is_set():
            return sentence
        pausing, waiting = asyncio.create_task(backoff.pause(ended)), asyncio.create_task(stopping.wait())
        await asyncio.wait({pausing, waiting}, return_when=asyncio.FIRST_COMPLETED)
        await end(pausing, waiting)
    return None


async def _run_once(
    config: settings.Config, make_bot: MakeBot, stopping: asyncio.Event
) -> tuple[BaseException | None, str | None]:
    """What ended the connection, and the sentence for it where only a person can help."""
    bot = make_bot(config)
    started = asyncio.create_task(bot.start(config.discord_token))
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait({started, waiting}, return_when=asyncio.FIRST_COMPLETED)
    ended = started.exception() if started.done() and not started.cancelled() else None
    await end(started, waiting)
    bot.fault = _what_to_do(ended)
    await bot.shut()
    return ended, bot.fault


async def end(*tasks: asyncio.Task) -> None:
    """Cancel tasks and wait until they have ended: a cancellation may get lost, as in wait_for of Python 3.11."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=CANCEL_AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)


def _what_to_do(error: BaseException | None) -> str | None:
    if isinstance(error, discord.LoginFailure) or (isinstance(error, discord.ConnectionClosed) and error.code == 4004):
        return BAD_TOKEN
    if isinstance(error, discord.PrivilegedIntentsRequired):
        return BAD_INTENTS
    if error and not isinstance(error, LOST):
        log.error("the connection to Discord failed", exc_info=error)
    return None


def set_up_logging(level: str) -> None:
    """Log our own lines at a level. py-cord's stay above DEBUG, where it writes out whole messages."""
    logging.basicConfig(level=level, format=LOG_FORMAT)
    logging.getLogger("discord").setLevel(max(logging.INFO, logging.getLevelName(level)))
    # It warns at each start that voice is missing.
    logging.getLogger("discord.utils").setLevel(logging.ERROR)
