"""How the bot reads from its connection to Discord."""

import asyncio
from types import SimpleNamespace

import msgspec

from bot import Rollcall


def test_an_event_that_is_no_json_ends_nothing_and_each_waits_for_room():
    steps = []
    frames = iter(['{"t": "READY"}', '{"t": "\\ud83d"}', '{"t": "RESUMED"}'])

    async def poll():
        steps.append(msgspec.json.decode(next(frames))["t"])

    async def wait():
        steps.append("wait")

    async def run():
        bot = SimpleNamespace(
            ws=SimpleNamespace(poll_event=poll),
            note_unparsable=lambda what, _error: steps.append(f"cannot take {what}"),
        )
        Rollcall.pace(bot, wait)
        for _ in range(3):
            await bot.ws.poll_event()

    asyncio.run(run())
    assert steps == ["wait", "READY", "wait", "cannot take an event", "wait", "RESUMED"]
