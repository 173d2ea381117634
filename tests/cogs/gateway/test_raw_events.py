"""Raw events reach those who take them, whatever becomes of one; and they come as fast as they are taken in."""

import asyncio
from types import SimpleNamespace

import pytest

from cogs.gateway import json_decoder
from cogs.gateway.raw_events import RawEvents
from rules.parsing import timestamps


def test_an_event_that_is_no_json_ends_nothing_and_each_waits_for_room():
    steps = []
    texts = iter(['{"t": "READY"}', '{"t": ', '{"t": "RESUMED"}'])

    async def poll():
        steps.append(json_decoder.read_json(next(texts))["t"])

    async def wait():
        steps.append("wait")

    async def run():
        bot = SimpleNamespace(ws=SimpleNamespace(poll_event=poll))
        raw_events = RawEvents(bot)
        raw_events.note_unparsable = lambda what, _error: steps.append(f"cannot take {what}")
        raw_events.pace(wait)
        for _ in range(3):
            await bot.ws.poll_event()

    asyncio.run(run())
    assert steps == ["wait", "READY", "wait", "cannot take an event", "wait", "RESUMED"]


@pytest.fixture
def parsers():
    """py-cord's, which note what they are given."""
    found = {event: [] for event in ("PRESENCE_UPDATE", "GUILD_MEMBERS_CHUNK", "MESSAGE_CREATE")}
    return found, {event: taken.append for event, taken in found.items()}


def tap_on(parsers):
    return RawEvents(SimpleNamespace(_connection=SimpleNamespace(parsers=parsers)))


def test_all_take_an_event_in_their_order_and_py_cord_last(parsers):
    found, own = parsers
    raw_events, seen = tap_on(own), []
    for name in "ab":
        raw_events.on_raw("MESSAGE_CREATE", lambda data, name=name: seen.append((name, len(found["MESSAGE_CREATE"]))))
    raw_events.on_raw("RATE_LIMITED", lambda data: seen.append(data))
    raw_events.install()
    own["MESSAGE_CREATE"]({"id": "1"})
    own["RATE_LIMITED"]("later")
    assert seen == [("a", 0), ("b", 0), "later"]
    assert found["MESSAGE_CREATE"] == [{"id": "1"}]


def test_py_cord_is_spared_presences_and_chunks(parsers):
    found, own = parsers
    tap_on(own).install()
    for event in own:
        own[event]({})
    assert found == {"PRESENCE_UPDATE": [], "GUILD_MEMBERS_CHUNK": [], "MESSAGE_CREATE": [{}]}


def test_whoever_cannot_take_an_event_keeps_it_from_nobody_and_is_told_of_once(parsers, caplog):
    found, own = parsers
    raw_events = tap_on(own)
    raw_events.on_raw("MESSAGE_CREATE", lambda data: data["channel_id"])
    raw_events.install()
    for _ in range(3):
        own["MESSAGE_CREATE"]({"id": "1"})
    assert len(found["MESSAGE_CREATE"]) == 3
    assert [record.getMessage() for record in caplog.records] == [
        "cannot take MESSAGE_CREATE: KeyError: 'channel_id'; told once"
    ]


def test_the_last_event_is_remembered(parsers, monkeypatch):
    _, own = parsers
    raw_events = tap_on(own)
    raw_events.install()
    assert raw_events.last_event_at is None
    monkeypatch.setattr(timestamps, "now_ms", lambda: 1_795_262_400_000)
    own["PRESENCE_UPDATE"]({})
    assert raw_events.last_event_at == 1_795_262_400_000


@pytest.mark.parametrize("table", [None, [], {"MESSAGE_CREATE": print}])
def test_a_py_cord_without_the_table_is_refused(table):
    with pytest.raises(RuntimeError, match="use the pinned version"):
        tap_on(table).install()
