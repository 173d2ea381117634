"""What is kept of a proxied message, and what it changes: counters, latch, switches."""

import re
import time
from functools import partial

import pytest

from rules.account import erasure
from rules.fronting import switches
from rules.parsing import timestamps
from rules.proxying import guild_config
from rules.systems import systems
from tests.end_to_end.bot_replies import text_of
from tests.end_to_end.proxying_user import ProxyingUser
from tests.end_to_end.rollcall import holding, until


@pytest.fixture
def stays(proxying_user):
    """Says what must not be proxied, then a sentence that is: what came before it in the channel stayed."""
    other = proxying_user("Zoe")

    def check(who, text, **options):
        original = who.write(text, **options)
        other.speak("z:so", channel=options.get("channel", who.channel))
        standing = who.standing(options.get("channel"))
        assert (original["author"]["username"], text) in standing, (standing[-4:], who.rollcall.bot.output[-2000:])

    return check


def test_both_ids_find_the_record_as_soon_as_the_original_is_gone(proxying_user):
    ann = proxying_user("Ann")
    for _ in range(10):
        copy = ann.speak("a:hello")
        found = ann.record(copy["original_id"])
        assert found == ann.record(copy["message"]["id"])
        shown = [found[key] for key in ("id", "original", "sender", "channel", "guild")]
        assert shown == [copy["message"]["id"], copy["original_id"], ann.id, ann.channel, ann.guild]
        assert (found["member"]["id"], found["system"]["id"]) == (ann.hids["Ann"], ann.system_id)


@pytest.mark.parametrize("how", ["by a moderator", "by many", "by a reaction", "by a command", "with its original"])
def test_who_asks_because_a_copy_was_deleted_learns_who_sent_it(discord, rollcall, proxying_user, how):
    ann = proxying_user("Ann")
    moderator = discord.add_user("moderator")
    discord.join(moderator)
    discord.set_permissions(ann.channel, allow=["MANAGE_MESSAGES"], who=moderator)
    copies = [ann.speak("a:hello") for _ in range(2)]
    ids = [copy["message"]["id"] for copy in copies]
    before = [ann.record(each) for each in ids]
    begun = timestamps.now_ms()
    if how == "by a moderator":
        discord.delete_message(moderator, ids[0])
    elif how == "by many":
        discord.bulk_delete(moderator, ids)
    elif how == "by a reaction":
        discord.react(ann.id, ids[0], "❌")
    elif how == "by a command":
        ann.write(f"pk;msg {ids[0]} delete")
    else:
        discord.bulk_delete(moderator, [ids[0], ann.write("whatever")["id"]])
    until(lambda: ann.forget_at(ids[0]))
    # An hour from the deletion, for whoever could see it before, by either ID.
    assert begun + 3_600_000 <= ann.forget_at(ids[0]) <= timestamps.now_ms() + 3_600_000
    assert ann.record(ids[0]) == ann.record(copies[0]["original_id"]) == before[0]
    assert rollcall.get(f"/v1/msg/{ids[0]}").json()["sender"] == ann.id
    shown = text_of(ann.ask(f"pk;msg {ids[0]}", "Sent by"))
    assert ann.id in shown
    assert "Deleted: who sent it is forgotten" in shown
    assert "was deleted" in ann.refusal(f"pk;edit https://discord.com/channels/1/2/{ids[0]} no")
    if how != "by many":
        assert ann.forget_at(ids[1]) is None
    # What stands is what one means by the last message.
    ann.speak("a:last")
    assert ann.record(ids[1]) == before[1]


def test_who_asks_to_be_forgotten_is_not_known_by_what_was_deleted(discord, rollcall, proxying_user):
    ann = proxying_user("Ann")
    copy = ann.speak("a:hello")["message"]["id"]
    discord.react(ann.id, copy, "❌")
    until(lambda: ann.forget_at(copy))
    rollcall.write(erasure.forget, int(ann.id))
    assert rollcall.get(f"/v1/msg/{copy}").status_code == 404


@pytest.mark.long
def test_a_rollcall_that_keeps_nothing_forgets_a_deleted_copy_at_once(alone):
    running = alone(DELETED_MESSAGES_KEPT="0")
    discord = running.simulator
    running.start_bot()
    running.start_web()
    user = discord.add_user("ann")
    discord.join(user)
    ann = ProxyingUser(discord, running, user, discord.add_channel("c")).found(("Ann",))
    copies = [ann.speak("a:hello")["message"]["id"] for _ in range(2)]
    discord.react(ann.id, copies[0], "❌")
    until(lambda: ann.record(copies[0]) is None)
    assert ann.record(copies[1])


def test_a_copy_that_is_deleted_before_it_is_recorded_is_known_for_a_while(discord, rollcall, proxying_user):
    ann = proxying_user("Ann")
    moderator = discord.add_user("moderator")
    discord.join(moderator)
    discord.set_permissions(ann.channel, allow=["MANAGE_MESSAGES"], who=moderator)
    hook = ann.speak("a:before")["webhook_id"]
    after = discord.last_seq()
    original = ann.begin("a:hello", hook)["id"]
    with holding(rollcall):
        log = ann.await_log(lambda entry: entry["kind"] == "webhook", after)
        copy = log[-1]["message"]["id"]
        discord.delete_message(moderator, copy)
        # Until the bot has heard of it.
        ann.write("pk;help")
        ann.await_log(lambda entry: entry["kind"] == "message", after)
    ann.await_log(lambda entry: entry["kind"] == "delete" and entry["message_id"] == original, after)
    until(lambda: ann.forget_at(copy))
    assert [ann.record(each)["id"] for each in (copy, original)] == [copy, copy]


def test_a_member_counts_its_messages(proxying_user):
    ann = proxying_user("Ann", "Ben")
    begun = int(time.time())
    for text in ("a:one", "a:two", "b:three"):
        ann.speak(text)
    shown = text_of(ann.ask("pk;m ann", "Messages"))
    assert "Messages: 2" in shown
    listed = text_of(ann.ask("pk;list -with-message-count -by-message-count", "Ben"))
    assert listed.index("Ann") < listed.index("Ben")
    newest = text_of(ann.ask("pk;list -with-last-message -by-last-message", "Ben"))
    assert newest.index("Ben") < newest.index("Ann")
    times = [int(found) for found in re.findall(r"<t:(\d+):R>", newest)]
    assert len(times) == 2
    assert begun <= times[1] <= times[0] <= time.time()


def test_who_speaks_without_tags(discord, rollcall, proxying_user, stays):
    ann = proxying_user("Ann", "Ben", "Cy")
    log = lambda *names: rollcall.write(switches.log_switch, int(ann.id), [ann.hids[name] for name in names])  # noqa: E731
    stays(ann, "nobody")
    ann.autoproxy("front")
    stays(ann, "nobody fronts")
    log("Ben", "Ann")
    assert ann.speak("front")["username"] == "Ben"
    assert ann.speak("c:tags come first")["username"] == "Cy"
    stays(ann, "\\not now")
    ann.change("Ben", autoproxy_enabled=False)
    stays(ann, "who does not want to")
    log()
    stays(ann, "nobody fronts")
    ann.autoproxy("member", "Ben")
    assert ann.speak("always")["username"] == "Ben"
    stays(ann, "\\\\this changes nothing but latch")
    assert ann.speak("still")["username"] == "Ben"
    ann.write("\\\\\\off")
    stays(ann, "off now")
    ann.ask("pk;autoproxy", "Autoproxy is off in this server.")
    ann.autoproxy("latch")
    stays(ann, "nobody yet")
    assert [ann.speak(text)["username"] for text in ("a:I", "and I", "c:me", "me too")] == ["Ann", "Ann", "Cy", "Cy"]
    ann.write("\\\\no more")
    stays(ann, "nobody")
    ann.speak("a:I")
    ann.ask("pk;config autoproxy account off", "never works for this account")
    stays(ann, "not from here")
    ann.ask("pk;config autoproxy account on", "works for this account")
    ann.speak("again")
    ann.change("Ann", autoproxy_enabled=False)
    stays(ann, "not by latch")


def test_another_account_of_the_system_speaks_as_the_same_latch(discord, proxying_user):
    ann = proxying_user("Ann", "Ben")
    other = discord.add_user("other")
    discord.join(other)
    ann.rollcall.write(systems.link_account, int(ann.id), int(other))
    ann.autoproxy("latch")
    ann.speak("b:hello")
    after = discord.last_seq()
    original = discord.say(other, "and I", channel=ann.channel)
    copy = ann.await_copy(original["id"], after)
    assert copy["username"] == "Ben"
    assert ann.record(original["id"])["sender"] == other


def test_speaking_switches_if_the_system_wants_it(rollcall, proxying_user):
    ann = proxying_user("Ann", "Ben", "Cy")
    ann.speak("a:off")
    assert ann.switches == []
    ann.prefer(proxy_switch="new")
    ann.speak("a:I front")
    ann.speak("a:and still do")
    ann.speak("b:my turn")
    assert ann.switches == [["Ben"], ["Ann"]]
    ann.prefer(proxy_switch="add")
    ann.speak("c:me too")
    ann.speak("b:again")
    assert ann.switches == [["Ben", "Cy"], ["Ben"], ["Ann"]]


def test_tags_that_are_kept(proxying_user):
    ann = proxying_user("Ann")
    ann.change("Ann", proxy_tags=[{"prefix": "a:", "suffix": None}, {"prefix": "[", "suffix": "]"}])
    says = lambda text: ann.speak(text)["message"]["content"]  # noqa: E731
    assert says("[lost]") == "lost"
    ann.change("Ann", keep_proxy=True)
    assert says("[kept]") == "[kept]"
    ann.autoproxy("member", "Ann")
    assert says("the first tag") == "a:the first tag"
    ann.change_here("Ann", keep_proxy=False)
    assert says("[lost here]") == "lost here"
    ann.change("Ann", keep_proxy=False)
    ann.change_here("Ann", keep_proxy=True)
    assert says("[kept here]") == "[kept here]"


def test_where_nothing_is_proxied(discord, rollcall, proxying_user, stays):
    ann = proxying_user("Ann")
    other = discord.add_channel("other")
    thread = discord.add_thread(ann.id, "talk", ann.channel)["id"]
    guild = int(ann.guild)
    ann.change_here(proxy_enabled=False)
    stays(ann, "a:the system does not want to")
    ann.change_here(proxy_enabled=True)
    ann.speak("a:now")
    ann.await_answer(partial(ann.write, "pk;s proxy off"), "not proxied in this server")
    stays(ann, "a:nor now")
    ann.await_answer(partial(ann.write, "pk;s proxy on"), "are proxied in this server")
    rollcall.write(guild_config.blacklist_channels, guild, True, [int(ann.channel)])
    try:
        for channel in (ann.channel, thread):
            ann.write("a:blacklisted", channel=channel)
        ann.speak("a:elsewhere", channel=other)
        rollcall.write(guild_config.clear_blacklist, guild, True)
        rollcall.write(guild_config.blacklist_channels, guild, True, [int(thread)])
        ann.write("a:the thread alone", channel=thread)
        ann.speak("a:its channel is not")
        rollcall.write(guild_config.blacklist_everywhere, guild, True)
        ann.write("a:nowhere", channel=other)
        rollcall.write(guild_config.clear_blacklist, guild, True)
        for channel in (ann.channel, thread, other):
            ann.speak("a:end", channel=channel)
    finally:
        rollcall.write(guild_config.clear_blacklist, guild, True)
    texts = lambda channel: [text for _, text in ann.standing(channel) if text and text != "so"]  # noqa: E731
    assert texts(thread) == ["a:blacklisted", "a:the thread alone", "end"]
    assert texts(other) == ["elsewhere", "a:nowhere", "end"]
    assert texts(ann.channel)[-3:] == ["a:blacklisted", "its channel is not", "end"]
