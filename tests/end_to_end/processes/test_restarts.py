"""The bot stops, is killed, or loses Discord; what is published stays true."""

import signal
import sqlite3
import subprocess
import sys
import time

import pytest
from sqlalchemy.engine import make_url

import config as settings
from rules.presence import health
from tests.end_to_end.rollcall import Process, until


def members(running, *names):
    """New users in the home server, all online and published."""
    ids = [running.simulator.add_user(name) for name in names]
    for user_id in ids:
        running.simulator.join(user_id)
        running.simulator.presence(user_id, "online")
    return ids


def numbered(number):
    """A custom status that tells which update it came with."""
    return {"type": 4, "name": "Custom Status", "state": str(number)}


def test_what_happened_while_the_bot_was_down(alone):
    running = alone()
    stays, left, slept = members(running, "stays", "left", "slept")
    running.start_web()
    running.start_bot()
    until(lambda: running.status_of(slept) == "online")
    last_beat = running.read(health.get_last_connected)
    assert running.bot.stop() == 0
    stopped_at = time.time() * 1000
    assert running.status_of(left) == "online", "a stopped bot takes nobody away"
    assert running.get("/health").status_code == 503
    running.simulator.leave(left)
    running.simulator.presence(slept, "offline")
    came = running.simulator.add_user("came")
    running.simulator.join(came)
    running.start_bot()
    until(lambda: running.status_of(left) is None)
    until(lambda: running.status_of(slept) == "offline")
    assert last_beat <= running.presence_of(slept)["lastSeen"] <= stopped_at
    assert running.status_of(stays) == "online"
    assert running.presence_of(came)["lastSeen"] is None


@pytest.mark.parametrize("resumable", [True, pytest.param(False, marks=pytest.mark.long)])
def test_a_lost_session_is_reconciled(alone, resumable):
    running = alone()
    stays, left, slept = members(running, "stays", "left", "slept")
    running.start_web()
    running.start_bot()
    until(lambda: all(running.status_of(user_id) == "online" for user_id in (stays, left, slept)))
    running.simulator.refuse_connections()
    running.simulator.drop_gateway()
    running.simulator.leave(left)
    running.simulator.presence(slept, "idle")
    if not resumable:
        running.simulator.forget_sessions()
    until(lambda: running.get("/health").status_code == 503)
    assert running.status_of(stays) == "online"
    running.simulator.clear_faults()
    until(lambda: running.status_of(left) is None, seconds=60)
    until(lambda: running.status_of(slept) == "idle")
    until(lambda: running.get("/health").status_code == 200)
    assert running.status_of(stays) == "online"
    assert "Traceback" not in running.bot.output
    assert (running.simulator.sessions()["resumes"] > 0) is resumable


@pytest.mark.long
def test_discord_that_cannot_be_reached_at_the_start(alone):
    running = alone()
    running.simulator.refuse_connections()
    running.start_bot(connected=False)
    until(lambda: "Discord cannot be reached" in running.bot.output)
    running.start_web()
    assert running.get("/health").status_code == 503
    assert "not connected" in running.get("/user/1").json()["message"]
    running.simulator.clear_faults()
    until(lambda: running.get("/health").status_code == 200, seconds=60)
    assert running.bot.stop() == 0


def test_stopping_while_discord_is_away_takes_no_time(alone):
    running = alone()
    running.start_bot()
    running.simulator.refuse_connections()
    running.simulator.drop_gateway()
    until(lambda: "trying again" in running.bot.output)
    assert running.bot.stop() == 0


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"token": "another"}, "Reset Token"),
        pytest.param({"privileged_intents": ["members"]}, "Privileged Gateway Intents", marks=pytest.mark.long),
    ],
)
def test_what_only_a_person_can_mend_ends_the_bot_and_not_the_web(alone, options, sentence):
    running = alone(options=options)
    running.start_web()
    running.start_bot(connected=False)
    assert running.bot.wait() == 78
    last = running.bot.lines[-1]
    assert sentence in last
    assert "https://discord.com/developers/applications" in last
    assert "Traceback" not in running.bot.output
    health = running.get("/health")
    assert (health.status_code, health.json()["bot"]["problem"]) == (503, last)
    assert running.web.is_running


def state_of(running):
    return running.get("/health").json()["state"]


@pytest.mark.parametrize("begins", ["while it runs", pytest.param("before it starts", marks=pytest.mark.long)])
@pytest.mark.long
def test_a_home_server_that_is_out_of_reach_is_told(alone, begins):
    running = alone()
    (alice,) = members(running, "alice")
    running.start_web()
    running.start_bot()
    until(lambda: running.status_of(alice) == "online")
    until(lambda: state_of(running) == "connected")
    if begins == "before it starts":
        running.bot.stop()
    running.simulator.outage()
    running.simulator.presence(alice, "offline")
    if begins == "before it starts":
        running.start_bot()
    until(lambda: state_of(running) == "home server out of reach", 40)
    health = running.get("/health")
    assert health.status_code == 503
    assert "outage" in health.json()["bot"]["problem"]
    assert "home server out of reach" in running.get("/user/1").json()["message"]
    assert running.status_of(alice) == "online", "nobody is taken away"
    running.simulator.restore()
    until(lambda: running.status_of(alice) == "offline")
    until(lambda: (state_of(running), running.get("/health").status_code) == ("connected", 200))


@pytest.mark.long
def test_while_the_members_are_counted_nobody_is_told_that_they_are_no_member(alone):
    running = alone(options={"member_request_interval": 600, "large_threshold": 50, "chunk_size": 100})
    (alice,) = members(running, "alice")
    running.simulator.fill("Home", 200, online=0.1)
    running.simulator.presence(alice, "offline")
    running.start_web()
    running.start_bot()
    until(lambda: state_of(running) == "connected")
    running.bot.stop()
    (carol,) = members(running, "carol")
    running.simulator.presence(carol, "offline")
    # Discord lets nobody count again so soon.
    running.start_bot()
    until(lambda: state_of(running) == "counting members")
    told = running.get(f"/user/{carol}")
    assert told.status_code == 404
    assert "the bot is counting members" in told.json()["message"]
    assert running.get("/health").status_code == 200
    running.bot.stop()
    running.simulator.set(member_request_interval=0.2)
    running.start_bot()
    until(lambda: running.status_of(carol) == "offline", 40)
    until(lambda: state_of(running) == "connected")
    until(lambda: "202 people are published of the server Home (" in running.bot.output)


@pytest.mark.long
def test_without_a_home_server_nobody_is_published(alone):
    running = alone()
    second = running.simulator.add_guild("Second")
    (alice,) = members(running, "alice")
    running.start_web()
    running.start_bot()
    health = until(lambda: running.get("/health").json()["bot"]["problem"] and running.get("/health"))
    assert "HOME_GUILD_ID" in health.json()["bot"]["problem"]
    assert "set HOME_GUILD_ID" in running.bot.output
    assert (health.status_code, health.json()["published"]) == (200, 0)
    assert running.status_of(alice) is None
    running.bot.stop()
    running.start_bot(HOME_GUILD_ID=second)
    bob = running.simulator.add_user("bob")
    running.simulator.join(bob, second)
    until(lambda: running.status_of(bob) == "offline")
    assert running.status_of(alice) is None
    running.bot.stop()
    running.start_bot(HOME_GUILD_ID="")
    assert running.status_of(bob) == "offline", "the home server stays what it was set to"


@pytest.mark.long
def test_another_home_server_takes_the_old_members_away(alone):
    running = alone()
    (alice,) = members(running, "alice")
    running.start_web()
    running.start_bot()
    until(lambda: running.status_of(alice) == "online")
    second = running.simulator.add_guild("Second")
    running.bot.stop()
    running.start_bot(HOME_GUILD_ID=second)
    until(lambda: running.status_of(alice) is None)


@pytest.mark.long
def test_the_bot_removed_from_the_home_server(alone):
    running = alone()
    (alice,) = members(running, "alice")
    running.start_web()
    running.start_bot()
    until(lambda: running.status_of(alice) == "online")
    running.simulator.remove_bot("Home")
    until(lambda: running.status_of(alice) is None)
    until(lambda: "not in the home server" in (running.get("/health").json()["bot"]["problem"] or ""))
    running.simulator.add_bot("Home")
    until(lambda: running.status_of(alice) == "online")
    until(lambda: running.get("/health").json()["bot"]["problem"] is None)


@pytest.mark.long
def test_one_odd_presence_spoils_nothing_else(alone):
    running = alone()
    odd, gone, alice = members(running, "odd", "gone", "alice")
    running.start_web()
    running.start_bot()
    until(lambda: running.status_of(alice) == "online")
    running.bot.stop()
    running.simulator.presence(odd, "dnd", activities=[None, {"type": 0, "name": "Chess", "party": "no object"}])
    running.simulator.leave(gone)
    running.start_bot()
    until(lambda: running.status_of(gone) is None)
    until(lambda: running.status_of(odd) == "dnd")
    assert running.presence_of(odd)["activities"] == [{"type": 0, "name": "Chess"}]
    assert "cannot take" not in running.bot.output


@pytest.mark.long
def test_a_large_server_is_counted_in_chunks_and_within_the_rate_limit(alone):
    running = alone(options={"member_request_interval": 1.0, "large_threshold": 50, "chunk_size": 100})
    running.simulator.fill("Home", 950, online=0.3)
    (alice,) = members(running, "alice")
    running.start_web()
    running.start_bot()
    until(lambda: running.get("/health").json()["published"] >= 951)
    before = running.get("/health").json()["published"]
    bob = running.simulator.add_user("bob")
    running.simulator.join(bob)
    until(lambda: running.get("/health").json()["published"] == before + 1)
    running.simulator.forget_sessions()
    running.simulator.refuse_connections()
    running.simulator.drop_gateway()
    running.simulator.leave(alice)
    running.simulator.clear_faults()
    until(lambda: running.status_of(alice) is None, seconds=60)
    assert running.get("/health").json()["published"] == before


def test_sigterm_writes_what_is_pending(alone):
    running = alone()
    ids = members(running, *(f"user{number}" for number in range(50)))
    running.start_web()
    running.start_bot()
    until(lambda: all(running.status_of(user_id) == "online" for user_id in ids))
    running.simulator.presences([{"user": user_id, "status": "dnd"} for user_id in ids])
    until(lambda: running.status_of(ids[0]) == "dnd")
    assert running.bot.stop() == 0
    assert [running.status_of(user_id) for user_id in ids] == ["dnd"] * 50


def test_kill_9_in_a_stream_of_updates_loses_the_last_batch_at_most(alone):
    running = alone()
    (alice,) = members(running, "alice")
    running.start_web()
    running.start_bot()
    until(lambda: running.status_of(alice) == "online")
    sent = []
    for number in range(200):
        running.simulator.presence(alice, "dnd", activities=[numbered(number)])
        sent.append(time.time())
        time.sleep(0.005)
    killed_at = time.time()
    running.bot.stop(signal.SIGKILL)
    stored = int(running.presence_of(alice)["customStatus"]["text"])
    # Nothing older than one batch is lost: what was sent a second before is far older than that.
    old_enough = max((number for number, at in enumerate(sent) if at < killed_at - 0.5), default=0)
    assert stored >= old_enough
    with sqlite3.connect(make_url(running.database_url).database) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
    running.start_bot()
    until(lambda: running.presence_of(alice)["customStatus"]["text"] == "199")


def test_the_bot_without_a_token_says_where_to_get_one(alone, tmp_path):
    running = alone()
    process = Process("bot.py", environ={**running.environ, "DISCORD_TOKEN": ""})
    assert process.wait() == 78
    assert len(process.lines) == 1
    assert "DISCORD_TOKEN" in process.output


@pytest.mark.long
def test_a_backup_while_both_write(rollcall, discord, person, tmp_path):
    alice = person(status="online")
    command = [sys.executable, "-m", "flask", "--app", "app", "backup", str(tmp_path / "copy.db")]
    backup = subprocess.Popen(command, cwd=settings.ROOT, env=rollcall.environ, stdout=subprocess.PIPE)
    number = 0
    while backup.poll() is None:
        number += 1
        discord.presence(alice, "dnd", activities=[numbered(number)])
    assert backup.wait() == 0
    with sqlite3.connect(tmp_path / "copy.db") as copy:
        assert copy.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        assert copy.execute("SELECT count(*) FROM presence WHERE user_id = ?", (int(alice),)).fetchone() == (1,)
