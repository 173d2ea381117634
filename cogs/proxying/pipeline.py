"""The way of a message through proxying: read, wait for the turn, post, record, delete.

In this order, so that nothing is lost and nothing comes twice. The reading comes first, since most messages are
nobody's and must hold up no channel; the record before the deletion, since a copy without a record belongs to nobody.
Whatever fails before the copy is recorded leaves the original where it is.
"""

import asyncio
from collections.abc import Awaitable, Callable, Iterator
from contextlib import contextmanager
from functools import partial

import discord
from discord.ext import commands

from cogs.commands import confirm
from cogs.commands.responses import Context, is_command
from cogs.gateway.bounded_dict import BoundedDict
from cogs.proxying.channel_queue import ChannelQueues
from cogs.proxying.completion import Completion
from cogs.proxying.delivery import Changed, Delivery, NotSeen, Posted
from cogs.proxying.eligibility import read_incoming, why_ineligible
from cogs.proxying.error_notices import ErrorNotices
from cogs.proxying.mending import Mending
from cogs.proxying.originals import Original, Originals
from cogs.proxying.reproxy import Reproxy
from cogs.proxying.unfinished import Notes
from cogs.webhooks.attachments import group_files, read_files
from cogs.webhooks.payloads import compose
from cogs.webhooks.permissions import permissions_in
from cogs.webhooks.refusals import check_bot_permissions, check_post
from cogs.webhooks.rest_client import DiscordApi, Failed, Unknown
from models import Message
from rules.errors import Refused
from rules.parsing.timestamps import now_us
from rules.proxying import autoproxy, decision
from rules.proxying.unfinished import mark_of
from rules.proxying.webhook_names import repair_name

MOST_REMEMBERED = 5000
SETTLE_S = 5


class Proxying:
    """Made once, by the bot, and handed to the cogs that proxy messages or act on proxied ones.

    `delivery` has the webhooks, the message cache and the deletion, which all of them share.
    """

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.api = DiscordApi(bot)
        self.queues = ChannelQueues()
        self.delivery = Delivery(self.api, self.queues)
        self.message_cache = self.delivery.message_cache
        self.originals = Originals(bot, self.message_cache)
        self.error_notices = ErrorNotices()
        self.notes = Notes(bot)
        self.completion = Completion(bot, self.delivery, self.notes, self.originals, self.error_notices)
        self.reproxy = Reproxy(bot, self.delivery, self.notes, self.completion)
        self.mending = Mending(bot, self.delivery)
        # Originals of which a copy was begun: none is begun twice.
        self.begun: BoundedDict[int, None] = BoundedDict(MOST_REMEMBERED)
        self.busy: set[asyncio.Task] = set()
        self.stopping = False

    async def offer(
        self, message: discord.Message, find_context: Callable[[discord.Message], Awaitable[Context | None]]
    ) -> Context | None:
        """Proxy a message if it is to be proxied. A command's context is returned instead, for the bot to invoke.

        `find_context` returns None for what is neither a command nor to be proxied.
        """
        # The slot is taken before anything is awaited: what came first is posted first.
        with self.queues.join(message.channel.id, message.author.id) as slot:
            ctx = await find_context(message)
            if ctx is None or is_command(ctx):
                return ctx
            raw = self.message_cache.find(message.id)
            if raw and not confirm.is_answer(message) and not why_ineligible(message, raw):
                # What was written first decides whether anything is posted; being another dict, an edited one is then
                # found to be changed.
                raw = {**raw} if raw.get("edited_timestamp") else raw
                await self._proxy(Original(message, raw, read_incoming(message), slot))
        return None

    async def offer_edited(self, payload: discord.RawMessageUpdateEvent) -> None:
        """Proxy a message that gains tags, while it is the channel's last."""
        message, last = payload.new_message, self.message_cache.find_last(payload.channel_id)
        if not self.originals.is_fresh_edit(payload) or not last or last.message_id != message.id:
            return
        if message.id in self.begun:
            return
        raw = self.message_cache.find(message.id)
        with self.queues.join(message.channel.id, message.author.id) as slot:
            if await self.originals.may_be_proxied(message, raw):
                await self._proxy(Original(message, raw, read_incoming(message, edited=True), slot))

    async def repost(self, command: discord.Message, copy: discord.Message, record: Message, member_id: int) -> None:
        """Post a copy again as another member, and delete it. Raises Refused."""
        with self._working():
            await self.reproxy.repost(command, copy, record, member_id)

    async def settle(self) -> None:
        """Begin nothing more, and let what is on its way arrive."""
        self.stopping = True
        if self.busy:
            await asyncio.wait(self.busy, timeout=SETTLE_S)
        await self.notes.take_away()

    async def _proxy(self, original: Original) -> None:
        with self._working():
            post = await self._decide(original)
            if isinstance(post, decision.NotProxied):
                await self._apply_escape(post, original.incoming)
                return
            try:
                posted = await self._post(original, post)
            except Changed:
                # Nothing stands yet, and what the sender wrote last counts.
                self.notes.finish(original.id)
                self.begun.pop(original.id, None)
                if newest := await self.originals.refresh(original):
                    await self._proxy(newest)
            except (Refused, Failed, Unknown) as error:
                await self._give_up(original, post, error)
            else:
                if posted:
                    await self.completion.finish(original, post, posted)

    async def _decide(self, original: Original) -> decision.ProxyPost | decision.NotProxied:
        slot = original.slot
        # To be asked before reading: the earlier message may be finished when the reading is.
        early = slot.is_behind_own()
        post = await self.bot.read_inline(decision.decide, original.incoming, now_us())
        if post.depends_on_earlier:
            # What the system sent just before, from whichever account, may decide which member it is now.
            slot.join_system(post.system_id)
            if early or slot.is_behind_own():
                await slot.wait_for_own()
                return await self.bot.read_inline(decision.decide, original.incoming, now_us())
        return post

    async def _apply_escape(self, not_proxied: decision.NotProxied, incoming: decision.IncomingMessage) -> None:
        if not not_proxied.act:
            return
        try:
            await self.bot.write_patiently(autoproxy.apply_escape, incoming.user_id, incoming.guild_id, not_proxied.act)
        except Refused:
            # The account was unlinked just now.
            return

    async def _post(self, original: Original, post: decision.ProxyPost) -> Posted | None:
        """Post the copy when it is its turn; None where it was posted already, or where the bot may not write.

        Raises Changed, Refused, Failed, Unknown.
        """
        message, channel = original.message, original.message.channel
        check_post(post)
        mine = permissions_in(channel, message.guild.me)
        if not mine.send_messages:
            return None
        check_bot_permissions(mine)
        first, *others = group_files(message)
        # The files are read while earlier messages of the channel are still being posted.
        payload, files = compose(message, original.raw, post), await read_files(first)
        if message.id in self.begun:
            return None
        mark = mark_of(repair_name(post.name), payload["content"])
        # While it waits for its turn: what a kill leaves noted and not posted is found to be nothing.
        await self.notes.add(message.id, message.id, post, original.incoming, mark, 1 + len(others))
        await original.slot.wait_turn()
        if self.stopping or message.id in self.begun:
            return None
        self.begun.add(message.id)
        payload["username"] = self.delivery.choose_name(channel.id, message.id, post)
        try:
            posted = await self.delivery.post(
                channel, payload, files, partial(self.originals.check_unchanged, original)
            )
        except NotSeen as unseen:
            # A copy that is seen late must not let an original go whose other files were never posted.
            raise Unknown("not seen") if others else unseen from None
        self.message_cache.note_member(channel.id, posted.message_id, posted.name, post.member_id)
        check = partial(self.originals.check_not_deleted, original)
        return await self.delivery.post_more(channel, payload, others, posted, check)

    async def _give_up(self, original: Original, post: decision.ProxyPost, error: Refused | Failed | Unknown) -> None:
        original.slot.leave()
        if isinstance(error, NotSeen):
            self.delivery.run_in_background(self._finish_late(original, post, error))
        elif not isinstance(error, Unknown):
            self.notes.finish(original.id)
        if not self.message_cache.is_deleted(original.id):
            await self.error_notices.send(original.message, post, error)

    async def _finish_late(self, original: Original, post: decision.ProxyPost, unseen: NotSeen) -> None:
        """Discord was asked to post and did not say that it did: the copy may still be seen, once it is back."""
        if posted := await self.delivery.find_late(original.incoming.channel_id, unseen):
            with self._working():
                await self.completion.finish(original, post, posted)
        else:
            self.notes.finish(original.id)

    @contextmanager
    def _working(self) -> Iterator[None]:
        """A stop waits for what is done within."""
        task = asyncio.current_task()
        self.busy.add(task)
        try:
            yield
        finally:
            self.busy.discard(task)
