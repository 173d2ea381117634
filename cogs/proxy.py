"""Proxying: a message with a member's tags is posted again in the member's name, and then the original is deleted.

In this order, so that nothing is lost and nothing comes twice: read once, wait for earlier messages of the channel,
post, record, delete. Whatever fails before the copy stands leaves the original where it is.
"""

import asyncio
import logging
from collections import OrderedDict
from collections.abc import Coroutine
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
from discord.ext import commands

from cogs.discord_api import DiscordApi, Failed, File, Unknown
from cogs.hearing import hear, whereabouts, why_never
from cogs.lines import Lines, Place
from cogs.replies import card
from cogs.scribe import Scribe
from cogs.speeches import MOST_TEXT, build_payload, build_reply, is_reply, names_of, read_files, recolour, rights_in
from cogs.webhooks import Webhooks
from cogs.witness import Witness
from models import Message
from rules import messages, proxying, webhook_names
from rules.errors import Invalid, Refused
from rules.times import now_us

log = logging.getLogger(__name__)

NEEDED = ("manage_webhooks", "manage_messages")
NAME_LENGTH = 80
MOST_REMEMBERED = 5000
LATE_S = 300
UNKNOWN_MESSAGE, TOO_MANY_WEBHOOKS, TOO_LARGE, MISSING_PERMISSIONS = 10008, 30007, 40005, 50013
# py-cord passes on that Discord cannot be reached.
AWAY = (discord.HTTPException, aiohttp.ClientError, OSError)


class NotSeen(Unknown):
    """A copy of which nobody knows whether Discord posted it."""

    def __init__(self, payload: dict[str, Any]) -> None:
        super().__init__("not seen")
        self.payload = payload


@dataclass(frozen=True, slots=True)
class Posted:
    """A copy that stands."""

    message_id: int
    name: str


class Proxy(commands.Cog, name="proxy"):
    """Watches messages in servers; `take` is called for those that are no commands."""

    def __init__(self, bot: commands.Bot) -> None:
        self.bot = bot
        self.api = DiscordApi(bot)
        self.webhooks = Webhooks(self.api)
        self.witness = Witness(self.webhooks.is_ours)
        self.lines = Lines()
        self.scribe = Scribe(bot)
        self.begun: OrderedDict[int, None] = OrderedDict()
        self.told: OrderedDict[tuple[int, int, str], None] = OrderedDict()
        self.busy: set[asyncio.Task] = set()
        # These wait for what may never come; a stop does not wait for them.
        self.watching: set[asyncio.Task] = set()
        bot.on_raw("MESSAGE_CREATE", self.witness.see)
        bot.on_raw("WEBHOOKS_UPDATE", lambda data: self.webhooks.forget(int(data["channel_id"])))

    async def settle(self) -> None:
        """Before the connection ends: let what is on its way arrive."""
        if self.busy:
            await asyncio.wait(self.busy, timeout=5)

    async def stop(self) -> None:
        await self.api.close()

    async def take(self, message: discord.Message, place: Place) -> None:
        """Proxy a message if it is to be proxied. `place` is its place in the channel's line."""
        raw = self.witness.find(message.id)
        if not raw or why_never(message, raw) or message.id in self.begun:
            return
        task = asyncio.current_task()
        self.busy.add(task)
        try:
            await self._speak(message, raw, place, edited=False)
        finally:
            self.busy.discard(task)

    @commands.Cog.listener()
    async def on_raw_message_edit(self, payload: discord.RawMessageUpdateEvent) -> None:
        """A message that gains tags, while it is the channel's last."""
        message, raw = payload.new_message, payload.data
        last = self.witness.find_last(payload.channel_id)
        if not raw.get("edited_timestamp") or not message.guild or message.id in self.begun or why_never(message, raw):
            return
        if last and last.message_id == message.id:
            with self.lines.join(message.channel.id, message.author.id) as place:
                await self._speak(message, raw, place, edited=True)

    async def _speak(self, message: discord.Message, raw: dict[str, Any], place: Place, edited: bool) -> None:
        heard = hear(message, edited)
        # To be asked before reading: the earlier message may be finished when the reading is.
        early = place.is_behind_own()
        speech = await self.bot.glance(proxying.find_speech, heard, now_us())
        if early and speech.hangs_on_others:
            # What somebody said just before may decide who speaks now.
            await place.wait_for_own()
            speech = await self.bot.glance(proxying.find_speech, heard, now_us())
        if isinstance(speech, proxying.Silence):
            await self._obey(speech, heard)
            return
        since = self.witness.now()
        try:
            posted = await self._post(message, raw, speech, place)
        except (Refused, Failed, Unknown) as error:
            place.leave()
            if isinstance(error, NotSeen):
                self._watch(self._finish_late(message, speech, heard, error, since, place))
            await self.tell(message, speech, error)
            return
        if posted:
            await self._finish(message, speech, heard, posted, place)

    async def _finish_late(
        self,
        message: discord.Message,
        speech: proxying.Speech,
        heard: proxying.Heard,
        unseen: "NotSeen",
        since: int,
        place: Place,
    ) -> None:
        """Discord was asked to post and did not say that it did: the copy may still be seen, once it is back."""
        found = await self.witness.wait(heard.channel_id, unseen.payload, since, LATE_S)
        if found is None:
            return
        # It may be somebody's who said the same just now, and whose answer from Discord is still under way.
        with self.lines.join(heard.channel_id, 0) as later:
            await later.turn()
        if not self.witness.is_claimed(found):
            self.witness.claim(found)
            await self._finish(message, speech, heard, Posted(found, unseen.payload["username"]), place)

    async def _obey(self, silence: proxying.Silence, heard: proxying.Heard) -> None:
        if not silence.act:
            return
        try:
            await self.bot.write_patiently(proxying.escape_autoproxy, heard.user_id, heard.guild_id, silence.act)
        except Refused:
            # The account was unlinked just now.
            return

    async def _post(
        self, message: discord.Message, raw: dict[str, Any], speech: proxying.Speech, place: Place
    ) -> Posted | None:
        """Post the copy when it is its turn; None where an event came a second time, or where I may not speak."""
        check_speech(speech)
        channel = message.channel
        mine, theirs = rights_in(channel, message.guild.me), rights_in(channel, message.author)
        if not mine.send_messages:
            return None
        missing = [name for name in NEEDED if not getattr(mine, name)]
        if missing:
            raise Invalid(f"I cannot proxy here: I need {names_of(missing)} in this channel.")
        payload = build_payload(message, raw, speech.text, theirs)
        if reply := build_reply(message, raw, speech.color):
            payload["embeds"] = [reply]
        payload["tts"] = payload["tts"] or (speech.tts and theirs.send_tts_messages)
        if speech.avatar_url:
            payload["avatar_url"] = speech.avatar_url
        first, *others = await read_files(message)
        await place.turn()
        if message.id in self.begun:
            return None
        self._remember(self.begun, message.id)
        payload["username"] = self._name(channel.id, message.id, speech)
        parent_id, thread_id = whereabouts(channel)
        try:
            posted = await self._execute(parent_id, thread_id, payload, first)
        except NotSeen as unseen:
            # A copy that is seen late must not let an original go whose other files were never posted.
            raise Unknown("not seen") if others else unseen from None
        self.witness.note_speaker(channel.id, posted.message_id, posted.name, speech.member_id)
        await self._post_more(channel.id, parent_id, thread_id, payload, others, posted)
        return posted

    async def _post_more(
        self,
        channel_id: int,
        parent_id: int,
        thread_id: int | None,
        payload: dict[str, Any],
        groups: list[list[File]],
        posted: Posted,
    ) -> None:
        """Post the files that did not fit into the first upload. If one fails, the copy goes and the original stays."""
        extra = {key: value for key, value in payload.items() if key != "poll"} | {"content": "", "embeds": []}
        try:
            for files in groups:
                await self._execute(parent_id, thread_id, extra, files)
        except (Failed, Unknown):
            await self.delete(channel_id, posted.message_id)
            raise Invalid("Not all files of the message could be posted.") from None

    async def _execute(self, parent_id: int, thread_id: int | None, payload: dict[str, Any], files: list) -> Posted:
        since = self.witness.now()
        try:
            posted = await self.webhooks.execute(parent_id, thread_id, payload, files)
        except Unknown:
            # Only the message itself can tell whether it was posted.
            found = await self.witness.wait(thread_id or parent_id, payload, since)
            if found is None:
                raise NotSeen(payload) from None
            self.witness.claim(found)
            return Posted(found, payload["username"])
        self.witness.claim(int(posted["id"]))
        return Posted(int(posted["id"]), payload["username"])

    async def _finish(
        self,
        message: discord.Message,
        speech: proxying.Speech,
        heard: proxying.Heard,
        posted: Posted,
        place: Place,
    ) -> None:
        """Let the next one speak, record the copy, delete the original."""
        place.leave()
        refused = await self.scribe.record(proxying.Spoken(speech, heard, posted.message_id, message.id, now_us()))
        place.finish()
        if refused:
            # The member is gone, or the account: it must not have spoken.
            await self.delete(message.channel.id, posted.message_id)
            return
        self.bot.dispatch("proxied", message, speech, posted)
        if not await self.delete(message.channel.id, message.id):
            # Whoever deleted it before wanted it gone: the sender, or a filter.
            await self.delete(message.channel.id, posted.message_id)

    async def repost(self, command: discord.Message, copy: discord.Message, record: Message, member_id: int) -> None:
        """Say a copy again as another member, and delete it. Raises Refused."""
        channel = copy.channel
        parent_id, thread_id = whereabouts(channel)
        heard = hear(copy, author_id=command.author.id)
        speech = await self.bot.read(proxying.speak_as, heard, member_id)
        check_speech(speech)
        # The command may come from a DM, or from another server.
        author = await copy.guild.fetch_member(command.author.id)
        payload = build_payload(copy, {"flags": copy.flags.value}, speech.text, rights_in(channel, author))
        payload["embeds"] = [recolour(embed, speech.color) for embed in copy.embeds if is_reply(embed)]
        # Nobody is to be pinged a second time.
        payload |= {"allowed_mentions": {"parse": []}, "username": self._name(channel.id, copy.id, speech)}
        if speech.avatar_url:
            payload["avatar_url"] = speech.avatar_url
        files, *_ = await read_files(copy)
        try:
            posted = await self._execute(parent_id, thread_id, payload, files)
        except (Failed, Unknown) as error:
            raise Invalid(explain(error)) from None
        self.witness.note_speaker(channel.id, posted.message_id, posted.name, member_id)
        refused = await self.scribe.record(proxying.Spoken(speech, heard, posted.message_id, command.id, now_us()))
        if refused:
            await self.delete(channel.id, posted.message_id)
            raise refused
        await self.delete(channel.id, copy.id)
        await self.bot.write_patiently(messages.drop_records, [record.id])

    async def delete(self, channel_id: int, message_id: int) -> bool:
        """Delete a message; False where it was gone before I asked."""
        path, tries = f"/channels/{channel_id}/messages/{message_id}", 0
        while tries < 5:
            try:
                await self.api.request("DELETE", path, f"delete {channel_id}", authorized=True)
                return True
            except Unknown:
                tries += 1
                await asyncio.sleep(0.2 * tries)
            except Failed as failed:
                if failed.code == UNKNOWN_MESSAGE:
                    return tries > 0
                log.warning("a message could not be deleted: %s", failed)
                return True
        return True

    def _name(self, channel_id: int, message_id: int, speech: proxying.Speech) -> str:
        """The name that is shown: told apart from whoever spoke just before under the same one."""
        name = webhook_names.repair_name(speech.name)
        last = self.witness.find_last(channel_id, but=message_id)
        if last and last.member_id == speech.member_id and last.name in (name, webhook_names.tell_apart(name)):
            return last.name
        return webhook_names.tell_apart(name) if last and last.name == name else name

    async def tell(self, message: discord.Message, speech: proxying.Speech, error: Exception) -> None:
        """Say once to a sender in a channel why a message was not proxied; it stays where it is."""
        sentence = explain(error)
        key = (message.author.id, message.channel.id, sentence)
        # What a refusal names is the user's own.
        log.info("a message stays as it is: %s", type(error).__name__ if isinstance(error, Refused) else error)
        if key in self.told or not (speech.tells_errors or isinstance(error, Invalid)):
            return
        self._remember(self.told, key)
        embed = card(text=f"{sentence} Your message stays as it is; I say this once.")
        try:
            await message.channel.send(embed=embed, reference=message.to_reference(fail_if_not_exists=False))
        except AWAY:
            try:
                await message.author.send(embed=embed)
            except AWAY as closed:
                log.info("nobody could be told: %s", closed)
                self.told.pop(key, None)

    def _remember(self, memory: OrderedDict, key: object) -> None:
        memory[key] = None
        if len(memory) > MOST_REMEMBERED:
            memory.popitem(last=False)

    def _watch(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.create_task(work)
        self.watching.add(task)
        task.add_done_callback(self.watching.discard)

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
        if await self.bot.read(messages.find_recorded, message_ids):
            await self.bot.write_patiently(messages.drop_records, message_ids)


def check_speech(speech: proxying.Speech) -> None:
    """Refuse what Discord would. Raises Invalid."""
    if len(speech.text) > MOST_TEXT:
        raise Invalid(f"A proxied message can have {MOST_TEXT:,} characters; this one has {len(speech.text):,}.")
    if len(speech.name) > NAME_LENGTH:
        raise Invalid(
            f"The name above a message can have {NAME_LENGTH} characters with the tag; “{speech.name[:40]}…” has"
            f" {len(speech.name)}."
        )


def explain(error: Exception) -> str:
    """What failed, in one sentence for the sender."""
    if isinstance(error, Refused):
        return error.sentence
    if isinstance(error, Unknown):
        return "Discord did not say whether it posted your message, so I do not post it again."
    if error.code == TOO_MANY_WEBHOOKS:
        return "I cannot proxy here: this channel has as many webhooks as Discord allows; delete one."
    if error.code == TOO_LARGE or error.status == 413:
        return "Discord finds the files too large."
    if error.code == MISSING_PERMISSIONS or error.status == 403:
        return "I cannot proxy here: I need Manage Webhooks and Manage Messages in this channel."
    return f"Discord refused the message ({error.message or error.status})."


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Proxy(bot))
