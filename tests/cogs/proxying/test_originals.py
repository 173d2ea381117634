"""Messages as they were written, and as they stand now."""

from types import SimpleNamespace

import discord
import pytest

from cogs.proxying.message_cache import MessageCache
from cogs.proxying.originals import Originals


@pytest.mark.parametrize("is_edited", [True, False])
def test_what_a_person_edits_is_an_edit_and_the_preview_of_an_address_is_none(is_edited):
    edited_at = discord.utils.utcnow().isoformat() if is_edited else None
    raw = {"id": "1", "channel_id": "2", "guild_id": "3", "author": {"id": "4", "username": "alice"}, "content": "hi"}
    message_cache = MessageCache(lambda webhook_id: False)
    message_cache.add({**raw, "edited_timestamp": edited_at})
    payload = SimpleNamespace(message_id=1, data={**raw, "edited_timestamp": edited_at})
    assert Originals(None, message_cache).is_fresh_edit(payload) is is_edited
