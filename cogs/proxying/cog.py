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

from cogs.gateway.bounded_dict import Recent
from cogs.proxying.channel_queue import Lines, Place
from cogs.proxying.completion import Finishing
from cogs.proxying.delivery import Changed, Copies, NotSeen, Posted
from cogs.proxying.eligibility import hear, why_never
from cogs.proxying.error_notices import Complaints
from cogs.proxying.originals import Original, Originals
from cogs.proxying.reproxy import Reposting
from cogs.webhooks.attachments import group_files, read_files
from cogs.webhooks.payloads import compose, rights_in
from cogs.webhooks.refusals import check_rights, check_speech
from cogs.webhooks.rest_client import DiscordApi, Failed, Unknown
from models import Message
from rules.errors import Refused
from rules.parsing.timestamps import now_us
from rules.proxying import decision, message_records

MOST_REMEMBERED = 5000
SETTLE_S = 5


class Proxy(commands.Cog, name="proxy"):
    """Watches messages in servers; `take` is called for those that are no commands."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.api = DiscordApi(bot)
        self.lines = Lines()
        self.copies = Copies(self.api, self.lines)
        self.webhooks, self.witness, self.delete = self.copies.webhooks, self.copies.witness, self.copies.delete
        self.originals = Originals(bot, self.witness)
        self.complaints = Complaints()
        self.finishing = Finishing(bot, self.copies, self.originals, self.complaints)
        self.reposting = Reposting(bot, self.copies, self.finishing)
        self.begun: Recent[int, None] = Recent(MOST_REMEMBERED)
        self.busy: set[asyncio.Task] = set()
        self.stopping = False
        bot.tap.on_raw("MESSAGE_CREATE", self.witness.see)
        bot.tap.on_raw("MESSAGE_UPDATE", self.witness.see_edit)
        bot.tap.on_raw("MESSAGE_DELETE", self.witness.see_deleted)
        bot.tap.on_raw("MESSAGE_DELETE_BULK", self.witness.see_deleted)
        bot.tap.on_raw("WEBHOOKS_UPDATE", lambda data: self.webhooks.forget(int(data["channel_id"])))

    async def settle(self) -> None:
        """Before the connection ends: begin nothing, and let what is on its way arrive."""
        self.stopping = True
        if self.busy:
            await asyncio.wait(self.busy, timeout=SETTLE_S)

    async def stop(self) -> None:
        await self.api.close()

    async def take(self, message: discord.Message, place: Place) -> None:
        """Proxy a message if it is to be proxied. `place` is its place in the channel's line."""
        raw = self.witness.find(message.id)
        if not raw or why_never(message, raw):
            return
        if raw.get("edited_timestamp"):
            # What was written first decides whether anything is posted; then it is found to be changed.
            raw = {**raw}
        await self._speak(Original(message, raw, hear(message), place))

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message that gains tags, while it is the channel's last."""
        message, last = payload.new_message, self.witness.find_last(payload.channel_id)
        if not self.originals.is_news(payload) or not last or last.message_id != message.id or message.id in self.begun:
            return
        raw = self.witness.find(message.id)
        with self.lines.join(message.channel.id, message.author.id) as place:
            if await self.originals.may_speak(message, raw):
                await self._speak(Original(message, raw, hear(message, edited=True), place))

    async def _speak(self, original: Original) -> None:
        """Read, wait for the turn, post, record, delete."""
        with self.working():
            speech = await self._read(original)
            if isinstance(speech, decision.Silence):
                await self._obey(speech, original.heard)
                return
            try:
                posted = await self._post(original, speech)
            except Changed:
                # Nothing stands yet, and what the sender wrote last counts.
                self.begun.pop(original.id, None)
                if newest := await self.originals.renew(original):
                    await self._speak(newest)
            except (Refused, Failed, Unknown) as error:
                await self._give_up(original, speech, error)
            else:
                if posted:
                    await self.finishing.finish(original, speech, posted)

    async def _read(self, original: Original) -> decision.Speech | decision.Silence:
        place = original.place
        # To be asked before reading: the earlier message may be finished when the reading is.
        early = place.is_behind_own()
        speech = await self.bot.glance(decision.find_speech, original.heard, now_us())
        if speech.hangs_on_others:
            # What the system said just before, by whichever account, may decide who speaks now.
            place.join_system(speech.system_id)
            if early or place.is_behind_own():
                await place.wait_for_own()
                return await self.bot.glance(decision.find_speech, original.heard, now_us())
        return speech

    async def _obey(self, silence: decision.Silence, heard: decision.Heard) -> None:
        if not silence.act:
            return
        try:
            await self.bot.write_patiently(decision.escape_autoproxy, heard.user_id, heard.guild_id, silence.act)
        except Refused:
            # The account was unlinked just now.
            return

    async def _post(self, original: Original, speech: decision.Speech) -> Posted | None:
        """Post the copy when it is its turn; None where it was posted already, or where I may not speak.

        Raises Changed, Refused, Failed, Unknown.
        """
        message, channel = original.message, original.message.channel
        check_speech(speech)
        mine = rights_in(channel, message.guild.me)
        if not mine.send_messages:
            return None
        check_rights(mine)
        first, *others = group_files(message)
        payload, files = compose(message, original.raw, speech), await read_files(first)
        await original.place.turn()
        if self.stopping or message.id in self.begun:
            return None
        self.begun.add(message.id)
        payload["username"] = self.copies.name(channel.id, message.id, speech)
        try:
            posted = await self.copies.post(channel, payload, files, partial(self.originals.check_unchanged, original))
        except NotSeen as unseen:
            # A copy that is seen late must not let an original go whose other files were never posted.
            raise Unknown("not seen") if others else unseen from None
        self.witness.note_speaker(channel.id, posted.message_id, posted.name, speech.member_id)
        check = partial(self.originals.check_standing, original)
        return await self.copies.post_more(channel, payload, others, posted, check)

    async def _give_up(self, original: Original, speech: decision.Speech, error: Refused | Failed | Unknown) -> None:
        original.place.leave()
        if isinstance(error, NotSeen):
            self.copies.watch(self._finish_late(original, speech, error))
        if not self.witness.is_gone(original.id):
            await self.complaints.tell(original.message, speech, error)

    async def _finish_late(self, original: Original, speech: decision.Speech, unseen: NotSeen) -> None:
        """Discord was asked to post and did not say that it did: the copy may still be seen, once it is back."""
        if posted := await self.copies.find_late(original.heard.channel_id, unseen):
            with self.working():
                await self.finishing.finish(original, speech, posted)

    async def repost(self, command: discord.Message, copy: discord.Message, record: Message, member_id: int) -> None:
        """Say a copy again as another member, and delete it. Raises Refused."""
        with self.working():
            await self.reposting.repost(command, copy, record, member_id)

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
