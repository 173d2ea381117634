"""The records of proxied messages: what comes while one write is under way goes into the next, together."""

import asyncio
import logging

from discord.ext import commands

from cogs.webhooks.refusals import Hindrance
from rules.errors import Refused
from rules.proxying.decision import Spoken, record_speeches

log = logging.getLogger(__name__)


class Scribe:
    """One writer for all copies: a disk takes many rows at once as fast as a single one."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self._waiting: list[tuple[Spoken, asyncio.Future[Refused | None]]] = []
        self._writing: asyncio.Task | None = None

    async def record(self, spoken: Spoken) -> Refused | None:
        """Record a copy; on disk when this returns. Why it is not, the rule's or the disk's reason, is returned."""
        done: asyncio.Future[Refused | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((spoken, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            refused = await self._try([spoken for spoken, _ in batch])
            for (_, done), one in zip(batch, refused, strict=True):
                if not done.done():
                    done.set_result(one)

    async def _try(self, batch: list[Spoken]) -> list[Refused | None]:
        try:
            return await self.bot.write_patiently(record_speeches, batch)
        except Exception as error:
            # A full disk, or somebody who holds the lock for ever.
            log.error("records cannot be written: %r", getattr(error, "orig", error))
            return [Hindrance("record", "I could not write down whose message it is.")] * len(batch)
