"""`.me`, `.hide`, `.show` and `.forget`: what is published of somebody, and how it is not."""

import pytest

from tests.end_to_end.bot_replies import only, said
from tests.end_to_end.rollcall import until


def test_me(discord, rollcall, person):
    alice = person(status="dnd")
    answers = said(discord.say_and_wait(alice, ".me"))
    assert [where for where, _ in answers] == ["dm", "channel"]
    assert "Status: dnd" in answers[0][1]
    assert f"/user/{alice}" in answers[0][1]
    elsewhere = discord.add_guild("Elsewhere")
    outsider = discord.add_user("outsider")
    discord.join(outsider, elsewhere)
    assert "Nobody sees you here" in only(discord.say_and_wait(outsider, ".me", dm=True))[1]
    discord.remove_bot(elsewhere)


def test_me_has_a_picture_a_link_and_of_a_local_file_what_is_known(discord, rollcall, person):
    alice = person()
    song = {"name": "Spotify", "type": 2, "id": "spotify:1", "details": "ALO", "created_at": 1, "flags": 48}
    discord.presence(alice, "online", activities=[song])
    until(lambda: rollcall.presence_of(alice)["activities"])
    discord.say_and_wait(alice, ".me")
    embed = discord.dms(alice)[-1]["embeds"][0]
    fields = {field["name"]: field["value"] for field in embed["fields"]}
    assert fields.get("Listening to") == "ALO"
    assert embed["thumbnail"]["url"].startswith("http")
    assert embed["url"].endswith(f"/user/{alice}")


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
