"""A server's log channel: who wrote what as whom."""

import pytest

from rules.proxying import guild_config
from tests.end_to_end.bot_replies import text_of
from tests.end_to_end.rollcall import until


@pytest.fixture
def logged(discord, rollcall, proxying_user):
    """A proxying user in a server with a log, its log channel, and what is logged there."""
    guild = discord.add_guild("Logged")
    ann, log = proxying_user("Ann", "Ben"), discord.add_channel("log", guild)
    discord.join(ann.id, guild)
    ann.channel = ann.where["channel"] = discord.channels(guild)["general"]
    ann.guild = guild
    rollcall.write(guild_config.set_log_channel, int(guild), True, int(log))
    yield ann, log, lambda: discord.messages(log)
    discord.remove_bot(guild)


def test_what_is_proxied_is_logged(discord, logged):
    ann, _, entries = logged
    ann.change("Ann", avatar_url="https://example.com/ann.png", name_privacy="private", display_name="Annie")
    copy = ann.speak("a:hello @everyone")
    until(entries)
    (entry,) = entries()
    (embed,) = entry["embeds"]
    link = f"https://discord.com/channels/{ann.guild}/{ann.channel}/{copy['message']['id']}"
    assert entry["content"] == link
    assert not entry["mention_everyone"]
    assert embed["author"]["name"] == "#general: Annie"
    assert embed["description"] == "hello @everyone"
    assert embed["thumbnail"]["url"] == "https://example.com/ann.png"
    footer = embed["footer"]["text"]
    for known in (ann.system_id, ann.hids["Ann"], ann.id, copy["message"]["id"], copy["original_id"], "member Annie"):
        assert known in footer
    ann.write("pk;edit goodbye")
    until(lambda: len(entries()) == 2)
    changed = text_of(entries()[1])
    assert "goodbye" in changed
    assert "Before: hello @everyone" in changed
    assert entries()[1]["embeds"][0]["author"]["name"] == "#general: Annie (edited)"
    # A whole message fits.
    ann.speak("a:" + "*" * 1998)
    until(lambda: len(entries()) == 3)


def test_what_changes_without_a_new_text_is_logged_with_the_old_one(discord, rollcall, logged):
    ann, _, entries = logged
    ann.change("Ben", avatar_url="https://example.com/ben.png", display_name="*Benny*")
    question = ann.speak("a:question")["message"]
    copy = ann.speak("a:answer", reply_to=question["id"])["message"]
    ann.write("pk;edit -ce")
    until(lambda: len(entries()) == 3)
    assert entries()[2]["embeds"][0]["description"] == "answer"
    ann.write("pk;reproxy ben")
    until(lambda: len(entries()) == 4)
    entry, (embed,) = entries()[3], entries()[3]["embeds"]
    new = discord.messages(ann.channel)[-1]
    assert new["author"]["username"] == "*Benny*"
    assert entry["content"].endswith(f"/{new['id']}")
    assert embed["author"]["name"] == "#general: *Benny* (reproxied)"
    assert embed["description"] == "answer"
    assert "Before: said as Ann" in text_of(entry)
    assert "thumbnail" in embed
    for known in (ann.hids["Ben"], ann.id, new["id"]):
        assert known in embed["footer"]["text"]
    assert copy["id"] not in text_of(entry)


def test_a_log_channel_that_vanished_is_no_log_any_more(discord, rollcall, logged):
    ann, log, entries = logged
    ann.speak("a:one")
    until(entries)
    for denied in ("SEND_MESSAGES", "VIEW_CHANNEL"):
        logged_before = len(rollcall.bot.lines)
        discord.set_permissions(log, deny=[denied])
        ann.speak("a:two")
        until(lambda since=logged_before: any("cannot be written" in line for line in rollcall.bot.lines[since:]))
        discord.set_permissions(log, allow=[denied])
        ann.speak("a:three")
        until(lambda denied=denied: len(entries()) == (2 if denied == "SEND_MESSAGES" else 3))
    discord.delete_channel(log)
    ann.speak("a:four")
    until(lambda: rollcall.read(guild_config.find_log_channel, int(ann.guild)) is None)
    ann.speak("a:five")


def test_channels_that_are_left_out_of_the_log(discord, rollcall, logged):
    ann, _, entries = logged
    rollcall.write(guild_config.leave_out_of_log, int(ann.guild), True, [int(ann.channel)])
    thread = discord.add_thread(ann.id, "talk", ann.channel)["id"]
    ann.speak("a:secret")
    ann.write("pk;edit still secret")
    until(lambda: discord.messages(ann.channel)[-1]["content"] == "still secret")
    ann.speak("a:secret too", channel=thread)
    other = discord.add_channel("other", ann.guild)
    ann.speak("a:hello", channel=other)
    until(entries)
    assert [entry["embeds"][0]["description"] for entry in entries()] == ["hello"]
