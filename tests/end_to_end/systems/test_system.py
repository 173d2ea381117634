"""`pk;system …` through the real bot: what is typed, what is answered, and what the API says afterwards."""

import pytest

from tests.end_to_end.bot_replies import text_of

PICTURE = b"\x89PNG\r\n\x1a\n"
STRANGER_ID = "1163892047215738999"
TEXTS = {
    "name": (("rename", "name", "changename", "rn"), "name"),
    "description": (("description", "desc", "describe", "d", "bio", "text", "intro"), "description"),
    "tag": (("tag", "t"), "tag"),
}
LEVELS = {
    "public": ("public", "pub", "show", "shown", "visible", "unhide", "unhidden"),
    "private": ("private", "priv", "hide", "hidden"),
}


def test_a_system_is_made_and_deleted_by_every_name_of_both(discord, rollcall, discord_user):
    alice = discord_user()
    bot_id = next(user["id"] for user in discord.users() if user["name"] == "Rollcall")
    commands = ("pk;s", "PK!system", "pk;account", f"<@{bot_id}> acc", "pk; S")
    makers = ("new", "create", "make", "add", "register", "init", "N")
    deleters = ("delete", "remove", "destroy", "erase", "YEET")
    for number, make in enumerate(makers):
        command = commands[number % len(commands)]
        welcome = text_of(alice.ask(f'{command} {make} "The  Foxes {number}"', "Your system is made"))
        prefix = "pk;" if command.startswith("pk;") else "pk!" if command.startswith("PK!") else f"<@{bot_id}> "
        assert all(word in welcome for word in ("public unless", f"`{prefix}token`", "to yourself"))
        assert alice.system["name"] == f"The  Foxes {number}"
        flag = ("-no-export", "-ne")[number % 2]
        alice.ask(f"{command} {flag} {deleters[number % len(deleters)]}", "for good")
        alice.ask(alice.system["id"].upper(), "Your system is deleted.")
        assert rollcall.get(f"/v1/a/{alice.id}").status_code == 404
    assert not [message for message in discord.dms(alice.id) if message["attachments"]]


def test_a_system_is_not_made_twice_nor_with_a_long_name(rollcall, discord_user):
    alice = discord_user()
    refused = alice.refusal(f"pk;s new {'x' * 101}")
    assert "100 characters; this one has 101" in refused
    assert rollcall.get(f"/v1/a/{alice.id}").status_code == 404
    alice.ask("pk;s new", "Your system is made")
    assert alice.system["name"] is None
    assert alice.refusal("pk;s new Another") == "This account already has a system."
    assert alice.patch("/v1/s", name="x" * 101).text == refused
    assert alice.system["name"] is None


def test_texts_are_set_shown_and_cleared_by_every_name(discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob", "Owls")
    for key, (names, label) in TEXTS.items():
        for name in names:
            alice.ask(f"pk;s {name} {name} * -c `é`", f"The system's {label} is changed.")
            assert alice.system[key] == f"{name} * -c `é`"
            alice.ask(f"pk;s {name}", f"{name} * -c `é`", "channel")
        alice.ask(f"pk;s -raw {names[0]}", "```\n", "channel")
        bob.ask(f"pk;s {alice.mention} {names[0]}", alice.system[key], "channel")
        kept = alice.system[key]
        assert "not your system" in bob.refusal(f"pk;s {alice.system['id']} {names[0]} mine")
        assert "not your system" in bob.refusal(f"pk;s {alice.id} {names[0]} clear -yes")
        question = alice.ask(f"pk;s {names[0]} clear", f"Clear the system's {label}?")
        alice.press(question, "No", "Nothing was changed.")
        assert alice.system[key] == kept
        alice.ask(f"pk;s {names[0]} -clear", f"Clear the system's {label}?")
        alice.ask("y", f"The system's {label} is cleared.")
        assert alice.system[key] is None
        assert f"has no {label}" in alice.refusal(f"pk;s {names[0]} reset -y")
        alice.ask(f"pk;s {names[0]}", f"The system has no {label}. Put one behind the command to set it.")
        hint = bob.refusal(f"pk;s {alice.id} {names[0]}")
        assert hint == f"The system has no {label}."


def test_texts_keep_what_was_typed(discord_user):
    alice = discord_user("alice", "Foxes")
    for typed, key, stored in [
        ('name "A B"', "name", "A B"),
        ("name “A B” C", "name", "“A B” C"),
        ("name 'A B", "name", "'A B"),
        ('tag "-c"', "tag", "-c"),
        ('description "A" and -yes', "description", '"A" and -yes'),
        ("description first  line \n  second -public", "description", "first  line\n  second -public"),
        ("description Clear the table", "description", "Clear the table"),
    ]:
        alice.ask(f"pk;s {typed}", "is changed")
        assert alice.system[key] == stored, typed


def test_colours(discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    for typed, stored in [("color #FF00aa", "ff00aa"), ("colour 00FF00", "00ff00"), ('COLOR "#0000ff"', "0000ff")]:
        alice.ask(f"pk;s {typed}", "The system's color is changed.")
        assert alice.system["color"] == stored
    bob.ask(f"pk;s {alice.mention} color", "#0000ff")
    for bad in ("red", "#12345", "1234567", "ff00gg"):
        assert alice.refusal(f"pk;s color {bad}") == alice.patch("/v1/s", color=bad.removeprefix("#")).text, bad
    assert alice.system["color"] == "0000ff"
    alice.ask("pk;s color clear -y", "The system's color is cleared.")
    assert alice.system["color"] is None


def test_refusals_read_the_same_in_discord_and_in_http(discord_user):
    alice = discord_user("alice", "Foxes")
    before = alice.system
    for command, key, value in [
        ("rename", "name", "n" * 101),
        ("description", "description", "d" * 1001),
        ("tag", "tag", "t" * 79),
        ("avatar", "avatar_url", "https://example.com/" + "a" * 240),
        ("avatar", "avatar_url", "ftp://example.com/a.png"),
        ("banner", "banner", "example.com/b.png"),
        ("banner", "banner", "https://exa mple.com/b.png"),
        ("banner", "banner", "https://user@example.com/b.png"),
    ]:
        response = alice.patch("/v1/s", **{key: value})
        assert response.status_code == 400
        assert alice.refusal(f"pk;s {command} {value}") == response.text, value
    assert alice.system == before
    for command, key, length in [("rename", "name", 100), ("description", "description", 1000), ("tag", "tag", 78)]:
        alice.ask(f"pk;s {command} {'é' * length}", "is changed")
        assert alice.system[key] == "é" * length


def test_pictures_by_address_mention_and_attachment(discord, rollcall, discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    discord.edit_user(bob.id, avatar="a" * 32)
    names = {
        "avatar_url": ("avatar", "picture", "icon", "image", "pic", "pfp"),
        "banner": ("banner", "splash", "cover"),
    }
    for key, aliases in names.items():
        for alias in aliases:
            url = f"https://example.com/{alias}.png?size=1"
            alice.ask(f"pk;s {alias} <{url}>", f"{aliases[0]} is changed")
            assert alice.system[key] == url
        shown = bob.ask(f"pk;s {alice.mention} {aliases[-1]}", url)
        assert shown["embeds"][0]["image"]["url"] == url
        alice.ask(f"pk;s {aliases[0]} raw", f"```\n{url}\n```")
        alice.ask(f"pk;s {aliases[0]}", "only while the message is there", attachments=[("a.png", PICTURE)])
        assert alice.system[key].startswith(discord.cdn_base)
        assert "must be a picture" in alice.refusal(f"pk;s {aliases[0]}", attachments=[("a.txt", b"hello")])
        assert "not your system" in bob.refusal(f"pk;s {alice.mention} {aliases[0]} https://example.com/x.png")
    for who in (bob.mention, bob.id):
        alice.ask("pk;s avatar https://example.com/a.png", "is changed")
        alice.ask(f"pk;s avatar {who}", "avatar is changed")
        assert f"/avatars/{bob.id}/{'a' * 32}." in alice.system["avatar_url"]
    for no_address in ("<>", '""', "clear it", "<https://example.com/a.png> please"):
        assert "must be an address" in alice.refusal(f"pk;s avatar {no_address}"), no_address
    assert f"/avatars/{bob.id}/" in alice.system["avatar_url"]
    assert "no such Discord account" in alice.refusal(f"pk;s avatar <@{STRANGER_ID}>")
    assert "cannot be taken from a user" in alice.refusal(f"pk;s banner {bob.mention}")
    alice.ask("pk;s avatar clear -y", "cleared")
    alice.ask("pk;s cover -c -yes", "cleared")
    assert [alice.system[key] for key in names] == [None, None]
    assert "has no avatar" in alice.refusal("pk;s avatar")


def test_privacy_by_every_name(discord, discord_user):
    alice = discord_user("alice", "Foxes")
    subjects = {
        "description_privacy": ("description", "desc", "d", "bio"),
        "member_list_privacy": ("list", "members", "memberlist", "mlist"),
        "front_privacy": ("front", "fronter", "fronters"),
        "front_history_privacy": ("fronthistory", "fh", "switch", "SWITCHES"),
    }
    levels = [(word, level) for level, words in LEVELS.items() for word in words]
    for key, names in subjects.items():
        for name in names:
            word, level = levels.pop(0)
            levels.append((word, level))
            alice.ask(f"pk;s privacy {name} {word}", f"is {level} now.")
            assert alice.system[key] == level, (name, word)
    for typed, level in (("all private", "private"), ("all pub", "public"), ("hide", "private")):
        alice.ask(f"pk;s privacy {typed}", f"All of the settings are {level} now.")
        assert {alice.system[key] for key in subjects} == {level}
    alice.ask("pk;s privacy", "See your DMs.", "channel")
    shown = text_of(discord.dms(alice.id)[-1])
    later = ("name", "avatar", "banner", "pronouns")
    assert all(f"{name}: **private**" in shown for name in (*later, "description", "list", "front", "fronthistory"))


def test_the_warning_knows_what_was_just_set(system_owner):
    sol = system_owner()
    sol.say("pk;s privacy all private", "All of the settings are private now.")
    assert sol.say("pk;s privacy all public") == "All of the settings are public now."


def test_privacy_of_what_v1_does_not_know(discord, discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    alice.patch("/v1/s", avatar_url="https://example.com/a.png", banner="https://example.com/b.png")
    alice.ask("pk;s pronouns they/them", "pronouns are changed")
    for names, field, value in [
        (("name",), "rename", "Foxes"),
        (("avatar", "pfp", "pic", "icon"), "avatar", "a.png"),
        (("banner", "b"), "banner", "b.png"),
        (("pronouns", "pronoun", "prns", "pn"), "pronouns", "they/them"),
    ]:
        for name in names:
            alice.ask(f"pk;s privacy {name} private", "private now")
            assert value not in bob.refusal(f"pk;s {alice.id} {field}")
            alice.ask(f"pk;s privacy {name} public", "public now")
            assert value in bob.refusal(f"pk;s {alice.id} {field}")


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ("privacy colour private", "There is no privacy of “colour”; there are name, "),
        ("privacy front", "Say whether the front is to be `public` or `private`."),
        ("privacy front hush", "Say whether the front is to be `public` or `private`."),
        ("privacy all", "Say whether all of it is to be `public` or `private`."),
        ("privacy front private list", "I did not expect “list” here; change one setting at a time, or all."),
        ("privacy front -hush private", "I know no `-hush` here"),
    ],
)
def test_privacy_refused(discord_user, typed, sentence):
    alice = discord_user("alice", "Foxes")
    before = alice.system
    assert sentence in alice.refusal(f"pk;s {typed}")
    assert alice.system == before


def test_ids_and_other_references(discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    hid = alice.system["id"]
    for typed in ("id", f"{hid} id", f"{alice.mention} id", f"{alice.id} ID", f"{hid[:2]}-{hid[2:].upper()} id"):
        asker = alice if typed == "id" else bob
        assert asker.refusal(f"pk;s {typed}") == f"`{hid}`"
    for typed in ("", "info", "view", "show"):
        assert "Foxes" in alice.refusal(f"pk;s {typed}")
        assert "Foxes" in bob.refusal(f"pk;s {hid} {typed}")
    assert "pk;system new" not in bob.refusal(f"pk;s {hid}")
    for typed in ("", "rename Bob", "id", "color", "privacy", "delete"):
        assert "This account has no system" in bob.refusal(f"pk;s {typed}"), typed
    assert bob.refusal("pk;s aaaaa").startswith("There is no system “aaaaa”")
    assert bob.refusal("pk;s -id aaaaa") == "There is no system with the ID “aaaaa”."
    assert bob.refusal(f"pk;s <@{STRANGER_ID}>") == "This account has no system."
    assert bob.refusal(f"pk;s {bob.mention} id") == "This account has no system."
