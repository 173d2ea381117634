"""`pk;config backup`: the file comes at once and then by itself, once, also if it came due while nobody was there."""

import pytest

import models
from rules.transfer.writing import backups
from tests.end_to_end.bot_replies import text_of
from tests.end_to_end.discord_user import DiscordUser
from tests.end_to_end.rollcall import until


def files_of(discord, person):
    return [message for message in discord.dms(person.id) if message["attachments"]]


def make_due(session, user_id):
    session.get(models.Backup, user_id).due_at = 1


def find(rollcall, person):
    return rollcall.read(backups.find_schedule, int(person.id))


def test_asking_for_it_and_ending_it(discord, rollcall, discord_user):
    alice = discord_user("alice", "Foxes")
    alice.ask("pk;config backup", "You get no backup")
    alice.ask("pk;config backup weekly", "once a week")
    [first] = files_of(discord, alice)
    assert first["attachments"][0]["filename"] == "system.pluralport.zip"
    assert "`pk;config backup off` ends this." in text_of(first)
    alice.ask("pk;config backup WEEKLY", "once a week")
    assert len(files_of(discord, alice)) == 1
    alice.ask("pk;config backup monthly", "every 30 days")
    assert "weekly" in alice.refusal("pk;config backup daily")
    alice.ask("pk;config", "backup`: monthly")
    alice.ask("pk;config backup off", "You get no backup")
    assert find(rollcall, alice).every == "off"


def test_closed_dms_begin_nothing(discord, rollcall, discord_user):
    alice = discord_user("alice", "Foxes")
    discord.refuse_dms(alice.id)
    assert "allow direct messages" in alice.refusal("pk;config backup weekly")
    assert find(rollcall, alice).every == "off"


@pytest.fixture
def owners(alone):
    """A Rollcall of its own whose bot is not there, and two who wait for a backup that came due; the second in vain."""
    rollcall = alone()
    discord = rollcall.simulator
    rollcall.start_bot()
    found = []
    for name in ("alice", "bob"):
        user_id = discord.add_user(name)
        discord.join(user_id)
        found.append(DiscordUser(discord, rollcall, user_id))
        found[-1].ask(f"pk;system new {name}", "Your system is made")
        found[-1].ask("pk;config backup weekly", "once a week")
    rollcall.bot.stop()
    for person in found:
        rollcall.write(make_due, int(person.id))
    discord.refuse_dms(found[1].id)
    return rollcall, discord, found


@pytest.mark.long
def test_what_came_due_meanwhile_is_sent_once(owners):
    rollcall, discord, (alice, bob) = owners
    rollcall.start_bot()
    until(lambda: find(rollcall, bob).failed_at)
    assert [len(files_of(discord, alice)), len(files_of(discord, bob))] == [2, 1]
    assert find(rollcall, alice).due_at > find(rollcall, bob).due_at > 1
    rollcall.bot.stop()
    rollcall.start_bot()
    bob.ask("pk;config backup", "could not be sent")
    assert len(files_of(discord, alice)) == 2
