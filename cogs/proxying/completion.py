"""When a copy stands, it is recorded, and then the original is deleted."""

import logging

from discord.ext import commands

from cogs.proxying.delivery import Copies, Posted
from cogs.proxying.eligibility import whereabouts
from cogs.proxying.error_notices import Complaints
from cogs.proxying.originals import Original, Originals
from cogs.proxying.record_batcher import Scribe
from cogs.webhooks.message_deletion import Deletion
from cogs.webhooks.payloads import compose
from cogs.webhooks.refusals import check_speech
from cogs.webhooks.rest_client import Failed, Unknown
from rules.errors import Refused
from rules.parsing.timestamps import now_us
from rules.proxying import decision, message_records

log = logging.getLogger(__name__)


class Finishing:
    """What is still to do for a copy, and its end where that cannot be done."""

    def __init__(self, bot: commands.Bot, copies: Copies, originals: Originals, complaints: Complaints) -> None:
        self.bot, self.copies, self.originals, self.complaints = bot, copies, originals, complaints
        self.scribe = Scribe(bot)

    async def finish(self, original: Original, speech: decision.Speech, posted: Posted) -> None:
        """Let the next one speak, record the copy, delete the original."""
        original.place.leave()
        channel_id = original.heard.channel_id
        if self.copies.witness.is_gone(original.id):
            await self.copies.take_back(channel_id, posted)
            return
        refused = await self.record(speech, original.heard, posted, original.id)
        original.place.finish()
        if refused:
            await self.complaints.tell(original.message, speech, refused)
            return
        if self.originals.is_edited(original):
            speech = await self._follow(original, speech, posted)
        if await self.copies.delete_surely(channel_id, original.id) is Deletion.GONE:
            # Whoever deleted it before wanted it gone: the sender, or a filter.
            await self.copies.take_back(channel_id, posted)
            return
        self.complaints.forget(original.heard.user_id, channel_id)
        self.bot.dispatch("proxied", original.message, speech, posted)

    async def record(
        self, speech: decision.Speech, heard: decision.Heard, posted: Posted, original_id: int
    ) -> Refused | None:
        """Record a copy, or take it back; why it was, is returned."""
        spoken = decision.Spoken(speech, heard, posted.message_id, original_id, now_us(), posted.more_ids)
        refused = await self.scribe.record(spoken)
        if refused:
            # The member is gone, or the account, or the disk is full: it must not have spoken.
            await self.copies.take_back(heard.channel_id, posted)
        elif gone := [message_id for message_id in posted.ids if self.copies.witness.is_gone(message_id)]:
            # What was recorded after its deletion would stay for ever.
            await self.bot.write_patiently(message_records.drop_records, gone)
        return refused

    async def _follow(self, original: Original, speech: decision.Speech, posted: Posted) -> decision.Speech:
        """Change the copy as the original was while it was posted, if the same member says it."""
        newest = await self.originals.renew(original)
        said = newest and await self.bot.glance(decision.find_speech, newest.heard, now_us())
        if not isinstance(said, decision.Speech) or said.member_id != speech.member_id:
            return speech
        payload = compose(newest.message, newest.raw, said)
        changes = {key: payload[key] for key in ("content", "allowed_mentions")}
        try:
            check_speech(said)
            await self.copies.webhooks.edit(*whereabouts(original.message.channel), posted.message_id, changes)
        except (Refused, Failed, Unknown) as error:
            log.info("a copy stays as it is: %s", type(error).__name__)
            return speech
        return said
