"""`pk;serverconfig`: what a server's moderators set about proxying, members with the permission Manage Server."""

import re
from collections.abc import Callable
from typing import Any

import discord
from discord.ext import commands

from cogs.commands.arguments import CLEARING, OFF, Arguments
from cogs.commands.converters import get_guild_id
from cogs.commands.formatting import cut
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, typed
from cogs.commands.subcommands import Subcommands
from cogs.webhooks.permissions import permission_names, permissions_in
from rules.errors import Invalid
from rules.parsing.fields import get_snowflake
from rules.proxying import guild_config

_CHANNEL = re.compile(r"<#(\d+)>|(\d+)", re.ASCII)
LOG_KINDS = (
    *(discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.voice),
    *(discord.ChannelType.public_thread, discord.ChannelType.private_thread, discord.ChannelType.news_thread),
)
LOG_NEEDS = ("view_channel", "send_messages", "embed_links")
ALL = ("all", "everywhere", "server")
ADDING, TAKING = ("add", "on", "enable"), ("remove", "delete", "rm", *OFF)

subcommands = Subcommands("serverconfig")


@subcommands("log channel", "log", "logchannel", usage="[#channel or clear]", about="where proxied messages are logged")
async def log_channel(ctx: Context, arguments: Arguments) -> None:
    word = arguments.next()
    arguments.end(("c", "clear"))
    if arguments.has("c", "clear") or (word or "").lower() in (*CLEARING, *OFF):
        await act(ctx, guild_config.set_log_channel, None)
    elif word:
        await act(ctx, guild_config.set_log_channel, get_log_channel(ctx, word))
    await answer(ctx, card(text=_say_log(await look(ctx))))


@subcommands(
    "proxy blacklist",
    "blacklist",
    "bl",
    usage="[add, remove or clear] [all or #channels]",
    about="where nothing is proxied",
)
async def blacklist(ctx: Context, arguments: Arguments) -> None:
    how, *given = [word.lower() for word in arguments.all()] or [""]
    arguments.check_flags(("c", "clear"))
    if how in CLEARING or (not how and arguments.has("c", "clear")) or (how in TAKING and _is_all(given)):
        await act(ctx, guild_config.clear_blacklist)
    elif how in ADDING and _is_all(given):
        await act(ctx, guild_config.blacklist_everywhere)
    elif how in ADDING:
        await act(ctx, guild_config.blacklist_channels, [get_channel(ctx, word).id for word in _some(ctx, given)])
    elif how in TAKING:
        await act(ctx, guild_config.allow_channels, [read_channel_id(word) for word in _some(ctx, given)])
    elif how:
        raise Invalid(f"Say `add`, `remove` or `clear`; “{how[:40]}” is none of them.")
    await answer(ctx, card(text=_say_blacklist(await look(ctx))))


async def look(ctx: Context) -> guild_config.Settings:
    """What is set in this server. Raises NotAllowed."""
    return await ctx.bot.read(guild_config.get_settings, get_guild_id(ctx), _manages(ctx))


async def act(ctx: Context, rule: Callable[..., None], *args: Any) -> None:
    """Set something in this server. Raises NotAllowed."""
    await ctx.bot.write(rule, get_guild_id(ctx), _manages(ctx), *args)


def _manages(ctx: Context) -> bool:
    return ctx.author.guild_permissions.manage_guild


def read_channel_id(word: str) -> int:
    """The channel that a mention or an ID names. Raises Invalid."""
    match = _CHANNEL.fullmatch(word)
    if not match:
        raise Invalid(f"Mention a channel, or give its ID; “{word[:40]}” is neither.")
    return get_snowflake(match[1] or match[2], "channel")


def get_channel(ctx: Context, word: str) -> discord.abc.GuildChannel | discord.Thread:
    """A channel of this server that the bot sees. Raises Invalid."""
    channel = ctx.guild.get_channel_or_thread(read_channel_id(word))
    if not channel or isinstance(channel, discord.CategoryChannel):
        raise Invalid(f"I see no channel “{word[:40]}” in this server; a category is none.")
    return channel


def get_log_channel(ctx: Context, word: str) -> int:
    """The ID of a channel in which the bot can write embeds. Raises Invalid."""
    channel = get_channel(ctx, word)
    if channel.type not in LOG_KINDS:
        raise Invalid("Proxied messages can be logged in text channels, voice channels and threads only.")
    can = permissions_in(channel, ctx.guild.me)
    thread = isinstance(channel, discord.Thread)
    needs = [("send_messages_in_threads" if thread and name == "send_messages" else name) for name in LOG_NEEDS]
    missing = [name for name in needs if not getattr(can, name)]
    if missing:
        raise Invalid(f"I cannot log in <#{channel.id}>: I need {permission_names(missing)} there.")
    return channel.id


def _is_all(given: list[str]) -> bool:
    return len(given) == 1 and given[0] in ALL


def _some(ctx: Context, given: list[str]) -> list[str]:
    if not given:
        raise Invalid(f"Name channels, or `all`: {typed(ctx.bot, 'serverconfig proxy blacklist add #channel')}.")
    return given


def _say_log(settings: guild_config.Settings) -> str:
    if settings.log_channel_id is None:
        return "Proxied messages are not logged in this server."
    return f"Proxied messages are logged in <#{settings.log_channel_id}>."


def _say_blacklist(settings: guild_config.Settings) -> str:
    if settings.everywhere:
        return "Nothing is proxied in this server."
    if not settings.channels:
        return "The blacklist is empty: messages are proxied in all channels of this server."
    channels = " ".join(f"<#{channel_id}>" for channel_id in settings.channels)
    return cut(f"Nothing is proxied in these channels and their threads: {channels}", 4000)


async def run(ctx: Context, arguments: Arguments) -> None:
    """Bare shows all settings; a setting's name shows or sets it."""
    # Whoever may not see the settings must not learn from refusals which channels there are.
    settings = await look(ctx)
    if arguments.peek() is not None:
        await subcommands.read(arguments).run(ctx, arguments)
        return
    arguments.end()
    hint = "`serverconfig log channel` and `serverconfig proxy blacklist` change it."
    await answer(ctx, card("Server settings", f"{_say_log(settings)}\n{_say_blacklist(settings)}\n\n{hint}"))


class ServerConfig(commands.Cog, name="server_config"):
    """Settings of a server."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @systems_command(
        "serverconfig",
        "sc",
        "serverconf",
        "servercfg",
        "guildconfig",
        usage="[setting] [value]",
        subcommands=subcommands,
    )
    async def serverconfig(self, ctx: Context, *, text: str = "") -> None:
        await run(ctx, Arguments(text))


def setup(bot: commands.Bot) -> None:
    bot.add_cog(ServerConfig(bot))
