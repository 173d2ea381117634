"""Several accounts of one system: linking, unlinking, and all of them writing at the same moment."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from simulator.client import Simulator
from tests.end_to_end.bot_replies import text_of
from tests.end_to_end.rollcall import until

ROUNDS = 25
SENT = ("member new {}", "switch copy {}", "member shared proxy add {}:text")


def test_the_other_account_agrees_by_button_or_word(discord, rollcall, discord_user):
    alice = discord_user("alice", "Foxes")
    for answer in ("button", "yes", "Y"):
        bob = discord_user("bob")
        question = alice.ask(f"pk;link {bob.mention} -y", "Do you agree?", "channel")
        assert [user["id"] for user in question["mentions"]] == [bob.id]
        assert rollcall.get(f"/v1/a/{bob.id}").status_code == 404
        if answer == "button":
            bob.press(question, "Link my account", f"{bob.mention} is linked to the system now.")
        else:
            bob.ask(answer, f"{bob.mention} is linked to the system now.")
        assert bob.system == alice.system
        bob.ask("pk;s rename Both", "is changed")
        assert alice.system["name"] == "Both"
        assert bob.mention in text_of(alice.ask("pk;s", "Both"))


def test_nobody_else_can_agree(rollcall, discord_user):
    alice, bob, carol = discord_user("alice", "Foxes"), discord_user("bob"), discord_user("carol")
    question = alice.ask(f"pk;link {bob.id}", "Do you agree?")
    for other in (alice, carol):
        other.press(question, "Link my account", "This question is for somebody else.", "ephemeral")
        other.ask("pk;help config", "timezone")
        other.discord.say(other.id, "yes")
        assert "Help" in other.refusal("pk;help config")
    assert rollcall.get(f"/v1/a/{bob.id}").status_code == 404
    bob.press(question, "No", "The other account did not agree; nothing was changed.")
    alice.ask(f"pk;link {bob.id}", "Do you agree?")
    bob.ask("no", "The other account did not agree; nothing was changed.")
    assert rollcall.get(f"/v1/a/{bob.id}").status_code == 404


def test_links_that_are_refused(discord, rollcall, discord_user):
    alice, bob, carol = discord_user("alice", "Foxes"), discord_user("bob", "Owls"), discord_user("carol")
    bot = discord.add_user("robot", bot=True)
    for typed, sentence in [
        ("", "Mention the account to link, or give its ID."),
        ("Bob", "Mention the account to link, or give its ID."),
        (alice.mention, "This account is linked to your system already."),
        (bob.mention, "This account already has a system."),
        (f"<@{bot}>", "A bot cannot be linked to a system."),
        ("<@1163892047215738999>", "There is no such Discord account."),
        (f"{carol.id} please", "I did not expect “please” here; a name with blanks needs quotes."),
    ]:
        assert sentence in alice.refusal(f"pk;link {typed}"), typed
    assert "in a server where both accounts are" in alice.refusal(f"pk;link {carol.id}", dm=True)
    assert "has no system" in carol.refusal(f"pk;link {alice.mention}")
    assert rollcall.get(f"/v1/a/{carol.id}").status_code == 404


def test_what_happens_while_the_question_stands(discord, rollcall, discord_user):
    alice, bob, carol = discord_user("alice", "Foxes"), discord_user("bob", "Owls"), discord_user("carol")
    first = alice.ask(f"pk;link {carol.id}", "Do you agree?")
    second = bob.ask(f"pk;link {carol.id}", "Do you agree?")
    carol.ask("yes", f"{carol.mention} is linked to the system now.")
    assert carol.system["name"] == "Owls"
    carol.press(first, "Link my account", "This account already has a system.")
    assert carol.system["name"] == "Owls"
    until(lambda: buttons_of(discord, second) == [])
    dora, hid = discord_user("dora"), alice.system["id"]
    question = alice.ask(f"pk;link {dora.id}", "Do you agree?")
    alice.ask("pk;s delete -ne", "for good")
    alice.ask(hid, "deleted")
    dora.press(question, "Link my account", "This account has no system")
    assert rollcall.get(f"/v1/a/{dora.id}").status_code == 404


def buttons_of(discord, asked):
    """What can still be pressed under a message."""
    return next(message["components"] for message in discord.messages() if message["id"] == asked["id"])


def link(alice, bob):
    bob.press(alice.ask(f"pk;link {bob.id}", "Do you agree?"), "Link my account", "is linked")


def test_unlinking(rollcall, discord_user):
    alice, bob, carol = discord_user("alice", "Foxes"), discord_user("bob"), discord_user("carol")
    link(alice, bob)
    assert bob.system["name"] == "Foxes"
    for typed, sentence in [
        ("", "Mention the account to unlink, or give its ID."),
        (carol.mention, "This account is not linked to your system."),
        (f"{bob.id} now", "I did not expect “now” here; a name with blanks needs quotes."),
    ]:
        assert alice.refusal(f"pk;unlink {typed}").startswith(sentence)
    assert "has no system" in carol.refusal(f"pk;unlink {alice.id}")
    question = alice.ask(f"pk;unlink {bob.mention}", f"Unlink {bob.mention}?")
    bob.press(question, "Unlink", "This question is for somebody else.", "ephemeral")
    alice.press(question, "No", "Nothing was changed.")
    assert bob.system["name"] == "Foxes"
    alice.ask(f"pk;unlink {bob.mention} -y", f"{bob.mention} is no longer linked to the system.")
    assert rollcall.get(f"/v1/a/{bob.id}").status_code == 404
    assert rollcall.get("/v1/s", bob.token).status_code == 401
    assert "the last account" in alice.refusal(f"pk;unlink {alice.mention}")
    link(alice, bob)
    alice.ask(f"pk;unlink {alice.id} -y", "is no longer linked")
    assert bob.system["name"] == "Foxes"
    assert "has no system" in alice.refusal("pk;s")


def test_two_who_unlink_each_other_leave_one(rollcall, discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    link(alice, bob)
    asked = alice.ask(f"pk;unlink {bob.id}", "Unlink"), bob.ask(f"pk;unlink {alice.id}", "Unlink")
    for person, question in zip((alice, bob), asked, strict=True):
        button = question["components"][0]["components"][0]["custom_id"]
        person.discord.click(person.id, question["id"], button)
    discord_user("later").refusal("pk;help")
    left = [rollcall.get(f"/v1/a/{person.id}").status_code for person in (alice, bob)]
    assert sorted(left) == [200, 404]


@pytest.fixture
def together(discord_user):
    """Two accounts of one system with a member that both change."""
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    link(alice, bob)
    alice.ask("pk;member new shared", "is here")
    return alice, bob


@pytest.mark.long
def test_two_accounts_and_a_program_write_at_once_and_nothing_is_lost(discord, rollcall, together):
    alice, bob = together
    shared, start = alice.members[0]["id"], threading.Barrier(3)
    fields = {alice: "rename", bob: "description"}

    def write(person):
        start.wait()
        with Simulator(discord.url) as own:
            for number in range(ROUNDS):
                name = f"{person.id[-4:]}-{number}"
                for command in (*SENT, f"system {fields[person]} {{}}"):
                    answered(own, person.id, f"pk;{command.format(name)}")

    def patch():
        start.wait()
        for number in range(ROUNDS):
            assert alice.patch("/v1/s", tag=f"tag {number}").status_code == 200
            assert alice.patch(f"/v1/m/{shared}", description=f"text {number}").status_code == 200

    with ThreadPoolExecutor(3) as pool:
        for work in [pool.submit(write, alice), pool.submit(write, bob), pool.submit(patch)]:
            work.result()
    names = {f"{person.id[-4:]}-{number}" for person in together for number in range(ROUNDS)}
    last = {person: f"{person.id[-4:]}-{ROUNDS - 1}" for person in together}
    system, members = alice.system, {member["name"]: member for member in alice.members}
    assert (system["name"], system["description"], system["tag"]) == (last[alice], last[bob], f"tag {ROUNDS - 1}")
    assert set(members) == {"shared", *names}
    assert {tag["prefix"] for tag in members["shared"]["proxy_tags"]} == {f"{name}:" for name in names}
    assert members["shared"]["description"] == f"text {ROUNDS - 1}"
    switches = alice.get(f"/v1/s/{system['id']}/switches")
    assert [len(switch["members"]) for switch in switches] == list(range(len(names), 0, -1))
    assert set(switches[0]["members"]) == {members[name]["id"] for name in names}


def answered(discord, user, typed):
    """Type a command, and wait until the bot has replied to it."""
    after = discord.last_seq()
    sent = discord.say(user, typed)

    def replies(entry):
        return (entry.get("message", {}).get("message_reference") or {}).get("message_id") == sent["id"]

    found = discord.wait_for(replies, after, 20)
    told = text_of(next(filter(replies, found))["message"])
    assert any(words in told for words in ("is here", "logged", "is added", "is changed")), told
