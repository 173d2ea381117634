"""Where the bot answers and whom it listens to: servers, threads, DMs, slash commands, buttons and typed words."""

import pytest

from tests.end_to_end.bot_replies import said, text_of
from tests.end_to_end.rollcall import until

AUTOPROXY = {
    "off": "Autoproxy is off in this server.",
    "latch": "as the member who spoke last",
    "front": "as the first fronter",
}


def test_commands_work_in_dms_and_threads(discord, rollcall, discord_user):
    alice = discord_user()
    parent = discord.channels("Home")["general"]
    threads = [discord.add_thread(alice.id, "talk", parent, kind)["id"] for kind in ("public", "private")]
    discord.join_thread("Rollcall", threads[1], by=alice.id)
    for number, where in enumerate([{"dm": True}, *({"channel": thread} for thread in threads)]):
        alice.where = where
        alice.ask(f"pk;s new Place {number}", "Your system is made")
        question = alice.ask("pk;s name clear", "Clear the system's name?")
        alice.press(question, "Clear", "is cleared")
        hid = alice.system["id"]
        alice.ask("pk;s delete", "for good")
        alice.ask(hid, "Your system is deleted.")
        assert rollcall.get(f"/v1/s/{hid}").status_code == 404


@pytest.mark.parametrize("denied", ["SEND_MESSAGES", "EMBED_LINKS", "READ_MESSAGE_HISTORY"])
def test_a_channel_in_which_the_bot_may_not_answer(discord, discord_user, denied):
    alice = discord_user("alice", "Foxes")
    mute = discord.add_channel(f"mute-{denied.lower()}", "Home")
    discord.set_permissions(mute, deny=[denied])
    sentence = f"I may not answer in <#{mute}>: I need Send Messages, Embed Links, Attach Files"
    for typed in ("s", "help", "s rename Quiet", "s delete", "config tz US", "list"):
        after = discord.last_seq()
        assert text_of(alice.ask(f"pk;{typed}", "", "dm", channel=mute)) == f"{sentence} and Read Message History."
        assert [where for where, _ in said(discord.log(after))] == ["dm"]
    alice.ask("pk;nonsense", "I know no command “nonsense”", "dm", channel=mute)
    assert alice.system["name"] == "Quiet"
    discord.refuse_dms(alice.id)
    discord.say(alice.id, "pk;s", channel=mute)
    assert "Quiet" in alice.refusal("pk;s")
    assert [message for message in discord.messages(mute) if message["author"].get("bot")] == []


def test_a_typed_answer_counts_for_the_newest_question_alone(discord, discord_user):
    alice, other = discord_user("alice", "Foxes"), discord.add_channel("elsewhere", "Home")
    alice.patch("/v1/s", description="kept", tag="kept", color="00ff00")
    first = alice.ask("pk;s description clear", "Clear the system's description?")
    alice.ask("pk;s tag clear", "Clear the system's tag?", channel=other)
    alice.ask("pk;s color clear", "Clear the system's color?")
    alice.ask("yes", "The system's color is cleared.")
    discord.say(alice.id, "yes")
    assert "Foxes" in alice.refusal("pk;s")
    assert [alice.system[key] for key in ("description", "tag", "color")] == ["kept", "kept", None]
    alice.press(first, "Clear", "The system's description is cleared.")
    alice.ask("no", "Nothing was changed.", channel=other)
    assert [alice.system[key] for key in ("description", "tag", "color")] == [None, "kept", None]


def test_a_question_is_for_who_asked(discord, discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob", "Owls")
    question = alice.ask("pk;s name clear", "Clear the system's name?")
    bob.press(question, "Clear", "This question is for somebody else.", "ephemeral")
    discord.say(bob.id, "yes")
    assert "Owls" in bob.refusal("pk;s")
    assert alice.system["name"] == "Foxes"
    alice.press(question, "No", "Nothing was changed.")
    until(lambda: not next(m for m in discord.messages() if m["id"] == question["id"])["components"])
    assert (alice.system["name"], bob.system["name"]) == ("Foxes", "Owls")


def test_yes_before_the_question(discord_user):
    alice = discord_user("alice", "Foxes")
    for typed in ("s name clear -y", "s name -c -yes", "s name -YES clear", "s name reset -Y"):
        alice.patch("/v1/s", name="Foxes")
        alice.ask(f"pk;{typed}", "The system's name is cleared.")
        assert alice.system["name"] is None, typed


def test_a_system_by_slash_commands(discord, rollcall, discord_user):
    alice, bob = discord_user("alice"), discord_user("bob")
    alice.slash("system new", "Your system is made", name="Night Foxes")
    assert alice.system["name"] == "Night Foxes"
    alice.slash("system new", "This account already has a system.", name="Two")
    for field, value, key in [
        ("name", '"Foxes" -c', "name"),
        ("description", "two  words", "description"),
        ("tag", "-public", "tag"),
        ("color", "#ABCDEF", "color"),
        ("avatar", "https://example.com/a.png", "avatar_url"),
        ("banner", "https://example.com/b.png", "banner"),
    ]:
        alice.slash("system edit", "is changed", field=field, value=value)
        assert alice.system[key] == (value if key != "color" else "abcdef")
    refused = alice.patch("/v1/s", color="red").text
    assert text_of(alice.slash("system edit", "", field="color", value="red")) == refused
    alice.slash("system edit", "two  words", field="description")
    alice.press(
        alice.slash("system edit", "Clear the system's tag?", field="tag", value="clear"), "Clear", "is cleared"
    )
    assert alice.system["tag"] is None
    alice.slash("system privacy", "The front is private now.", subject="front", level="private")
    alice.slash("system privacy", "front: **private**")
    assert alice.system["front_privacy"] == "private"
    shown = text_of(bob.slash("system show", "two  words", account=alice.id))
    assert alice.mention in shown
    bob.slash("system show", "This account has no system")
    bob.slash("system edit", "This account has no system", field="name", value="Owls")
    assert rollcall.get(f"/v1/a/{bob.id}").status_code == 404


def test_fronts_by_slash_commands(discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    alice.ask("pk;member new Ash", "is here")
    alice.slash("front show", "")
    alice.slash("switch to", "Switch logged.", member=alice.members[0]["id"])
    for person, account in ((alice, {}), (bob, {"account": alice.id})):
        person.slash("front show", "Ash", **account)
        person.slash("front history", "Ash", **account)
    alice.slash("front percent", "Ash: 100 %", since="full")
    alice.slash("front percent", "time", since="nonsense")
    bob.slash("front percent", "This account has no system")
    alice.patch("/v1/s", front_privacy="private", front_history_privacy="private")
    for command in ("front show", "front history"):
        assert "Ash" not in text_of(bob.slash(command, "", account=alice.id))
        assert "Ash" in text_of(alice.slash(command, ""))


def test_autoproxy_by_slash_command(discord, discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob", "Owls")
    alice.ask("pk;m new Ash", "is here")
    ash = alice.members[0]["id"]
    for mode, saying in AUTOPROXY.items():
        alice.slash("autoproxy", saying, mode=mode)
        alice.slash("autoproxy", saying)
    alice.slash("autoproxy", "are proxied here as Ash.", member=ash)
    alice.slash("autoproxy", "are proxied here as Ash.")
    alice.slash("autoproxy", "Name the member that is to speak", mode="member")
    bob.slash("autoproxy", "is not part of your system", member=ash)
    bob.slash("autoproxy", "Autoproxy is off in this server.")
    choices = discord.autocomplete(bob.id, "autoproxy", "member", {"member": "As"})
    assert choices == []
    alice.where = {"dm": True}
    assert discord.autocomplete(alice.id, "autoproxy", "member", {"member": "As"})[0]["value"] == ash
    alice.slash("autoproxy", "type this in a server", mode="latch")


def test_what_nobody_can_have_typed_is_not_answered_and_costs_nothing(discord, rollcall, discord_user):
    alice = discord_user()
    after, channel = discord.last_seq(), discord.channels("Home")["general"]
    written = discord.say(alice.id, "hello", channel=channel)
    nobody = {**written["author"], "id": str(2**63)}
    for odd in ({"author": nobody, "content": ".me"}, {"author": nobody, "content": "pk;system"}, {"content": 5.5}):
        discord.dispatch("MESSAGE_CREATE", {**written, "id": discord.say(alice.id, "hello")["id"] + "1", **odd})
    late = {"id": "1", "name": "me", "type": 1}
    about = {"id": "5", "type": 2, "token": "x", "application_id": "1", "version": 1, "channel_id": channel}
    discord.dispatch("INTERACTION_CREATE", {**about, "user": written["author"], "data": late})
    assert "wrong" not in alice.ask(".me", "alice")
    until(lambda: "me came too late for an answer" in rollcall.bot.output)
    assert not any("went wrong" in text for _, text in said(discord.log(after)))
    assert "Traceback" not in rollcall.bot.output
