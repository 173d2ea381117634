"""Two programs write to one system at once, through the real web side."""

import json
import subprocess
import sys
from itertools import pairwise

import pytest
import requests

import config as settings
from database import connections
from rules.account import tokens
from rules.systems import members, systems
from tests.end_to_end.concurrent_writer import ROUNDS
from tests.end_to_end.rollcall import Rollcall

FOXES = 80351110224678912


@pytest.fixture
def served(discord, tmp_path):
    running = Rollcall(discord, tmp_path)
    running.start_web()
    yield running
    running.stop()


@pytest.fixture
def system(served):
    """A system with two members: its ID, its token, the members' IDs."""
    database, token = connections.open_database(served.database_url), tokens.make_token(FOXES)
    with database.write() as session:
        made = systems.create_system(session, FOXES)
        hids = [members.create_member(session, FOXES, {"name": name}).hid for name in ("Ash", "Birch")]
        tokens.store_token(session, FOXES, tokens.hash_token(token))
        hid = made.hid
    database.close()
    return hid, token, hids


def write(served, token, mine, shared, field):
    command = [sys.executable, "-m", "tests.end_to_end.concurrent_writer", served.url, token, mine, shared, field]
    return subprocess.Popen(command, cwd=settings.ROOT, stdout=subprocess.PIPE, text=True)


def history(served, hid, token):
    """All switches, the newest first, by paging back."""
    pages, before = [], ""
    while page := served.get(f"/v1/s/{hid}/switches?before={before}", token).json():
        pages += page
        before = page[-1]["timestamp"]
    return pages


@pytest.mark.long
def test_two_programs_at_once_lose_nothing(served, system):
    """1 000 operations: PATCHes of two fields of one member, and switches that must never repeat the one before."""
    hid, token, (ash, birch) = system
    writers = [write(served, token, ash, ash, "pronouns"), write(served, token, birch, ash, "description")]
    odd = [json.loads(writer.communicate(timeout=120)[0]) for writer in writers]
    refusals = [refusal for found in odd for refusal in found]
    assert {tuple(refusal) for refusal in refusals} <= {(400, "New members identical to existing fronters.")}
    member = served.get(f"/v1/m/{ash}", token).json()
    last = ROUNDS - 1
    assert (member["pronouns"], member["description"]) == (f"pronouns {last}", f"description {last}")
    switches = history(served, hid, token)
    times = [switch["timestamp"] for switch in switches]
    assert times == sorted(set(times), reverse=True)
    assert len(switches) + len(refusals) == 2 * ROUNDS
    assert all(newer["members"] != older["members"] for newer, older in pairwise(switches))


def test_a_body_that_never_ends_stores_nothing(served, system):
    _, token, (ash, _) = system

    def endless():
        yield b'{"name":"'
        while True:
            yield b"x" * 65536

    headers = {"Authorization": token, "Content-Type": "application/json"}
    try:
        answer = served.http.patch(f"{served.url}/v1/m/{ash}", data=endless(), headers=headers, timeout=30)
        assert answer.status_code == 413
    except requests.ConnectionError:
        # The server hangs up on what is still being sent; the client may see only that.
        pass
    assert served.get(f"/v1/m/{ash}", token).json()["name"] == "Ash"
