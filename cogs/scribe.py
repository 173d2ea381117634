"""The records of proxied messages: what comes while one write is under way goes into the next, together."""

import asyncio

from discord.ext import commands

from rules.errors import Refused
from rules.proxying import Spoken, record_speeches


class Scribe:
    """One writer for all copies: a disk takes many rows at once as fast as a single one."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self._waiting: list[tuple[Spoken, asyncio.Future[Refused | None]]] = []
        self._writing: asyncio.Task | None = None

    async def record(self, spoken: Spoken) -> Refused | None:
        """Record a copy; on disk when this returns. What the rule refused is returned. Raises models.Locked."""
        done: asyncio.Future[Refused | None] = asyncio.get_running_loop().create_future()
        self._waiting.append((spoken, done))
        if self._writing is None or self._writing.done():
            self._writing = asyncio.create_task(self._write())
        return await done

    async def _write(self) -> None:
        while self._waiting:
            batch, self._waiting = self._waiting, []
            try:
                refused = await self.bot.write_patiently(record_speeches, [spoken for spoken, _ in batch])
            except Exception as error:
                for _, done in batch:
                    done.set_exception(error)
                continue
            for (_, done), one in zip(batch, refused, strict=True):
                if not done.done():
                    done.set_result(one)
