"""How long ago something happened at Discord is asked of Discord's own times: this machine's clock may be days off."""

import pytest

from cogs.proxying.message_cache import MessageCache
from simulator.state.snowflakes import EPOCH_MS

# Years from now, as a machine whose clock stands still sees it.
NOW_MS = 2_500_000_000_000


@pytest.fixture
def cache(monkeypatch):
    monkeypatch.setattr("time.monotonic", lambda: 1000.0)
    return MessageCache(lambda _: False)


def message(at_ms):
    return {"id": str((at_ms - EPOCH_MS) << 22), "channel_id": "5", "guild_id": "6", "author": {"username": "alice"}}


def test_an_edit_is_as_old_as_discords_messages_say(cache, monkeypatch):
    cache.add(message(NOW_MS))
    assert cache.age_of("2049-03-22T04:26:10+00:00") == pytest.approx(30)
    monkeypatch.setattr("time.monotonic", lambda: 1040.0)
    assert cache.age_of("2049-03-22T04:26:10+00:00") == pytest.approx(70)


def test_a_message_that_comes_late_makes_nothing_younger(cache):
    cache.add(message(NOW_MS))
    cache.add(message(NOW_MS - 600_000))
    assert cache.age_of("2049-03-22T04:26:10+00:00") == pytest.approx(30)
