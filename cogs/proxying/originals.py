"""Messages that wait to be proxied: what their senders do to them meanwhile counts."""

from dataclasses import dataclass, replace
from typing import Any

import discord
from discord.ext import commands

from cogs.commands import confirm, responses
from cogs.gateway.bounded_dict import BoundedDict
from cogs.proxying.channel_queue import Slot
from cogs.proxying.delivery import Changed
from cogs.proxying.eligibility import read_incoming, why_ineligible
from cogs.proxying.message_cache import MessageCache, copy_raw
from rules.proxying import decision

MOST_EDITS = 5000
FRESH_S = 60


@dataclass(frozen=True, slots=True)
class Original:
    """A message as its sender wrote it last, and its place in the channel's queue."""

    message: discord.Message
    raw: dict[str, Any]
    incoming: decision.IncomingMessage
    slot: Slot

    @property
    def id(self) -> int:
        return self.message.id


class Originals:
    """Compares messages with what the message cache has of them by now."""

    def __init__(self, bot: commands.Bot, message_cache: MessageCache) -> None:
        self.bot, self.message_cache = bot, message_cache
        self._edits: BoundedDict[tuple[int, str], None] = BoundedDict(MOST_EDITS)

    def is_fresh_edit(self, payload: discord.RawMessageUpdateEvent) -> bool:
        """Whether a person edited a message just now: pins and embeds, and RESUME, send edits of long ago again."""
        edit = payload.message_id, payload.data.get("edited_timestamp")
        raw = self.message_cache.find(payload.message_id)
        # An address that Discord shows a preview of changes a message that nobody has edited.
        if not edit[1] or edit in self._edits or not raw or raw.get("edited_timestamp") != edit[1]:
            return False
        self._edits.add(edit)
        return self.message_cache.age_of(edit[1]) < FRESH_S

    async def may_be_proxied(self, message: discord.Message, raw: dict[str, Any]) -> bool:
        """Whether an edited message may be proxied at all: commands and answers to questions are not."""
        if why_ineligible(message, raw) or confirm.is_answer(message):
            return False
        return not responses.is_command(await self.bot.get_context(message))

    def check_not_deleted(self, original: Original) -> None:
        """Raise Changed if the message was deleted."""
        if self.message_cache.is_deleted(original.id):
            raise Changed

    def check_unchanged(self, original: Original) -> None:
        """Raise Changed if the message was deleted or edited."""
        self.check_not_deleted(original)
        if self.is_edited(original):
            raise Changed

    def is_edited(self, original: Original) -> bool:
        """Whether the message was edited since it was read."""
        newest = self.message_cache.find(original.id)
        return newest is not None and newest is not original.raw

    async def refresh(self, original: Original) -> Original | None:
        """The message as it stands now; None if it is gone, or not to be proxied any more."""
        raw = self.message_cache.find(original.id)
        if not raw or self.message_cache.is_deleted(original.id):
            return None
        # The constructor is what py-cord itself builds a message with.
        state, channel = self.bot._connection, original.message.channel
        message = discord.Message(state=state, channel=channel, data=copy_raw(raw))
        if not await self.may_be_proxied(message, raw):
            return None
        return replace(original, message=message, raw=raw, incoming=read_incoming(message, original.incoming.edited))
