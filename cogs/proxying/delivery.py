"""Posting copies of messages through our webhooks, finding those that Discord did not say it posted, and deleting."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from dataclasses import dataclass, replace
from typing import Any

import discord

from cogs.proxying.channel_queue import ChannelQueues
from cogs.proxying.eligibility import Channel, webhook_target
from cogs.proxying.message_cache import MessageCache
from cogs.webhooks import message_deletion
from cogs.webhooks.attachments import read_files
from cogs.webhooks.channel_webhooks import Webhooks
from cogs.webhooks.message_deletion import Deletion
from cogs.webhooks.refusals import ProxyRefused
from cogs.webhooks.rest_client import DiscordApi, Failed, File, Unknown
from rules.errors import Refused
from rules.proxying import decision, webhook_names

LATE_S = 300


class Changed(Exception):
    """The original was edited or deleted before its copy was posted."""


class NotSeen(Unknown):
    """A copy of which nobody knows whether Discord posted it; `since` is the message cache's mark from before."""

    def __init__(self, payload: dict[str, Any], since: int) -> None:
        super().__init__("not seen")
        self.payload, self.since = payload, since


@dataclass(frozen=True, slots=True)
class Posted:
    """A copy that was posted; `more_ids` are the messages with the files that did not fit into the first."""

    message_id: int
    name: str
    more_ids: tuple[int, ...] = ()

    @property
    def ids(self) -> tuple[int, ...]:
        return (self.message_id, *self.more_ids)


class Delivery:
    """Posts and deletes through Discord's API, and learns from the message cache what came of it."""

    def __init__(self, api: DiscordApi, queues: ChannelQueues) -> None:
        self.api, self.queues = api, queues
        self.webhooks = Webhooks(api)
        self.message_cache = MessageCache(self.webhooks.is_ours)
        # These wait for what may never come; a stop does not wait for them.
        self.background: set[asyncio.Task] = set()

    async def post(
        self,
        channel: Channel,
        payload: dict[str, Any],
        files: list[File],
        check: Callable[[], None] = lambda: None,
    ) -> Posted:
        """Post a copy. `check` is called just before, and may raise. Raises Failed, NotSeen."""
        since = self.message_cache.mark()
        try:
            message = await self.webhooks.execute(*webhook_target(channel), payload, files, check)
            posted_id = int(message["id"])
        except Unknown:
            # Only the message itself can tell whether it was posted.
            found = await self.message_cache.wait_for_copy(channel.id, payload, since)
            if found is None:
                raise NotSeen(payload, since) from None
            posted_id = found
        self.message_cache.claim(posted_id)
        return Posted(posted_id, payload["username"])

    async def post_more(
        self,
        channel: Channel,
        payload: dict[str, Any],
        groups: list[list[discord.Attachment]],
        posted: Posted,
        check: Callable[[], None],
    ) -> Posted:
        """Post the files that did not fit into the first upload; if one fails, nothing stays.

        Raises ProxyRefused, Changed.
        """
        extra = {key: value for key, value in payload.items() if key != "poll"} | {"content": "", "embeds": []}
        try:
            for group in groups:
                more = await self.post(channel, extra, await read_files(group), check)
                posted = replace(posted, more_ids=(*posted.more_ids, more.message_id))
        except (Changed, Refused, Failed, Unknown) as error:
            await self.undo(channel.id, posted.ids)
            if isinstance(error, Changed):
                raise
            raise ProxyRefused("file", "Not all files of the message could be posted.") from None
        return posted

    async def find_late(self, channel_id: int, unseen: NotSeen) -> Posted | None:
        """A copy that comes after all, within minutes; None if none comes that is nobody else's."""
        found = await self.message_cache.wait_for_copy(channel_id, unseen.payload, unseen.since, LATE_S)
        if found is None:
            return None
        # It may be somebody's who sent the same just now, and whose answer from Discord is still under way.
        with self.queues.join(channel_id, 0) as later:
            await later.wait_turn()
        if self.message_cache.is_claimed(found):
            return None
        self.message_cache.claim(found)
        return Posted(found, unseen.payload["username"])

    def choose_name(self, channel_id: int, message_id: int, post: decision.ProxyPost) -> str:
        """The name above the copy of a message: told apart from another member's just before."""
        name = webhook_names.repair_name(post.name)
        last = self.message_cache.find_last(channel_id, but=message_id)
        if last and last.member_id == post.member_id and last.name in (name, webhook_names.tell_apart(name)):
            return last.name
        return webhook_names.tell_apart(name) if last and last.name == name else name

    async def delete(self, channel_id: int, message_id: int, seconds: float = message_deletion.PATIENCE_S) -> Deletion:
        """Delete any message, within some seconds."""
        path = f"/channels/{channel_id}/messages/{message_id}"
        return await message_deletion.delete(self.api, path, f"delete {channel_id}", seconds, authorized=True)

    async def delete_surely(self, channel_id: int, message_id: int) -> Deletion:
        """Delete a message that must not stand; if that fails, go on trying for minutes in the background."""
        outcome = await self.delete(channel_id, message_id)
        if outcome is Deletion.FAILED:
            self.run_in_background(self.delete(channel_id, message_id, LATE_S))
        return outcome

    async def undo(self, channel_id: int, message_ids: Iterable[int]) -> bool:
        """Delete a copy, with all its files; whether nothing of it stands now."""
        outcomes = [await self.delete_surely(channel_id, message_id) for message_id in message_ids]
        return Deletion.FAILED not in outcomes

    def run_in_background(self, work: Coroutine[Any, Any, object]) -> None:
        """Do something for which nobody waits."""
        task = asyncio.create_task(work)
        self.background.add(task)
        task.add_done_callback(self.background.discard)
