"""The bot as a process: begun, begun again when the connection ends, ended by a signal; and what is logged of it."""

import asyncio
import logging
import signal
from collections.abc import Callable

import aiohttp
import discord
from discord.backoff import ExponentialBackoff

import config as settings

log = logging.getLogger(__name__)

PORTAL = "https://discord.com/developers/applications"
NO_TOKEN = f"DISCORD_TOKEN is not set: make a bot at {PORTAL} and put its token into .env."
BAD_TOKEN = f"Discord refuses DISCORD_TOKEN: copy the token again from {PORTAL} → your application → Bot → Reset Token."
BAD_INTENTS = (
    "Discord refuses the bot's intents: switch on Presence, Server Members and Message Content at"
    f" {PORTAL} → your application → Bot → Privileged Gateway Intents."
)
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
    backoff = ExponentialBackoff()
    while not stopping.is_set():
        sentence = await _run_once(config, make_bot, stopping)
        if sentence or stopping.is_set():
            return sentence
        wait = backoff.delay()
        log.warning("trying again in %.0f s", wait)
        try:
            await asyncio.wait_for(stopping.wait(), wait)
        except TimeoutError:
            pass
    return None


async def _run_once(config: settings.Config, make_bot: MakeBot, stopping: asyncio.Event) -> str | None:
    bot = make_bot(config)
    started = asyncio.create_task(bot.start(config.discord_token))
    waiting = asyncio.create_task(stopping.wait())
    await asyncio.wait({started, waiting}, return_when=asyncio.FIRST_COMPLETED)
    sentence = None
    if started.done():
        sentence = _what_ended(started)
    await end(started, waiting)
    bot.fault = sentence
    await bot.shut()
    return sentence


async def end(*tasks: asyncio.Task) -> None:
    """Cancel tasks and wait until they have ended: a cancellation may get lost, as in wait_for of Python 3.11."""
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        await asyncio.wait(pending, timeout=CANCEL_AGAIN_S)
    await asyncio.gather(*tasks, return_exceptions=True)


def _what_ended(started: asyncio.Task) -> str | None:
    try:
        started.result()
    except discord.LoginFailure:
        return BAD_TOKEN
    except discord.PrivilegedIntentsRequired:
        return BAD_INTENTS
    except discord.ConnectionClosed as error:
        if error.code == 4004:
            return BAD_TOKEN
        log.error("Discord closed the connection with code %s", error.code)
    except (OSError, aiohttp.ClientError, TimeoutError, discord.HTTPException) as error:
        log.warning("Discord cannot be reached: %s", error)
    except Exception:
        log.exception("the connection to Discord failed")
    return None


class _NoTraceback(logging.Filter):
    """py-cord logs each failed reconnect with a whole traceback; the error's own line is enough."""

    def filter(self, record: logging.LogRecord) -> bool:
        if record.exc_info and "reconnect" in str(record.msg):
            record.msg, record.args = f"{record.getMessage()} after {record.exc_info[1]!r}", ()
            record.exc_info = None
        return True


def set_up_logging(level: str) -> None:
    """Log our own lines at a level. py-cord's stay above DEBUG, where it writes out whole messages."""
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("discord").setLevel(max(logging.INFO, logging.getLevelName(level)))
    logging.getLogger("discord.client").addFilter(_NoTraceback())
    # It warns at each start that voice is missing.
    logging.getLogger("discord.utils").setLevel(logging.ERROR)
