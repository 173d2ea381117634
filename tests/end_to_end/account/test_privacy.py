"""What is told about being seen: `.privacy` after every prefix, `.hide`, `.show`."""

import pytest

from tests.end_to_end.bot_replies import only


@pytest.mark.parametrize("typed", [".privacy", "pk;privacy", "/privacy"])
def test_privacy_says_in_one_card_what_is_stored_and_how_to_end_it(discord, rollcall, person, typed):
    alice = person()
    if typed[0] == "/":
        _, text = only(discord.slash_and_wait(alice, "privacy"))
    else:
        _, text = only(discord.say_and_wait(alice, typed))
    assert "Anyone on the web can see the status, song and games" in text
    for part in ("What is stored: ", "Who sees it: ", "How long: ", "Hide: ", "Export: ", "Erase: "):
        assert part in text
    presence, systems = ("/", "/") if typed[0] == "/" else (".", "pk;")
    for command in (f"{presence}hide", f"{presence}show", f"{presence}forget", f"{systems}system privacy"):
        assert f"`{command}`" in text


def test_hide_names_what_stays_public_and_the_command_for_it(discord, rollcall, person):
    _, text = only(discord.say_and_wait(person(), ".hide"))
    assert "A system, its members and who fronts stay public" in text
    assert "`pk;system privacy`" in text


def test_show_says_who_sees_what(discord, rollcall, person):
    _, text = only(discord.say_and_wait(person(), ".show"))
    assert "Anyone on the web can see your status, song and games" in text
