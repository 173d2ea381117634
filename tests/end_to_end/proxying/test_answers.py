"""Commands and typed answers are not proxied, whatever autoproxy says; everything else that looks like them is."""

import pytest

from simulator.state.default_world import BOT_ID
from tests.end_to_end.rollcall import until


@pytest.fixture
def latched(proxying_user):
    """Somebody whose every message is proxied."""
    ann = proxying_user("Ann", "Ben")
    ann.autoproxy("member", "Ann")
    return ann


def test_commands_are_never_proxied(discord, latched):
    ann = latched
    for typed, wanted in {
        "pk;help": "pk;",
        "PK! system": "Members",
        ".help": ".",
        "pk;nonsense": "I know no command “nonsense”",
        f"<@{BOT_ID}> nonsense": "I know no command “nonsense”",
        f"<@!{BOT_ID}> member ann": "Ann",
        "pk;edit": "Write the new text",
    }.items():
        if typed == "pk;edit":
            ann.speak("something to edit")
        ann.ask(typed, wanted)
    commands = ["pk;help", "PK! system", ".help", "pk;nonsense"]
    standing = [text for _, text in ann.standing()]
    assert [text for text in standing if text in commands] == commands
    assert len(standing) == 8


def test_what_only_looks_like_a_command_is_proxied(discord, latched):
    for text in (".nonsense", "...", ". list", "pk;", "pk", f"<@{BOT_ID}>", f"<@{BOT_ID}>: hi", "-flag", "/shrug"):
        assert latched.speak(text)["message"]["content"] == text


def test_a_member_may_have_tags_that_begin_like_a_command(latched):
    latched.change("Ben", prefix=".b ")
    assert latched.speak(".b hello")["username"] == "Ben"
    latched.change("Ben", prefix="pk;")
    latched.ask("pk;nonsense", "I know no command")


def test_a_typed_answer_is_an_answer(discord, latched):
    ann = latched
    for answer, wanted in (("no", "Nothing was changed."), ("Yes", "Europe/Berlin")):
        ann.ask("pk;config timezone berlin", "Press a button, or type")
        ann.ask(answer, wanted)
    assert "Ann" not in [name for name, _ in ann.standing()]
    # Nobody asks any more.
    ann.speak("yes")
    # A word that is no answer is said as always, and the question stays open.
    ann.ask("pk;config timezone tokyo", "or type")
    ann.speak("maybe")
    ann.ask("y", "Asia/Tokyo")


def test_an_id_that_is_typed_back_is_an_answer(discord, latched):
    ann = latched
    hid = ann.hids["Ben"]
    ann.ask("pk;m ben delete", hid)
    ann.ask(hid, "deleted")
    assert (ann.standing()[-1][1], ann.standing()[-1][0] == "Ann") == (hid, False)
    until(lambda: [member["name"] for member in ann.members] == ["Ann"])


def test_the_answer_of_somebody_else_and_elsewhere_is_proxied(discord, proxying_user, latched):
    other = proxying_user("Cy")
    other.autoproxy("member", "Cy")
    latched.ask("pk;config timezone tokyo", "or type")
    assert other.speak("yes")["username"] == "Cy"
    elsewhere = discord.add_channel("elsewhere")
    assert latched.speak("yes", channel=elsewhere)["username"] == "Ann"
    latched.ask("no", "Nothing was changed.")
