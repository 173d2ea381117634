"""Raw events reach those who take them, whatever becomes of one; and they come as fast as they are taken in."""

import asyncio
import zlib
from types import SimpleNamespace

import aiohttp
import pytest
from discord import gateway

from cogs.gateway import json_decoder
from cogs.gateway.raw_events import RawEvents
from rules.parsing import timestamps


class Socket:
    """Gives one frame after the other, each read as py-cord would."""

    shard_id = None

    def __init__(self, *frames):
        self.frames, self._buffer, self.closed = list(frames), bytearray(b"rest"), False

    async def poll_event(self):
        await take(self.frames.pop(0))

    async def close(self):
        self.closed = True


async def take(frame):
    if isinstance(frame, Exception):
        raise frame
    taken.append(json_decoder.read_json(frame).get("t"))


taken = []


def read_all(socket):
    """Read all frames of a socket; what was taken, what could not be, and what ended it."""
    taken.clear()
    raw_events, waits, told = RawEvents(SimpleNamespace()), [], []
    raw_events.note_unparsable = lambda what, _error: told.append(what)

    async def wait():
        waits.append(len(taken))

    async def run():
        raw_events.pace(wait)
        while socket.frames:
            await raw_events.read_next(socket)

    try:
        asyncio.run(run())
    except Exception as error:
        return taken, told, waits, error
    return taken, told, waits, None


@pytest.mark.parametrize("frame", ['{"t": ', "[]", "null", '"text"', "5", "[" * 100_000, "\ud83d"], ids=lambda f: f[:9])
def test_a_frame_that_cannot_be_read_ends_nothing_and_each_waits_for_room(frame):
    socket = Socket('{"t": "A"}', frame, '{"t": "B"}')
    assert read_all(socket) == (["A", "B"], ["an event"], [0, 1, 1], None)
    assert socket._buffer == b"", "else the next frame would be read together with this one"


def test_compression_that_lost_its_thread_is_resumed_and_not_begun_anew():
    socket = Socket(zlib.error("invalid block type"), '{"t": "B"}')
    _, told, _, ended = read_all(socket)
    assert isinstance(ended, gateway.ReconnectWebSocket)
    assert (ended.resume, socket.closed, told) == (True, True, ["a frame"])


@pytest.mark.parametrize(
    "ending", [gateway.ReconnectWebSocket(None), OSError(104, "reset"), TimeoutError(), aiohttp.ClientError()], ids=repr
)
def test_what_ends_the_connection_is_passed_on(ending):
    assert read_all(Socket(ending)) == ([], [], [0], ending)


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
    assert raw_events.last_event_uptime is None
    monkeypatch.setattr(timestamps, "uptime_ms", lambda: 1_795_262_400_000)
    own["PRESENCE_UPDATE"]({})
    assert raw_events.last_event_uptime == 1_795_262_400_000


@pytest.mark.parametrize("table", [None, [], {"MESSAGE_CREATE": print}])
def test_a_py_cord_without_the_table_is_refused(table):
    with pytest.raises(RuntimeError, match="use the pinned version"):
        tap_on(table).install()
