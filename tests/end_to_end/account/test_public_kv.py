"""Who reads a pair: `.add -public`, `.set`, `.kv`, `/kv public`; Lanyard's commands as its users type them."""

import json

import pytest

from rules.account import kv
from tests.end_to_end.bot_replies import only, said, text_of
from tests.end_to_end.rollcall import until

TOLD = "Unless you are hidden, anyone on the web can read it at"


@pytest.fixture
def public(rollcall):
    """What anybody reads of somebody's pairs, at the address that the bot tells."""
    return lambda user_id: rollcall.get(f"/v1/users/{user_id}").json()["data"]["kv"]


def test_a_pair_is_added_for_everybody_and_taken_back_at_once(discord, rollcall, person, public):
    alice = person()
    answers = said(discord.say_and_wait(alice, ".add -public city Bern"))
    assert answers[1] == ("channel", "Stored; anyone on the web can read it. See your DMs.")
    assert TOLD in answers[0][1]
    assert f"/v1/users/{alice}; `.kv private city` ends that." in answers[0][1]
    assert public(alice) == {"city": "Bern"}
    answers = said(discord.say_and_wait(alice, ".add city Basel"))
    assert answers[1] == ("channel", "Stored; anyone on the web can read it. See your DMs.")
    assert public(alice) == {"city": "Basel"}
    answers = said(discord.say_and_wait(alice, ".kv private city"))
    assert answers[1] == ("channel", "It is private now. See your DMs.")
    assert public(alice) == {}
    assert answers[0][1] == ("`city` is private now. Only you can read it; `.kv public city` lets anyone on the web.")
    assert rollcall.read(kv.get_pairs, int(alice)) == {"city": "Basel"}


def test_who_hides_or_leaves_shows_no_pair_and_the_owner_sees_all(discord, rollcall, person, token_of, public):
    alice, bob = person(), person("bob")
    token, other = token_of(alice), token_of(bob)
    for typed in (".set city Bern", ".add diary secret"):
        discord.say_and_wait(alice, typed)
    own = {"city": "Bern", "diary": "secret"}
    assert rollcall.get(f"/v1/users/{alice}", token).json()["data"]["kv"] == own
    assert rollcall.get(f"/v1/users/{alice}", other).json()["data"]["kv"] == public(alice) == {"city": "Bern"}
    discord.say_and_wait(alice, ".hide")
    for asking in (None, other):
        hidden = rollcall.get(f"/v1/users/{alice}", asking)
        assert (hidden.status_code, "Bern" in hidden.text) == (404, False)
    assert rollcall.get(f"/v1/users/{alice}", token).json()["data"]["kv"] == own
    discord.say_and_wait(alice, ".show")
    assert public(alice) == {"city": "Bern"}
    discord.leave(alice)
    until(lambda: rollcall.get(f"/v1/users/{alice}").status_code == 404)
    assert "Bern" not in rollcall.get(f"/v1/users/{alice}").text


def test_a_private_pair_stays_private_until_its_owner_says_otherwise(discord, person, public):
    alice = person()
    for typed in (".add diary one", ".set diary two", ".ADD diary three"):
        answers = said(discord.say_and_wait(alice, typed))
        assert answers[1] == ("channel", "Stored. See your DMs.")
        assert "Only you can read it; `.kv public diary` lets anyone on the web." in answers[0][1]
    assert public(alice) == {}
    answers = said(discord.say_and_wait(alice, ".KV Public diary"))
    assert answers[1] == ("channel", "It is public now. See your DMs.")
    assert public(alice) == {"diary": "three"}
    discord.say_and_wait(alice, ".add -private diary four")
    assert public(alice) == {}


def test_lanyards_commands_as_its_users_type_them(discord, rollcall, person, token_of, public):
    alice = person()
    token = token_of(alice)
    message = discord.say(alice, '.set my_key "first"  value\nand more')
    until(lambda: public(alice) == {"my_key": '"first"  value\nand more'})
    until(lambda: message["id"] not in [left["id"] for left in discord.messages()])
    assert rollcall.get("/user/@me/kv", token).json() == {"my_key": '"first"  value\nand more'}
    (answer,) = said(discord.say_and_wait(alice, ".set other v2", dm=True))
    assert all(words in answer[1] for words in ("`other`", "`.remove other`", TOLD, "`.kv private other`"))
    (answer,) = said(discord.say_and_wait(alice, ".get my_key", dm=True))
    assert all(words in answer[1] for words in ("and more", TOLD, "`.kv private my_key`"))
    discord.say_and_wait(alice, ".add mine secret", dm=True)
    (answer,) = said(discord.say_and_wait(alice, ".kv", dm=True))
    assert "Public: `my_key`, `other`\nPrivate: `mine`\n`.get <key>` shows a value." in answer[1]
    assert "secret" not in answer[1]
    (answer,) = said(discord.say_and_wait(alice, ".del other", dm=True))
    assert "Removed `other`; it was:\n```\nv2\n```" in answer[1]
    (answer,) = said(discord.say_and_wait(alice, ".list", dm=True))
    assert answer[1].endswith(f"/v1/users/{alice}: `my_key`")
    assert public(alice) == {"my_key": '"first"  value\nand more'}
    discord.say_and_wait(alice, ".apikey", dm=True)
    assert rollcall.get("/user/@me/kv", token).status_code == 401


def test_keys_and_who_reads_them_are_told_by_dm_alone(discord, person):
    alice = person()
    assert only(discord.say_and_wait(alice, ".kv")) == (
        "channel",
        "You have no key/value pairs yet; `.add <key> <value>` makes one.",
    )
    discord.say_and_wait(alice, ".add diary secret", dm=True)
    for typed in (".kv", ".kv public diary", ".kv private diary", ".kv private nothing", ".set di-ary v"):
        answers = said(discord.say_and_wait(alice, typed))
        assert {where for where, _ in answers} == {"dm", "channel"}
        assert not [text for where, text in answers if where == "channel" and "diary" in text], typed


def test_pairs_by_slash_command(discord, person, public):
    alice = person()
    add = {"key": "k", "value": "v"}
    assert "Only you" in only(discord.slash_and_wait(alice, "kv add", add))[1]
    where, text = only(discord.slash_and_wait(alice, "kv add", {**add, "public": True}))
    assert where == "ephemeral"
    assert TOLD in text
    assert "`/kv private` ends that." in text
    assert public(alice) == {"k": "v"}
    discord.slash_and_wait(alice, "kv add", {**add, "value": "new"})
    assert public(alice) == {"k": "new"}
    discord.slash_and_wait(alice, "kv add", {**add, "public": False})
    assert public(alice) == {}
    for level, seen in (("public", {"k": "v"}), ("private", {})):
        for _twice in range(2):
            where, text = only(discord.slash_and_wait(alice, f"kv {level}", {"key": "k"}))
            assert where == "ephemeral"
            assert text.startswith(f"`k` is {level} now.")
            assert public(alice) == seen
        assert discord.autocomplete(alice, f"kv {level}", "key", {"key": "K"}) == [{"name": "k", "value": "k"}]
    assert only(discord.slash_and_wait(alice, "kv public", {"key": "no"})) == ("ephemeral", "You have no key “no”.")


@pytest.mark.parametrize(
    ("typed", "files", "sentence"),
    [
        (".set", [], "Write it like this: `.set <key> <value>`"),
        (".set key", [], "Write it like this: `.set <key> <value>`"),
        (".add -public", [], "Write it like this: `.add [-public] <key> <value>`"),
        (".add -public key", [], "Write it like this: `.add [-public] <key> <value>`"),
        (".add -public " + "k" * 166 + " v", [], "The key must have 1 to 165 characters; this one has 166."),
        (".set my-key v", [], "nothing but letters from a to z, digits and _; the command `.add` takes others."),
        (".set " + "k" * 256 + " v", [], "The key must have 1 to 255 characters; this one has 256."),
        (".set k", [("a.txt", b"x" * 30_001)], "must have at most 30,000 characters; this one has 30,001."),
        (".set k", [("a.txt", b"x" * 120_001)], "at most 30,000 characters; this file is too large"),
        (".kv public", [], "Write it like this: `.kv <public or private> <key>`"),
        (".kv public nothing", [], "You have no key “nothing”."),
        (".kv private nothing", [], "You have no key “nothing”."),
    ],
)
def test_refused(discord, rollcall, person, typed, files, sentence):
    alice = person()
    assert sentence in only(discord.say_and_wait(alice, typed, attachments=files, dm=True))[1]
    assert rollcall.read(kv.get_pairs, int(alice)) == {}


def test_what_looks_like_a_flag_elsewhere_makes_nothing_public(discord, rollcall, person, public):
    alice = person()
    for typed in ('.add "-public" v', ".add k -public v", ".add -publicly v", ".add -pub", ".add k2 v -public"):
        discord.say_and_wait(alice, typed, dm=True)
    stored = {"-public": "v", "k": "-public v", "-publicly": "v", "k2": "v -public"}
    assert rollcall.read(kv.get_pairs, int(alice)) == stored
    assert public(alice) == {}


def test_a_sentence_that_is_well_formed_is_stored_and_given_back(discord, rollcall, person, public):
    alice = person()
    answers = said(discord.say_and_wait(alice, ".set the table please"))
    assert [where for where, _ in answers] == ["dm", "channel"]
    assert all(words in answers[0][1] for words in ("`.remove the`", "`.kv private the`", ".set the table please"))
    assert public(alice) == {"the": "table please"}
    message = discord.say(alice, ".set it-up, guys")
    until(lambda: any(".set it-up, guys" in text_of(told) for told in discord.dms(alice)))
    assert message["id"] not in [left["id"] for left in discord.messages()]


def test_closed_dms_leave_it_told_in_the_channel_that_anyone_reads_it(discord, person, public):
    alice = person()
    discord.refuse_dms(alice)
    told = "Your DMs are closed; `/kv list` shows it to you alone."
    assert only(discord.say_and_wait(alice, ".set k v"))[1] == f"Stored; anyone on the web can read it. {told}"
    assert only(discord.say_and_wait(alice, ".kv private k"))[1] == f"It is private now. {told}"
    assert public(alice) == {}


@pytest.mark.long
def test_long_answers_fit_or_come_as_files(discord, rollcall, person):
    alice = person()
    key, fences = "k" * 255, "```" * 400
    rollcall.write(kv.store_pairs, int(alice), {key: fences}, True)
    answers = said(discord.say_and_wait(alice, f".set {key} " + "`" * 1700))
    assert answers[1] == ("channel", "Stored; anyone on the web can read it. See your DMs.")
    discord.say_and_wait(alice, f".get {key}", dm=True)
    where, text = only(discord.slash_and_wait(alice, "kv private", {"key": key}))
    assert (where, text.count(key)) == ("ephemeral", 1)
    rollcall.write(kv.edit_pairs, int(alice), {f"{number:03}" + "`" * 160: "" for number in range(511)})
    for number in range(511):
        rollcall.write(kv.publish_pair, int(alice), f"{number:03}" + "`" * 160)
    discord.say_and_wait(alice, ".kv", dm=True)
    (attached,) = discord.dms(alice)[-1]["attachments"]
    levels = json.loads(discord.file(attached["id"]))
    assert (len(levels["public"]), levels["private"]) == (511, [key])
    discord.say_and_wait(alice, ".list", dm=True)
    (attached,) = discord.dms(alice)[-1]["attachments"]
    assert len(json.loads(discord.file(attached["id"]))) == 512
