"""A copy that moderation meant goes too: its sender was banned or timed out, or somebody deleted what it was made of.

Discord tells of a deletion once, and that is ours: whoever would delete the original a little later is told that there
is none. `GET /v1/msg/<its ID>` then names the copy and its sender.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import discord
from discord.ext import commands

from cogs.gateway.bounded_dict import BoundedDict
from cogs.proxying.delivery import Delivery, Posted
from rules.proxying.decision import IncomingMessage

WATCHED_S = 10
MOST_WATCHED = 5000


@dataclass(frozen=True, slots=True)
class WatchedCopy:
    """A copy that was posted just now; `posted_at` is by the monotonic clock."""

    incoming: IncomingMessage
    message_ids: tuple[int, ...]
    posted_at: float

    @property
    def sender(self) -> tuple[int, int]:
        return self.incoming.guild_id, self.incoming.user_id


class Moderation(commands.Cog, name="moderation"):
    """Fed by `bot.dispatch("copy_posted")` with what was read, the original's ID, and what was posted."""

    def __init__(self, bot: commands.Bot, delivery: Delivery) -> None:
        self.bot, self.delivery = bot, delivery
        self._copies: BoundedDict[int, WatchedCopy] = BoundedDict(MOST_WATCHED)
        self._silenced_at: BoundedDict[tuple[int, int], float] = BoundedDict(MOST_WATCHED)
        bot.raw_events.on_raw("GUILD_BAN_ADD", self.note_ban)
        bot.raw_events.on_raw("GUILD_MEMBER_UPDATE", self.note_timeout)
        bot.raw_events.on_raw("MESSAGE_DELETE_BULK", self.note_deletions)

    @commands.Cog.listener()
    async def on_copy_posted(self, incoming: IncomingMessage, original_id: int, posted: Posted) -> None:
        """A copy stands, recorded or not."""
        copy = self._copies[original_id] = WatchedCopy(incoming, posted.ids, time.monotonic())
        # The news may be faster than Discord's answer to the posting.
        if _is_recent(self._silenced_at.get(copy.sender)):
            self._take_back(lambda one: one is copy)

    def note_ban(self, data: dict[str, Any]) -> None:
        """Somebody was banned."""
        self._silence(data)

    def note_timeout(self, data: dict[str, Any]) -> None:
        """A member was changed, maybe timed out."""
        until = discord.utils.parse_time(data.get("communication_disabled_until"))
        if until and until > discord.utils.utcnow():
            self._silence(data)

    def note_deletions(self, data: dict[str, Any]) -> None:
        """Many messages were deleted at once, which is never our doing; originals may be among them."""
        originals = [self._copies.get(int(message_id)) for message_id in data["ids"]]
        self._take_back(lambda copy: copy in originals)

    def _silence(self, data: dict[str, Any]) -> None:
        sender = int(data["guild_id"]), int(data["user"]["id"])
        self._silenced_at[sender] = time.monotonic()
        self._take_back(lambda copy: copy.sender == sender)

    def _take_back(self, is_meant: Callable[[WatchedCopy], bool]) -> None:
        for original_id, copy in list(self._copies.items()):
            if not _is_recent(copy.posted_at):
                del self._copies[original_id]
            elif is_meant(copy):
                del self._copies[original_id]
                self.delivery.run_in_background(self.delivery.undo(copy.incoming.channel_id, copy.message_ids))


def _is_recent(at: float | None) -> bool:
    return at is not None and time.monotonic() - at < WATCHED_S


def setup(bot: commands.Bot) -> None:
    bot.add_cog(Moderation(bot, bot.proxying.delivery))
