"""pkapi.js and pkapi-ts, unchanged but for the base URL, tell whole stories over API v2."""

from pathlib import Path

import pytest

HERE = Path(__file__).parent
CLIENTS = (HERE / "pkapi_js.cjs", HERE / "pkapi_ts.cjs")


@pytest.mark.parametrize("story", ["members", "groups", "switches", "settings"])
@pytest.mark.parametrize("client", CLIENTS, ids=lambda path: path.name)
def test_a_program_keeps_a_system(run_node, about, client, story):
    run_node(client, story, about)


@pytest.mark.parametrize("client", CLIENTS, ids=lambda path: path.name)
def test_a_program_finds_out_who_sent_a_message(run_node, spoken, client):
    run_node(client, "messages", spoken)


@pytest.mark.long
@pytest.mark.parametrize("limits", [{"RATE_LIMIT": "5/second", "V2_GET_LIMIT": "5/second"}])
@pytest.mark.parametrize("client", CLIENTS, ids=lambda path: path.name)
def test_a_program_in_a_hurry_waits_and_gets_all_of_it(run_node, about, client, limits):
    run_node(client, "hurry", about)
