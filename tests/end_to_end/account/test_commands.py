"""The presence commands, typed by a person, with a prefix and as slash commands."""

import json
import re

import pytest

from rules.account import tokens
from tests.end_to_end.bot_replies import only, said, text_of
from tests.end_to_end.rollcall import until


def test_help_and_unknown_words(discord, rollcall, person):
    alice = person()
    where, text = only(discord.say_and_wait(alice, ".HELP"))
    assert where == "channel"
    assert f"/user/{alice}" in text
    assert only(discord.slash_and_wait(alice, "help"))[0] == "ephemeral"
    bot_id = next(user["id"] for user in discord.users() if user["name"] == "Rollcall")
    for typed in ("pk;hlep", "PK!hlep", f"<@{bot_id}> hlep"):
        assert "did you mean `help`" in only(discord.say_and_wait(alice, typed))[1]
    for plain in (".hlep", "...", ". help", "help", ".", "pk"):
        assert discord.say_and_wait(alice, plain, timeout=0.3) == [], plain


def test_a_token_comes_by_dm_and_replaces_the_old_one(discord, rollcall, person, token_of):
    alice = person()
    first = token_of(alice)
    answers = said(discord.say_and_wait(alice, ".token"))
    assert [where for where, _ in answers] == ["dm", "channel"]
    assert answers[1][1] == "See your DMs."
    second = re.search(r"rc_\S{60,}", answers[0][1])[0].strip("`")
    until(lambda: rollcall.get("/user/@me", second).status_code == 200)
    assert rollcall.get("/user/@me", first).status_code == 401
    assert "rc_" not in json.dumps(discord.messages())


def test_a_token_by_slash_command(discord, rollcall, person):
    alice = person()
    answers = said(discord.slash_and_wait(alice, "token"))
    assert [where for where, _ in answers] == ["dm", "ephemeral"]
    assert "rc_" not in answers[1][1]


def test_closed_dms_keep_the_old_token(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    discord.refuse_dms(alice)
    for ask in (lambda: discord.say_and_wait(alice, ".token"), lambda: discord.slash_and_wait(alice, "token")):
        text = only(ask())[1]
        assert "goes on working" in text
        assert rollcall.get("/user/@me", token).status_code == 200


@pytest.mark.parametrize("typed", ["hello {}", ".add leaked {}", ".get {}", "pk;nonsense {}"])
def test_a_token_in_a_channel_is_revoked(discord, rollcall, person, token_of, typed):
    alice, bob = person("alice"), person("bob")
    token = token_of(alice)
    after = discord.last_seq()
    message = discord.say(bob, typed.format(token))
    found = discord.wait_for(lambda entry: entry.get("dm_to"), after)
    assert "revoked" in said(found)[-1][1]
    until(lambda: message["id"] not in [left["id"] for left in discord.messages()])
    assert rollcall.get("/user/@me", token).status_code == 401
    assert "revoked" in text_of(discord.dms(alice)[-1])
    assert "leaked" not in discord_pairs(discord, bob)


def test_a_token_edited_into_a_message_is_revoked(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    message = discord.say(alice, "hello")
    discord.edit_message(alice, message["id"], f"hello {token}")
    until(lambda: rollcall.get("/user/@me", token).status_code == 401)
    until(lambda: message["id"] not in [left["id"] for left in discord.messages()])


def discord_pairs(discord, user):
    return only(discord.slash_and_wait(user, "kv list"))[1]


def test_a_token_in_a_slash_command_is_revoked(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    answers = said(discord.slash_and_wait(alice, "kv add", {"key": "mine", "value": f"x {token}"}))
    assert {where for where, _ in answers} == {"dm", "ephemeral"}
    assert all("revoked" in text for _, text in answers)
    assert rollcall.get("/user/@me", token).status_code == 401


def test_a_token_in_a_dm_is_nobody_elses_business(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    assert discord.say_and_wait(alice, f"my token is {token}", dm=True, timeout=0.3) == []
    assert rollcall.get("/user/@me", token).status_code == 200
    assert "revoked" in said(discord.say_and_wait(alice, f".add token {token}", dm=True))[0][1]
    assert rollcall.get("/user/@me", token).status_code == 401


def test_a_text_that_only_looks_like_a_token_is_left_alone(discord, rollcall, person):
    alice = person()
    message = discord.say(alice, f"look: {tokens.make_token(int(alice))}")
    person("later")
    assert message["id"] in [left["id"] for left in discord.messages()]


def test_pairs_from_a_channel(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    message = discord.say(alice, '.add "a key" first line\nsecond  line')
    until(lambda: rollcall.get("/user/@me/kv", token).json() == {"a key": "first line\nsecond  line"})
    assert message["id"] not in [left["id"] for left in discord.messages()]
    answers = said(discord.say_and_wait(alice, ".get a key"))
    assert [where for where, _ in answers] == ["dm", "channel"]
    assert "second  line" in answers[0][1]
    assert "a key" not in answers[1][1]
    discord.say_and_wait(alice, ".add other v2")
    answers = said(discord.say_and_wait(alice, ".list"))
    assert answers[1] == ("channel", "See your DMs.")
    assert "second  line" in answers[0][1]
    assert only(discord.say_and_wait(alice, ".remove a key")) == ("channel", "Removed.")
    assert rollcall.get("/user/@me/kv", token).json() == {"other": "v2"}
    assert rollcall.get(f"/user/{alice}", token).json()["KV"] == {"other": "v2"}
    assert rollcall.get(f"/user/{alice}").json()["KV"] is None


def test_pairs_by_slash_command_and_dm(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    assert only(discord.slash_and_wait(alice, "kv add", {"key": "k", "value": "v"})) == ("ephemeral", "Stored.")
    assert only(discord.slash_and_wait(alice, "kv get", {"key": "k"}))[0] == "ephemeral"
    assert only(discord.slash_and_wait(alice, "kv list"))[0] == "ephemeral"
    where, text = only(discord.say_and_wait(alice, ".get k", dm=True))
    assert (where, "v" in text) == ("dm", True)
    assert only(discord.slash_and_wait(alice, "kv remove", {"key": "k"})) == ("ephemeral", "Removed.")
    assert rollcall.get("/user/@me/kv", token).json() == {}


def test_long_values_come_and_go_as_files(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    value = "ä" * 9_999 + "\n"
    discord.say_and_wait(alice, ".add long", attachments=[("value.txt", value.encode())])
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
        (".add", [], "Write it like this: `.add <key> <value>`"),
        (".add key", [], "Write it like this: `.add <key> <value>`"),
        ('.add "key"', [], "Write it like this: `.add <key> <value>`"),
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


def test_refusals_do_not_name_keys_in_a_channel(discord, rollcall, person):
    alice = person()
    answers = said(discord.say_and_wait(alice, ".get diary"))
    assert answers == [("dm", "You have no key “diary”."), ("channel", "See your DMs.")]


def test_keys_in_quotes(discord, rollcall, person):
    alice = person()
    discord.say_and_wait(alice, '.add "my key" v')
    assert "v" in said(discord.say_and_wait(alice, '.get "my key"', dm=True))[0][1]
    assert only(discord.say_and_wait(alice, '.remove "my key"')) == ("channel", "Removed.")


def test_values_never_show_in_a_channel_with_closed_dms(discord, rollcall, person):
    alice = person()
    discord.say_and_wait(alice, ".add k secret-value")
    discord.refuse_dms(alice)
    where, text = only(discord.say_and_wait(alice, ".get k"))
    assert (where, "DM" in text, "secret-value" in text) == ("channel", True, False)
    assert "secret-value" in only(discord.slash_and_wait(alice, "kv get", {"key": "k"}))[1]


def test_me(discord, rollcall, person):
    alice = person(status="dnd")
    answers = said(discord.say_and_wait(alice, ".me"))
    assert [where for where, _ in answers] == ["dm", "channel"]
    assert "Status: dnd" in answers[0][1]
    assert f"/user/{alice}" in answers[0][1]
    elsewhere = discord.add_guild("Elsewhere")
    outsider = discord.add_user("outsider")
    discord.join(outsider, elsewhere)
    assert "not published" in only(discord.say_and_wait(outsider, ".me", dm=True))[1]
    discord.remove_bot(elsewhere)


def test_hide_and_show(discord, rollcall, person, token_of):
    alice = person(status="online")
    token = token_of(alice)
    only(discord.say_and_wait(alice, ".hide"))
    only(discord.say_and_wait(alice, ".hide"))
    until(lambda: rollcall.status_of(alice) is None)
    discord.presence(alice, "dnd")
    until(lambda: rollcall.presence_of(alice, token)["status"] == "dnd")
    assert rollcall.status_of(alice) is None
    only(discord.slash_and_wait(alice, "show"))
    until(lambda: rollcall.status_of(alice) == "dnd")
    assert "not hidden" in only(discord.say_and_wait(alice, ".show"))[1]


def test_forget_by_button(discord, rollcall, person, token_of):
    alice, bob = person("alice", status="online"), person("bob")
    token = token_of(alice)
    discord.say_and_wait(alice, ".add k v")
    (asked,) = [entry["message"] for entry in discord.say_and_wait(alice, ".forget")]
    buttons = {b["label"]: b["custom_id"] for row in asked["components"] for b in row["components"]}
    refused = said(discord.click_and_wait(bob, asked["id"], buttons["Forget me"]))
    assert refused == [("ephemeral", "This question is for somebody else.")]
    assert rollcall.get("/user/@me", token).status_code == 200
    discord.click_and_wait(alice, asked["id"], buttons["Forget me"])
    until(lambda: rollcall.status_of(alice) is None)
    assert rollcall.get("/user/@me", token).status_code == 401
    discord.presence(alice, "dnd")
    discord.edit_member(alice, nick="Back?")
    person("later")
    for refused in (".token", ".add k v", ".github vaqqq"):
        assert "You asked to be forgotten" in only(discord.say_and_wait(alice, refused, dm=True))[1]
    assert rollcall.status_of(alice) is None
    discord.say_and_wait(alice, ".show")
    presence = until(lambda: rollcall.presence_of(alice))
    assert (presence["status"], presence["server_name"]) == ("dnd", "Back?")
    assert rollcall.get("/user/@me/kv", token_of(alice)).json() == {}


@pytest.mark.parametrize(("typed", "deleted"), [("yes", True), ("YES", True), ("no", False), ("N", False)])
def test_forget_by_a_typed_word(discord, rollcall, person, typed, deleted):
    alice, bob = person("alice", status="online"), person("bob")
    discord.say_and_wait(alice, ".forget")
    assert discord.say_and_wait(bob, "yes", timeout=0.3) == []
    assert discord.say_and_wait(alice, "what?", timeout=0.3) == []
    assert rollcall.status_of(alice) == "online"
    text = said(discord.say_and_wait(alice, typed))[-1][1]
    assert ("deleted, and you are hidden" in text) is deleted
    assert (rollcall.status_of(alice) is None) is deleted


def test_who_left_keeps_token_and_pairs(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    discord.say_and_wait(alice, ".add k v")
    discord.leave(alice)
    until(lambda: rollcall.status_of(alice) is None)
    assert rollcall.get("/user/@me", token).status_code == 404
    assert rollcall.get("/user/@me/kv", token).json() == {"k": "v"}


def test_a_channel_where_the_bot_may_not_write(discord, rollcall, person):
    alice = person()
    mute = discord.add_channel("mute", "Home")
    discord.set_permissions(mute, deny=["SEND_MESSAGES"])
    where, text = only(discord.say_and_wait(alice, ".help", channel=mute))
    assert where == "dm"
    assert "Rollcall" in text or "Send Messages" in text
    assert rollcall.bot.is_running


def test_two_tokens_asked_for_at_once(discord, rollcall, person):
    alice = person()
    for _ in range(2):
        discord.say(alice, ".token")
    person("later")
    found = [re.search(r"rc_[\w-]+", text_of(message)) for message in discord.dms(alice)]
    sent = [match[0] for match in found if match]
    until(lambda: rollcall.get("/user/@me", sent[-1]).status_code == 200)
