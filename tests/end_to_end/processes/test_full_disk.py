"""A database that cannot be written: what programs and people are told, and that nothing is said to be done."""

import resource

import pytest

from tests.end_to_end.bot_replies import said
from tests.end_to_end.rollcall import until

UNLIMITED = (resource.RLIM_INFINITY, resource.RLIM_INFINITY)


def limit_files(pid, most):
    """Let a process write no file beyond its first bytes, as on a disk that is full."""
    resource.prlimit(pid, resource.RLIMIT_FSIZE, most)


def test_what_cannot_be_stored_is_told_as_that(alone):
    running = alone()
    running.start_bot()
    discord = running.simulator
    alice = discord.add_user("alice")
    discord.join(alice)
    discord.say_and_wait(alice, ".add before kept", dm=True)
    limit_files(running.bot.pid, (1, resource.RLIM_INFINITY))
    try:
        for typed in (".add k secret", "pk;system new Foxes", ".hide"):
            told = said(discord.say_and_wait(alice, typed, dm=True))
            assert ["Nothing can be stored now" in text for _, text in told] == [True], told
    finally:
        limit_files(running.bot.pid, UNLIMITED)
    until(lambda: "Stored" in str(discord.say_and_wait(alice, ".add after kept", dm=True)))
    assert "before" in str(discord.say_and_wait(alice, ".list", dm=True))


@pytest.mark.long
def test_a_bot_that_cannot_write_is_told_as_that_and_not_as_one_that_is_not_connected(alone):
    running = alone()
    running.start_bot()
    running.start_web()
    discord = running.simulator
    alice = discord.add_user("alice")
    discord.join(alice)
    discord.presence(alice, "online")
    until(lambda: running.status_of(alice) == "online")
    limit_files(running.bot.pid, (1, resource.RLIM_INFINITY))
    discord.presence(alice, "dnd")
    until(lambda: running.get("/health").json()["state"] == "cannot write", 60)
    health = running.get("/health")
    assert health.status_code == 503
    assert health.json()["status"] == "the bot cannot write to its database"
    assert "log" in health.json()["bot"]["problem"]
    assert "the bot cannot write to its database" in running.get("/user/1").json()["message"]
    assert "cannot write" in str(discord.say_and_wait(alice, ".me", dm=True))
    assert running.status_of(alice) == "online"
    limit_files(running.bot.pid, UNLIMITED)
    until(lambda: running.status_of(alice) == "dnd")
    until(lambda: running.get("/health").json()["state"] == "connected")
