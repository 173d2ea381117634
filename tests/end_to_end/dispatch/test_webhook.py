"""`pk;system webhook`, and what comes there of what is done in Discord and over HTTP."""

import signal

import pytest

from rules.dispatch import webhooks
from rules.systems import members, systems
from tests.end_to_end.bot_replies import text_of
from tests.end_to_end.rollcall import until
from tests.end_to_end.webhook_receiver import receiving


@pytest.fixture
def receiver():
    with receiving() as server:
        yield server


def register(user, receiver):
    """Set the webhook as its owner does: the first try shows the token."""
    user.where = {"dm": True}
    user.ask(f"pk;system webhook {receiver.url}", "your webhook answered 401: give it the token above")
    told = next(text for dm in user.discord.dms(user.id) if "```" in (text := text_of(dm)))
    receiver.token = told.split("```")[1].strip()
    user.ask(f"pk;system webhook {receiver.url}", "events go there from now on")
    receiver.events.clear()


def test_events_of_commands_and_of_the_api_come(system_owner, receiver):
    owner = system_owner("Ann")
    register(owner, receiver)
    owner.ask("pk;switch Ann", "")
    owner.patch("/v1/s", tag="x")
    until(lambda: len(receiver.events) == 2)
    assert receiver.types == ["CREATE_SWITCH", "UPDATE_SYSTEM"]
    assert receiver.events[1]["data"] == {"tag": "x"}


def test_the_address_is_shown_to_the_owner_alone_and_not_in_a_channel(system_owner, receiver, discord):
    owner, other = system_owner(), system_owner()
    register(owner, receiver)
    assert receiver.url in text_of(owner.ask("pk;system webhook", "events go to"))
    other.where = {"dm": True}
    assert "not your system" in other.refusal(f"pk;system {owner.id} webhook")
    owner.where = {}
    owner.ask("pk;system webhook", "See your DMs")
    assert "type it in a DM" in owner.refusal("pk;system webhook https://example.com/hook")
    assert not any(receiver.url in str(message) for message in discord.messages() if "pk;" not in str(message))


def test_cleared_it_is_sent_nothing(system_owner, receiver, rollcall):
    owner = system_owner("Ann")
    register(owner, receiver)
    owner.ask("pk;system webhook clear", "go nowhere now")
    owner.patch("/v1/s", tag="x")
    owner.ask("pk;system webhook", "go nowhere")
    assert receiver.events == []


def test_an_unlinked_account_no_longer_hears_who_fronts(system_owner, discord_user, receiver, rollcall, discord):
    owner, former, third = system_owner("Ann"), discord_user(), discord_user()
    for other in (former, third):
        rollcall.write(systems.link_account, int(owner.id), int(other.id))
    register(former, receiver)
    question = owner.ask(f"pk;unlink {former.id} -y", "Its webhook was cleared")
    assert "`pk;system webhook <address>`, in a DM to me, sets it again" in text_of(question)
    owner.ask("pk;switch Ann", "")
    until(lambda: receiver.events)
    until(lambda: any("I removed your system's webhook" in text_of(dm) for dm in discord.dms(third.id)))
    assert receiver.types == ["UNLINK_ACCOUNT"]
    owner.ask("pk;system webhook", "See your DMs")
    assert any("events go nowhere" in text_of(dm) for dm in discord.dms(owner.id))


def test_a_program_that_nobody_started_is_refused(system_owner, rollcall):
    owner = system_owner()
    owner.where = {"dm": True}
    owner.ask("pk;system webhook http://127.0.0.1:9/", "cannot be reached")
    owner.ask("pk;system webhook http://example.com/", "must start with https://")
    owner.ask("pk;system webhook https://10.0.0.1/", "private network")
    assert rollcall.read(webhooks.find_url, int(owner.id)) is None


@pytest.mark.parametrize(("changes", "kills"), [(50, 1), pytest.param(1000, 4, marks=pytest.mark.long)])
def test_a_bot_that_is_killed_loses_no_event(alone, receiver, changes, kills):
    running = alone(WEBHOOK_LOOPBACK="on")
    running.start_bot()
    user_id, receiver.token = 77, "secret"
    running.write(systems.create_system, user_id)
    hid = running.write(members.create_member, user_id, {"name": "Ann"}).hid
    running.write(webhooks.set_webhook, user_id, receiver.url, receiver.token)
    for number in range(changes):
        running.write(members.edit_member, user_id, hid, {"name": str(number)})
        if number and number % (changes // (kills + 1)) == 0 and number < changes - 1:
            until(lambda: receiver.events)
            running.bot.stop(signal.SIGKILL)
            running.start_bot()
    last = str(changes - 1)
    until(lambda: receiver.events[-1]["data"]["name"] == last, 60)
    names = [event["data"]["name"] for event in receiver.events]
    assert list(dict.fromkeys(names)) == [str(number) for number in range(changes)]
