"""The connection drops, or the bot is killed, in the middle of a message: nothing twice, nothing lost or wrong."""

import signal

import pytest

from rules.proxying import autoproxy, unfinished
from simulator.client import Simulator
from tests.end_to_end.bot_replies import said, text_of
from tests.end_to_end.proxying_user import HOME, ProxyingUser
from tests.end_to_end.rollcall import Rollcall, holding, until


@pytest.fixture(scope="module")
def running(tmp_path_factory):
    """A Discord and a Rollcall of this module's own: each test breaks the bot, and leaves the rest whole."""
    with Simulator.start(member_request_interval=0.2) as discord:
        discord.add_guild("Home", guild_id=HOME)
        made = Rollcall(discord, tmp_path_factory.mktemp("restarts"))
        made.start_bot()
        made.start_web()
        yield made
        made.stop()


@pytest.fixture
def world(running):
    """The bot runs; somebody speaks in a new channel, through a webhook that the bot knows."""
    if not running.bot.is_running:
        running.start_bot()
    discord = running.simulator
    person = discord.add_user("person")
    discord.join(person)
    ann = ProxyingUser(discord, running, person, discord.add_channel("proxying")).found(("Ann",))
    hook = [ann.speak("a:before")["webhook_id"] for _ in range(2)][1]
    yield running, discord, ann, hook
    discord.clear_faults()


def copies_of(ann, discord, text):
    return [m["id"] for m in discord.messages(ann.channel) if m.get("webhook_id") and m["content"] == text]


def test_a_connection_that_drops_in_the_middle_posts_nothing_twice(world):
    _, discord, ann, hook = world
    ann.begin("a:one", hook)
    resumes = discord.sessions()["resumes"]
    discord.drop_gateway()
    # While nobody listens.
    ann.write("a:two")
    until(lambda: [text for _, text in ann.standing()] == ["before", "before", "one", "two"])
    assert discord.sessions()["resumes"] == resumes + 1
    # Discord may tell again what it told before.
    original = ann.begin("a:three", hook)
    event = original | {"guild_id": HOME, "member": {"roles": [], "joined_at": "2020-01-01T00:00:00+00:00"}}
    discord.dispatch("MESSAGE_CREATE", event)
    until(lambda: copies_of(ann, discord, "three"))
    discord.dispatch("MESSAGE_CREATE", event)
    ann.speak("a:four")
    assert [text for _, text in ann.standing()] == ["before", "before", "one", "two", "three", "four"]


def test_what_comes_again_is_not_obeyed_again(world):
    running, discord, ann, _ = world
    again = {"guild_id": HOME, "member": {"roles": [], "joined_at": "2020-01-01T00:00:00+00:00"}}
    ann.autoproxy("member", "Ann")
    before = discord.last_seq()
    command, escape = ann.write("pk;member new Bob"), ann.write("\\\\\\off")
    until(lambda: said(discord.log(before)))
    until(lambda: running.read(autoproxy.get_mode, int(ann.id), int(HOME))[0] == "off")
    ann.autoproxy("member", "Ann")
    after = discord.last_seq()
    for message in (command, escape):
        discord.dispatch("MESSAGE_CREATE", message | again)
    assert ann.speak("still on")["username"] == "Ann"
    assert said(discord.log(after)) == []


@pytest.mark.long
def test_a_session_that_is_lost_in_the_middle(world):
    _, discord, ann, hook = world
    ann.begin("a:one", hook)
    identifies = discord.sessions()["identifies"]
    discord.invalidate()
    until(lambda: copies_of(ann, discord, "one"))
    until(lambda: discord.sessions()["identifies"] > identifies)
    # Discord tells nobody what is written before the new session.
    ann.speak("a:again")
    assert len(copies_of(ann, discord, "one")) == 1
    texts = [text for _, text in ann.standing()]
    assert texts.count("one") + texts.count("a:one") == 1
    assert ann.record(copies_of(ann, discord, "one")[0])


def kill_before_the_record(running, discord, ann, hook, text, **options):
    """A message whose copy is posted when the bot is killed, which waits for the file's lock; both their IDs."""
    original = ann.begin(text, hook, **options)
    with holding(running):
        (copy,) = until(lambda: copies_of(ann, discord, text.removeprefix("a:")))
        running.bot.stop(signal.SIGKILL)
    assert [ann.record(each) for each in (copy, original["id"])] == [None, None]
    assert original["id"] in [message["id"] for message in discord.messages(ann.channel)]
    return original["id"], copy


def test_what_a_bot_that_is_killed_between_post_and_record_leaves_is_mended(world):
    running, discord, ann, hook = world
    thread = discord.add_thread(ann.id, "talk", ann.channel)["id"]
    ann.speak("a:in the thread", channel=thread)
    discord.archive_thread(thread)
    original, copy = kill_before_the_record(running, discord, ann, hook, "a:one")
    # Whatever was told while the bot was away stays.
    ann.write("a:nobody listens")
    running.start_bot()
    until(lambda: [text for _, text in ann.standing()] == ["before", "before", "talk", "one", "a:nobody listens"])
    assert ann.record(copy) == ann.record(original)
    assert (ann.record(copy)["id"], ann.record(copy)["sender"]) == (copy, ann.id)
    assert text_of(ann.ask("pk;m ann", "Messages", channel=None, dm=True)).count("Messages: 4") == 1
    until(lambda: running.read(unfinished.find_left) == [])
    # The channel's own webhook is found again, and a sleeping thread is known.
    assert ann.speak("a:two")["webhook_id"] == hook
    assert ann.speak("a:three", channel=thread)["webhook_id"] == hook
    assert len(discord.webhooks(ann.channel)) == 1
    assert len(copies_of(ann, discord, "one")) == 1
    assert ann.standing()[-2][1] == "a:nobody listens"


@pytest.mark.parametrize("how", ["a message", "an edit", "a reproxy"])
def test_a_bot_that_stops_lets_what_is_on_its_way_arrive(world, how):
    running, discord, ann, hook = world
    if how == "a message":
        original = ann.begin("a:one", hook)
    elif how == "an edit":
        original = ann.write("one")
        ann.begin_with(hook, lambda: discord.edit_message(ann.id, original["id"], "a:one"))
    else:
        ann.speak("a:one")
        ann.add("Ben")
        original = ann.begin("pk;reproxy ben", hook)
    assert running.bot.stop() == 0
    (copy,) = copies_of(ann, discord, "one")
    assert ann.record(original["id"])["id"] == copy
    assert running.read(unfinished.find_left) == []
    assert [text for _, text in ann.standing()] == ["before", "before", "one"]
