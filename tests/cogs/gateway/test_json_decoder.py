"""What Discord sends is read even where it is odd."""

import discord

from cogs.gateway import json_decoder


def test_half_a_surrogate_pair_costs_no_event():
    assert json_decoder.read_json('{"name": "x\\ud83d"}') == {"name": "x\ud83d"}


def test_py_cord_reads_with_it(monkeypatch):
    # A private name: where py-cord's next version calls it otherwise, this says so.
    monkeypatch.setattr(discord.utils, "_from_json", discord.utils._from_json)
    json_decoder.set_up()
    assert discord.gateway.utils._from_json('["\\ud83d"]') == discord.http.utils._from_json('["\\ud83d"]') == ["\ud83d"]
