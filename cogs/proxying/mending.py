"""What a bot that was killed left half done: of a message and its copy, one is made to stand, and it is known.

A copy that was posted whole is recorded and its original deleted, as would have been done. One that is not whole, or
whose original was deleted meanwhile, or that may not be recorded any more, is taken back.
"""

import asyncio
import logging
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from discord.ext import commands

from cogs.proxying.delivery import Delivery
from cogs.proxying.record_batcher import note_deleted
from cogs.webhooks.message_deletion import Deletion
from cogs.webhooks.rest_client import Failed, Unknown
from models import UnfinishedProxy
from rules.errors import Refused
from rules.parsing.timestamps import now_ms
from rules.proxying import unfinished
from rules.proxying.message_records import DISCORD_EPOCH_MS

log = logging.getLogger(__name__)

# Discord may carry out a request after whoever sent it was killed.
LATE_MS = 10_000
AGAIN_AFTER_S = 2
MOST_TRIES = 60
PAGE, MOST_PAGES = 100, 20
# So long after its original a copy may have come: it waits for its turn, for files, and for rate limits.
WINDOW_MS = 300_000


@dataclass(frozen=True, slots=True)
class Place:
    """The messages of a channel since the first that is to be mended, by ID, the oldest first."""

    messages: dict[int, dict[str, Any]]
    unrecorded: list[dict[str, Any]]

    def take(self, left: UnfinishedProxy) -> list[int]:
        """The copy of an original, as far as it was posted; nobody else's after that."""
        fits = (
            number
            for number, message in enumerate(self.unrecorded)
            if int(message["id"]) > left.original_id
            and unfinished.mark_of(message["author"]["username"], message["content"]) == left.mark
        )
        first = next(fits, None)
        if first is None:
            return []
        # The rest of its files follows it, since a channel's copies come one after the other.
        name, end = self.unrecorded[first]["author"]["username"], first + 1
        while end < min(first + left.parts, len(self.unrecorded)) and self._is_rest(self.unrecorded[end], name):
            end += 1
        taken, self.unrecorded[first:end] = self.unrecorded[first:end], []
        return [int(message["id"]) for message in taken]

    def _is_rest(self, message: dict[str, Any], name: str) -> bool:
        return message["author"]["username"] == name and not message["content"]


class Mending:
    """Reads what is left before the bot connects, and mends it once it has."""

    def __init__(self, bot: commands.Bot, delivery: Delivery) -> None:
        self.bot, self.delivery = bot, delivery
        self._left: list[UnfinishedProxy] = []
        self._task: asyncio.Task | None = None

    async def read_left(self) -> None:
        """Read what an earlier process left, while this one has begun nothing."""
        self._left = await self.bot.read(unfinished.find_left)

    def begin(self) -> None:
        """Mend it, in the background; nothing is done a second time."""
        left, self._left = self._left, []
        if left:
            self._task = asyncio.create_task(self._mend(left))

    async def stop(self) -> None:
        """End it; what is not mended yet is after the next start."""
        if self._task:
            self._task.cancel()
            await asyncio.gather(self._task, return_exceptions=True)

    async def _mend(self, left: list[UnfinishedProxy]) -> None:
        places: defaultdict[tuple[int, int], list[UnfinishedProxy]] = defaultdict(list)
        for one in left:
            # What was tried in vain for long, and was left again, must not have hours of a channel read.
            places[one.channel_id, one.noted_at // WINDOW_MS].append(one)
        await asyncio.gather(*(self._mend_place(channel_id, some) for (channel_id, _), some in places.items()))
        log.info("%d proxied messages were on their way when the bot was ended; each is looked after", len(left))

    async def _mend_place(self, channel_id: int, left: list[UnfinishedProxy]) -> None:
        for _ in range(MOST_TRIES):
            try:
                mended = await self._try(channel_id, left)
            except Failed as failed:
                # The channel is gone, or I may not see it any more.
                log.warning("what is left of %d messages cannot be mended: %s", len(left), failed)
                mended = left
            except Unknown as unknown:
                log.warning("what is left of %d messages is looked at again: %s", len(left), unknown)
                mended = []
            await self.bot.write_patiently(unfinished.finish, [one.id for one in mended])
            left = [one for one in left if one not in mended]
            if not left:
                return
            await asyncio.sleep(AGAIN_AFTER_S)

    async def _try(self, channel_id: int, left: list[UnfinishedProxy]) -> list[UnfinishedProxy]:
        """What could be mended. Raises Failed, Unknown."""
        # With the channel's turn: what this process posts there is told from what the other did.
        with self.delivery.queues.join(channel_id, 0) as slot:
            await slot.wait_turn()
            place = await self._read_place(channel_id, left)
            copies = await self.bot.read(unfinished.find_copies, [one.original_id for one in left])
            return [one for one in left if await self._mend_one(one, place, copies.get(one.original_id))]

    async def _mend_one(self, left: UnfinishedProxy, place: Place, recorded: list[int] | None) -> bool:
        if recorded and not await self._stands(left.channel_id, recorded[0], place):
            await note_deleted(self.bot, recorded)
            return True
        if recorded or left.recorded:
            return await self._delete_replaced(left)
        found = place.take(left)
        # The rest may come yet. A clock that was set back must not keep it waiting.
        if len(found) < left.parts and 0 <= now_ms() - left.noted_at < LATE_MS:
            return False
        stands = await self._stands(left.channel_id, left.replaced_id, place)
        if not stands or len(found) < left.parts or not await self._record(left, found):
            return await self.delivery.undo(left.channel_id, found)
        return await self._delete_replaced(left)

    async def _record(self, left: UnfinishedProxy, message_ids: list[int]) -> bool:
        at_us = ((message_ids[0] >> 22) + DISCORD_EPOCH_MS) * 1000
        try:
            await self.bot.write_patiently(unfinished.record_left, left, message_ids, at_us)
            return True
        except Refused as refused:
            log.info("a copy is taken back: %s", type(refused).__name__)
            return False

    async def _delete_replaced(self, left: UnfinishedProxy) -> bool:
        outcome = await self.delivery.delete(left.channel_id, left.replaced_id)
        if left.replaced_id != left.original_id and outcome is not Deletion.FAILED:
            await note_deleted(self.bot, [left.replaced_id])
        return outcome is not Deletion.FAILED

    async def _stands(self, channel_id: int, message_id: int, place: Place) -> bool:
        if message_id in place.messages:
            return True
        path = f"/channels/{channel_id}/messages/{message_id}"
        try:
            await self.delivery.api.request("GET", path, f"message {channel_id}", authorized=True)
            return True
        except Failed as failed:
            if failed.status != 404:
                raise
            return False

    async def _read_place(self, channel_id: int, left: list[UnfinishedProxy]) -> Place:
        path, after = f"/channels/{channel_id}/messages", min(one.original_id for one in left) - 1
        end = max(one.original_id for one in left) + (WINDOW_MS << 22)
        messages: dict[int, dict[str, Any]] = {}
        for _ in range(MOST_PAGES):
            params = {"after": str(after), "limit": str(PAGE)}
            page = await self.delivery.api.request("GET", path, f"GET {path}", authorized=True, params=params)
            messages |= {int(message["id"]): message for message in reversed(page)}
            after = max(messages, default=end)
            if len(page) < PAGE or after >= end:
                break
        return Place(messages, await self._find_unrecorded(messages))

    async def _find_unrecorded(self, messages: dict[int, dict[str, Any]]) -> list[dict[str, Any]]:
        own = str(self.bot.application_id)
        ours = [
            message_id
            for message_id, message in messages.items()
            if message.get("webhook_id")
            and message.get("application_id") == own
            and not self.delivery.message_cache.is_claimed(message_id)
        ]
        unrecorded = await self.bot.read(unfinished.find_unrecorded, ours)
        return [messages[message_id] for message_id in ours if message_id in unrecorded]
