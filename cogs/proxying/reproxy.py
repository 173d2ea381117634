"""Reproxying: a copy is posted again as another member, and then it is deleted."""

import logging

import discord
from discord.ext import commands

from cogs.proxying.completion import Completion
from cogs.proxying.delivery import Delivery, NotSeen, Posted
from cogs.proxying.eligibility import read_incoming
from cogs.proxying.record_batcher import note_deleted
from cogs.proxying.unfinished import Notes
from cogs.webhooks.attachments import group_files, read_files
from cogs.webhooks.message_deletion import Deletion
from cogs.webhooks.payloads import SILENT, build_payload, is_reply, recolour
from cogs.webhooks.permissions import permissions_in
from cogs.webhooks.refusals import NEEDED, check_bot_permissions, check_post, explain
from cogs.webhooks.rest_client import Failed, Unknown
from models import Message
from rules.errors import Invalid, NotFound, Refused
from rules.proxying import decision
from rules.proxying.unfinished import mark_of
from rules.proxying.webhook_names import repair_name

log = logging.getLogger(__name__)


class Reproxy:
    """The order is that of proxying: post, record, delete."""

    def __init__(self, bot: commands.Bot, delivery: Delivery, notes: Notes, completion: Completion) -> None:
        self.bot, self.delivery, self.notes, self.completion = bot, delivery, notes, completion

    async def repost(self, command: discord.Message, copy: discord.Message, record: Message, member_id: int) -> None:
        """Post a copy again as another member, and delete it. Raises Refused."""
        channel = copy.channel
        check_bot_permissions(permissions_in(channel, channel.guild.me), ("send_messages", *NEEDED))
        incoming = read_incoming(copy, author_id=command.author.id)
        post = await self.bot.read(decision.decide_as, incoming, member_id)
        check_post(post)
        # The command may come from a DM, or from another server.
        author = await copy.guild.fetch_member(command.author.id)
        payload = build_payload(
            copy,
            {"flags": copy.flags.value | (SILENT if post.silent else 0)},
            post.text,
            permissions_in(channel, author),
        )
        payload["embeds"] = [recolour(embed, post.color) for embed in copy.embeds if is_reply(embed)]
        # Nobody is to be pinged a second time.
        payload["allowed_mentions"] = {"parse": []}
        if post.avatar_url:
            payload["avatar_url"] = post.avatar_url
        files = await read_files(group_files(copy)[0])
        mark = mark_of(repair_name(post.name), payload["content"])
        await self.notes.add(command.id, record.id, post, incoming, mark)
        with self.delivery.queues.join(channel.id, 0) as slot:
            await slot.wait_turn()
            payload["username"] = self.delivery.choose_name(channel.id, copy.id, post)
            try:
                posted = await self.delivery.post(channel, payload, files)
            except (Failed, Unknown) as error:
                if not isinstance(error, NotSeen):
                    self.notes.finish(command.id)
                else:
                    self.delivery.run_in_background(self._finish_late(command.id, record, post, incoming, error))
                raise Invalid(explain(error)) from None
        await self._finish(command.id, record, post, incoming, posted)

    async def _finish(
        self,
        command_id: int,
        record: Message,
        post: decision.ProxyPost,
        incoming: decision.IncomingMessage,
        posted: Posted,
    ) -> None:
        self.delivery.message_cache.note_member(incoming.channel_id, posted.message_id, posted.name, post.member_id)
        self.bot.dispatch("copy_posted", incoming, record.original_id, posted)
        if refused := await self.completion.record(post, incoming, posted, command_id):
            raise refused
        outcome = await self.delivery.delete_surely(incoming.channel_id, record.id)
        if outcome is Deletion.GONE:
            await self.completion.take_back(incoming, posted, command_id)
            raise NotFound("This message was deleted meanwhile, or somebody else says it now.")
        if outcome is Deletion.FAILED:
            raise Invalid("I could not delete the message that was there before; I go on trying for some minutes.")
        await note_deleted(self.bot, [record.id])
        self.notes.finish(command_id)

    async def _finish_late(
        self,
        command_id: int,
        record: Message,
        post: decision.ProxyPost,
        incoming: decision.IncomingMessage,
        unseen: NotSeen,
    ) -> None:
        posted = await self.delivery.find_late(incoming.channel_id, unseen)
        if posted:
            try:
                await self._finish(command_id, record, post, incoming, posted)
            except Refused as refused:
                log.info("a late copy came to nothing: %s", type(refused).__name__)
        else:
            self.notes.finish(command_id)
