"""The bot: intents, cogs, reading and writing the file, one error listener; no commands and no feature here."""

import asyncio
import logging
import sqlite3
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import AbstractContextManager
from typing import Any, TypeVar

import discord
from discord.ext import bridge, commands
from sqlalchemy.orm import Session

import config as settings
from cogs.commands import error_handler, prefixes, registry, responses
from cogs.gateway import connection, json_decoder, lifecycle, memory
from cogs.gateway.bounded_dict import BoundedDict
from cogs.gateway.raw_events import RawEvents
from cogs.pictures.keeper import PictureKeeper
from cogs.proxying.pipeline import Proxying
from database import connections, locks
from database.bad_file import BadFile
from database.faults import Locked
from database.upgrade import upgrade

log = logging.getLogger("bot")
Result = TypeVar("Result")

COGS = (
    *(
        "presence.cog",
        "account.tokens",
        "account.kv",
        "account.github",
        "account.opt_out",
        "account.privacy",
        "account.profile",
    ),
    *("systems.system", "systems.member", "systems.member_list", "systems.switch", "systems.front"),
    *("proxying.autoproxy", "systems.config", "systems.linked_accounts", "systems.import_export"),
    *("proxying.cog", "messages.log_channel", "messages.message_commands", "messages.reactions", "messages.debug"),
    "messages.moderation",
    *("proxying.server_config", "slash_commands", "purge", "help"),
)
READ_THREADS = 4
PATIENT_TRIES = 12
INLINE_TRIES, INLINE_PAUSE_S = 20, 0.001
MOST_REMEMBERED = 5000
SCOPES = ("bot", "applications.commands")


def intents() -> discord.Intents:
    """What the bot asks Discord to be told; this list is its privacy statement."""
    wanted = discord.Intents.none()
    wanted.guilds = True
    wanted.members = True
    # A copy goes with its sender's ban.
    wanted.moderation = True
    wanted.presences = True
    wanted.guild_messages = True
    wanted.guild_reactions = True
    # A webhook of ours that is moved or deleted must be looked up again.
    wanted.webhooks = True
    wanted.dm_messages = True
    # ❌ deletes an answer in a DM, too.
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
    """py-cord's bot, which reads and writes the file in threads and gets the raw events of the gateway first."""

    def __init__(self, config: settings.Config) -> None:
        self.config = config
        self.registry = registry.CommandRegistry()
        self.message_guards: list[Callable[[discord.Message], Awaitable[bool]]] = []
        super().__init__(
            command_prefix=prefixes.find_prefixes,
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
        self.incoming: BoundedDict[int, None] = BoundedDict(MOST_REMEMBERED)
        self.fault: str | None = None
        self.proxying = Proxying(self)
        self.pictures = PictureKeeper(self)
        for name in COGS:
            self.load_extension(f"cogs.{name}")
        self.add_listener(self.announce, "on_connect")
        self.before_invoke(responses.defer)
        # Last, when every cog has said which events it takes before py-cord.
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

    async def write_inline(self, rule: Callable[..., Result], *args: Any) -> Result:
        """Run a rule that adds a row or two: on the loop, without the disk; in a thread where the lock is held long.

        Raises Locked when the other process holds it for longer.
        """
        for _ in range(INLINE_TRIES):
            try:
                with self.database.write_inline() as connection:
                    return rule(connection, *args)
            except sqlite3.OperationalError:
                # Mostly it is a commit that waits for the disk; to stand behind all other writes would take longer.
                await asyncio.sleep(INLINE_PAUSE_S)
        return await self._patiently(self.write_presence, rule, *args)

    async def write(self, rule: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """Run a rule in a write transaction; all writes of the bot go through one thread, in order.

        Raises Locked when the other process holds the lock for too long.
        """
        return await self._write(self.database.write, rule, args, options)

    async def write_patiently(self, rule: Callable[..., Result], *args: Any) -> Result:
        """`write` for what must happen: waits through a lock that somebody holds for long. Raises Locked in the end."""
        return await self._patiently(self.write, rule, *args)

    async def write_batch(self, rule: Callable[..., Result], *args: Any) -> Result:
        """The same for what comes often: nobody else waits while it comes to the disk. Raises Locked in the end."""

        async def write(rule: Callable[..., Result], *args: Any) -> Result:
            return await self._write(self.database.write_batch, rule, args, {})

        return await self._patiently(write, rule, *args)

    async def _patiently(
        self, write: Callable[..., Awaitable[Result]], rule: Callable[..., Result], *args: Any
    ) -> Result:
        for _ in range(PATIENT_TRIES - 1):
            try:
                return await write(rule, *args)
            except Locked:
                log.warning("%s waits for the database", rule.__name__)
        return await write(rule, *args)

    async def write_presence(self, rule: Callable[..., Result], *args: Any, **options: Any) -> Result:
        """The same, in the same order, for what need not reach the disk at once."""
        return await self._write(self.database.write_presence, rule, args, options)

    async def checkpoint(self) -> None:
        """Keep the WAL small, in a thread of its own: where a commit does that, all writes of the bot wait for it."""
        await self.in_thread(self.database.checkpoint)

    async def empty_wal(self) -> bool:
        """Let what was deleted be gone from the WAL too. Returns False where somebody reads an older state for long."""
        return await self.in_thread(self.database.empty_wal)

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
        # py-cord dispatches this one for every event that comes in, and nobody here listens.
        if event != "socket_event_type":
            super().dispatch(event, *args, **options)

    async def get_context(self, message: discord.Message, *, cls: type | None = None) -> bridge.BridgeExtContext:
        ctx = await super().get_context(message, cls=cls or bridge.BridgeExtContext)
        if ctx.invoked_with and responses.is_presence(ctx):
            text = ctx.view.buffer[ctx.view.index :]
            ctx.command = registry.find_presence(ctx.invoked_with, text, self.all_commands)
        elif ctx.invoked_with:
            ctx.command = self.registry.find(ctx.invoked_with)
        return ctx

    async def on_message(self, message: discord.Message) -> None:
        # After a RESUME, Discord may send again what it sent before.
        if message.author == self.user or message.id in self.incoming:
            return
        self.incoming.add(message.id)
        if ctx := await self.proxying.offer(message, self.find_context):
            await self.invoke(ctx)
        elif prefixes.is_addressed(self, message):
            self.dispatch("addressed", message)

    async def find_context(self, message: discord.Message) -> bridge.BridgeExtContext | None:
        """The context of a message that may be a command; None where a guard dealt with it, or a bot wrote it."""
        for guard in self.message_guards:
            if await guard(message):
                return None
        return None if message.author.bot else await self.get_context(message)

    async def on_command_error(self, ctx: bridge.BridgeExtContext, error: Exception) -> None:
        await error_handler.tell_error(ctx, error)

    async def on_application_command_error(self, ctx: bridge.BridgeApplicationContext, error: Exception) -> None:
        await error_handler.tell_error(ctx, error)

    async def on_error(self, event: str, *args: Any, **options: Any) -> None:
        log.exception("%s failed", event)

    async def start(self, token: str) -> None:
        """Let the cogs read what they need, then log in and stay until the connection ends for good."""
        await self._have_cogs("start")
        memory.freeze_startup_objects()
        await super().start(token)

    async def connect(self, *, reconnect: bool = True) -> None:
        await connection.stay_connected(self)

    async def shut(self) -> None:
        """Let what is on its way arrive, end the connection, then write what is pending and close the file."""
        await self._have_cogs("settle")
        await self.close()
        await self._have_cogs("stop")
        self._writer.shutdown()
        self._readers.shutdown()
        self.database.close()

    async def _have_cogs(self, step: str) -> None:
        """Let each cog that has it take a step: `start` before the login, `settle` before the end, `stop` after it."""
        for cog in self.cogs.values():
            if run := getattr(cog, step, None):
                await run()


def main() -> None:
    """`python bot.py`."""
    try:
        config = settings.load()
        if not config.discord_token:
            raise settings.BadSetting(lifecycle.NO_TOKEN)
        upgrade(config.database_url)
        locks.hold_for_bot(config.database_url)
    except (settings.BadSetting, BadFile) as error:
        settings.end_process(error)
    lifecycle.set_up_logging(config.log_level)
    locks.announce(settings.ROOT / "instance", config.database_url)
    for warning in settings.find_warnings(config):
        log.warning(warning)
    memory.set_up()
    json_decoder.set_up()
    connection.set_up()
    if config.discord_api_base:
        discord.http.Route.API_BASE_URL = config.discord_api_base
    if config.discord_cdn_base:
        discord.asset.Asset.BASE = config.discord_cdn_base
    if sentence := asyncio.run(lifecycle.run(config, Rollcall)):
        settings.end_process(settings.BadSetting(sentence))


if __name__ == "__main__":
    main()
