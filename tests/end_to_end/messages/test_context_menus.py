"""The menus on messages and accounts: the same rules as typing, and answers that nobody else sees."""

import pytest

from simulator.client import SimulatorError
from tests.end_to_end.bot_replies import text_of
from tests.end_to_end.rollcall import until

NOT_PROXIED = "I did not proxy this message: whoever stands above it wrote it."
NOT_YOURS = "This message was not sent by your system."


@pytest.fixture
def ann(proxying_user):
    return proxying_user("Ann")


@pytest.fixture
def zoe(proxying_user):
    return proxying_user("Zoe")


@pytest.fixture
def form(discord):
    """Picks Edit on a message; the form that is shown."""

    def show(who, message_id):
        after = discord.last_seq()
        discord.message_menu(who.id, "Edit", message_id)
        return who.await_log(lambda entry: entry["kind"] == "modal", after)[-1]["modal"]

    return show


def test_who_sent_this(discord, ann, zoe):
    ann.change("Ann", description="tall", pronouns="she", name_privacy="private", display_name="Annie")
    copy = ann.speak("a:hello")["message"]["id"]
    mine, seen = (text_of(who.menu("Who sent this?", copy, "Sent by")) for who in (ann, zoe))
    assert f"<@{ann.id}>" in seen
    assert "hello" in seen
    assert ("Ann (" in mine, "Ann (" in seen) == (True, False)
    assert [text for _, text in ann.standing()] == ["hello"]
    plain = ann.write("plain")
    for command in ("Who sent this?", "Edit", "Delete", "Ping sender"):
        zoe.menu(command, plain["id"], NOT_PROXIED)


def test_editing_by_a_form(discord, ann, zoe, form):
    copy = ann.speak("a:hello")["message"]["id"]
    zoe.menu("Edit", copy, NOT_YOURS)
    shown = form(ann, copy)
    (field,) = (field for row in shown["components"] for field in row["components"])
    assert (shown["title"], field["value"], field["max_length"]) == ("Edit", "hello", 2000)
    assert field.get("required", True)
    submitted = {field["custom_id"]: "good\n\nmorning"}
    told = ann.await_answer(lambda: discord.submit_modal(ann.id, submitted), "The message is edited.", "ephemeral")
    assert told
    assert ann.standing() == [("Ann", "good\n\nmorning")]


def test_a_form_that_comes_too_late_changes_nothing(discord, ann, form):
    first, second = (ann.speak(f"a:{text}")["message"]["id"] for text in ("first", "second"))
    (field,) = form(ann, first)["components"][0]["components"]
    discord.set_permissions(ann.channel, deny=["SEND_MESSAGES"], who=ann.id)
    refused = "You may not write in the channel of this message."
    submitted = {field["custom_id"]: "changed"}
    ann.await_answer(lambda: discord.submit_modal(ann.id, submitted), refused, "ephemeral")
    ann.menu("Edit", second, refused)
    discord.set_permissions(ann.channel, allow=["SEND_MESSAGES"], who=ann.id)
    (field,) = form(ann, second)["components"][0]["components"]
    discord.react(ann.id, second, "❌")
    until(lambda: ann.forget_at(second))
    submitted = {field["custom_id"]: "changed"}
    ann.await_answer(lambda: discord.submit_modal(ann.id, submitted), "This message was deleted.", "ephemeral")
    assert ann.standing() == [("Ann", "first")]


def test_a_text_that_may_be_taken_out_of_a_form(discord, ann, form):
    copy = ann.speak("a:look", attachments=[("a.png", b"x")])["message"]["id"]
    (field,) = form(ann, copy)["components"][0]["components"]
    assert not field["required"]
    submitted = {field["custom_id"]: ""}
    ann.await_answer(lambda: discord.submit_modal(ann.id, submitted), "The message is edited.", "ephemeral")
    assert ann.standing() == [("Ann", "")]
    ann.autoproxy("member", "Ann")
    voice = ann.speak(voice=b"OggS")["message"]["id"]
    ann.menu("Edit", voice, "Voice messages cannot be edited.")


def test_deleting(discord, ann, zoe):
    copy = ann.speak("a:hello")["message"]["id"]
    zoe.menu("Delete", copy, NOT_YOURS)
    assert ann.standing() == [("Ann", "hello")]
    ann.menu("Delete", copy, "The message is deleted.")
    assert ann.standing() == []
    assert ann.forget_at(copy)


def test_pinging_the_sender(discord, ann, zoe):
    copy = ann.speak("a:hello")["message"]["id"]
    after = discord.last_seq()
    zoe.menu("Ping sender", copy, f"<@{ann.id}> is pinged.")
    (ping,) = [entry["message"] for entry in discord.log(after) if "message" in entry and not entry.get("ephemeral")]
    assert [user["id"] for user in ping["mentions"]] == [ann.id]
    discord.set_permissions(ann.channel, deny=["SEND_MESSAGES"], who=zoe.id)
    zoe.menu("Ping sender", copy, "You may not write in the channel of this message.")
    discord.set_permissions(ann.channel, allow=["SEND_MESSAGES"], who=zoe.id)
    ann.prefer(pings_enabled=False)
    zoe.menu("Ping sender", copy, f"You can mention them yourself: `<@{ann.id}>`")


def test_why_this_was_not_proxied(discord, ann, zoe):
    why = "Why was this not proxied?"
    for message, wanted in (
        (ann.write("hello"), "No tag fits, and autoproxy is off in this server."),
        (ann.write("a:hello", stickers=["wave"]), "It has a sticker"),
    ):
        ann.menu(why, message["id"], wanted)
        zoe.menu(why, message["id"], "You can only ask about messages of your own.")
    thread = discord.add_thread(ann.id, "talk", ann.channel)["id"]
    ann.menu(why, ann.speak("a:hello", channel=thread)["message"]["id"], "This message is proxied.")
    with pytest.raises(SimulatorError):
        discord.message_menu(ann.id, why, discord.say(ann.id, "psst", dm=True)["id"])


def test_the_system_of_an_account(discord, ann, zoe, discord_user):
    ann.change_system(name="Foxes", description="red", description_privacy="private")

    def see(who, **where):
        act = lambda: discord.user_menu(who.id, "System of this account", ann.id, **where)  # noqa: E731
        return text_of(who.await_answer(act, "Foxes", "ephemeral"))

    for where in ({"channel": ann.channel}, {"dm": True}):
        assert ["red" in see(who, **where) for who in (ann, zoe)] == [True, False]
    nobody = discord_user()
    nobody.await_answer(
        lambda: discord.user_menu(ann.id, "System of this account", nobody.id, channel=ann.channel),
        "This account has no system.",
        "ephemeral",
    )
