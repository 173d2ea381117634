"""The bot: intents, cogs, one error listener; no commands and no feature here, nor how the file is read and written."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from typing import Any

import discord
from discord.ext import bridge, commands

import config as settings
from cogs.commands import error_handler, prefixes, registry, responses
from cogs.gateway import connection, json_decoder, lifecycle, memory
from cogs.gateway.bounded_dict import BoundedDict
from cogs.gateway.raw_events import RawEvents
from cogs.pictures.keeper import PictureKeeper
from cogs.proxying.pipeline import Proxying
from database import locks
from database.bad_file import BadFile
from database.file_access import FileAccess
from database.upgrade import upgrade

log = logging.getLogger("bot")

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
    *("systems.system", "systems.member", "systems.member_list", "fronting.switch", "fronting.front"),
    "groups.group",
    *("proxying.autoproxy", "systems.config", "systems.linked_accounts"),
    *("transfer.exports", "transfer.person", "transfer.backups", "transfer.imports.command"),
    *("proxying.cog", "messages.log_channel", "messages.message_commands", "messages.reactions", "messages.debug"),
    *("messages.moderation", "dispatch.cog"),
    *("proxying.server_config", "slash_commands", "context_menus", "about", "purge", "help"),
)
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


class Rollcall(FileAccess, bridge.Bot):
    """py-cord's bot, which runs rules on the file and gets the raw events of the gateway first."""

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
        self.open_file(config.database_url)
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

    async def announce(self) -> None:
        log.info("connected as %s; invite the bot with %s", self.user, self.invite_link)

    @property
    def invite_link(self) -> str:
        """The address at which somebody lets the bot into a server, with the permissions that it needs."""
        return discord.utils.oauth_url(self.user.id, permissions=permissions(), scopes=SCOPES)

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
        # An odd one may lack its author. After a RESUME, Discord may send again what it sent before.
        if getattr(message, "author", self.user) == self.user or message.id in self.incoming:
            return
        # Nobody wrote what has no text, or an ID that the file cannot even be asked about.
        if not isinstance(message.content, str) or message.author.id > settings.LARGEST_SNOWFLAKE:
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
        self.close_file()

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
