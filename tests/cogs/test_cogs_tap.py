"""How the bot reads from its connection to Discord."""

import asyncio
from types import SimpleNamespace

import discord

from cogs import frames
from cogs.tap import Tap


def test_an_event_that_is_no_json_ends_nothing_and_each_waits_for_room():
    steps = []
    texts = iter(['{"t": "READY"}', '{"t": ', '{"t": "RESUMED"}'])

    async def poll():
        steps.append(frames.read_json(next(texts))["t"])

    async def wait():
        steps.append("wait")

    async def run():
        bot = SimpleNamespace(ws=SimpleNamespace(poll_event=poll))
        tap = Tap(bot)
        tap.note_unparsable = lambda what, _error: steps.append(f"cannot take {what}")
        tap.pace(wait)
        for _ in range(3):
            await bot.ws.poll_event()

    asyncio.run(run())
    assert steps == ["wait", "READY", "wait", "cannot take an event", "wait", "RESUMED"]


def test_half_a_surrogate_pair_costs_no_event():
    assert frames.read_json('{"name": "x\\ud83d"}') == {"name": "x\ud83d"}


def test_py_cord_reads_with_it(monkeypatch):
    # A private name: where py-cord's next version calls it otherwise, this says so.
    monkeypatch.setattr(discord.utils, "_from_json", discord.utils._from_json)
    frames.set_up()
    assert discord.gateway.utils._from_json('["\\ud83d"]') == discord.http.utils._from_json('["\\ud83d"]') == ["\ud83d"]
