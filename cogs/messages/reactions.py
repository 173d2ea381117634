"""Reactions to proxied messages: ❌ deletes, ❓ tells who it was, 🔔 and its like ping the sender."""

import logging
from typing import Any

import discord
from discord.ext import commands
from sqlalchemy.orm import Session

from cogs.commands.responses import card, send_dm
from cogs.messages import message_actions, message_lookup
from cogs.proxying.delivery import Delivery
from cogs.systems import embeds
from models import Member, Message
from rules.errors import NotFound, Refused
from rules.groups import listing
from rules.proxying import message_records
from rules.systems import config

log = logging.getLogger(__name__)

DELETE = ("\u274c", "x")
ASK = ("\u2753", "\u2754")
PING = ("\U0001f514", "\U0001f6ce", "\U0001f3d3", "\U0001fad1", "\u23f0", "\u2757")


class Reactions(commands.Cog, name="reactions"):
    """Reactions of bots, and those that mean nothing here, are left alone without reading the database."""

    def __init__(self, bot: commands.Bot, delivery: Delivery) -> None:
        self.bot, self.delivery = bot, delivery

    @commands.Cog.listener()
    async def on_raw_reaction_add(self, payload: discord.RawReactionActionEvent) -> None:
        emoji = str(payload.emoji.name or "").replace("\ufe0f", "")
        if payload.emoji.id or emoji not in (*DELETE, *ASK, *PING) or payload.user_id == self.bot.user.id:
            return
        if payload.member and payload.member.bot:
            return
        try:
            await self.act(payload, emoji)
        except (Refused, discord.HTTPException) as error:
            log.info("a reaction came to nothing: %s", error)

    async def act(self, payload: discord.RawReactionActionEvent, emoji: str) -> None:
        """Do what the reaction asks for, if the message is one of ours."""
        try:
            record = await self.bot.read(message_records.get_record, payload.message_id)
        except NotFound:
            if emoji in DELETE:
                await self.delete_answer(payload)
            return
        if emoji in DELETE:
            await message_actions.delete(self.bot, self.delivery, payload.user_id, record)
        elif emoji in ASK:
            await self.describe(payload, record)
        else:
            await self.ping(payload, record)

    async def delete_answer(self, payload: discord.RawReactionActionEvent) -> None:
        """Delete an answer of the bot's for whoever asked for it; in a DM any of its messages."""
        # Discord need not say who wrote the message; where it does, the others' cost no request.
        author_id = payload.data.get("message_author_id")
        if author_id and author_id != str(self.bot.user.id):
            return
        channel = self.bot.get_partial_messageable(payload.channel_id)
        message = await channel.fetch_message(payload.message_id)
        if message.author.id != self.bot.user.id:
            return
        asked = message.reference and message.reference.resolved
        asker = asked.author.id if isinstance(asked, discord.Message) else None
        if payload.guild_id is None or asker == payload.user_id:
            await message.delete()

    async def describe(self, payload: discord.RawReactionActionEvent, record: Message) -> None:
        """Send the reader a DM with the embeds of member and message, as strangers see them."""
        user = await self.bot.fetch_user(payload.user_id)
        member = await self.bot.read(_see_member, record.member_id)
        display = await self.bot.read(config.get_display, payload.user_id)
        await send_dm(user, embeds.member_embed(member, display))
        await send_dm(user, await message_actions.describe(self.bot, record, None, display))
        await self.remove_reaction(payload)

    async def ping(self, payload: discord.RawReactionActionEvent, record: Message) -> None:
        """Ping a message's sender in its channel, or tell the reader whom to ping where the system wants no pings."""
        guild = (await message_lookup.get_channel(self.bot, record)).guild
        reader = payload.member or await guild.fetch_member(payload.user_id)
        try:
            await message_actions.ping(self.bot, record, reader)
        except message_actions.NoPings as refused:
            await send_dm(reader, card(text=refused.told))
        await self.remove_reaction(payload)

    async def remove_reaction(self, payload: discord.RawReactionActionEvent) -> None:
        """Remove the reaction, where that is allowed."""
        message = self.bot.get_partial_messageable(payload.channel_id).get_partial_message(payload.message_id)
        try:
            await message.remove_reaction(payload.emoji, discord.Object(payload.user_id))
        except discord.HTTPException as error:
            log.info("a reaction could not be removed: %s", error)


def _see_member(session: Session, member_id: int) -> dict[str, Any]:
    return listing.get_member_card(session, session.get_one(Member, member_id).hid, None)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Reactions(bot, bot.proxying.delivery))
