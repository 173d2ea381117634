"""Housekeeping: what was put out of reach, and the records of what is gone from Discord, go here, step by step."""

import asyncio
import contextlib
import logging
import time
from collections import deque

import discord
from discord.ext import commands
from sqlalchemy.exc import DatabaseError
from sqlalchemy.orm import Session

from database import locks
from database.faults import Locked
from rules import feed
from rules.parsing import timestamps
from rules.proxying import message_records
from rules.systems import soft_delete
from rules.transfer.past_imports import undo

log = logging.getLogger(__name__)

# The other process asks for the lock every 100 ms at the latest; in a shorter pause it could miss every one.
PAUSE_S = 0.15
DAY_US = 24 * 3600 * 1_000_000
RETRY_AFTER_S = 60
# What the API replaced or deleted wakes nobody here, nor does time that is over.
AGAIN_AFTER_S = 60
STEPS = (soft_delete.purge_some, message_records.purge_channels, message_records.purge_deleted)


class Purge(commands.Cog, name="purge"):
    """`bot.dispatch("purge")` wakes it."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.woken = asyncio.Event()
        self.purging: asyncio.Task | None = None
        # What the newest entry of the feed was, and when, by the monotonic clock.
        self.marks: deque[tuple[float, int]] = deque()

    async def start(self) -> None:
        """Begin with what an earlier process left."""
        self.purging = asyncio.create_task(self.run())

    async def stop(self) -> None:
        """End the purging; what is left goes after the next start."""
        if self.purging:
            self.purging.cancel()
            await asyncio.gather(self.purging, return_exceptions=True)

    @commands.Cog.listener()
    async def on_purge(self) -> None:
        """Something was put out of reach."""
        self.woken.set()

    @commands.Cog.listener()
    async def on_guild_channel_delete(self, channel: discord.abc.GuildChannel) -> None:
        """A channel goes with its threads, of which Discord says nothing; those that are archived nobody knows."""
        await self.forget_channels([channel.id, *(thread.id for thread in getattr(channel, "threads", ()))])

    @commands.Cog.listener()
    async def on_raw_thread_delete(self, payload: discord.RawThreadDeleteEvent) -> None:
        """A thread goes alone."""
        await self.forget_channels([payload.thread_id])

    async def forget_channels(self, channel_ids: list[int]) -> None:
        """Forget who said what in channels that are gone. Once it is noted, a restart does not keep it from going."""
        recorded = await self.bot.read(message_records.find_recorded_channels, channel_ids)
        if recorded:
            await self.bot.write_patiently(message_records.note_gone_channels, recorded)
            self.woken.set()

    async def run(self) -> None:
        """For ever: delete what is out of reach, and then the pictures that it used; wait for more, or a while."""
        while True:
            self.woken.clear()
            await self.abandon_imports()
            if await self.purge_some() or await self.trim_feed() or await self.expire_imports():
                continue
            await self.sweep_pictures()
            if await self.empty_wal():
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self.woken.wait(), AGAIN_AFTER_S)

    async def sweep_pictures(self) -> None:
        """Delete the pictures that nobody uses any more; where that fails, at the next time."""
        try:
            await self.bot.pictures.sweep()
        except (DatabaseError, OSError) as error:
            log.warning("pictures that nobody uses are still there: %r", error)

    async def empty_wal(self) -> bool:
        """Let nothing of what was deleted stand in the WAL; returns False, after a pause, where that is still to do."""
        try:
            if await self.bot.empty_wal():
                return True
            log.warning("the WAL is in use and holds what was deleted; next try in %d s", RETRY_AFTER_S)
        except DatabaseError as error:
            log.warning("what was deleted is still in the WAL: %r; next try in %d s", error, RETRY_AFTER_S)
        await asyncio.sleep(RETRY_AFTER_S)
        return False

    async def purge_some(self) -> bool:
        """One step and the pause after it; returns whether more is left."""
        try:
            more = any([await self.bot.write(step) for step in STEPS])
        except (Locked, DatabaseError) as error:
            log.warning("what was deleted is still in the file: %r; next try in %d s", error, RETRY_AFTER_S)
            more = True
            await asyncio.sleep(RETRY_AFTER_S)
        await asyncio.sleep(PAUSE_S)
        return more

    async def abandon_imports(self) -> None:
        """Put out of everybody's reach what a process that ended was importing; whoever lives goes on."""

        def abandon(session: Session) -> None:
            # Here, where nobody else can begin one.
            if not locks.is_importing(self.bot.config.database_url):
                soft_delete.abandon_all(session)

        try:
            if await self.bot.read(soft_delete.is_building):
                await self.bot.write(abandon)
        except (Locked, DatabaseError) as error:
            log.warning("what an import left is still in the file: %r", error)

    async def expire_imports(self) -> bool:
        """Forget how to undo what was imported too long ago; returns whether more is left."""
        before = timestamps.now_us() - self.bot.config.imports_kept * DAY_US
        try:
            return await self.bot.write(undo.expire_undo, before)
        except (Locked, DatabaseError) as error:
            log.warning("what would undo old imports is still there: %r", error)
            return False

    async def trim_feed(self) -> bool:
        """Delete a few entries of the feed that are too old or too many; returns whether more are left."""
        now, trimmed_to = time.monotonic(), 0
        try:
            self.marks.append((now, await self.bot.read(feed.find_newest)))
            while self.marks and self.marks[0][0] <= now - self.bot.config.feed_kept:
                trimmed_to = self.marks.popleft()[1]
            if trimmed_to:
                self.marks.appendleft((now - self.bot.config.feed_kept, trimmed_to))
            return await self.bot.write(feed.trim, trimmed_to, self.bot.config.feed_rows)
        except (Locked, DatabaseError) as error:
            log.warning("the feed of changes could not be trimmed: %r", error)
            return False


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Purge(bot))
