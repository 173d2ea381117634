"""PUBLISH on the real processes: who is served after what, and that nobody is who is kept out."""

import pytest

from rules.presence import updates
from tests.end_to_end.rollcall import until


def start(running, **environ):
    running.start_bot(**environ)
    until(lambda: "published of the server Home" in running.bot.output)
    return running.simulator


def published(running):
    return running.get("/health").json()["published"]


def online(discord, name):
    user = discord.add_user(name)
    discord.join(user)
    discord.presence(user, "online")
    return user


def stored(running):
    return running.read(updates.get_stored_ids)


@pytest.mark.long
def test_with_optin_only_show_publishes(alone):
    running = alone(PUBLISH="optin")
    discord = running.simulator
    before = online(discord, "before")
    start(running)
    running.start_web()
    after = online(discord, "after")
    (never,) = discord.say_and_wait(after, ".hide")
    assert "as you never asked for it; `.show` asks for it." in never["message"]["embeds"][0]["description"]
    discord.say_and_wait(after, ".show")
    until(lambda: running.status_of(after) == "online")
    discord.presence(before, "dnd")
    discord.edit_member(before, nick="Hello")
    discord.presence(after, "idle")
    until(lambda: running.status_of(after) == "idle")
    assert running.status_of(before) is None
    assert stored(running) == {int(after)}
    assert "of whoever types `.show`" in discord.messages()[0]["content"]
    running.bot.stop()
    start(running)
    assert stored(running) == {int(after)}
    discord.say_and_wait(after, ".hide")
    until(lambda: running.status_of(after) is None)


@pytest.mark.long
def test_changing_it_publishes_and_withdraws_at_the_start(alone):
    running = alone()
    discord = running.simulator
    alice, bob = online(discord, "alice"), online(discord, "bob")
    start(running)
    running.start_web()
    until(lambda: running.status_of(bob) == "online")
    discord.say_and_wait(alice, ".show")
    running.bot.stop()
    start(running, PUBLISH="optin")
    assert stored(running) == {int(alice)}
    running.bot.stop()
    start(running, PUBLISH="everyone")
    until(lambda: running.status_of(bob) == "online")


@pytest.mark.long
def test_the_web_side_alone_serves_nobody_whom_the_setting_keeps_out(alone):
    running = alone()
    discord = running.simulator
    alice = online(discord, "alice")
    start(running)
    until(lambda: int(alice) in stored(running))
    running.bot.stop()
    running.start_web(PUBLISH="optin")
    assert running.status_of(alice) is None
    assert published(running) == 0


def test_the_role_publishes_as_it_comes_and_goes(alone):
    running = alone(JOIN_NOTICE="dm")
    discord = running.simulator
    alice, bob = online(discord, "alice"), online(discord, "bob")
    role = discord.add_role("Shown", users=[alice])
    running.environ["PUBLISH"] = f"role:{role}"
    start(running)
    running.start_web()
    assert stored(running) == {int(alice)}
    assert f"<@&{role}>" in discord.messages()[0]["content"]
    discord.give_role(bob, role)
    until(lambda: running.status_of(bob))
    until(lambda: discord.dms(bob))
    discord.give_role(alice, role, take=True)
    until(lambda: running.status_of(alice) is None)
    discord.presence(alice, "dnd")
    discord.presence(bob, "idle")
    until(lambda: running.status_of(bob) == "idle")
    assert running.status_of(alice) is None
    running.bot.stop()
    discord.give_role(bob, role, take=True)
    start(running)
    until(lambda: running.status_of(bob) is None)
    assert stored(running) == set()


@pytest.mark.long
def test_a_role_that_is_deleted_publishes_nobody_any_more(alone):
    running = alone(guild=False)
    discord = running.simulator
    home = discord.add_guild("Home")
    alice = online(discord, "alice")
    role = discord.add_role("Shown", users=[alice])
    running.environ["PUBLISH"] = f"role:{role}"
    start(running)
    running.start_web()
    until(lambda: running.status_of(alice))
    # Alone, as Discord sends it: its holders may hear nothing.
    discord.dispatch("GUILD_ROLE_DELETE", {"guild_id": home, "role_id": role})
    until(lambda: running.status_of(alice) is None)
    problem = until(lambda: running.get("/health").json()["bot"]["problem"])
    assert problem == f"The home server has no role {role}: set PUBLISH to another. Nobody is published."
    assert problem in running.bot.output
    assert problem in running.get("/").text


@pytest.mark.long
@pytest.mark.parametrize("choice", ["optin", "role:80351110224678912"])
def test_many_starts_in_the_middle_of_a_storm_store_nobody_who_is_kept_out(alone, choice):
    running = alone(PUBLISH=choice)
    discord = running.simulator
    discord.fill(None, 300, online=1)
    some = [{"user": user["id"], "status": "dnd"} for user in discord.users() if not user["bot"]][:50]
    for _ in range(3):
        running.start_bot()
        discord.presences(some)
        assert stored(running) == set()
        running.bot.stop()
        assert stored(running) == set()


@pytest.mark.long
def test_two_servers_and_no_setting_are_told_on_every_page(alone):
    running = alone()
    running.simulator.add_guild("Second")
    running.start_bot()
    running.start_web()
    problem = until(lambda: running.get("/health").json()["bot"]["problem"])
    assert "set HOME_GUILD_ID" in problem
    assert problem in running.get("/").text
    assert problem in running.bot.output


def test_the_start_says_who_is_published(alone):
    running = alone()
    discord = running.simulator
    online(discord, "alice")
    online(discord, "bob")
    start(running)
    assert "2 people are published of the server Home" in running.bot.output
