"""`pk;serverconfig`: what a server's moderators set about proxying, members with the permission Manage Server."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import discord
from discord.ext import commands

from cogs.commands.arguments import CLEAR, CLEARING, OFF, ON, Arguments, Unexpected, read_toggle
from cogs.commands.converters import get_guild_id
from cogs.commands.formatting import cut, quote
from cogs.commands.registry import systems_command
from cogs.commands.responses import Context, answer, card, typed
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

Rule = Callable[..., None]

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


@dataclass(frozen=True)
class ChannelList:
    """Channels that are left out of something, and the rules that add to it, take from it, and empty it."""

    name: str
    add: Rule
    remove: Rule
    clear: Rule
    # The rule for all channels at once, where there is one.
    everywhere: Rule | None = None

    @property
    def example(self) -> str:
        return f"`serverconfig {self.name} add #channel`"


BLACKLIST = ChannelList(
    "proxy blacklist",
    guild_config.blacklist_channels,
    guild_config.allow_channels,
    guild_config.clear_blacklist,
    guild_config.blacklist_everywhere,
)
UNLOGGED = ChannelList(
    "log blacklist", guild_config.leave_out_of_log, guild_config.take_into_log, guild_config.log_all_channels
)


@subcommands(
    "proxy blacklist",
    "blacklist",
    "bl",
    usage="[add, remove or clear] [all or #channels]",
    about="where nothing is proxied",
)
async def blacklist(ctx: Context, arguments: Arguments) -> None:
    await edit_channels(ctx, arguments, BLACKLIST)
    await answer(ctx, card(text=_describe_blacklist(await get_settings(ctx))))


@subcommands(
    "log blacklist",
    "logblacklist",
    "log bl",
    "lb",
    usage="[add, remove or clear] [#channels]",
    about="what is not logged",
)
async def log_blacklist(ctx: Context, arguments: Arguments) -> None:
    await edit_channels(ctx, arguments, UNLOGGED)
    await answer(ctx, card(text=_describe_unlogged(await get_settings(ctx))))


async def edit_channels(ctx: Context, arguments: Arguments, listed: ChannelList) -> None:
    """Change a list of channels, if that is what is typed. Raises Invalid."""
    how, *channels = [word.lower() for word in arguments.all()] or [""]
    arguments.check_flags(CLEAR)
    if not how and arguments.has(*CLEAR):
        how = CLEARING[0]
    if how:
        rule, *channel_ids = find_rule(ctx, listed, how, channels)
        await edit(ctx, rule, *channel_ids)


def find_rule(ctx: Context, listed: ChannelList, how: str, channels: list[str]) -> tuple[Any, ...]:
    """The rule that `how` asks for, and the IDs of the channels if it is about some. Raises Invalid."""
    everywhere = len(channels) == 1 and channels[0] in ALL and (how in REMOVING or listed.everywhere)
    if how in CLEARING and channels:
        raise Unexpected(f"I did not expect {quote(channels[0])} here: this would clear all of the blacklist.")
    if how in CLEARING or (how in REMOVING and everywhere):
        return (listed.clear,)
    if how in ADDING and everywhere:
        return (listed.everywhere,)
    if how not in (*ADDING, *REMOVING):
        raise Invalid(f"Say `add`, `remove` or `clear`; {quote(how)} is none of them.")
    if not channels:
        names = "channels, or `all`" if listed.everywhere else "channels"
        raise Invalid(f"Name {names}: {listed.example}.")
    if how in ADDING:
        return listed.add, [get_channel(ctx, word).id for word in channels]
    # A channel that was deleted is removed by its ID.
    return listed.remove, [read_channel_id(word) for word in channels]


# Setting → what is told where it is on, and where it is off.
TOLD: dict[str, tuple[str, str]] = {}


def toggle(name: str, on: str, off: str, *names: str, about: str) -> None:
    """Make a setting that is on or off a subcommand, with the two sentences that tell which it is."""

    async def run(ctx: Context, arguments: Arguments) -> None:
        wanted = read_toggle(arguments)
        if wanted is not None:
            await edit(ctx, guild_config.set_toggle, name, wanted)
        await answer(ctx, card(text=on if getattr(await get_settings(ctx), name) else off))

    TOLD[name] = (on, off)
    subcommands(*names, usage="[on or off]", about=about)(run)


toggle(
    "require_tag",
    "Messages are proxied here only with the system's tag in the name.",
    "Messages are proxied here with or without a system's tag in the name.",
    *("require tag", "requiretag", "require system tag", "requiresystemtag", "rst"),
    about="whether names need the system's tag",
)
toggle(
    "suppress_notifications",
    "Proxied messages notify nobody here.",
    "Proxied messages notify people as all messages do.",
    *("suppress notifications", "suppressnotifications", "suppress", "silent"),
    about="whether proxied messages are silent",
)
toggle(
    "invalid_command_error",
    "Whoever types a command that I do not know is told so.",
    "I say nothing to commands that I do not know.",
    *("invalid command error", "invalidcommanderror", "ice", "unknown command error"),
    about="whether unknown commands are answered",
)


async def get_settings(ctx: Context) -> guild_config.Settings:
    """What is set in this server. Raises NotAllowed."""
    return await ctx.bot.read(guild_config.get_settings, get_guild_id(ctx), _manages(ctx))


async def edit(ctx: Context, rule: Rule, *args: Any) -> None:
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


def _describe_unlogged(settings: guild_config.Settings) -> str:
    if not settings.unlogged:
        return "No channel is left out of the log."
    channels = " ".join(f"<#{channel_id}>" for channel_id in settings.unlogged)
    return cut(f"What is proxied in these channels and their threads is not logged: {channels}", 4000)


def _describe(settings: guild_config.Settings) -> str:
    toggles = [TOLD[name][0 if getattr(settings, name) else 1] for name in guild_config.TOGGLES]
    described = [_describe_log(settings), _describe_blacklist(settings), _describe_unlogged(settings), *toggles]
    # All that Discord takes of an embed's text.
    return cut("\n".join(cut(line, 1200) for line in described), 4000)


async def run(ctx: Context, arguments: Arguments) -> None:
    """Bare shows all settings; a setting's name shows or sets it."""
    # Whoever may not see the settings must not learn from refusals which channels there are.
    settings = await get_settings(ctx)
    if arguments.peek() is not None:
        await subcommands.read(arguments).run(ctx, arguments)
        return
    arguments.end()
    hint = f"{typed(ctx, 'help serverconfig')} lists how to change them."
    await answer(ctx, card("Server settings", f"{_describe(settings)}\n\n{hint}"))


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
