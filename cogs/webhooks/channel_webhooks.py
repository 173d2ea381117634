"""Webhooks of ours: one a channel, which serves its threads too; made once, found again, and executed."""

import asyncio
import logging
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from cogs.webhooks.message_deletion import Deletion, delete
from cogs.webhooks.rest_client import DiscordApi, Failed, File, Unknown

log = logging.getLogger(__name__)

NAME = "Rollcall proxy"
TRIES = 4
UNDO_S = 30
UNKNOWN_WEBHOOK = 10015


@dataclass(frozen=True, slots=True)
class Webhook:
    """A webhook. Its token is never stored."""

    id: int
    token: str

    @property
    def path(self) -> str:
        return f"/webhooks/{self.id}/{self.token}"


class Webhooks:
    """The webhooks by channel; found by asking Discord, once for however many ask at the same time."""

    def __init__(self, api: DiscordApi) -> None:
        self.api = api
        self._hooks: dict[int, asyncio.Task[Webhook]] = {}
        self._ids: set[int] = set()

    async def get(self, channel_id: int) -> Webhook:
        """The webhook of a channel; made if there is none. Raises Failed, Unknown."""
        found = self._hooks.get(channel_id)
        if found is None:
            found = self._hooks[channel_id] = asyncio.create_task(self._find(channel_id))
        try:
            return await asyncio.shield(found)
        except Exception:
            if self._hooks.get(channel_id) is found:
                del self._hooks[channel_id]
            raise

    def is_ours(self, webhook_id: int) -> bool:
        """Whether a webhook is one that was posted through since the start."""
        return webhook_id in self._ids

    def forget(self, channel_id: int) -> None:
        """Look the webhook up again when it is next needed; one that is being looked up stays."""
        found = self._hooks.get(channel_id)
        if found and found.done():
            del self._hooks[channel_id]

    async def execute(
        self,
        channel_id: int,
        thread_id: int | None,
        payload: dict[str, Any],
        files: Sequence[File],
        check: Callable[[], None],
    ) -> dict[str, Any]:
        """Post, and return the message. A webhook that was deleted or moved is replaced.

        `check` is called just before each try, and may raise. Raises Failed, Unknown.
        """
        for _ in range(TRIES):
            hook = await self.get(channel_id)
            self._ids.add(hook.id)
            options = {"params": {"wait": "true"} | _in_thread(thread_id), "json": payload, "check": check}
            try:
                posted = await self.api.request("POST", hook.path, hook.path, files, **options)
            except Failed as failed:
                if failed.code != UNKNOWN_WEBHOOK:
                    raise
                self.forget(channel_id)
                continue
            if int(posted["channel_id"]) == (thread_id or channel_id):
                return posted
            # Somebody moved the webhook to another channel, and Discord posts there without a word.
            self.forget(channel_id)
            if await delete(self.api, f"{hook.path}/messages/{posted['id']}", "undo", UNDO_S) is Deletion.FAILED:
                log.error("message %s stands in channel %s, and belongs elsewhere", posted["id"], posted["channel_id"])
        raise Failed(404, UNKNOWN_WEBHOOK, "the webhook is gone again and again")

    async def edit(self, channel_id: int, thread_id: int | None, message_id: int, payload: dict[str, Any]) -> None:
        """Change a message that was posted. Raises Failed, Unknown."""
        hook = await self.get(channel_id)
        path = f"{hook.path}/messages/{message_id}"
        await self.api.request("PATCH", path, "edit", params=_in_thread(thread_id), json=payload)

    async def _find(self, channel_id: int) -> Webhook:
        path = f"/channels/{channel_id}/webhooks"
        for _ in range(TRIES):
            for hook in await self.api.request("GET", path, path, authorized=True):
                if hook.get("token") and hook.get("user", {}).get("id") == str(self.api.bot.user.id):
                    return Webhook(int(hook["id"]), hook["token"])
            try:
                made = await self.api.request("POST", path, path, authorized=True, json={"name": NAME})
                return Webhook(int(made["id"]), made["token"])
            except Unknown:
                # It may be there now.
                continue
        raise Failed(503, 0, "Discord makes no webhook")


def _in_thread(thread_id: int | None) -> dict[str, str]:
    return {"thread_id": str(thread_id)} if thread_id else {}
