"""The latest messages of each channel: as they came, the last ones with their members, and what our webhooks posted."""

import asyncio
import itertools
import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from discord.utils import parse_time, snowflake_time

from cogs.gateway.bounded_dict import BoundedDict

MOST_RAW, MOST_CHANNELS, MOST_COPIES, MOST_DELETED = 2000, 5000, 50, 5000
PATIENCE_S = 3


@dataclass(frozen=True, slots=True)
class LastMessage:
    """The last message of a channel: the name above it, and the member if it was proxied."""

    message_id: int
    name: str
    member_id: int | None = None


@dataclass(frozen=True, slots=True)
class CachedCopy:
    """A message that a webhook of ours posted; `number` counts them."""

    number: int
    message_id: int
    name: str
    text: str


class MessageCache:
    """Fed with messages that come, change and go, before py-cord sees them; everything here is bounded."""

    def __init__(self, is_ours: Callable[[int], bool]) -> None:
        self._is_ours = is_ours
        self._raw: BoundedDict[int, dict[str, Any]] = BoundedDict(MOST_RAW)
        self._deleted: BoundedDict[int, None] = BoundedDict(MOST_DELETED)
        self._last: BoundedDict[int, tuple[LastMessage, ...]] = BoundedDict(MOST_CHANNELS)
        self._copies: BoundedDict[int, deque[CachedCopy]] = BoundedDict(MOST_CHANNELS)
        self._numbers = itertools.count(1)
        self._number = 0
        self._claimed: BoundedDict[int, None] = BoundedDict(MOST_RAW)
        self._added = asyncio.Condition()
        self._announcing: asyncio.Future | None = None
        self._clock_ahead = float("-inf")

    def add(self, data: dict[str, Any]) -> None:
        """Keep a message."""
        if "guild_id" not in data:
            return
        message_id, channel_id = int(data["id"]), int(data["channel_id"])
        # What comes late, after RESUME, says less of what time it is than what came in time.
        self._clock_ahead = max(self._clock_ahead, snowflake_time(message_id).timestamp() - time.monotonic())
        name = _display_name(data)
        self._note(channel_id, LastMessage(message_id, name))
        if data.get("webhook_id"):
            if not self._is_ours(int(data["webhook_id"])):
                return
            self._number = next(self._numbers)
            copies = self._copies.get(channel_id) or deque(maxlen=MOST_COPIES)
            copies.append(CachedCopy(self._number, message_id, name, data.get("content", "")))
            self._copies[channel_id] = copies
            self._announcing = asyncio.ensure_future(self._announce())
        elif not data["author"].get("bot"):
            self._raw[message_id] = copy_raw(data)

    def age_of(self, timestamp: str) -> float:
        """How many seconds ago a time of Discord's is, by its messages; this machine's clock may be wrong."""
        return self._clock_ahead + time.monotonic() - parse_time(timestamp).timestamp()

    def add_edit(self, data: dict[str, Any]) -> None:
        """Keep an edited message. Discord sends the same event where only an embed or a pin is new."""
        known, edited_at = self._raw.get(int(data["id"])), data.get("edited_timestamp")
        by_person = "guild_id" in data and not (data["author"].get("bot") or data.get("webhook_id"))
        if by_person and edited_at and not (known and known.get("edited_timestamp") == edited_at):
            self._raw[int(data["id"])] = copy_raw({**(known or {}), **data})

    def add_deletion(self, data: dict[str, Any]) -> None:
        """Note that one message, or many, were deleted."""
        for message_id in data.get("ids") or [data["id"]]:
            self._deleted.add(int(message_id))

    def is_deleted(self, message_id: int) -> bool:
        """Whether a message was deleted just now."""
        return message_id in self._deleted

    def find(self, message_id: int) -> dict[str, Any] | None:
        """A message as Discord sent it last, while it is young."""
        return self._raw.get(message_id)

    def find_last(self, channel_id: int, but: int | None = None) -> LastMessage | None:
        """The channel's last message, or the last `but` one."""
        known = self._last.get(channel_id, ())
        return next((one for one in reversed(known) if one.message_id != but), None)

    def note_member(self, channel_id: int, message_id: int, name: str, member_id: int) -> None:
        """Note which member a copy is, whether or not its event came already."""
        later = [one for one in self._last.get(channel_id, ()) if one.message_id > message_id]
        self._note(channel_id, LastMessage(message_id, name, member_id))
        for one in later:
            self._note(channel_id, one)

    def mark(self) -> int:
        """A mark between the copies that came and those that will."""
        return self._number

    async def wait_for_copy(
        self, channel_id: int, payload: dict[str, Any], since: int, seconds: float = PATIENCE_S
    ) -> int | None:
        """The message that a webhook posted with this name and text after a mark; None if none comes in time.

        Copies that are known to be another message's do not count.
        """
        # Discord strips both.
        wanted = payload["username"].strip(), payload["content"].strip()

        def find() -> int | None:
            for copy in self._copies.get(channel_id, ()):
                same = (copy.name.strip(), copy.text.strip()) == wanted
                if same and copy.number > since and copy.message_id not in self._claimed:
                    return copy.message_id
            return None

        async with self._added:
            try:
                return await asyncio.wait_for(self._added.wait_for(find), seconds)
            except TimeoutError:
                return None

    def claim(self, message_id: int) -> None:
        """Note that it is known whose copy this is, so that it is taken for nobody else's."""
        self._claimed.add(message_id)

    def is_claimed(self, message_id: int) -> bool:
        """Whether it is known whose copy this is."""
        return message_id in self._claimed

    async def _announce(self) -> None:
        async with self._added:
            self._added.notify_all()

    def _note(self, channel_id: int, last: LastMessage) -> None:
        known = self._last.get(channel_id, ())
        # Discord's answer may come before its event, which does not know the member.
        same = next((one for one in known if one.message_id == last.message_id and one.member_id), last)
        self._last[channel_id] = (*(one for one in known if one.message_id != last.message_id), same)[-3:]


def copy_raw(data: dict[str, Any]) -> dict[str, Any]:
    """A message for keeping, or for py-cord, which takes the members out of the mentions."""
    return {**data, "mentions": [{**user} for user in data.get("mentions", ())]}


def _display_name(data: dict[str, Any]) -> str:
    author = data["author"]
    return (data.get("member") or {}).get("nick") or author.get("global_name") or author.get("username", "")
