"""The bot: intents, cogs, reading and writing the file, one error listener; no commands here."""

import asyncio
import logging
import signal
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import aiohttp
import discord
from discord.backoff import ExponentialBackoff
from discord.ext import bridge, commands
from sqlalchemy.orm import Session

import config as settings
from cogs.commands import confirm, error_handler, registry, responses
from cogs.gateway import json_decoder, memory
from cogs.gateway.bounded_dict import BoundedDict
from cogs.gateway.raw_events import RawEvents
from database import connections
from database.upgrade import BadFile, upgrade

log = logging.getLogger("bot")
Result = TypeVar("Result")

COGS = (
    *("presence.cog", "account.tokens", "account.kv", "account.github", "account.opt_out", "account.profile"),
    *(
        "systems.system",
        "systems.member",
        "systems.member_list",
        "systems.switch",
        "systems.front",
        "proxying.autoproxy",
        "systems.config",
        "systems.linked_accounts",
        "systems.import_export",
    ),
    *(
        "proxying.cog",
        "messages.log_channel",
        "messages.message_commands",
        "messages.reactions",
        "messages.debug",
        "proxying.server_config",
        "slash_commands",
        "purge",
        "help",
    ),
)
PORTAL = "https://discord.com/developers/applications"
BAD_TOKEN = f"Discord refuses DISCORD_TOKEN: copy the token again from {PORTAL} → your application → Bot → Reset Token."
BAD_INTENTS = (
    "Discord refuses the bot's intents: switch on Presence, Server Members and Message Content at"
    f" {PORTAL} → your application → Bot → Privileged Gateway Intents."
)
READ_THREADS = 4
PATIENT_TRIES = 12
CANCEL_AGAIN_S = 1
MOST_HEARD = 5000
SCOPES = ("bot", "applications.commands")


def intents() -> discord.Intents:
    """What the bot asks Discord to be told; this list is its privacy statement."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.members = True
    wanted.presences = True
    wanted.guild_messages = True
    wanted.guild_reactions = True
    wanted.webhooks = True
    wanted.dm_messages = True
    wanted.dm_reactions = True
    wanted.message_content = True
    return wanted


def permissions() -> discord.Permissions:
    """What the invite link asks a server for."""
    return discord.Permissions(
        view_channel=True,
        send_messages=True,
        send_messages_in_threads=True,
        embed_links=True,
        attach_files=True,
        read_message_history=True,
        add_reactions=True,
        manage_messages=True,
        manage_webhooks=True,
    )


class Rollcall(bridge.Bot):
    """py-cord's bot, which reads and writes the file in threads and hears the raw events of the gateway first."""

    def __init__(self, config: settings.Config) -> None:
        self.config = config
        self.registry = registry.CommandRegistry()
        self.message_guards: list[Callable[[discord.Message], Awaitable[bool]]] = []
        super().__init__(
            command_prefix=find_prefixes,
            intents=intents(),
            case_insensitive=True,
            help_command=None,
            chunk_guilds_at_startup=False,
            member_cache_flags=discord.MemberCacheFlags.none(),
            allowed_mentions=discord.AllowedMentions.none(),
            cache_default_sounds=False,
            max_messages=None,
        )
        self.database = connections.open_database(config.database_url)
        self._readers = ThreadPoolExecutor(READ_THREADS, "read")
        self._writer = ThreadPoolExecutor(1, "write")
        self.raw_events = RawEvents(self)
        self.incoming: BoundedDict[int, None] = BoundedDict(MOST_HEARD)
        self.fault: str | None = None
        for name in COGS:
            self.load_extension(f"cogs.{name}")
        self.add_listener(self.announce, "on_connect")
        self.before_invoke(responses.defer)
        self.raw_events.install()

    async def in_thread(self, function: Callable[..., Result], *args: Any) -> Result:
        """Run a function that takes a while and asks no database, in a thread: the gateway must not wait for it."""
        return await asyncio.get_running_loop().run_in_executor(self._readers, function, *args)

    async def read(self, rule: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """Run a rule on a read session, in a thread."""

        def run() -> Result:
            with self.database.read() as session:
                return rule(session, *args, **options)

        return await self.in_thread(run)

    async def read_inline(self, rule: Callable[..., Result], *args: Any) -> Result:
        """Run a rule that asks a few questions: on the loop, since a thread costs more than that.

        Where that would have to wait, it is `read` in a thread.
        """
        try:
            with self.database.read_inline() as connection:
                return rule(connection, *args)
        except sqlite3.OperationalError:
            return await self.read(rule, *args)

    async def write(self, rule: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """Run a rule in a write transaction; all writes of the bot go through one thread, in order.

        Raises connections.Locked when the other process holds the lock for too long.
        """
        return await self._write(self.database.write, rule, args, options)

    async def write_patiently(self, rule: Callable[..., Result], *args: Any) -> Result:
        """`write` for what must happen: waits through a lock that somebody holds for long. Raises Locked in the end."""
        for _ in range(PATIENT_TRIES - 1):
            try:
                return await self.write(rule, *args)
            except connections.Locked:
                log.warning("%s waits for the database", rule.__name__)
        return await self.write(rule, *args)

    async def write_presence(self, rule: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """The same, in the same order, for what need not reach the disk at once."""
        return await self._write(self.database.write_presence, rule, args, options)

    async def checkpoint(self) -> None:
        """Keep the WAL small, in a thread of its own: where a commit does that, all writes of the bot wait for it."""
        await self.in_thread(self.database.checkpoint)

    async def _write(
        self,
        transaction: Callable[[], AbstractContextManager[Session]],
        rule: Callable[..., Result],
        args: tuple[Any, ...],
        options: dict[str, Any],
    ) -> Result:
        def run() -> Result:
            with transaction() as session:
                return rule(session, *args, **options)

        return await asyncio.get_running_loop().run_in_executor(self._writer, run)

    async def announce(self) -> None:
        link = discord.utils.oauth_url(self.user.id, permissions=permissions(), scopes=SCOPES)
        log.info("connected as %s; invite the bot with %s", self.user, link)

    def add_command(self, command: commands.Command) -> None:
        if isinstance(command, registry.SystemsCommand):
            self.registry.add(command)
        else:
            super().add_command(command)

    def dispatch(self, event: str, *args: Any, **options: Any) -> None:
        # py-cord tells the type of every event that comes in; nobody here asks.
        if event != "socket_event_type":
            super().dispatch(event, *args, **options)

    async def get_context(self, message: discord.Message, *, cls: type | None = None) -> bridge.BridgeExtContext:
        ctx = await super().get_context(message, cls=cls or bridge.BridgeExtContext)
        if ctx.invoked_with:
            ctx.command = self.registry.find(ctx.invoked_with, self.all_commands, not responses.is_presence(ctx))
        return ctx

    async def on_message(self, message: discord.Message) -> None:
        # After a RESUME, Discord may tell again what it told before.
        if message.author == self.user or message.id in self.incoming:
            return
        self.incoming.add(message.id)
        proxy = self.cogs["proxy"]
        # The place in the line is taken before anything is awaited: what came first is posted first.
        with proxy.queues.join(message.channel.id, message.author.id) as slot:
            for guard in self.message_guards:
                if await guard(message):
                    return
            if message.author.bot:
                return
            ctx = await self.get_context(message)
            if not responses.is_command(ctx):
                # The wait for an answer has seen the message before.
                if not confirm.is_answer(message):
                    await proxy.take(message, slot)
                return
        await self.invoke(ctx)

    async def on_command_error(self, ctx: bridge.BridgeExtContext, error: Exception) -> None:
        await error_handler.tell_error(ctx, error)

    async def on_application_command_error(self, ctx: bridge.BridgeApplicationContext, error: Exception) -> None:
        await error_handler.tell_error(ctx, error)

    async def on_error(self, event: str, *args: Any, **options: Any) -> None:
        log.exception("%s failed", event)

    async def start(self, token: str) -> None:
        """Let the cogs read what they need, then log in and stay until the connection ends for good."""
        for cog in self.cogs.values():
            if begin := getattr(cog, "start", None):
                await begin()
        memory.spare_what_stays()
        await super().start(token)

    async def shut(self) -> None:
        """Let what is on its way arrive, end the connection, then write what is pending and close the file."""
        await self.cogs["proxy"].settle()
        await self.close()
        for cog in self.cogs.values():
            if stop := getattr(cog, "stop", None):
                await stop()
        self._writer.shutdown()
        self._readers.shutdown()
        self.database.close()


def find_prefixes(bot: Rollcall, message: discord.Message) -> list[str]:
    """The prefix with which a message starts, in its own case.

    A blank after `.` makes it plain text, and none after a mention, as in `<@bot>: hi`.
    """
    text = message.content
    for prefix in sorted(bot.config.system_prefixes + bot.config.presence_prefixes, key=len, reverse=True):
        if text.lower().startswith(prefix.lower()):
            rest = text[len(prefix) :]
            blanks = len(rest) - len(rest.lstrip())
            if prefix in bot.config.presence_prefixes and blanks:
                continue
            return [text[: len(prefix) + blanks]]
    for mention in (f"<@{bot.user.id}>", f"<@!{bot.user.id}>"):
        rest = text.removeprefix(mention)
        if rest != text and rest[:1].isspace():
            return [text[: len(text) - len(rest.lstrip())]]
    return ["\0"]


async def run(config: settings.Config) -> str | None:
    """Run the bot until SIGTERM or SIGINT, through any trouble with Discord.

    Returns a sentence when only a person can help: a wrong token, or intents that are switched off.
    """
    stopping = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        asyncio.get_running_loop().add_signal_handler(number, stopping.set)
    backoff = ExponentialBackoff()
    while not stopping.is_set():
        sentence = await _run_once(config, stopping)
        if sentence or stopping.is_set():
            return sentence
        wait = backoff.delay()
        log.warning("trying again in %.0f s", wait)
        try:
            await asyncio.wait_for(stopping.wait(), wait)
        except TimeoutError:
            pass
    return None


async def _run_once(config: settings.Config, stopping: asyncio.Event) -> str | None:
    bot = Rollcall(config)
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
    """Our own lines at the level that was set. py-cord's stay above DEBUG, where it writes out whole messages."""
    logging.basicConfig(level=level, format="%(levelname)s %(name)s: %(message)s")
    logging.getLogger("discord").setLevel(max(logging.INFO, logging.getLevelName(level)))
    logging.getLogger("discord.client").addFilter(_NoTraceback())
    # It warns at each start that voice is missing.
    logging.getLogger("discord.utils").setLevel(logging.ERROR)


def main() -> None:
    """`python bot.py`."""
    try:
        config = settings.load()
        if not config.discord_token:
            raise settings.BadSetting(f"DISCORD_TOKEN is not set: make a bot at {PORTAL} and put its token into .env.")
        upgrade(config.database_url)
    except (settings.BadSetting, BadFile) as error:
        raise SystemExit(str(error)) from None
    set_up_logging(config.log_level)
    memory.set_up()
    json_decoder.set_up()
    if config.discord_api_base:
        discord.http.Route.API_BASE_URL = config.discord_api_base
    if config.discord_cdn_base:
        discord.asset.Asset.BASE = config.discord_cdn_base
    raise SystemExit(asyncio.run(run(config)))


if __name__ == "__main__":
    main()
