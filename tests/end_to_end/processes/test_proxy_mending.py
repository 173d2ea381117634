"""The bot is killed in the middle of a message, and something happens before it starts again."""

import signal

import pytest
import requests

from rules.proxying import unfinished
from rules.systems import members
from simulator.client import EXECUTE_WEBHOOK
from tests.end_to_end.proxying_user import HOME, ProxyingUser
from tests.end_to_end.rollcall import holding, until

DELETE_MESSAGE = "/channels/{channel_id}/messages/{message_id}"
MEGABYTE = 1024 * 1024


@pytest.fixture
def ann(alone):
    """Somebody who speaks where Rollcall runs for this test alone; the channel's webhook is known."""
    running = alone(guild=False, options={"rate_limits": False})
    running.simulator.add_guild("Home", guild_id=HOME)
    running.start_bot()
    running.start_web()
    discord = running.simulator
    person = discord.add_user("person")
    discord.join(person)
    made = ProxyingUser(discord, running, person, discord.add_channel("proxying")).found(("Ann", "Ben"))
    made.hook = made.speak("a:before")["webhook_id"]
    return made


def texts(ann):
    return [text for _, text in ann.standing()]


def copies_of(ann, text):
    return [m["id"] for m in ann.discord.messages(ann.channel) if m.get("webhook_id") and m["content"] == text]


def noted(ann):
    return {one.original_id for one in ann.rollcall.read(unfinished.find_left)}


def kill(ann):
    ann.rollcall.bot.stop(signal.SIGKILL)
    ann.discord.clear_faults()


def kill_before_the_record(ann, act, text="one", times=1):
    """The copies of what `act` says, which are posted when the bot is killed and not recorded."""
    done = ann.begin_with(ann.hook, act)
    with holding(ann.rollcall):
        copies = until(lambda: len(found := copies_of(ann, text)) == times and found)
        kill(ann)
    assert [ann.record(copy) for copy in copies] == [None] * times
    return done, copies


def kill_before_the_deletion(ann, text="a:one"):
    """The original's ID and the copy's; the bot is killed when that is recorded."""
    ann.discord.fail_rest("DELETE", DELETE_MESSAGE, times=None)
    original = ann.write(text)["id"]
    copy = until(lambda: ann.record(original))["id"]
    kill(ann)
    return original, copy


def start(ann):
    """Start the bot, and wait until nothing is left to be mended."""
    ann.rollcall.start_bot()
    until(lambda: ann.rollcall.read(unfinished.find_left) == [])


def test_between_record_and_deletion(ann):
    original, copy = kill_before_the_deletion(ann)
    assert texts(ann) == ["before", "a:one", "one"]
    start(ann)
    assert texts(ann) == ["before", "one"]
    assert ann.record(original)["id"] == copy


@pytest.mark.long
def test_the_original_is_deleted_meanwhile(ann):
    original, _ = kill_before_the_record(ann, lambda: ann.write("a:one"))
    ann.discord.delete_message(ann.id, original["id"])
    start(ann)
    assert texts(ann) == ["before"]
    assert ann.record(original["id"]) is None


@pytest.mark.long
def test_the_copy_is_deleted_meanwhile(ann):
    original, copy = kill_before_the_deletion(ann)
    moderator = ann.discord.add_user("moderator")
    ann.discord.join(moderator)
    ann.discord.set_permissions(ann.channel, allow=["MANAGE_MESSAGES"], who=moderator)
    ann.discord.delete_message(moderator, copy)
    start(ann)
    assert texts(ann) == ["before", "a:one"]
    # Who asks because it was deleted is told.
    assert ann.record(copy)["original"] == original


@pytest.mark.long
def test_the_member_is_deleted_meanwhile(ann):
    original, (copy,) = kill_before_the_record(ann, lambda: ann.write("a:one"))
    ann.rollcall.write(members.delete_member, int(ann.id), ann.hids["Ann"])
    start(ann)
    assert texts(ann) == ["before", "a:one"]
    assert [ann.record(each) for each in (original["id"], copy)] == [None, None]


@pytest.mark.long
def test_the_same_words_twice_and_once_nobody_listened(ann):
    def say_both():
        written = [ann.write("a:one") for _ in range(2)]
        until(lambda: {int(one["id"]) for one in written} <= noted(ann))
        return written[0]

    first, copies = kill_before_the_record(ann, say_both, times=2)
    ann.write("a:one")
    start(ann)
    assert texts(ann) == ["before", "one", "one", "a:one"]
    assert ann.record(first["id"])["id"] == copies[0]
    assert ann.record(copies[1])["original"] != first["id"]


@pytest.mark.long
def test_a_copy_that_is_told_apart_from_the_one_before(ann):
    ann.add("Bea", display_name="Ann")
    _, (copy,) = kill_before_the_record(ann, lambda: ann.write("b:one"))
    start(ann)
    assert texts(ann) == ["before", "one"]
    assert ann.record(copy)["sender"] == ann.id


@pytest.mark.long
def test_an_edit_that_is_made_a_copy(ann):
    original = ann.write("one")
    _, (copy,) = kill_before_the_record(ann, lambda: ann.discord.edit_message(ann.id, original["id"], "a:one"))
    start(ann)
    assert texts(ann) == ["before", "one"]
    assert ann.record(original["id"])["id"] == copy


@pytest.mark.long
def test_a_reproxy(ann):
    old = ann.speak("a:one")["message"]["id"]
    ann.begin_with(ann.hook, lambda: ann.write("pk;reproxy ben"))
    with holding(ann.rollcall):
        until(lambda: len(copies_of(ann, "one")) == 2)
        kill(ann)
    start(ann)
    (copy,) = copies_of(ann, "one")
    assert copy != old
    assert [ann.record(each)["member"]["name"] for each in (copy, old)] == ["Ben", "Ann"]


@pytest.mark.long
def test_a_copy_that_discord_posts_only_after_the_start(ann):
    original = ann.begin("a:one", ann.hook, seconds=4)
    kill(ann)
    ann.rollcall.start_bot()
    (hook,) = ann.discord.webhooks(ann.channel)
    address = f"{ann.discord.api_base}/webhooks/{hook['id']}/{hook['token']}"
    requests.post(address, json={"username": "Ann", "content": "one"}, timeout=10).raise_for_status()
    until(lambda: texts(ann) == ["before", "one"])
    assert ann.record(original["id"])["sender"] == ann.id


@pytest.mark.long
def test_a_copy_of_which_one_part_is_missing_is_taken_back(ann):
    files = [(f"{name}.bin", bytes(6 * MEGABYTE)) for name in "ab"]
    original = ann.begin_with(ann.hook, lambda: ann.write("a:one", attachments=files), 1)
    ann.discord.fail_rest("POST", EXECUTE_WEBHOOK, status=429, times=None, retry_after=60)
    until(lambda: copies_of(ann, "one"))
    kill(ann)
    start(ann)
    assert texts(ann) == ["before", "a:one"]
    assert ann.record(original["id"]) is None


@pytest.mark.long
def test_all_parts_of_a_copy(ann):
    files = [(f"{name}.bin", bytes(6 * MEGABYTE)) for name in "ab"]
    original = ann.begin_with(ann.hook, lambda: ann.write("a:one", attachments=files), 1)
    with holding(ann.rollcall):
        until(lambda: len(texts(ann)) == 4)
        kill(ann)
    start(ann)
    assert texts(ann) == ["before", "one", ""]
    parts = [message["id"] for message in ann.discord.messages(ann.channel)][1:]
    assert [ann.record(part)["original"] for part in parts] == [original["id"]] * 2


@pytest.mark.long
def test_discord_fails_for_a_while(ann):
    _, (copy,) = kill_before_the_record(ann, lambda: ann.write("a:one"))
    ann.discord.fail_rest("GET", "/channels/{channel_id}/messages", times=8, status=503)
    start(ann)
    assert texts(ann) == ["before", "one"]
    assert ann.record(copy)["sender"] == ann.id


@pytest.mark.long
def test_the_channel_is_gone(ann):
    kill_before_the_record(ann, lambda: ann.write("a:one"))
    ann.discord.delete_channel(ann.channel)
    start(ann)


@pytest.mark.long
def test_a_latch_goes_on_as_it_would_have(ann):
    ann.autoproxy("latch")
    ann.speak("b:I am")
    kill_before_the_record(ann, lambda: ann.write("a:one"))
    start(ann)
    assert ann.speak("and still am")["username"] == "Ann"
