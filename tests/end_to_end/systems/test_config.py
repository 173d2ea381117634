"""`pk;config`: the time zone, what new members begin with, and whether private things are shown unasked."""

from tests.end_to_end.bot_replies import said, text_of

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
    assert "I know no `config … show all`" in alice.refusal("pk;config show all on")
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


def test_ids_look_as_their_reader_likes_them_wherever_they_stand(system_owner):
    sol, bob = system_owner("Ann"), system_owner()
    ann = sol.member("Ann")["id"]
    shown = f"{ann[:3]}-{ann[3:]}".upper()
    for typed, told in {
        "split ids": "in one part",
        "split IDs on": "in two parts",
        "caps id on": "in capitals",
        "capitalise IDs": "in capitals",
        "pad ids left": "a blank on the left",
        "padids": "a blank on the left",
        "pad ids middle": "Say `left`, `right` or `off`; “middle” is none of them.",
        "split ids maybe": "`on` or `off`; “maybe” is neither",
    }.items():
        sol.say(f"pk;config {typed}", told)
    sol.say_all(
        {
            "pk;m ann id": f"`{shown}`",
            "pk;list": f"`{shown}` **Ann**",
            "pk;list full": f"ID `{shown}`",
            "pk;s id": f"`{sol.system_id[:3].upper()}-{sol.system_id[3:].upper()}`",
            f"pk;m {shown} rename": "Ann",
            "pk;m new Ben": "the ID is `",
            "pk;m new ann": f"You have a member with this name already (`{shown}`)",
        }
    )
    for reader, told in ((sol, shown), (bob, ann)):
        (embed,) = reader.ask(f"pk;m {ann}", "Ann")["embeds"]
        assert f"Member ID: {told}" in embed["footer"]["text"]
    listed = sol.say("pk;config", "Settings")
    for line in ("split ids`: on", "capitalize ids`: on", "pad ids`: left", "show color`: off", "template`: 0 of 3"):
        assert line in listed
    sol.say("pk;m ann delete", f"Type `{shown}` here")
    sol.say(ann, "The member is deleted.")


def test_a_color_is_told_as_text_where_its_reader_wants_it(system_owner):
    sol = system_owner()
    sol.add("Ann", color="00ff00")
    assert "#00ff00" not in sol.say("pk;m ann", "Ann")
    sol.say("pk;config show colour on", "like #ff0000")
    assert "#00ff00" in sol.say("pk;m ann", "Ann")
    sol.say("pk;config show color off", "by their edge alone")
    assert "#00ff00" not in sol.say("pk;m ann", "Ann")


def test_a_description_begins_with_a_template(system_owner):
    sol, bob = system_owner("Ann"), system_owner()
    sol.say("pk;config template", "`pk;config template add <text>` keeps one", "dm")
    sol.say("pk;config template add Likes:\nDislikes:", "That is template 1 now")
    sol.say("pk;config descriptiontemplate add x", "That is template 2 now")
    sol.say("pk;config template", "Likes:\nDislikes:", "dm")
    sol.say("pk;m ann description", "`pk;member ann description -template 1` begins it with your template.")
    sol.say("pk;m ann description -template 1", "description is the template now")
    assert sol.member("Ann")["description"] == "Likes:\nDislikes:"
    sol.say("pk;m ann description -template 2", "Replace the member's description by the template?")
    sol.say("no", "Nothing was changed.")
    assert sol.member("Ann")["description"] == "Likes:\nDislikes:"
    sol.say("pk;config template remove 1", "Template 1 is removed")
    for typed, told in {
        "config template remove 2": "There is no template 2; `pk;config template` lists yours.",
        "config template remove": "Say which template, by its number",
        "config template erase 1": "`pk;config template add <text>`",
        "config template add": "must have 1 to 1,000 characters",
        "m ann description -template 5": "There is no template 5",
        "m ann description -template one": "Say which template, by its number",
    }.items():
        sol.say(f"pk;{typed}", told)
    assert "template" not in bob.say(f"pk;m {sol.member('Ann')['id']} description", "Likes")


def test_who_fronts_is_shown_with_the_presence_of_the_account_that_says_so(discord, system_owner, rollcall):
    sol = system_owner("Ann", "Ben")
    profile = f"/user/{sol.id}"
    sol.say("pk;config presence", "is not shown with this account's presence; `pk;config presence on` shows it")
    sol.say("pk;switch Ann Ben", "Switch logged")
    assert rollcall.get(profile).json()["fronting"] is None
    told = sol.say("pk;config presence on", "anyone on the web sees who fronts", "dm")
    assert "Nobody sees it" not in told
    assert [member["name"] for member in rollcall.get(profile).json()["fronting"]["members"]] == ["Ann", "Ben"]
    assert rollcall.get(profile).json()["fronting"] == rollcall.get(profile, sol.token).json()["fronting"]
    sol.say("pk;m Ben privacy visibility private", "private")
    assert [member["name"] for member in rollcall.get(profile).json()["fronting"]["members"]] == ["Ann"]
    assert "presence`: on" in sol.say("pk;config", "Settings")
    assert "Who fronts: shown with it; `pk;config presence off` ends that" in sol.say(".me", "Who fronts", "dm")
    for typed in (".privacy", "pk;privacy", ".show"):
        assert "`pk;config presence off` ends it" in sol.say(typed, "anyone sees with your status who fronts")
    sol.say("pk;config presence off", "is not shown")
    assert rollcall.get(profile).json()["fronting"] is None
    for typed in ("pk;privacy", ".show"):
        assert "who fronts" not in sol.say(typed, "status, song and games")
    assert "Who fronts" not in sol.say(".me", "Anyone can see it", "dm")


def test_what_keeps_the_front_from_being_seen_is_told_to_its_owner_alone(discord, system_owner, rollcall):
    sol, bob = system_owner("Ann"), system_owner()
    before = discord.last_seq()
    sol.say("pk;switch Ann", "Switch logged")
    sol.say("pk;s privacy front private", "private")
    assert "`pk;system privacy front public` changes that" in sol.say("pk;config presence on", "is private", "dm")
    assert "but nothing of it is public" in sol.say(".me", "Who fronts", "dm")
    assert rollcall.get(f"/user/{sol.id}").json()["fronting"] is None
    sol.say(".hide", "hidden")
    told = sol.say("pk;config presence", "Nobody sees it yet", "dm")
    assert "who fronts in your system is private" in told
    assert "this account is hidden; `.show` ends that" in told
    sol.say("pk;config presence maybe", "`on` or `off`; “maybe” is neither")
    open_to_all = [text for place, text in said(discord.log(before)) if place == "channel"]
    assert open_to_all
    assert not any("Nobody sees it" in text or "ends that" in text for text in open_to_all)
    bob.say("pk;s delete -ne", "for good")
    bob.say(bob.system_id, "deleted")
    bob.say("pk;config presence on", "no system")


def test_a_new_link_shows_nothing_until_its_account_says_so(system_owner, rollcall, discord_user):
    sol, bob = system_owner("Ann"), discord_user("bob")
    sol.say("pk;switch Ann", "Switch logged")
    for _ in range(2):
        bob.press(sol.ask(f"pk;link {bob.id}", "Do you agree?"), "Link my account", "is linked")
        assert rollcall.get(f"/user/{bob.id}").json()["fronting"] is None
        bob.ask("pk;config presence on", "anyone on the web sees who fronts", "dm")
        assert rollcall.get(f"/user/{bob.id}").json()["fronting"]["members"][0]["name"] == "Ann"
        assert rollcall.get(f"/user/{sol.id}").json()["fronting"] is None
        sol.say(f"pk;unlink {bob.id} -y", "no longer linked")
        assert rollcall.get(f"/user/{bob.id}").json()["fronting"] is None
