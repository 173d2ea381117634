"""Notes of what is begun: written before a copy is posted, and taken away when the message that it replaces is gone."""

import asyncio
import logging

from discord.ext import commands
from sqlalchemy.exc import SQLAlchemyError

from cogs.webhooks.refusals import ProxyRefused
from database.faults import Locked
from rules.proxying import decision, unfinished

log = logging.getLogger(__name__)

# Together, since nothing hangs on it: what a kill leaves noted is found to be finished.
TAKEN_AWAY_AFTER_S = 0.5


class Notes:
    """The notes of this process, by the message that each is about."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self._open: dict[int, list[int]] = {}
        self._finished: list[int] = []
        self._taking_away: asyncio.Task | None = None

    async def add(
        self,
        original_id: int,
        replaced_id: int,
        post: decision.ProxyPost,
        incoming: decision.IncomingMessage,
        mark: int,
        parts: int = 1,
    ) -> None:
        """Note what is about to be posted; no kill undoes it once this returns. Raises ProxyRefused."""
        about = incoming.user_id, incoming.channel_id, incoming.guild_id, post.member_id, mark, parts
        try:
            noted = await self.bot.write_inline(unfinished.note, original_id, replaced_id, *about)
        except (Locked, SQLAlchemyError) as error:
            log.error("what is begun cannot be written: %r", getattr(error, "orig", error))
            raise ProxyRefused("record", "I could not write down whose message it is.") from None
        self._open.setdefault(original_id, []).append(noted)

    def finish(self, original_id: int) -> None:
        """Nothing is left to be done about a message."""
        self._finished += self._open.pop(original_id, ())
        if self._finished and (self._taking_away is None or self._taking_away.done()):
            self._taking_away = asyncio.create_task(self._take_away_later())

    async def take_away(self) -> bool:
        """Take the notes away of what is finished; returns False where the file does not let it."""
        finished, self._finished = self._finished, []
        try:
            await self.bot.write_presence(unfinished.finish, finished)
        except (Locked, SQLAlchemyError) as error:
            log.warning("notes of what is finished stay: %r", getattr(error, "orig", error))
            self._finished += finished
            return False
        return True

    async def _take_away_later(self) -> None:
        # What is finished during the writing would otherwise stay until somebody speaks again.
        while self._finished:
            await asyncio.sleep(TAKEN_AWAY_AFTER_S)
            if not await self.take_away():
                return
