"""What Discord tells that proxying needs: messages that come, change and go, and webhooks that do."""

import discord
from discord.ext import commands

from cogs.proxying.pipeline import Proxying
from cogs.proxying.record_batcher import note_deleted
from rules.proxying import message_records


class ProxyListeners(commands.Cog, name="proxying"):
    """New messages come through the bot, which offers them for proxying once it knows that they are no commands."""

    def __init__(self, bot: commands.Bot, proxying: Proxying) -> None:
        self.bot, self.proxying = bot, proxying
        message_cache, webhooks = proxying.message_cache, proxying.delivery.webhooks
        bot.raw_events.on_raw("MESSAGE_CREATE", message_cache.add)
        bot.raw_events.on_raw("MESSAGE_UPDATE", message_cache.add_edit)
        bot.raw_events.on_raw("MESSAGE_DELETE", message_cache.add_deletion)
        bot.raw_events.on_raw("MESSAGE_DELETE_BULK", message_cache.add_deletion)
        bot.raw_events.on_raw("WEBHOOKS_UPDATE", lambda data: webhooks.forget(int(data["channel_id"])))

    async def start(self) -> None:
        await self.proxying.mending.read_left()

    async def settle(self) -> None:
        await self.proxying.settle()

    async def stop(self) -> None:
        await self.proxying.mending.stop()
        await self.proxying.api.close()

    @commands.Cog.listener()
    async def on_connect(self) -> None:
        self.proxying.mending.begin()

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        await self.proxying.offer_edited(payload)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        # An original is no copy, so there is nothing to look for.
        if payload.message_id not in self.proxying.begun:
            await self.note_deleted([payload.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        await self.note_deleted(list(payload.message_ids))

    async def note_deleted(self, message_ids: list[int]) -> None:
        """Copies were deleted: who sent them is known for a while yet."""
        if await self.bot.read(message_records.find_recorded, message_ids):
            await note_deleted(self.bot, message_ids)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(ProxyListeners(bot, bot.proxying))
