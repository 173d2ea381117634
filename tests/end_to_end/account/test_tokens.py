"""`.token` and `pk;token`: by DM alone, and revoked where others can read one."""

import json
import re

import pytest

from rules.account import tokens
from tests.end_to_end.bot_replies import only, said, text_of
from tests.end_to_end.rollcall import until


def discord_pairs(discord, user):
    return only(discord.slash_and_wait(user, "kv list"))[1]


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


def test_tokens_come_by_dm(discord, rollcall, discord_user):
    alice = discord_user("alice", "Foxes")
    found = []
    for typed in ("pk;token", "pk;TOKEN refresh", "PK!token renew", "pk;token -y"):
        alice.ask(typed, "See your DMs.", "channel")
        found.append(re.search(r"rc_[\w-]{60,}", text_of(discord.dms(alice.id)[-1]))[0])
        until(lambda: rollcall.get("/v1/s", found[-1]).status_code == 200)
    assert len(set(found)) == 4
    assert [rollcall.get("/v1/s", token).status_code for token in found[:3]] == [401, 401, 401]
    discord.refuse_dms(alice.id)
    for typed in ("pk;token -yes", "pk;token refresh"):
        assert "allow direct messages" in alice.refusal(typed)
        assert rollcall.get("/v1/s", found[-1]).json()["name"] == "Foxes"
    assert not any(token in text_of(message) for message in discord.messages() for token in found)


def test_a_token_that_works_is_replaced_only_after_a_question(discord, rollcall, discord_user):
    alice = discord_user()
    question = alice.ask("pk;token", "See your DMs.") and alice.ask("pk;token", "A new one ends it")
    before = len(discord.dms(alice.id))
    alice.press(question, "No", "Your token goes on working.")
    assert len(discord.dms(alice.id)) == before
    alice.press(alice.ask("pk;token", "A new one ends it"), "Replace it", "See your DMs.")
    assert "I did not expect “is”" in alice.refusal("pk;token is what you type")
    assert len(discord.dms(alice.id)) == before + 1


def test_closed_dms_keep_the_old_token(discord, rollcall, person, token_of):
    alice = person()
    token = token_of(alice)
    discord.refuse_dms(alice)
    assert "goes on working" in only(discord.say_and_wait(alice, ".token"))[1]
    assert rollcall.get("/user/@me", token).status_code == 200


def test_a_slash_command_shows_the_token_to_who_takes_no_dms(discord, rollcall, person, token_of):
    alice = person()
    old = token_of(alice)
    discord.refuse_dms(alice)
    where, text = only(discord.slash_and_wait(alice, "token"))
    new = re.search(r"rc_[\w-]{60,}", text)[0]
    assert where == "ephemeral"
    until(lambda: rollcall.get("/user/@me", new).status_code == 200)
    assert rollcall.get("/user/@me", old).status_code == 401


def test_two_tokens_asked_for_at_once(discord, rollcall, person):
    alice = person()
    for _ in range(2):
        discord.say(alice, ".token")
    person("later")
    found = [re.search(r"rc_[\w-]+", text_of(message)) for message in discord.dms(alice)]
    sent = [match[0] for match in found if match]
    until(lambda: rollcall.get("/user/@me", sent[-1]).status_code == 200)


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
