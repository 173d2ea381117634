"""Proxied messages in a server's log channel, for its moderators: who wrote what as whom."""

import logging

import discord
from discord.ext import commands

from cogs.commands.formatting import cut, escape
from cogs.commands.responses import card
from cogs.messages import message_lookup
from cogs.proxying.eligibility import Channel, webhook_target
from cogs.webhooks.message_links import message_link
from models import Message
from rules.errors import NotFound
from rules.proxying import guild_config, message_records
from rules.proxying.decision import ProxyPost

log = logging.getLogger(__name__)

MOST_TEXT = 1000
UNKNOWN_CHANNEL = 10003


class ProxyLog(commands.Cog, name="proxy_log"):
    """Fed by `bot.dispatch` with "proxied", "proxied_edit" and "reproxied"."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot

    @commands.Cog.listener()
    async def on_proxied(self, original: discord.Message, post: ProxyPost, posted: object) -> None:
        """A message was proxied."""
        if post.log_channel_id is None:
            return
        embed = card(text=post.text).set_author(name=f"#{original.channel.name}: {posted.name}"[:256])
        if post.avatar_url:
            embed.set_thumbnail(url=post.avatar_url)
        await self.post(original.channel, posted.message_id, embed)

    @commands.Cog.listener()
    async def on_proxied_edit(self, record: Message, before: discord.Message, after: str) -> None:
        """A proxied message was edited."""
        embed = card(text=after).set_author(name=f"#{before.channel.name}: {before.author.name} (edited)"[:256])
        embed.add_field(name="Before", value=cut(before.content, MOST_TEXT) or "(nothing)", inline=False)
        await self.post(before.channel, record.id, embed)

    @commands.Cog.listener()
    async def on_reproxied(self, command_id: int, before: discord.Message) -> None:
        """A proxied message was posted again, as another member."""
        if await self.find_channel_id(before.channel) is None:
            return
        try:
            record = await self.bot.read(message_records.get_record, command_id)
            copy = await message_lookup.fetch(self.bot, record)
        except NotFound:
            return
        embed = card(text=copy.content).set_author(name=f"#{copy.channel.name}: {copy.author.name} (reproxied)"[:256])
        if copy.author.avatar:
            embed.set_thumbnail(url=copy.author.avatar.url)
        embed.add_field(name="Before", value=f"said as {escape(before.author.name)}", inline=False)
        await self.post(before.channel, record.id, embed)

    async def find_channel_id(self, place: Channel) -> int | None:
        """Where something that was written in a channel or thread is logged."""
        return await self.bot.read(guild_config.find_log_channel, place.guild.id, *webhook_target(place))

    async def post(self, place: Channel, message_id: int, embed: discord.Embed) -> None:
        """Log something about a message, where the server has a log; a channel that vanished is no log any more."""
        channel_id, guild, guild_id = await self.find_channel_id(place), place.guild, place.guild.id
        if channel_id is None:
            return
        try:
            seen = await self.bot.read(message_records.show_message, message_id, None)
            channel = guild.get_channel_or_thread(channel_id)
            if channel is None:
                channel = await self.bot.fetch_channel(channel_id)
            link = message_link(guild_id, seen["channel"], message_id)
            await channel.send(link, embed=embed.set_footer(text=_footer(seen)))
        except NotFound:
            # It was deleted before it could be logged.
            return
        except discord.HTTPException as error:
            log.info("the log of server %s cannot be written: %s", guild_id, error)
            # What I only may not see or write today is a log again tomorrow.
            if error.code == UNKNOWN_CHANNEL:
                await self.bot.write_patiently(guild_config.set_log_channel, guild_id, True, None)


def _footer(seen: dict) -> str:
    system, member = seen["system"], seen["member"]
    return (
        f"System {system['id']} · member {member['name']} ({member['id']}) · sender {seen['sender']}"
        f" · message {seen['id']} · original {seen['original']}"
    )


def setup(bot: commands.Bot) -> None:
    bot.add_cog(ProxyLog(bot))
