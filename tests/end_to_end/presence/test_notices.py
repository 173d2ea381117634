"""Who is told that anyone on the web can see them: the server at once, and whoever joins later."""

import pytest

from rules.presence import updates
from tests.end_to_end.rollcall import until

HELLO, SEEN = "I am Rollcall", "Anyone on the web can see your status, song and games here"


def greetings(discord, channel=None):
    channels = [channel] if channel else discord.channels().values()
    return [message for where in channels for message in discord.messages(where) if HELLO in message["content"]]


def start(running, **environ):
    running.start_bot(**environ)
    until(lambda: "published of the server Home" in running.bot.output)
    return running.simulator


def told(discord, user_id):
    return [message["content"] for message in discord.dms(user_id)]


def test_the_home_server_is_told_once_what_anyone_can_see_and_how_to_leave(alone):
    running = alone(PUBLIC_URL="https://rollcall.example")
    discord = start(running)
    (hello,) = until(lambda: greetings(discord))
    assert "of everybody in this server: `https://rollcall.example/user/<user ID>`" in hello["content"]
    assert "`.hide` stops that" in hello["content"]
    for _ in range(2):
        running.bot.stop()
        start(running)
    assert len(greetings(discord)) == 1


@pytest.mark.long
def test_it_stands_in_the_system_channel(alone):
    running = alone()
    discord = running.simulator
    notices = discord.add_channel("notices")
    discord.set_system_channel(notices)
    start(running)
    until(lambda: greetings(discord, notices))
    assert len(greetings(discord)) == 1


@pytest.mark.long
def test_else_in_the_first_channel_that_the_bot_may_write_in(alone):
    running = alone()
    discord = running.simulator
    general = discord.channels()["general"]
    second = discord.add_channel("second")
    discord.add_channel("third")
    discord.set_system_channel(general)
    discord.set_permissions(general, deny=["SEND_MESSAGES"])
    start(running)
    until(lambda: greetings(discord, second))
    assert len(greetings(discord)) == 1


@pytest.mark.long
def test_else_the_owner_gets_it_by_dm(alone):
    running = alone()
    discord = running.simulator
    discord.set_permissions(discord.channels()["general"], deny=["SEND_MESSAGES"])
    owner = discord.add_user("owner")
    discord.join(owner)
    discord.set_owner(owner)
    start(running)
    (text,) = until(lambda: told(discord, owner))
    assert text.startswith(f"In **Home**: Hello, {HELLO}.")
    running.bot.stop()
    start(running)
    assert len(told(discord, owner)) == 1


@pytest.mark.long
def test_a_second_server_for_proxying_is_told_nothing(alone):
    running = alone()
    discord = start(running)
    until(lambda: greetings(discord))
    elsewhere = discord.add_guild("Elsewhere")
    assert not greetings(discord, discord.channels(elsewhere)["general"])


def test_whoever_joins_later_is_told_by_dm_once(alone):
    running = alone(JOIN_NOTICE="dm", PUBLIC_URL="https://rollcall.example")
    discord = start(running)
    alice = discord.add_user("alice")
    discord.join(alice)
    (text,) = until(lambda: told(discord, alice))
    assert f"{SEEN}: <https://rollcall.example/user/{alice}>" in text
    discord.leave(alice)
    discord.join(alice)
    bob = discord.add_user("bob")
    discord.join(bob)
    until(lambda: told(discord, bob))
    assert len(told(discord, alice)) == 1


@pytest.mark.long
def test_whoever_joined_while_the_bot_was_away_is_told(alone):
    running = alone(JOIN_NOTICE="dm")
    discord = start(running)
    before = discord.add_user("before")
    running.bot.stop()
    late = discord.add_user("late")
    discord.join(late)
    start(running)
    until(lambda: told(discord, late))
    assert told(discord, before) == []


@pytest.mark.long
def test_whoever_was_given_the_role_while_the_bot_was_away_is_told(alone):
    running = alone(JOIN_NOTICE="dm")
    discord = running.simulator
    first, later = discord.add_user("first"), discord.add_user("later")
    for user in (first, later):
        discord.join(user)
    role = discord.add_role("Shown", users=[first])
    running.environ["PUBLISH"] = f"role:{role}"
    start(running)
    until(lambda: greetings(discord))
    until(lambda: int(first) in running.read(updates.get_stored_ids))
    running.bot.stop()
    discord.give_role(later, role)
    start(running)
    assert SEEN in until(lambda: told(discord, later))[0]
    running.bot.stop()
    start(running)
    assert (told(discord, first), len(told(discord, later))) == ([], 1)


@pytest.mark.long
def test_closed_dms_get_a_line_without_a_ping(alone):
    running = alone(JOIN_NOTICE="dm")
    discord = start(running)
    alice = discord.add_user("alice")
    discord.refuse_dms(alice)
    discord.join(alice)
    (line,) = until(lambda: [m for m in discord.messages() if SEEN in m["content"]])
    assert f"<@{alice}>" in line["content"]
    assert line["mentions"] == []
    assert line["flags"] & 4096


@pytest.mark.long
def test_many_who_join_at_once_get_one_line(alone):
    running = alone(JOIN_NOTICE="dm")
    discord = start(running)
    users = [discord.add_user(f"raider{number}") for number in range(15)]
    for user in users:
        discord.join(user)
    (line,) = until(lambda: [m for m in discord.messages() if SEEN in m["content"]])
    assert "people who joined" in line["content"]
    assert not any(told(discord, user) for user in users)


@pytest.mark.long
def test_a_setting_chooses_the_channel_or_nothing(alone):
    running = alone(JOIN_NOTICE="off")
    discord = start(running)
    quiet, loud = discord.add_user("quiet"), discord.add_user("loud")
    discord.join(quiet)
    until(lambda: int(quiet) in running.read(updates.get_stored_ids))
    running.bot.stop()
    start(running, JOIN_NOTICE="channel")
    discord.join(loud)
    (line,) = until(lambda: [m for m in discord.messages() if SEEN in m["content"]])
    assert f"<@{loud}>" in line["content"]
    assert told(discord, quiet) == told(discord, loud) == []
