"""Which messages are young enough to be said by somebody else, who may write, and what is told when an edit fails."""

import asyncio
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import discord
import pytest

from cogs.messages.edits import explain_edit
from cogs.messages.message_commands import check_young
from cogs.messages.message_lookup import check_writer
from cogs.proxying.message_cache import MessageCache
from cogs.webhooks.rest_client import Failed, Unknown
from rules.errors import Invalid, NotAllowed

CHANNEL = "41771983423143937"
NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
# By Discord's clock, whatever ours says.
COMMAND = discord.utils.time_snowflake(NOW)


def message(number: int, seconds: float) -> SimpleNamespace:
    created = NOW - timedelta(seconds=seconds)
    return SimpleNamespace(id=number, channel=SimpleNamespace(id=int(CHANNEL)), created_at=created)


@pytest.mark.parametrize(
    ("seconds", "is_last", "refused"),
    [(1, False, False), (59, False, False), (61, False, True), (61, True, False), (10**6, True, False)],
)
def test_only_a_young_message_or_the_last_is_said_again(seconds, is_last, refused):
    message_cache = MessageCache(lambda _webhook_id: True)
    author = {"id": "1", "username": "Ann"}
    for number in (7, COMMAND) if is_last else (7, 8, COMMAND):
        message_cache.add({"id": str(number), "channel_id": CHANNEL, "guild_id": "1", "author": author, "content": ""})
    if refused:
        with pytest.raises(Invalid, match="Only the last message of a channel"):
            check_young(message_cache, message(7, seconds), COMMAND)
    else:
        check_young(message_cache, message(7, seconds), COMMAND)


def test_a_time_out_keeps_all_but_administrators_from_writing():
    def check(may, timed_out):
        channel = SimpleNamespace(type=discord.ChannelType.text, permissions_for=lambda _member: may)
        asyncio.run(check_writer(channel, SimpleNamespace(id=1, timed_out=timed_out)))

    writing = discord.Permissions(view_channel=True, send_messages=True)
    check(writing, False)
    check(discord.Permissions.all(), True)
    with pytest.raises(NotAllowed, match="You may not write in the channel of this message"):
        check(writing, True)


@pytest.mark.parametrize(
    ("error", "says"),
    [
        (Unknown("500"), "did not say whether it changed the message"),
        (Failed(403, 50013, "Missing Permissions"), "I need Manage Webhooks in that channel"),
        (Failed(404, 10015, "Unknown Webhook"), "The webhook that posted this message is gone"),
        (Failed(413, 40005, "Request entity too large"), "Discord finds the files too large"),
    ],
)
def test_why_an_edit_failed_is_told_in_our_words(error, says):
    assert says in explain_edit(error)
