"""Telling a sender why a message was not proxied: once for each kind of trouble, until it is over."""

import logging

import aiohttp
import discord

from cogs.commands.responses import card
from cogs.gateway.bounded_dict import BoundedDict
from cogs.webhooks.refusals import NAME, RIGHTS, UNSEEN, as_refusal
from cogs.webhooks.rest_client import Failed, Unknown
from rules.errors import Refused
from rules.proxying import decision

log = logging.getLogger(__name__)

MOST_TOLD = 5000
# These are told though a system wants no error messages.
ALWAYS = (RIGHTS, NAME)
# py-cord passes on that Discord cannot be reached.
AWAY = (discord.HTTPException, aiohttp.ClientError, OSError)


class ErrorNotices:
    """What was told to whom in which channel."""

    def __init__(self) -> None:
        self._told: BoundedDict[tuple[int, int], set[str]] = BoundedDict(MOST_TOLD)

    async def tell(self, message: discord.Message, post: decision.ProxyPost, error: Refused | Failed | Unknown) -> None:
        """Say to a sender in a channel, or else by DM, why a message was not proxied; it stays where it is."""
        refusal, key = as_refusal(error), (message.author.id, message.channel.id)
        kind = getattr(refusal, "kind", type(refusal).__name__)
        # What a refusal names is the user's own.
        log.info("a message stays as it is: %s", kind if isinstance(error, Refused) else error)
        told = self._told.get(key, set())
        if kind in told or not (post.tells_errors or kind in ALWAYS):
            return
        words = f"{refusal.sentence} Your message stays as it is"
        # Each such message may come out or not.
        once = kind != UNSEEN
        if once:
            self._told[key] = told | {kind}
        if not await _say(message, card(text=f"{words}; I say this once." if once else f"{words}.")):
            self._told.get(key, set()).discard(kind)

    def forget(self, user_id: int, channel_id: int) -> None:
        """A message was proxied: whatever fails from now on is news."""
        self._told.pop((user_id, channel_id), None)


async def _say(message: discord.Message, embed: discord.Embed) -> bool:
    try:
        await message.channel.send(embed=embed, reference=message.to_reference(fail_if_not_exists=False))
        return True
    except AWAY:
        pass
    try:
        await message.author.send(embed=embed)
        return True
    except AWAY as closed:
        log.info("nobody could be told: %s", closed)
        return False
