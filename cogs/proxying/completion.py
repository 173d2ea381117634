"""What follows when a copy is posted: it is recorded, and then the original is deleted."""

import logging

from discord.ext import commands

from cogs.proxying.delivery import Delivery, Posted
from cogs.proxying.eligibility import webhook_target
from cogs.proxying.error_notices import ErrorNotices
from cogs.proxying.originals import Original, Originals
from cogs.proxying.record_batcher import RecordBatcher, note_deleted
from cogs.proxying.unfinished import Notes
from cogs.webhooks.message_deletion import Deletion
from cogs.webhooks.payloads import compose
from cogs.webhooks.refusals import check_post
from cogs.webhooks.rest_client import Failed, Unknown
from rules.errors import Refused
from rules.parsing.timestamps import now_us
from rules.proxying import decision, recording

log = logging.getLogger(__name__)


class Completion:
    """Records a copy and deletes its original, or deletes the copy where that cannot be done."""

    def __init__(
        self, bot: commands.Bot, delivery: Delivery, notes: Notes, originals: Originals, error_notices: ErrorNotices
    ) -> None:
        self.bot, self.delivery, self.notes = bot, delivery, notes
        self.originals, self.error_notices = originals, error_notices
        self.record_batcher = RecordBatcher(bot)

    async def finish(self, original: Original, post: decision.ProxyPost, posted: Posted) -> None:
        """Let the channel's next message be posted, record the copy, delete the original."""
        original.slot.leave()
        channel_id = original.incoming.channel_id
        self.bot.dispatch("copy_posted", original.incoming, original.id, posted)
        if self.delivery.message_cache.is_deleted(original.id):
            await self.take_back(original.incoming, posted, original.id)
            return
        refused = await self.record(post, original.incoming, posted, original.id)
        original.slot.finish()
        if refused:
            await self.error_notices.send(original.message, post, refused)
            return
        if self.originals.is_edited(original):
            post = await self._follow_edit(original, post, posted)
        outcome = await self.delivery.delete_surely(channel_id, original.id)
        if outcome is Deletion.GONE:
            # Whoever deleted it before wanted it gone: the sender, or a filter.
            await self.take_back(original.incoming, posted, original.id)
            return
        if outcome is Deletion.DELETED:
            self.notes.finish(original.id)
        self.error_notices.forget(original.incoming.user_id, channel_id)
        self.bot.dispatch("proxied", original.message, post, posted)

    async def record(
        self, post: decision.ProxyPost, incoming: decision.IncomingMessage, posted: Posted, original_id: int
    ) -> Refused | None:
        """Record a copy, or delete it; why it had to be is returned."""
        posted_proxy = recording.PostedProxy(post, incoming, posted.message_id, original_id, now_us(), posted.more_ids)
        refused = await self.record_batcher.record(posted_proxy)
        if refused:
            # The member is gone, or the account, or the disk is full: nobody could edit or delete it.
            await self.take_back(incoming, posted, original_id)
        elif deleted := [message_id for message_id in posted.ids if self.delivery.message_cache.is_deleted(message_id)]:
            # Its deletion came before its record, which would stay for ever.
            await note_deleted(self.bot, deleted)
        return refused

    async def take_back(self, incoming: decision.IncomingMessage, posted: Posted, original_id: int) -> None:
        """Delete a copy; of its original nothing is left to be done then."""
        if await self.delivery.undo(incoming.channel_id, posted.ids):
            self.notes.finish(original_id)

    async def _follow_edit(self, original: Original, post: decision.ProxyPost, posted: Posted) -> decision.ProxyPost:
        """Edit the copy as the original was edited while it was posted, if it is still the same member's."""
        newest = await self.originals.refresh(original)
        changed = newest and await self.bot.read_inline(decision.decide, newest.incoming, now_us())
        if not isinstance(changed, decision.ProxyPost) or changed.member_id != post.member_id:
            return post
        payload = compose(newest.message, newest.raw, changed)
        changes = {key: payload[key] for key in ("content", "allowed_mentions")}
        try:
            check_post(changed)
            await self.delivery.webhooks.edit(*webhook_target(original.message.channel), posted.message_id, changes)
        except (Refused, Failed, Unknown) as error:
            log.info("a copy stays as it is: %s", type(error).__name__)
            return post
        return changed
