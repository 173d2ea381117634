"""Proxying: a message with a member's tags is posted again in the member's name, and then the original is deleted.

In this order, so that nothing is lost and nothing comes twice: read once, wait for earlier messages of the channel,
post, record, delete. Whatever fails before the copy is recorded leaves the original where it is.
"""

import asyncio
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial

import discord
from discord.ext import commands

from cogs.gateway.bounded_dict import BoundedDict
from cogs.proxying.channel_queue import ChannelQueues, Slot
from cogs.proxying.completion import Completion
from cogs.proxying.delivery import Changed, Delivery, NotSeen, Posted
from cogs.proxying.eligibility import read_incoming, why_never
from cogs.proxying.error_notices import ErrorNotices
from cogs.proxying.originals import Original, Originals
from cogs.proxying.reproxy import Reproxy
from cogs.webhooks.attachments import group_files, read_files
from cogs.webhooks.payloads import compose, rights_in
from cogs.webhooks.refusals import check_post, check_rights
from cogs.webhooks.rest_client import DiscordApi, Failed, Unknown
from models import Message
from rules.errors import Refused
from rules.parsing.timestamps import now_us
from rules.proxying import autoproxy, decision, message_records

MOST_REMEMBERED = 5000
SETTLE_S = 5


class Proxy(commands.Cog, name="proxy"):
    """Watches messages in servers; `take` is called for those that are no commands."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.api = DiscordApi(bot)
        self.queues = ChannelQueues()
        self.delivery = Delivery(self.api, self.queues)
        self.webhooks, self.message_cache, self.delete = (
            self.delivery.webhooks,
            self.delivery.message_cache,
            self.delivery.delete,
        )
        self.originals = Originals(bot, self.message_cache)
        self.error_notices = ErrorNotices()
        self.completion = Completion(bot, self.delivery, self.originals, self.error_notices)
        self.reproxy = Reproxy(bot, self.delivery, self.completion)
        self.begun: BoundedDict[int, None] = BoundedDict(MOST_REMEMBERED)
        self.busy: set[asyncio.Task] = set()
        self.stopping = False
        bot.raw_events.on_raw("MESSAGE_CREATE", self.message_cache.see)
        bot.raw_events.on_raw("MESSAGE_UPDATE", self.message_cache.see_edit)
        bot.raw_events.on_raw("MESSAGE_DELETE", self.message_cache.see_deleted)
        bot.raw_events.on_raw("MESSAGE_DELETE_BULK", self.message_cache.see_deleted)
        bot.raw_events.on_raw("WEBHOOKS_UPDATE", lambda data: self.webhooks.forget(int(data["channel_id"])))

    async def settle(self) -> None:
        """Before the connection ends: begin nothing, and let what is on its way arrive."""
        self.stopping = True
        if self.busy:
            await asyncio.wait(self.busy, timeout=SETTLE_S)

    async def stop(self) -> None:
        await self.api.close()

    async def take(self, message: discord.Message, slot: Slot) -> None:
        """Proxy a message if it is to be proxied. `slot` is its place in the channel's line."""
        raw = self.message_cache.find(message.id)
        if not raw or why_never(message, raw):
            return
        if raw.get("edited_timestamp"):
            # What was written first decides whether anything is posted; then it is found to be changed.
            raw = {**raw}
        await self._speak(Original(message, raw, read_incoming(message), slot))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message that gains tags, while it is the channel's last."""
        message, last = payload.new_message, self.message_cache.find_last(payload.channel_id)
        if not self.originals.is_news(payload) or not last or last.message_id != message.id or message.id in self.begun:
            return
        raw = self.message_cache.find(message.id)
        with self.queues.join(message.channel.id, message.author.id) as slot:
            if await self.originals.may_speak(message, raw):
                await self._speak(Original(message, raw, read_incoming(message, edited=True), slot))

    async def _speak(self, original: Original) -> None:
        """Read, wait for the turn, post, record, delete."""
        with self.working():
            post = await self._read(original)
            if isinstance(post, decision.NotProxied):
                await self._obey(post, original.incoming)
                return
            try:
                posted = await self._post(original, post)
            except Changed:
                # Nothing stands yet, and what the sender wrote last counts.
                self.begun.pop(original.id, None)
                if newest := await self.originals.renew(original):
                    await self._speak(newest)
            except (Refused, Failed, Unknown) as error:
                await self._give_up(original, post, error)
            else:
                if posted:
                    await self.completion.finish(original, post, posted)

    async def _read(self, original: Original) -> decision.ProxyPost | decision.NotProxied:
        slot = original.slot
        # To be asked before reading: the earlier message may be finished when the reading is.
        early = slot.is_behind_own()
        post = await self.bot.read_inline(decision.decide, original.incoming, now_us())
        if post.depends_on_earlier:
            # What the system said just before, by whichever account, may decide who speaks now.
            slot.join_system(post.system_id)
            if early or slot.is_behind_own():
                await slot.wait_for_own()
                return await self.bot.read_inline(decision.decide, original.incoming, now_us())
        return post

    async def _obey(self, not_proxied: decision.NotProxied, incoming: decision.IncomingMessage) -> None:
        if not not_proxied.act:
            return
        try:
            await self.bot.write_patiently(autoproxy.apply_escape, incoming.user_id, incoming.guild_id, not_proxied.act)
        except Refused:
            # The account was unlinked just now.
            return

    async def _post(self, original: Original, post: decision.ProxyPost) -> Posted | None:
        """Post the copy when it is its turn; None where it was posted already, or where I may not speak.

        Raises Changed, Refused, Failed, Unknown.
        """
        message, channel = original.message, original.message.channel
        check_post(post)
        mine = rights_in(channel, message.guild.me)
        if not mine.send_messages:
            return None
        check_rights(mine)
        first, *others = group_files(message)
        payload, files = compose(message, original.raw, post), await read_files(first)
        await original.slot.wait_turn()
        if self.stopping or message.id in self.begun:
            return None
        self.begun.add(message.id)
        payload["username"] = self.delivery.name(channel.id, message.id, post)
        try:
            posted = await self.delivery.post(
                channel, payload, files, partial(self.originals.check_unchanged, original)
            )
        except NotSeen as unseen:
            # A copy that is seen late must not let an original go whose other files were never posted.
            raise Unknown("not seen") if others else unseen from None
        self.message_cache.note_speaker(channel.id, posted.message_id, posted.name, post.member_id)
        check = partial(self.originals.check_standing, original)
        return await self.delivery.post_more(channel, payload, others, posted, check)

    async def _give_up(self, original: Original, post: decision.ProxyPost, error: Refused | Failed | Unknown) -> None:
        original.slot.leave()
        if isinstance(error, NotSeen):
            self.delivery.watch(self._finish_late(original, post, error))
        if not self.message_cache.is_gone(original.id):
            await self.error_notices.tell(original.message, post, error)

    async def _finish_late(self, original: Original, post: decision.ProxyPost, unseen: NotSeen) -> None:
        """Discord was asked to post and did not say that it did: the copy may still be seen, once it is back."""
        if posted := await self.delivery.find_late(original.incoming.channel_id, unseen):
            with self.working():
                await self.completion.finish(original, post, posted)

    async def repost(self, command: discord.Message, copy: discord.Message, record: Message, member_id: int) -> None:
        """Say a copy again as another member, and delete it. Raises Refused."""
        with self.working():
            await self.reproxy.repost(command, copy, record, member_id)

    @contextmanager
    def working(self) -> Iterator[None]:
        """A stop waits for what is done within."""
        task = asyncio.current_task()
        self.busy.add(task)
        try:
            yield
        finally:
            self.busy.discard(task)

    @commands.Cog.listener()
    async def on_raw_message_delete(self, payload: discord.RawMessageDeleteEvent) -> None:
        # An original is no copy, so there is nothing to look for.
        if payload.message_id not in self.begun:
            await self.drop_records([payload.message_id])

    @commands.Cog.listener()
    async def on_raw_bulk_message_delete(self, payload: discord.RawBulkMessageDeleteEvent) -> None:
        await self.drop_records(list(payload.message_ids))

    async def drop_records(self, message_ids: list[int]) -> None:
        """A copy that is deleted leaves no record."""
        if await self.bot.read(message_records.find_recorded, message_ids):
            await self.bot.write_patiently(message_records.drop_records, message_ids)


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Proxy(bot))
