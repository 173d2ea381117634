"""Telling a sender why a message was not proxied: once for each kind of error, until a message is proxied again."""

import logging

import aiohttp
import discord

from cogs.commands.responses import card
from cogs.gateway.bounded_dict import BoundedDict
from cogs.webhooks.refusals import NAME, PERMISSIONS, UNSEEN, as_refusal
from cogs.webhooks.rest_client import Failed, Unknown
from rules.errors import Refused
from rules.proxying import decision

log = logging.getLogger(__name__)

MOST_REMEMBERED = 5000
# Only a person can mend these, so they are told though a system wants no error messages.
ALWAYS = (PERMISSIONS, NAME)
# What py-cord raises where Discord refuses or cannot be reached.
UNSENT = (discord.HTTPException, aiohttp.ClientError, OSError)


class ErrorNotices:
    """Which kinds of error were told to whom in which channel."""

    def __init__(self) -> None:
        self._sent: BoundedDict[tuple[int, int], set[str]] = BoundedDict(MOST_REMEMBERED)

    async def send(self, message: discord.Message, post: decision.ProxyPost, error: Refused | Failed | Unknown) -> None:
        """Tell a sender in the channel, or else by DM, why a message was not proxied; it stays where it is."""
        refusal, key = as_refusal(error), (message.author.id, message.channel.id)
        kind = getattr(refusal, "kind", type(refusal).__name__)
        # What a refusal names is the user's own.
        log.info("a message stays as it is: %s", kind if isinstance(error, Refused) else error)
        sent = self._sent.get(key, set())
        if kind in sent or not (post.tells_errors or kind in ALWAYS):
            return
        sentence = f"{refusal.told} Your message stays as it is"
        # Each such message may have been posted or not, so each is told.
        once = kind != UNSEEN
        if once:
            self._sent[key] = sent | {kind}
        if not await _send(message, card(text=f"{sentence}; I say this once." if once else f"{sentence}.")):
            self._sent.get(key, set()).discard(kind)

    def forget(self, user_id: int, channel_id: int) -> None:
        """A message was proxied: whatever fails from now on is told again."""
        self._sent.pop((user_id, channel_id), None)


async def _send(message: discord.Message, embed: discord.Embed) -> bool:
    try:
        await message.channel.send(embed=embed, reference=message.to_reference(fail_if_not_exists=False))
        return True
    except UNSENT:
        pass
    try:
        await message.author.send(embed=embed)
        return True
    except UNSENT as closed:
        log.info("nobody could be told: %s", closed)
        return False
