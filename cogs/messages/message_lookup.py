"""The proxied message that a command is about: found by reply, link or ID, and who may read and write where it is."""

import re

import discord

from cogs.commands.arguments import Arguments
from cogs.commands.formatting import quote
from cogs.commands.responses import Context
from cogs.webhooks.message_links import MESSAGE_LINK
from cogs.webhooks.permissions import permissions_in
from models import Message
from rules.errors import Invalid, NotAllowed, NotFound
from rules.parsing.fields import LARGEST_SNOWFLAKE
from rules.proxying import message_records

_ID = re.compile(r"\d{15,20}", re.ASCII)


def find_message_id(ctx: Context, arguments: Arguments) -> int | None:
    """The message that is replied to, or that the next word links to; which is then read. Raises NotFound."""
    if ctx.message and ctx.message.reference and ctx.message.reference.message_id:
        return ctx.message.reference.message_id
    match = MESSAGE_LINK.fullmatch(arguments.peek() or "")
    if not match:
        return None
    arguments.next()
    return _read_id(match["message_id"])


def get_message_id(ctx: Context, arguments: Arguments) -> int:
    """The same, or the ID that the next word is. Raises Invalid, NotFound."""
    found = find_message_id(ctx, arguments)
    if found:
        return found
    word = arguments.next()
    if not word:
        raise Invalid("Reply to the message, or give its link or ID.")
    if not _ID.fullmatch(word):
        raise Invalid(f"I cannot read {quote(word)} as a message; give its link or ID.")
    return _read_id(word)


def _read_id(digits: str) -> int:
    # So many digits are slow to read, and no ID has them.
    if len(digits) > 20 or int(digits) > LARGEST_SNOWFLAKE:
        raise NotFound("Message not found.")
    return int(digits)


async def get_own(ctx: Context, arguments: Arguments) -> Message:
    """The caller's proxied message that is meant: replied to, linked to, or the last one here.

    Raises NotFound, NotAllowed, and Invalid in a DM, where none is the last.
    """
    message_id = find_message_id(ctx, arguments)
    if message_id:
        return await ctx.bot.read(message_records.get_own_record, ctx.author.id, message_id)
    if not ctx.guild:
        raise Invalid("Give the link of the message; Discord's “Copy Message Link” has it.")
    # By Discord's clock, as the messages are: ours may be wrong.
    asked_ms = int((ctx.message or ctx.interaction).created_at.timestamp() * 1000)
    return await ctx.bot.read(message_records.get_last_record, ctx.author.id, ctx.channel.id, asked_ms)


async def get_channel(bot: discord.Client, record: Message) -> discord.abc.GuildChannel | discord.Thread:
    """The channel or thread of a proxied message. Raises NotFound."""
    guild = bot.get_guild(record.guild_id)
    found = guild.get_channel_or_thread(record.channel_id) if guild else None
    try:
        return found or await bot.fetch_channel(record.channel_id)
    except discord.HTTPException:
        raise NotFound("I cannot see the channel of this message any more.") from None


async def fetch(bot: discord.Client, record: Message) -> discord.Message:
    """A proxied message from Discord. Raises NotFound."""
    try:
        return await (await get_channel(bot, record)).fetch_message(record.id)
    except discord.HTTPException:
        raise NotFound("This message is gone, or I cannot see it any more.") from None


async def get_caller(ctx: Context, guild: discord.Guild) -> discord.Member:
    """The caller as a member of a message's server, which may not be the one of the command. Raises NotAllowed."""
    if ctx.guild == guild:
        return ctx.author
    try:
        return await guild.fetch_member(ctx.author.id)
    except discord.HTTPException:
        raise NotAllowed("You are not in the server of this message.") from None


async def check_reader(channel: discord.abc.GuildChannel | discord.Thread, reader: discord.Member) -> None:
    """Raises NotAllowed for whoever may not read what was written in a channel."""
    may = permissions_in(channel, reader)
    if not (may.view_channel and may.read_message_history and await _is_inside(channel, reader, may)):
        raise NotAllowed("You may not read the channel of this message.")


async def check_writer(channel: discord.abc.GuildChannel | discord.Thread, writer: discord.Member) -> None:
    """Raises NotAllowed for whoever may not write in a channel: no command does what Discord denies its caller."""
    may = permissions_in(channel, writer)
    is_shut = isinstance(channel, discord.Thread) and channel.locked and not may.manage_threads
    silent = is_shut or (writer.timed_out and not may.administrator)
    if silent or not (may.view_channel and may.send_messages and await _is_inside(channel, writer, may)):
        raise NotAllowed("You may not write in the channel of this message.")


async def _is_inside(
    channel: discord.abc.GuildChannel | discord.Thread, member: discord.Member, may: discord.Permissions
) -> bool:
    """Whether a private thread is open to somebody; every other channel is, as far as this goes."""
    if channel.type != discord.ChannelType.private_thread or may.manage_threads:
        return True
    return member.id in [each.id for each in await channel.fetch_members()]
