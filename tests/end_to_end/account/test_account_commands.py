"""What an account sets and asks for beside its system's fields: settings, the token, autoproxy, help."""

import re

import pytest

from tests.end_to_end.bot_replies import text_of
from tests.end_to_end.rollcall import until

ZONES = {
    "Europe/Berlin": "Europe/Berlin",
    "europe/berlin": "Europe/Berlin",
    "new york": "America/New_York",
    "JP": "Asia/Tokyo",
    "Italy": "Europe/Rome",
    "🇫🇷": "Europe/Paris",
    "UTC+5": "Etc/GMT-5",
    "GMT-03:00": "Etc/GMT+3",
    "utc+5:45": "Asia/Kathmandu",
    "gmt": "UTC",
}
MODES = {
    "off": ("off", "stop", "cancel", "no", "disable", "remove"),
    "by the member who spoke last": ("latch", "last", "proxy", "stick", "sticky", "l"),
    "the first fronter": ("front", "fronter", "switch", "F"),
}


def test_time_zones_by_name_country_flag_and_offset(discord_user):
    alice = discord_user("alice", "Foxes")
    commands = ("config timezone", "cfg tz", "configure zone")
    for number, (typed, zone) in enumerate(ZONES.items()):
        question = alice.ask(f"pk;{commands[number % 3]} {typed}", f"In {zone} it is ")
        if number % 2:
            alice.press(question, "Yes", f"The time zone is {zone} now.")
        else:
            alice.ask("YES", f"The time zone is {zone} now.")
        assert alice.system["tz"] == zone, typed
    alice.ask("pk;config tz Asia/Tokyo -y", "The time zone is Asia/Tokyo now.")
    assert alice.refusal("pk;config timezone").startswith("In Asia/Tokyo it is ")
    for word in ("clear", "reset", "-c"):
        alice.ask("pk;config tz Asia/Tokyo -y", "The time zone is Asia/Tokyo now.")
        alice.ask(f"pk;config tz {word}", "The time zone is UTC now.")
        assert alice.system["tz"] == "UTC"


def test_a_time_zone_is_picked_from_a_menu(discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    menu = alice.ask("pk;config timezone US", "Which of these time zones?")
    bob.pick(menu, "America/Denver", "This question is for somebody else.")
    menu = alice.pick(menu, "…", "Which of these time zones?")
    question = alice.pick(menu, "Pacific/Honolulu", "In Pacific/Honolulu it is ")
    assert alice.system["tz"] == "UTC"
    alice.press(question, "Yes", "The time zone is Pacific/Honolulu now.")
    assert alice.system["tz"] == "Pacific/Honolulu"


def test_a_time_zone_is_refused_or_cancelled(discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    question = alice.ask("pk;config tz Berlin", "Is that right?")
    alice.press(question, "No", "Nothing was changed.")
    alice.ask("pk;config tz Berlin", "Is that right?")
    alice.ask("n", "Nothing was changed.")
    assert "Did you mean Europe/Berlin?" in alice.refusal("pk;config tz Berln")
    assert "I know no time zone “Atlantis”" in alice.refusal("pk;config tz Atlantis")
    assert "I know no `-flat`" in alice.refusal("pk;config tz Berlin -flat")
    assert "no system" in bob.refusal("pk;config tz Berlin")
    assert alice.system["tz"] == "UTC"


def test_settings(discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    shown = alice.refusal("pk;cfg")
    assert all(line in shown for line in ("timezone`: UTC", "private member`: off", "show private`: on"))
    for word, level in [("on", "private"), ("off", "public"), ("ENABLE", "private"), ("false", "public")]:
        alice.ask(f"pk;config private member {word}", f"New members begin {level}.")
        alice.ask(f"pk;member new {word}", "is here")
        member = next(member for member in alice.members if member["name"] == word)
        assert {member[key] for key in member if key.endswith("privacy") or key == "visibility"} == {level}
    assert alice.refusal("pk;config private member") == "New members begin public."
    assert "`on` or `off`; “maybe” is neither" in alice.refusal("pk;config show private maybe")
    assert "Write `pk;config show private on` or `off`." in alice.refusal("pk;config show everything on")
    assert "did you mean `timezone`?" in alice.refusal("pk;config timezon berlin")
    assert "no system" in bob.refusal("pk;config")


def test_whether_private_things_are_shown_unasked(discord, discord_user):
    alice = discord_user("alice", "Foxes")
    alice.patch("/v1/s", description="a quiet den", description_privacy="private")
    alice.ask("pk;s", "see your DMs", "channel")
    alice.ask("pk;config show private off", "leave out what is private")
    assert "a quiet den" not in text_of(alice.ask("pk;s", "Foxes", "channel"))
    assert "quiet den" not in text_of(alice.ask("pk;s description", "has no description", "channel"))
    alice.ask("pk;s -private", "a quiet den", "dm")
    alice.ask("pk;config show private yes", "show what is private")
    alice.ask("pk;s", "a quiet den", "dm")
    alice.ask("pk;s -public", "Foxes", "channel")
    assert "Choose one of" in alice.refusal("pk;s -private -public")
    assert not any("a quiet den" in text_of(message) for message in discord.messages())


def test_tokens_come_by_dm(discord, rollcall, discord_user):
    alice = discord_user("alice", "Foxes")
    found = []
    for typed in ("pk;token", "pk;TOKEN refresh", "PK!token renew"):
        alice.ask(typed, "See your DMs.", "channel")
        found.append(re.search(r"rc_[\w-]{60,}", text_of(discord.dms(alice.id)[-1]))[0])
        until(lambda: rollcall.get("/v1/s", found[-1]).status_code == 200)
    assert len(set(found)) == 3
    assert [rollcall.get("/v1/s", token).status_code for token in found[:2]] == [401, 401]
    discord.refuse_dms(alice.id)
    for typed in ("pk;token", "pk;token refresh"):
        assert "allow direct messages" in alice.refusal(typed)
        assert rollcall.get("/v1/s", found[-1]).json()["name"] == "Foxes"
    assert not any(token in text_of(message) for message in discord.messages() for token in found)


def test_autoproxy(discord, discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob", "Owls")
    alice.ask("pk;m new Ash Fox", "is here")
    bob.ask("pk;m new Olga", "is here")
    olga = bob.members[0]["id"]
    for command in ("autoproxy", "ap", "auto"):
        assert "Autoproxy is off in this server." in alice.refusal(f"pk;{command}")
    for saying, words in MODES.items():
        for word in words:
            alice.ask(f"pk;ap {word}", saying.replace("by the", "the"))
            alice.ask("pk;ap", saying.replace("by the", "the"))
    for typed in ('"ash fox"', 'member "Ash Fox"', alice.members[0]["id"]):
        alice.ask(f"pk;ap {typed}", "proxied here as one member.")
        alice.ask("pk;ap", "It is Ash Fox.", "dm")
        alice.ask("pk;ap off", "is off")
    for typed, sentence in [
        ("member", "Name the member that is to speak: `pk;autoproxy <member>`."),
        ("Nobody", "You have no member with the name or ID “Nobody”"),
        ("ash fox", "a name with blanks needs quotes"),
        (olga, "not"),
    ]:
        assert sentence in alice.refusal(f"pk;ap {typed}"), typed
    assert "Autoproxy is off in this server." in alice.refusal("pk;ap")
    assert "type this in a server" in alice.refusal("pk;ap latch", dm=True)
    assert "no system" in discord_user("carol").refusal("pk;ap latch")
    elsewhere = discord.add_guild("Autoproxied")
    discord.join(alice.id, elsewhere)
    alice.ask("pk;ap front", "the first fronter", channel=discord.channels(elsewhere)["general"])
    assert "is off in this server" in alice.refusal("pk;ap")
    discord.remove_bot(elsewhere)


@pytest.mark.parametrize(
    ("topics", "wanted"),
    [
        (("", " "), ("pk;system new [name]", "pk;token", "`import`", "pk;help <topic>")),
        (("system", "S", "acc"), ("`system rename [name]`", "`system privacy", "`system delete`", "`system id`")),
        (("member", "m"), ("`member new <name>`", "`member <member> rename <name>`", "birthday")),
        (("switch", "sw"), ("`switch move <time>`", "`switch <members>`", "`switch delete [all]`")),
        (("front", "fh"), ("`front history`", "`front percent [since]`")),
        (("config", "cfg"), ("`config timezone [zone]`", "`config show private [on or off]`")),
        (("privacy",), ("`system privacy`", "-public")),
        (("proxy", "autoproxy"), ("proxy [text]", "`proxy add`")),
        (("import", "export"), ("PluralKit", "Tupperbox")),
        (("presence",), ("`.token`", "/user/")),
        (("sytem",), ("Did you mean `system`?", "`privacy`")),
        (("qqqqq",), ("I have nothing about “qqqqq”. There is `system`",)),
    ],
)
def test_help(discord_user, topics, wanted):
    alice = discord_user()
    for number, topic in enumerate(topics):
        for command in ("help", "h", "commands", "cmd", "c") if number == 0 else ("help",):
            text = alice.refusal(f"pk;{command} {topic}")
            assert all(words in text for words in wanted), text


def test_help_behind_a_command(discord_user):
    alice = discord_user()
    for typed in ("s help", "system HELP", "m help", "switch help", "sw help", "f help", "config help"):
        assert alice.refusal(f"pk;{typed}").startswith("Help: "), typed
    assert "no system" in alice.refusal("pk;list help")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("pk;sytem", "I know no command “sytem”; did you mean `system`?"),
        ("pk!zzzzzzzz", "I know no command “zzzzzzzz”; `help` lists what I know."),
        ("pk;s renam Foxes", "did you mean `rename`?"),
        ("pk;s zzzzzzzz", "no `system … zzzzzzzz`; `help system` lists what there is."),
        (f"pk;help {'z' * 1900}", "I have nothing about “zzzz"),
        ("pk;s id please", "I did not expect “please” here; a name with blanks needs quotes."),
        ("pk;s id -zap", "I know no `-zap` here; put a text that starts with - into quotes."),
        ("pk;link", "Mention the account to link, or give its ID."),
        ("pk;unlink somebody", "Mention the account to unlink, or give its ID."),
    ],
)
def test_unknown_words_get_one_line(discord_user, typed, sentence):
    alice = discord_user("alice", "Foxes")
    before = alice.system
    text = alice.refusal(typed)
    assert sentence in text
    assert "\n" not in text.removeprefix(f"Help: {'z' * 40}\n")
    assert alice.system == before
