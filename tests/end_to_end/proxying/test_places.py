"""Where is spoken, threads and forums and voice channels; in which order; and edits that add tags."""

import pytest

from rules.systems import members, systems
from simulator.client import EXECUTE_WEBHOOK
from tests.end_to_end.rollcall import until

NEWS, VOICE_CHANNEL, STAGE, FORUM = 5, 2, 13, 15


@pytest.fixture
def calm(discord):
    """Ends all faults after the test."""
    yield
    discord.clear_faults()


def test_a_thread_speaks_through_its_channels_webhook(discord, proxying_user):
    ann = proxying_user("Ann")
    hook = ann.speak("a:in the channel")["webhook_id"]
    news = discord.add_channel("news", kind=NEWS)
    for channel, kind in ((ann.channel, "public"), (ann.channel, "private"), (news, "public")):
        thread = discord.add_thread(ann.id, kind, channel, kind)["id"]
        copy = ann.speak("a:in the thread", channel=thread)
        assert copy["channel_id"] == thread
        assert ann.standing(thread)[-1] == ("Ann", "in the thread")
        assert (copy["webhook_id"] == hook) is (channel == ann.channel)
        assert ann.record(copy["message"]["id"])["channel"] == thread
    assert ann.speak("a:news", channel=news)
    assert len(discord.webhooks(ann.channel)) == len(discord.webhooks(news)) == 1


def test_a_thread_that_slept_and_one_that_begins_with_a_message(discord, proxying_user):
    ann = proxying_user("Ann")
    first = ann.speak("a:a copy")["message"]
    thread = discord.add_thread(ann.id, "about it", ann.channel, message_id=first["id"])["id"]
    ann.speak("a:one", channel=thread)
    discord.archive_thread(thread)
    ann.speak("a:two", channel=thread)
    assert [text for _, text in ann.standing(thread) if text] == ["one", "two"]


def test_the_first_message_of_a_forum_post_stays(discord, proxying_user):
    ann = proxying_user("Ann")
    forum = discord.add_channel("forum", kind=FORUM)
    post = discord.add_thread(ann.id, "a post", forum, text="a:the question")["id"]
    ann.speak("a:the answer", channel=post)
    assert [text for _, text in ann.standing(post)] == ["a:the question", "the answer"]


@pytest.mark.parametrize("kind", [VOICE_CHANNEL, STAGE])
def test_the_text_of_a_voice_channel(discord, proxying_user, kind):
    ann = proxying_user("Ann")
    channel = discord.add_channel("lounge", kind=kind)
    assert ann.speak("a:hello", channel=channel)["channel_id"] == channel


def test_a_slow_message_keeps_its_place(discord, rollcall, proxying_user):
    ann, ben = proxying_user("Ann"), proxying_user("Ben")
    many = [{"name": f"M{number}", "prefix": f"m{number}:"} for number in range(999)]
    rollcall.write(lambda session: [members.create_member(session, int(ben.id), each) for each in many])
    discord.fail_rest("GET", "/cdn/", status=None, delay=0.3)
    for number in range(4):
        ann.write(f"a:{number} with a file", attachments=[("f.bin", b"x" * 200_000)])
        ben.write(f"m998:{number} of a thousand")
        ann.write(f"a:{number} without")
    words = ("with a file", "of a thousand", "without")
    wanted = [f"{number} {word}" for number in range(4) for word in words]
    until(lambda: [text for _, text in ann.standing()] == wanted)


def test_what_was_said_just_before_decides_who_speaks_now(discord, proxying_user):
    ann = proxying_user("Ann", "Ben")
    ann.autoproxy("latch")
    for text in ("a:hi", "more", "b:and I", "too", "\\not me", "again", "\\\\nobody", "nobody still", "a:me"):
        ann.write(text)
    wanted = {
        "hi": "Ann",
        "more": "Ann",
        "and I": "Ben",
        "too": "Ben",
        "\\not me": None,
        "again": "Ben",
        "\\\\nobody": None,
        "nobody still": None,
        "me": "Ann",
    }
    until(lambda: {text: name if name in ("Ann", "Ben") else None for name, text in ann.standing()} == wanted)


def test_a_message_that_gains_tags_when_it_is_edited(discord, proxying_user):
    ann = proxying_user("Ann")
    after = discord.last_seq()
    original = ann.write("hello")
    discord.edit_message(ann.id, original["id"], "a:hello")
    copy = ann.await_copy(original["id"], after)
    assert ann.standing() == [("Ann", "hello")]
    assert ann.record(copy["message"]["id"])["original"] == original["id"]
    # Only once, though it is edited twice in the same instant.
    twice = ann.write("again")
    discord.fail_rest("POST", EXECUTE_WEBHOOK, status=None, delay=0.3)
    for text in ("a:again", "a:again!"):
        discord.edit_message(ann.id, twice["id"], text)
    ann.speak("a:end")
    assert [text for _, text in ann.standing()] == ["hello", "again!", "end"]


def test_what_is_taken_back_or_changed_while_it_waits_is_not_said(discord, proxying_user, calm):
    ann = proxying_user("Ann", "Ben")
    hook = [ann.speak("a:before")["webhook_id"] for _ in range(2)][1]
    discord.fail_rest("POST", f"^/webhooks/{hook}/", status=429, retry_after=1)
    after = discord.last_seq()
    # The first waits for Discord, the others for the first.
    texts = "a:gone", "a:password", "a:gone too", "a:no tags any more", "a:said by somebody else", "a:last"
    ids = [ann.write(text)["id"] for text in texts]
    until(lambda: discord.faults()[-1]["happened"])
    for message_id in (ids[0], ids[2]):
        discord.delete_message(ann.id, message_id)
    for message_id, text in zip((ids[1], *ids[3:5]), ("a:***", "nothing", "b:by me"), strict=True):
        discord.edit_message(ann.id, message_id, text)
    wanted = [("Ann", "***"), ("Ben", "by me"), ("Ann", "last")]
    until(lambda: [one for one in ann.standing()[2:] if one[1] != "nothing"] == wanted)
    assert [text for _, text in ann.standing()].count("nothing") == 1
    posted = [entry["message"]["content"] for entry in discord.log(after) if entry["kind"] == "webhook"]
    assert posted == ["***", "by me", "last"]


def test_what_is_changed_while_it_is_posted_changes_the_copy(discord, proxying_user, calm):
    ann = proxying_user("Ann", "Ben")
    hook = [ann.speak("a:before")["webhook_id"] for _ in range(2)][1]
    for edited, wanted in {"a:***": "***", "b:somebody else": "secret", "no tags": "secret"}.items():
        original = ann.begin("a:secret", hook)
        discord.edit_message(ann.id, original["id"], edited)
        until(lambda wanted=wanted: ann.standing()[-1] == ("Ann", wanted))


def test_edited_messages_are_proxied_only_as_the_last_and_by_their_tags(discord, proxying_user):
    ann = proxying_user("Ann")
    ann.autoproxy("member", "Ann")
    first, second = ann.write("\\first"), ann.write("\\second")
    discord.edit_message(ann.id, first["id"], "a:not the last")
    discord.edit_message(ann.id, second["id"], "no tags, and no backslash")
    ann.speak("end")
    assert [text for _, text in ann.standing()] == ["a:not the last", "no tags, and no backslash", "end"]
    # A backslash in an edit changes nothing.
    third = ann.write("\\third")
    discord.edit_message(ann.id, third["id"], "\\\\\\off")
    ann.speak("still on")


def test_a_command_that_is_edited_is_a_command(discord, proxying_user, calm):
    ann = proxying_user("Ann")
    ann.change("Ann", prefix=None, suffix=" a")
    # Its answer would be the last message, so there is none.
    discord.set_permissions(ann.channel, deny=["SEND_MESSAGES"])
    command = ann.write("pk;system")
    ann.pause()
    discord.set_permissions(ann.channel, allow=["SEND_MESSAGES"])
    discord.edit_message(ann.id, command["id"], "pk;system a")
    ann.pause()
    assert [text for _, text in ann.standing()] == ["pk;system a"]


def test_what_is_no_edit_does_not_proxy_an_edited_message(discord, proxying_user):
    ann = proxying_user("Ann")
    message = ann.write("b:hello")
    edited = discord.edit_message(ann.id, message["id"], "b:hello again")
    ann.pause()
    ann.add("Ben")
    member = {"guild_id": ann.guild, "member": {"roles": [], "joined_at": "2020-01-01T00:00:00+00:00"}}
    # Somebody pins it; and a pin of long ago, after a restart of the bot.
    for stamp in (edited["edited_timestamp"], "2026-01-01T00:00:00.000000+00:00"):
        discord.dispatch("MESSAGE_UPDATE", edited | member | {"pinned": True, "edited_timestamp": stamp})
    ann.pause()
    assert [text for _, text in ann.standing()] == ["b:hello again"]


def test_two_accounts_of_one_latch_speak_one_after_the_other(discord, rollcall, proxying_user, calm):
    ann = proxying_user("Ann", "Ben")
    other = discord.add_user("other")
    discord.join(other)
    rollcall.write(systems.link_account, int(ann.id), int(other))
    ann.autoproxy("latch")
    hook = [ann.speak("a:before")["webhook_id"] for _ in range(2)][1]
    ann.begin("b:now I", hook)
    discord.say(other, "and I again", channel=ann.channel)
    until(lambda: ann.standing()[-2:] == [("Ben", "now I"), ("Ben", "and I again")])
