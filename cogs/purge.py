"""Housekeeping: what was put out of reach is deleted here, a little at a time."""

import asyncio
import logging

from discord.ext import commands
from sqlalchemy.exc import DatabaseError

from models import Locked
from rules import staging

log = logging.getLogger(__name__)

# The other process asks for the lock every 100 ms at the latest; in a shorter pause it could miss every one.
PAUSE_S = 0.15
RETRY_AFTER_S = 60


class Purge(commands.Cog, name="purge"):
    """`bot.dispatch("purge")` wakes it."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.woken = asyncio.Event()
        self.purging: asyncio.Task | None = None

    async def start(self) -> None:
        # Nobody imports yet, so whatever is still being built was left by a process that ended.
        await self.bot.write_patiently(staging.abandon_all)
        self.purging = asyncio.create_task(self.run())

    async def stop(self) -> None:
        if self.purging:
            self.purging.cancel()
            await asyncio.gather(self.purging, return_exceptions=True)

    @commands.Cog.listener()
    async def on_purge(self) -> None:
        """Something was put out of reach."""
        self.woken.set()

    async def run(self) -> None:
        """For ever: delete what is out of reach, then wait for more."""
        while True:
            self.woken.clear()
            if not await self.purge_some():
                await self.woken.wait()

    async def purge_some(self) -> bool:
        """One step and the pause after it; returns whether more is left."""
        try:
            more = await self.bot.write(staging.purge_some)
        except (Locked, DatabaseError) as error:
            log.warning("what was deleted is still in the file: %r; next try in %d s", error, RETRY_AFTER_S)
            more = True
            await asyncio.sleep(RETRY_AFTER_S)
        await asyncio.sleep(PAUSE_S)
        return more


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Purge(bot))
