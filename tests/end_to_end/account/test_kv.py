"""`.add`, `.get`, `.remove` and `.list`: one's own pairs, shown to their owner alone."""

import json
from pathlib import Path

import pytest
from sqlalchemy.engine import make_url

from tests.end_to_end.bot_replies import only, said, text_of
from tests.end_to_end.rollcall import until


@pytest.mark.long
def test_pairs_from_a_channel(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    message = discord.say(alice, '.add "a key" first line\nsecond  line')
    until(lambda: rollcall.get("/user/@me/kv", token).json() == {"a key": "first line\nsecond  line"})
    assert message["id"] not in [left["id"] for left in discord.messages()]
    answers = said(discord.say_and_wait(alice, '.get "a key"'))
    assert [where for where, _ in answers] == ["dm", "channel"]
    assert "second  line" in answers[0][1]
    assert "a key" not in answers[1][1]
    answers = said(discord.say_and_wait(alice, ".add other v2"))
    assert answers[1] == ("channel", "Stored. See your DMs.")
    assert all(words in answers[0][1] for words in ("`other`", "`.remove other`", ".add other v2"))
    answers = said(discord.say_and_wait(alice, ".list"))
    assert answers[1] == ("channel", "See your DMs.")
    assert "second  line" in answers[0][1]
    answers = said(discord.say_and_wait(alice, ".remove “a key”"))
    assert answers[1] == ("channel", "Removed. See your DMs.")
    assert "`a key`" in answers[0][1]
    assert "second  line" in answers[0][1]
    assert rollcall.get("/user/@me/kv", token).json() == {"other": "v2"}
    assert rollcall.get(f"/user/{alice}", token).json()["KV"] == {"other": "v2"}
    assert rollcall.get(f"/user/{alice}").json()["KV"] is None


def test_what_is_removed_or_written_over_is_soon_in_no_file(discord, rollcall, person):
    alice, file = person(), Path(make_url(rollcall.database_url).database)
    for line in (".add diary first secret", ".add diary second secret", ".remove diary"):
        discord.say_and_wait(alice, line)
    files, secrets = (file, file.with_name(f"{file.name}-wal")), (b"first secret", b"second secret")
    until(lambda: not any(secret in path.read_bytes() for path in files for secret in secrets))


def test_pairs_by_slash_command_and_dm(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    undo = "Stored under `k`; `/kv remove` takes it out again."
    stored = ("ephemeral", f"{undo}\nOnly you can read it; `/kv public` lets anyone on the web.")
    assert only(discord.slash_and_wait(alice, "kv add", {"key": "k", "value": "v"})) == stored
    assert "in place of another value" in only(discord.slash_and_wait(alice, "kv add", {"key": "k", "value": "v"}))[1]
    assert discord.autocomplete(alice, "kv get", "key", {"key": "K"}) == [{"name": "k", "value": "k"}]
    assert only(discord.slash_and_wait(alice, "kv get", {"key": "k"}))[0] == "ephemeral"
    assert only(discord.slash_and_wait(alice, "kv list"))[0] == "ephemeral"
    where, text = only(discord.say_and_wait(alice, ".get k", dm=True))
    assert (where, "v" in text) == ("dm", True)
    where, text = only(discord.slash_and_wait(alice, "kv remove", {"key": "k"}))
    assert (where, text) == ("ephemeral", "Removed `k`; it was:\n```\nv\n```")
    assert rollcall.get("/user/@me/kv", token).json() == {}


def test_long_values_come_and_go_as_files(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    value = "ä" * 9_999 + "\n"
    discord.say_and_wait(alice, ".add long", attachments=[("value.txt", value.encode("utf-8-sig"))])
    assert rollcall.get("/user/@me/kv/long", token).content.decode() == value
    discord.say_and_wait(alice, ".get long")
    (attached,) = discord.dms(alice)[-1]["attachments"]
    assert discord.file(attached["id"]).decode() == value
    discord.say_and_wait(alice, ".list")
    (attached,) = discord.dms(alice)[-1]["attachments"]
    assert json.loads(discord.file(attached["id"])) == {"long": value}


@pytest.mark.parametrize(
    ("typed", "files", "sentence"),
    [
        (".add", [], "Write it like this: `.add [-public] <key> <value>`"),
        (".add key", [], "Write it like this: `.add [-public] <key> <value>`"),
        ('.add "key"', [], "Write it like this: `.add [-public] <key> <value>`"),
        (".add " + "k" * 166 + " v", [], "The key must have 1 to 165 characters; this one has 166."),
        (".add k", [("a.txt", b"x" * 10_001)], "must have at most 10,000 characters; this one has 10,001."),
        (".add k", [("a.txt", b"x" * 40_001)], "this file is too large"),
        (".add k", [("a.png", b"\x89PNG\xff")], "The file is not UTF-8 text."),
        (".get", [], "Write it like this: `.get <key>`"),
        (".get nothing", [], "You have no key “nothing”."),
        (".remove nothing", [], "You have no key “nothing”."),
    ],
)
def test_pairs_refused(discord, rollcall, person, token_of, typed, files, sentence):
    alice = person()
    assert sentence in only(discord.say_and_wait(alice, typed, attachments=files, dm=True))[1]
    assert rollcall.get("/user/@me/kv", token_of(alice)).json() == {}


@pytest.mark.parametrize("typed", ['.add k"ey secret', '.add "key secret', ".add secret", ".add k " + "secret" * 2000])
def test_a_refused_add_leaves_nothing_in_the_channel(discord, rollcall, person, typed):
    alice = person()
    message = discord.say(alice, typed[:2000])
    until(lambda: message["id"] not in [left["id"] for left in discord.messages()])
    person("later")
    assert not [left for left in discord.messages() if "secret" in text_of(left)]
    # The words are not lost: they come back by DM.
    assert any(typed[:1900] in text_of(message) for message in discord.dms(alice))


def test_a_value_that_may_not_be_deleted_stands_there_and_that_is_said(discord, rollcall, person, token_of):
    alice = person()
    channel = discord.add_channel("kept", "Home")
    discord.set_permissions(channel, deny=["MANAGE_MESSAGES"])
    answers = said(discord.say_and_wait(alice, ".add k v", channel=channel))
    assert answers[1][0] == "channel"
    assert "I may not delete your message, so others can read it here: delete it yourself." in answers[1][1]
    assert rollcall.get("/user/@me/kv", token_of(alice)).json() == {"k": "v"}


def test_a_sentence_that_is_well_formed_is_stored_and_given_back(discord, rollcall, person):
    alice = person()
    answers = said(discord.say_and_wait(alice, ".add me on steam guys"))
    assert [where for where, _ in answers] == ["dm", "channel"]
    assert all(words in answers[0][1] for words in ("`me`", "`.remove me`", ".add me on steam guys"))


def test_closed_dms_lose_the_words_but_not_the_key(discord, rollcall, person):
    alice = person()
    discord.refuse_dms(alice)
    text = only(discord.say_and_wait(alice, ".add k secret-value"))[1]
    assert text == "Stored. Your DMs are closed; `/kv list` shows it to you alone."


def test_refusals_do_not_name_keys_in_a_channel(discord, rollcall, person):
    alice = person()
    answers = said(discord.say_and_wait(alice, ".get diary"))
    assert answers == [("dm", "You have no key “diary”."), ("channel", "See your DMs.")]


def test_keys_in_quotes(discord, rollcall, person):
    alice = person()
    discord.say_and_wait(alice, '.add "my key" v')
    assert "v" in said(discord.say_and_wait(alice, '.get "my key"', dm=True))[0][1]
    assert said(discord.say_and_wait(alice, '.remove "my key"'))[1] == ("channel", "Removed. See your DMs.")


def test_values_never_show_in_a_channel_with_closed_dms(discord, rollcall, person):
    alice = person()
    discord.say_and_wait(alice, ".add k secret-value")
    discord.refuse_dms(alice)
    where, text = only(discord.say_and_wait(alice, ".get k"))
    assert (where, "DM" in text, "secret-value" in text) == ("channel", True, False)
    assert "secret-value" in only(discord.slash_and_wait(alice, "kv get", {"key": "k"}))[1]


def test_who_left_keeps_token_and_pairs(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    discord.say_and_wait(alice, ".add k v")
    discord.leave(alice)
    until(lambda: rollcall.status_of(alice) is None)
    assert rollcall.get("/user/@me", token).status_code == 404
    assert rollcall.get("/user/@me/kv", token).json() == {"k": "v"}
