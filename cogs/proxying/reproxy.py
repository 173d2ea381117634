"""Reproxying: a copy is said again as another member, and then it is deleted."""

import logging

import discord
from discord.ext import commands

from cogs.proxying.completion import Finishing
from cogs.proxying.delivery import Copies, NotSeen, Posted
from cogs.proxying.eligibility import hear
from cogs.webhooks.attachments import group_files, read_files
from cogs.webhooks.message_deletion import Deletion
from cogs.webhooks.payloads import build_payload, is_reply, recolour, rights_in
from cogs.webhooks.refusals import NEEDED, check_rights, check_speech, explain
from cogs.webhooks.rest_client import Failed, Unknown
from models import Message
from rules.errors import Invalid, NotFound, Refused
from rules.proxying import decision, message_records

log = logging.getLogger(__name__)


class Reposting:
    """The order is that of proxying: post, record, delete."""

    def __init__(self, bot: commands.Bot, copies: Copies, finishing: Finishing) -> None:
        self.bot, self.copies, self.finishing = bot, copies, finishing

    async def repost(self, command: discord.Message, copy: discord.Message, record: Message, member_id: int) -> None:
        """Say a copy again as another member, and delete it. Raises Refused."""
        channel = copy.channel
        check_rights(rights_in(channel, channel.guild.me), ("send_messages", *NEEDED))
        heard = hear(copy, author_id=command.author.id)
        speech = await self.bot.read(decision.speak_as, heard, member_id)
        check_speech(speech)
        # The command may come from a DM, or from another server.
        author = await copy.guild.fetch_member(command.author.id)
        payload = build_payload(copy, {"flags": copy.flags.value}, speech.text, rights_in(channel, author))
        payload["embeds"] = [recolour(embed, speech.color) for embed in copy.embeds if is_reply(embed)]
        # Nobody is to be pinged a second time.
        payload["allowed_mentions"] = {"parse": []}
        if speech.avatar_url:
            payload["avatar_url"] = speech.avatar_url
        files = await read_files(group_files(copy)[0])
        with self.copies.lines.join(channel.id, 0) as place:
            await place.turn()
            payload["username"] = self.copies.name(channel.id, copy.id, speech)
            try:
                posted = await self.copies.post(channel, payload, files)
            except (Failed, Unknown) as error:
                if isinstance(error, NotSeen):
                    self.copies.watch(self._finish_late(command.id, record, speech, heard, error))
                raise Invalid(explain(error)) from None
        await self._finish(command.id, record, speech, heard, posted)

    async def _finish(
        self, command_id: int, record: Message, speech: decision.Speech, heard: decision.Heard, posted: Posted
    ) -> None:
        self.copies.witness.note_speaker(heard.channel_id, posted.message_id, posted.name, speech.member_id)
        if refused := await self.finishing.record(speech, heard, posted, command_id):
            raise refused
        outcome = await self.copies.delete_surely(heard.channel_id, record.id)
        if outcome is Deletion.GONE:
            await self.copies.take_back(heard.channel_id, posted)
            raise NotFound("This message was deleted meanwhile, or somebody else says it now.")
        if outcome is Deletion.FAILED:
            raise Invalid("I could not delete the message that was there before; I go on trying for some minutes.")
        await self.bot.write_patiently(message_records.drop_records, [record.id])

    async def _finish_late(
        self, command_id: int, record: Message, speech: decision.Speech, heard: decision.Heard, unseen: NotSeen
    ) -> None:
        posted = await self.copies.find_late(heard.channel_id, unseen)
        if posted:
            try:
                await self._finish(command_id, record, speech, heard, posted)
            except Refused as refused:
                log.info("a late copy came to nothing: %s", type(refused).__name__)
