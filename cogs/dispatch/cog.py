"""Sends the events while the bot runs, and tells the owners of a webhook that was ended."""

import asyncio
import logging

import discord
from discord.ext import commands

from cogs.commands.responses import ClosedDMs, card, send_dm, typed_by
from cogs.dispatch.receivers import Receivers
from cogs.dispatch.sender import Sender

log = logging.getLogger(__name__)


class Dispatch(commands.Cog, name="dispatch"):
    """Dispatch webhooks."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self._running: asyncio.Task | None = None

    async def start(self) -> None:
        """Begin to send."""
        # Not before: it needs the running loop.
        receivers = Receivers(self.bot.config.webhook_loopback)
        self.receivers, self.sender = receivers, Sender(self.bot, receivers, self.tell_ended)
        self._running = asyncio.create_task(self.sender.run())

    async def stop(self) -> None:
        """End that."""
        if self._running:
            self._running.cancel()
            await asyncio.gather(self._running, return_exceptions=True)
            await self.sender.stop()
            await self.receivers.close()

    @commands.Cog.listener()
    async def on_webhook_retired(self, user_ids: list[int]) -> None:
        """An account that may have set it was unlinked from the system of these."""
        await self._tell(user_ids, "an account that knows it was unlinked from the system")

    async def tell_ended(self, user_ids: list[int], reason: str) -> None:
        """Tell the accounts of a system that its webhook was removed, and all that it was not sent yet."""
        await self._tell(user_ids, f"{reason}. What it was not sent yet is gone")

    async def _tell(self, user_ids: list[int], reason: str) -> None:
        again = typed_by(self.bot, "system webhook <address>")
        text = f"I removed your system's webhook: {reason}. {again} sets it again."
        for user_id in user_ids:
            try:
                await send_dm(await self.bot.fetch_user(user_id), card("Webhook removed", text))
            except (ClosedDMs, discord.HTTPException) as error:
                log.info("an owner of a removed webhook could not be told: %s", error)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Dispatch(bot))
