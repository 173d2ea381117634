"""What both a command and a reaction do with a proxied message: tell what is known about it, and delete it."""

import discord
from discord.ext import commands

from cogs.commands.formatting import escape, stamp, stamp_us
from cogs.commands.responses import card
from cogs.messages import message_lookup
from cogs.proxying.delivery import Delivery
from cogs.proxying.record_batcher import note_deleted
from cogs.systems import embeds
from cogs.webhooks.message_deletion import Deletion
from cogs.webhooks.message_links import message_link
from models import Message
from rules.errors import Invalid
from rules.proxying import message_records


async def describe(bot: commands.Bot, record: Message, viewer: int | None) -> discord.Embed:
    """An embed of what is known about a message, as a viewer may know it. Raises NotFound."""
    seen = await bot.read(message_records.show_message, record.id, viewer)
    member, system = seen["member"], seen["system"]
    embed = embeds.paint(card(embeds.called(member)), {**member, "banner": None})
    embed.add_field(name="System", value=f"{escape(system['name'] or '(no name)')} (`{system['id']}`)")
    embed.add_field(name="Member", value=f"{escape(member['name'])} (`{member['id']}`)")
    embed.add_field(name="Sent by", value=f"<@{record.sender_id}> ({record.sender_id})", inline=False)
    link = message_link(record.guild_id, record.channel_id, record.id)
    embed.add_field(name="Message", value=f"[{record.id}]({link}) {stamp(seen['timestamp'])}", inline=False)
    if record.forget_at is not None:
        until = f"who sent it is forgotten {stamp_us(record.forget_at * 1000)}"
        embed.add_field(name="Deleted", value=until, inline=False)
    return embed.set_footer(text=f"Original message ID: {record.original_id}")


async def delete(bot: commands.Bot, delivery: Delivery, user_id: int, record: Message) -> None:
    """Delete a proxied message for its sender, or another account of its system.

    Raises NotAllowed, NotFound, and Invalid where Discord does not delete it.
    """
    await bot.read(message_records.get_sent_record, user_id, record.id)
    channel = await message_lookup.get_channel(bot, record)
    if not channel.permissions_for(channel.guild.me).manage_messages:
        raise Invalid("I cannot delete it: I need Manage Messages in that channel.")
    if await delivery.delete(record.channel_id, record.id) is Deletion.FAILED:
        raise Invalid("Discord did not delete it; try again in a minute.")
    await note_deleted(bot, [record.id])
