"""Somebody else holds the write lock for longer than the wait."""

import sqlite3
import time

import pytest
from sqlalchemy.engine import make_url

from database.engines import LOCK_WAIT_MS
from tests.end_to_end.rollcall import until


@pytest.mark.long
def test_a_lock_held_too_long(discord, rollcall, person, token_of):
    """Writes over HTTP are told to come again, reads go on, and no presence is lost."""
    alice = person(status="online")
    token = token_of(alice)
    with sqlite3.connect(make_url(rollcall.database_url).database, isolation_level=None) as holder:
        holder.execute("BEGIN IMMEDIATE")
        discord.presence(alice, "dnd")
        begun = time.monotonic()
        refused = rollcall.http.put(f"{rollcall.url}/user/@me/kv/k", data="v", headers={"Authorization": token})
        assert time.monotonic() - begun >= LOCK_WAIT_MS / 1000
        assert (refused.status_code, refused.headers["Retry-After"]) == (503, "2")
        assert rollcall.status_of(alice) == "online"
        until(lambda: "presences wait" in rollcall.bot.output)
        discord.presence(alice, "idle")
        holder.execute("COMMIT")
    until(lambda: rollcall.status_of(alice) == "idle")
    assert rollcall.get("/user/@me/kv", token).json() == {}
