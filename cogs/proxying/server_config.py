"""`pk;serverconfig`: what a server's moderators set about proxying, members with the permission Manage Server."""

import re
from collections.abc import Callable
from typing import Any

import discord
from discord.ext import commands

from cogs.commands.arguments import CLEAR, CLEARING, OFF, ON, Arguments, Unexpected
from cogs.commands.converters import get_guild_id
from cogs.commands.formatting import cut, quote
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, spell
from cogs.commands.subcommands import Subcommands
from cogs.webhooks.permissions import permission_names, permissions_in
from rules.errors import Invalid
from rules.parsing.fields import get_snowflake
from rules.proxying import guild_config

_CHANNEL = re.compile(r"<#(\d+)>|(\d+)", re.ASCII)
LOG_CHANNEL_TYPES = (
    *(discord.ChannelType.text, discord.ChannelType.news, discord.ChannelType.voice),
    *(discord.ChannelType.public_thread, discord.ChannelType.private_thread, discord.ChannelType.news_thread),
)
LOG_NEEDS = ("view_channel", "send_messages", "embed_links")
ALL = ("all", "everywhere", "server")
ADDING, REMOVING = ("add", *ON), ("remove", "delete", "rm", *OFF)

subcommands = Subcommands("serverconfig")


@subcommands("log channel", "log", "logchannel", usage="[#channel or clear]", about="where proxied messages are logged")
async def log_channel(ctx: Context, arguments: Arguments) -> None:
    word = arguments.next()
    arguments.end(CLEAR)
    if arguments.has(*CLEAR) or (word or "").lower() in (*CLEARING, *OFF):
        await edit(ctx, guild_config.set_log_channel, None)
    elif word:
        await edit(ctx, guild_config.set_log_channel, get_log_channel(ctx, word))
    await answer(ctx, card(text=_describe_log(await get_settings(ctx))))


@subcommands(
    "proxy blacklist",
    "blacklist",
    "bl",
    usage="[add, remove or clear] [all or #channels]",
    about="where nothing is proxied",
)
async def blacklist(ctx: Context, arguments: Arguments) -> None:
    how, *channels = [word.lower() for word in arguments.all()] or [""]
    arguments.check_flags(CLEAR)
    if not how and arguments.has(*CLEAR):
        how = CLEARING[0]
    if how:
        rule, *channel_ids = find_blacklist_rule(ctx, how, channels)
        await edit(ctx, rule, *channel_ids)
    await answer(ctx, card(text=_describe_blacklist(await get_settings(ctx))))


def find_blacklist_rule(ctx: Context, how: str, channels: list[str]) -> tuple[Any, ...]:
    """The rule that `how` asks for, and the IDs of the channels if it is about some. Raises Invalid."""
    everywhere = len(channels) == 1 and channels[0] in ALL
    if how in CLEARING and channels:
        raise Unexpected(f"I did not expect {quote(channels[0])} here: this would clear all of the blacklist.")
    if how in CLEARING or (how in REMOVING and everywhere):
        return (guild_config.clear_blacklist,)
    if how in ADDING and everywhere:
        return (guild_config.blacklist_everywhere,)
    if how in ADDING:
        return guild_config.blacklist_channels, [get_channel(ctx, word).id for word in _check_some(ctx, channels)]
    if how in REMOVING:
        # A channel that was deleted is removed by its ID.
        return guild_config.allow_channels, [read_channel_id(word) for word in _check_some(ctx, channels)]
    raise Invalid(f"Say `add`, `remove` or `clear`; {quote(how)} is none of them.")


async def get_settings(ctx: Context) -> guild_config.Settings:
    """What is set in this server. Raises NotAllowed."""
    return await ctx.bot.read(guild_config.get_settings, get_guild_id(ctx), _manages(ctx))


async def edit(ctx: Context, rule: Callable[..., None], *args: Any) -> None:
    """Set something in this server. Raises NotAllowed."""
    await ctx.bot.write(rule, get_guild_id(ctx), _manages(ctx), *args)


def _manages(ctx: Context) -> bool:
    return ctx.author.guild_permissions.manage_guild


def read_channel_id(word: str) -> int:
    """The channel that a mention or an ID names. Raises Invalid."""
    match = _CHANNEL.fullmatch(word)
    if not match:
        raise Invalid(f"Mention a channel, or give its ID; {quote(word)} is neither.")
    return get_snowflake(match[1] or match[2], "channel")


def get_channel(ctx: Context, word: str) -> discord.abc.GuildChannel | discord.Thread:
    """A channel of this server that the bot sees. Raises Invalid."""
    channel = ctx.guild.get_channel_or_thread(read_channel_id(word))
    if not channel or isinstance(channel, discord.CategoryChannel):
        raise Invalid(f"I see no channel {quote(word)} in this server; a category is none.")
    return channel


def get_log_channel(ctx: Context, word: str) -> int:
    """The ID of a channel in which the bot can write embeds. Raises Invalid."""
    channel = get_channel(ctx, word)
    if channel.type not in LOG_CHANNEL_TYPES:
        raise Invalid("Proxied messages can be logged in text channels, voice channels and threads only.")
    can = permissions_in(channel, ctx.guild.me)
    thread = isinstance(channel, discord.Thread)
    needs = [("send_messages_in_threads" if thread and name == "send_messages" else name) for name in LOG_NEEDS]
    missing = [name for name in needs if not getattr(can, name)]
    if missing:
        raise Invalid(f"I cannot log in <#{channel.id}>: I need {permission_names(missing)} there.")
    return channel.id


def _check_some(ctx: Context, channels: list[str]) -> list[str]:
    if not channels:
        raise Invalid("Name channels, or `all`: `serverconfig proxy blacklist add #channel`.")
    return channels


def _describe_log(settings: guild_config.Settings) -> str:
    if settings.log_channel_id is None:
        return "Proxied messages are not logged in this server."
    return f"Proxied messages are logged in <#{settings.log_channel_id}>."


def _describe_blacklist(settings: guild_config.Settings) -> str:
    if settings.everywhere:
        return "Nothing is proxied in this server."
    if not settings.channels:
        return "The blacklist is empty: messages are proxied in all channels of this server."
    channels = " ".join(f"<#{channel_id}>" for channel_id in settings.channels)
    return cut(f"Nothing is proxied in these channels and their threads: {channels}", 4000)


async def run(ctx: Context, arguments: Arguments) -> None:
    """Bare shows all settings; a setting's name shows or sets it."""
    # Whoever may not see the settings must not learn from refusals which channels there are.
    settings = await get_settings(ctx)
    if arguments.peek() is not None:
        await subcommands.read(arguments).run(ctx, arguments)
        return
    arguments.end()
    hint = spell(ctx, "`serverconfig log channel` and `serverconfig proxy blacklist` change it.")
    await answer(ctx, card("Server settings", f"{_describe_log(settings)}\n{_describe_blacklist(settings)}\n\n{hint}"))


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
