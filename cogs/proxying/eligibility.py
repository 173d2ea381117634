"""Which messages may be proxied at all, and what matching needs of them."""

from typing import Any

import discord

from rules.proxying import decision

Channel = discord.abc.GuildChannel | discord.Thread
CHANNEL_TYPES = (
    *(discord.ChannelType.text, discord.ChannelType.voice, discord.ChannelType.news, discord.ChannelType.stage_voice),
    *(discord.ChannelType.news_thread, discord.ChannelType.public_thread, discord.ChannelType.private_thread),
)


def why_ineligible(message: discord.Message, raw: dict[str, Any]) -> str | None:
    """Why a message is not proxied whatever its tags are; None where it may be."""
    if not message.guild:
        return "Messages are proxied in servers only."
    if message.author.bot or message.webhook_id or message.author.system:
        return "It was written by a bot."
    if message.type not in (discord.MessageType.default, discord.MessageType.reply):
        return "It is no ordinary message."
    if getattr(message.channel, "type", None) not in CHANNEL_TYPES:
        return "Messages in this kind of channel are not proxied."
    if message.id == message.channel.id:
        return "It is the first message of a forum post, which would go with it."
    if raw.get("sticker_items") or raw.get("stickers"):
        return "It has a sticker, which a webhook cannot send."
    if raw.get("activity"):
        return "It is an invitation to an activity."
    if not (message.content.strip() or message.attachments or raw.get("poll")):
        return "There is nothing in it that could be said again."
    return None


def read_incoming(
    message: discord.Message, edited: bool = False, author_id: int | None = None
) -> decision.IncomingMessage:
    """What matching needs of a message; `author_id` is who sends it, if not its author."""
    parent_id, _ = webhook_target(message.channel)
    return decision.IncomingMessage(
        user_id=author_id or message.author.id,
        guild_id=message.guild.id,
        channel_id=message.channel.id,
        parent_id=parent_id,
        text=message.content,
        has_files=bool(message.attachments or message.poll),
        edited=edited,
    )


def webhook_target(channel: Channel) -> tuple[int, int | None]:
    """A channel's ID for webhooks, and the thread's in it."""
    return (channel.parent_id, channel.id) if isinstance(channel, discord.Thread) else (channel.id, None)
