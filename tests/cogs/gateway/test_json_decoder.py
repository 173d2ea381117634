"""What Discord sends is read even where it is odd."""

import json

import discord
import pytest

from cogs.gateway import json_decoder


def test_half_a_surrogate_pair_costs_no_event():
    assert json_decoder.read_json('{"name": "x\\ud83d"}') == {"name": "x\ud83d"}


def test_py_cord_reads_with_it(monkeypatch):
    # A private name: where py-cord's next version calls it otherwise, this says so.
    monkeypatch.setattr(discord.utils, "_from_json", discord.utils._from_json)
    json_decoder.set_up()
    assert discord.gateway.utils._from_json('["\\ud83d"]') == discord.http.utils._from_json('["\\ud83d"]') == ["\ud83d"]


WHOLE = {
    "user": {"id": "1", "username": "rollcall", "discriminator": "0", "avatar": None},
    "guilds": [{"id": "501", "unavailable": True}],
    "session_id": "abc",
    "resume_gateway_url": "wss://gateway.example",
    "application": {"id": "2", "flags": 0},
    "_trace": ["a"],
}


def begins(event, data):
    return json_decoder.read_json(json.dumps({"op": 0, "t": event, "s": 1, "d": data}))["d"]


def test_a_session_that_begins_as_documented_is_as_it_came():
    assert begins("READY", WHOLE) == WHOLE
    assert begins("RESUMED", {"_trace": ["a"]}) == {"_trace": ["a"]}


@pytest.mark.parametrize(
    ("odd", "becomes"),
    [
        ({"_trace": 5}, {"_trace": []}),
        ({"_trace": [1, None, "b"]}, {"_trace": ["b"]}),
        ({"guilds": None}, {"guilds": []}),
        ({"guilds": [None, {"id": "501"}, {}, {"id": {}}]}, {"guilds": [{"id": "501"}]}),
        ({"session_id": None}, {"session_id": None}),
        ({"user": {"id": "1"}}, {"user": WHOLE["user"] | {"username": ""}}),
    ],
)
def test_odd_parts_of_ready_cost_only_themselves(odd, becomes):
    assert begins("READY", WHOLE | odd) == WHOLE | becomes


@pytest.mark.parametrize("application", [None, {}, "x", {"id": "2"}, {"id": "2", "flags": None}])
def test_an_odd_application_in_ready_is_left_out(application):
    assert "application" not in begins("READY", WHOLE | {"application": application})


@pytest.mark.parametrize("data", [None, [], "x", {}, {"_trace": None}])
def test_odd_parts_of_resumed_cost_nothing(data):
    assert begins("RESUMED", data) == {"_trace": []}
