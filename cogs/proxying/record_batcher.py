"""The records of proxied messages: what comes while one write is under way goes into the next, together."""

import asyncio
import logging
from collections.abc import Collection

from discord.ext import commands

from cogs.webhooks.refusals import ProxyRefused
from rules.errors import Refused
from rules.proxying import message_records
from rules.proxying.recording import PostedProxy, record_posts

log = logging.getLogger(__name__)


class RecordBatcher:
    """Writes all records, in batches: a disk takes many rows at once as fast as a single one."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self._waiting: list[tuple[PostedProxy, asyncio.Future[Refused | None]]] = []
        self._writing: asyncio.Task | None = None

    async def record(self, posted_proxy: PostedProxy) -> Refused | None:
        """Record a copy; on disk when this returns. Why it is not, the rule's or the disk's reason, is returned."""
        done: asyncio.Future[Refused | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((posted_proxy, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            refused = await self._try([posted_proxy for posted_proxy, _ in batch])
            for (_, done), one in zip(batch, refused, strict=True):
                if not done.done():
                    done.set_result(one)

    async def _try(self, batch: list[PostedProxy]) -> list[Refused | None]:
        try:
            return await self.bot.write_batch(record_posts, batch)
        except Exception as error:
            # A full disk, or somebody who holds the lock for ever.
            log.error("records cannot be written: %r", getattr(error, "orig", error))
            return [ProxyRefused("record", "I could not write down whose message it is.")] * len(batch)


async def note_deleted(bot: commands.Bot, message_ids: Collection[int]) -> None:
    """Note that copies were deleted; who sent them is known for as long as the settings say."""
    await bot.write_patiently(message_records.note_deleted, message_ids, bot.config.deleted_messages_kept)
