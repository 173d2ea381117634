"""Where is spoken, threads and forums and voice channels; in which order; and edits that add tags."""

import pytest

from rules import members
from simulator.client import EXECUTE_WEBHOOK
from tests.whole.processes import until

NEWS, VOICE_CHANNEL, STAGE, FORUM = 5, 2, 13, 15


def test_a_thread_speaks_through_its_channels_webhook(discord, voice):
    ann = voice("Ann")
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


def test_a_thread_that_slept_and_one_that_begins_with_a_message(discord, voice):
    ann = voice("Ann")
    first = ann.speak("a:a copy")["message"]
    thread = discord.add_thread(ann.id, "about it", ann.channel, message_id=first["id"])["id"]
    ann.speak("a:one", channel=thread)
    discord.archive_thread(thread)
    ann.speak("a:two", channel=thread)
    assert [text for _, text in ann.standing(thread) if text] == ["one", "two"]


def test_the_first_message_of_a_forum_post_stays(discord, voice):
    ann = voice("Ann")
    forum = discord.add_channel("forum", kind=FORUM)
    post = discord.add_thread(ann.id, "a post", forum, text="a:the question")["id"]
    ann.speak("a:the answer", channel=post)
    assert [text for _, text in ann.standing(post)] == ["a:the question", "the answer"]


@pytest.mark.parametrize("kind", [VOICE_CHANNEL, STAGE])
def test_the_text_of_a_voice_channel(discord, voice, kind):
    ann = voice("Ann")
    channel = discord.add_channel("lounge", kind=kind)
    assert ann.speak("a:hello", channel=channel)["channel_id"] == channel


def test_a_slow_message_keeps_its_place(discord, rollcall, voice):
    ann, ben = voice("Ann"), voice("Ben")
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


def test_what_was_said_just_before_decides_who_speaks_now(discord, voice):
    ann = voice("Ann", "Ben")
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


def test_a_message_that_gains_tags_when_it_is_edited(discord, voice):
    ann = voice("Ann")
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


def test_edited_messages_are_proxied_only_as_the_last_and_by_their_tags(discord, voice):
    ann = voice("Ann")
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
