"""`pk;config`: the time zone, what new members begin with, and whether private things are shown unasked."""

from tests.end_to_end.bot_replies import text_of

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
    assert "`pk;config show private on` or `pk;config show private off`." in alice.refusal("pk;config show all on")
    assert "did you mean `pk;config timezone berlin`?" in alice.refusal("pk;config timezon berlin")
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
