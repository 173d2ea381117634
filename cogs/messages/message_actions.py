"""What commands, reactions and context menus do with a proxied message: tell about it, edit it, delete it, ping."""

from typing import Any

import discord
from discord.ext import commands
from sqlalchemy.orm import Session

from cogs.commands.converters import get_display
from cogs.commands.formatting import cut, escape, stamp, stamp_us
from cogs.commands.private_responses import is_private
from cogs.commands.responses import Context, answer, answer_privately, card
from cogs.messages import message_lookup
from cogs.messages.edits import explain_edit
from cogs.proxying.delivery import Delivery
from cogs.proxying.eligibility import webhook_target
from cogs.proxying.record_batcher import note_deleted
from cogs.systems import embeds
from cogs.webhooks.message_deletion import Deletion
from cogs.webhooks.message_links import message_link
from cogs.webhooks.permissions import permissions_in
from cogs.webhooks.rest_client import Failed, Unknown
from models import Member, Message
from rules.errors import Invalid, Refused
from rules.proxying import message_records
from rules.systems import systems
from rules.systems.config import Display


async def describe(bot: commands.Bot, record: Message, viewer: int | None, display: Display) -> discord.Embed:
    """An embed of what is known about a message, as a viewer may know it and likes it displayed. Raises NotFound."""
    seen = await bot.read(message_records.show_message, record.id, viewer)
    member, system = seen["member"], seen["system"]
    embed = embeds.paint(card(embeds.called(member)), {**member, "banner": None})
    embed.add_field(name="System", value=f"{escape(system['name'] or '(no name)')} (`{display.show_id(system['id'])}`)")
    embed.add_field(name="Member", value=f"{escape(member['name'])} (`{display.show_id(member['id'])}`)")
    embed.add_field(name="Sent by", value=f"<@{record.sender_id}> ({record.sender_id})", inline=False)
    link = message_link(record.guild_id, record.channel_id, record.id)
    embed.add_field(name="Message", value=f"[{record.id}]({link}) {stamp(seen['timestamp'])}", inline=False)
    if record.forget_at is not None:
        until = f"who sent it is forgotten {stamp_us(record.forget_at * 1000)}"
        embed.add_field(name="Deleted", value=until, inline=False)
    return embed.set_footer(text=f"Original message ID: {record.original_id}")


async def show(ctx: Context, record: Message) -> None:
    """Answer with what is known about a message, and with its text if the caller may read it in its channel."""
    viewer = ctx.author.id if is_private(ctx) else None
    embed = await describe(ctx.bot, record, viewer, await get_display(ctx))
    try:
        embed.description = cut((await fetch(ctx, record)).content, 1000)
    except Refused:
        embed.description = "*(gone, or not visible to you)*"
    await (answer if ctx.channel.id == record.channel_id else answer_privately)(ctx, embed)


async def fetch(ctx: Context, record: Message) -> discord.Message:
    """The message from Discord, for a caller who may read its channel. Raises NotFound, NotAllowed."""
    message = await message_lookup.fetch(ctx.bot, record)
    await message_lookup.check_reader(message.channel, await message_lookup.get_caller(ctx, message.guild))
    return message


async def get_editable(ctx: Context, record: Message) -> tuple[discord.Message, discord.Permissions]:
    """The message from Discord, and what the caller, who may write where it is, may do there.

    Raises NotFound, NotAllowed.
    """
    original = await message_lookup.fetch(ctx.bot, record)
    caller = await message_lookup.get_caller(ctx, original.guild)
    await message_lookup.check_writer(original.channel, caller)
    return original, permissions_in(original.channel, caller)


async def edit(
    bot: commands.Bot, delivery: Delivery, record: Message, original: discord.Message, payload: dict[str, Any]
) -> None:
    """Change a message as `build_edit` says. Raises Invalid where Discord does not."""
    try:
        await delivery.webhooks.edit(*webhook_target(original.channel), record.id, payload)
    except (Failed, Unknown) as error:
        raise Invalid(explain_edit(error)) from None
    bot.dispatch("proxied_edit", record, original, payload.get("content", original.content))


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


class NoPings(Invalid):
    """The system wants no pings; whoever wants to can still mention its account."""

    def __init__(self, sender_id: int) -> None:
        super().__init__(f"Their system wants no pings. You can mention them yourself: `<@{sender_id}>`")


async def ping(bot: commands.Bot, record: Message, reader: discord.Member) -> None:
    """Ping a message's sender in its channel, for somebody who may write there.

    Raises NotFound, NotAllowed, NoPings.
    """
    channel = await message_lookup.get_channel(bot, record)
    await message_lookup.check_writer(channel, reader)
    if not await bot.read(_wants_pings, record.member_id):
        raise NoPings(record.sender_id)
    view = discord.ui.View()
    link = message_link(record.guild_id, record.channel_id, record.id)
    view.add_item(discord.ui.Button(label="Jump", url=link))
    await channel.send(
        f"<@{record.sender_id}>",
        embed=card(text=f"You were pinged by <@{reader.id}>."),
        view=view,
        allowed_mentions=discord.AllowedMentions(users=[discord.Object(record.sender_id)]),
    )


def _wants_pings(session: Session, member_id: int) -> bool:
    return systems.get_member_system(session, session.get_one(Member, member_id)).pings_enabled
