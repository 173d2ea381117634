"""`pk;member <member> privacy`: each subject and level by all its names, and what a stranger sees afterwards."""

from rules.systems.privacy import LATER_MEMBER_PRIVACY, MEMBER_PRIVACY
from tests.end_to_end.bot_replies import text_of

SUBJECTS = {
    "name_privacy": "name",
    "description_privacy": "description desc d bio info",
    "banner_privacy": "banner b",
    "avatar_privacy": "avatar pfp pic icon",
    "birthday_privacy": "birthday",
    "pronoun_privacy": "pronouns pronoun prns",
    "proxy_privacy": "proxy proxies tag tags",
    "metadata_privacy": "metadata meta created",
    "visibility": "visibility hidden shown visible list",
}
PUBLIC = ("public", "pub", "show", "shown", "visible", "unhide", "unhidden")
PRIVATE = ("private", "priv", "hide", "hidden")


def settings_of(system_owner, name):
    """All of a member's settings, from the command that shows them."""
    shown = system_owner.say(f"pk;m {name} privacy", "Privacy of your member", dm=True)
    lines = dict(line.replace("*", "").split(": ") for line in shown.split("\n") if ": **" in line)
    names = {names.split()[0]: key for key, names in SUBJECTS.items()}
    return {names[name]: level for name, level in lines.items()}


def test_every_subject_by_all_its_names(system_owner):
    sol = system_owner("Ann")
    assert set(SUBJECTS) == {*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY}
    for key, names in SUBJECTS.items():
        first, *others = names.split()
        is_ = "are" if first == "pronouns" else "is"
        sol.say(f"pk;m ann privacy {first} private", f"The {first} {is_} private now.")
        changed = sol.member("Ann") if key in MEMBER_PRIVACY else settings_of(sol, "ann")
        assert [name for name in SUBJECTS if changed.get(name) == "private"] == [key]
        for name in others:
            sol.say(f"pk;m ann privacy {name.upper()} private", f"The {first} {is_} private now.")
        sol.say(f"pk;m ann privacy {first} public", f"The {first} {is_} public now.")
    assert settings_of(sol, "ann") == dict.fromkeys(SUBJECTS, "public")


def test_all_of_them_at_once_by_all_the_levels_names(system_owner):
    sol = system_owner("Ann")
    for levels, level in ((PRIVATE, "private"), (PUBLIC, "public")):
        for name in levels:
            sol.say(f"pk;m ann privacy all {name}", f"All of the settings are {level} now.")
        assert set(settings_of(sol, "ann").values()) == {level}
    for typed, level in {
        "private": "private",
        "public": "public",
        "hidden": "private",
        "shown": "public",
        "hide": "private",
        "unhide": "public",
        "privacy private": "private",
        "unhidden": "public",
    }.items():
        sol.say(f"pk;m ann {typed}", f"All of the settings are {level} now.")
        assert {sol.member("Ann")[key] for key in MEMBER_PRIVACY} == {level}, typed


def test_a_level_without_a_subject_changes_nothing(system_owner):
    sol = system_owner()
    hid = sol.add("Ann", birthday_privacy="private")
    sol.slash("member privacy", "Choose the subject", member="Ann", level="public")
    sol.slash("system privacy", "Choose the subject", level="public")
    for word in ("visible", "shown", "hidden"):
        sol.say(f"pk;m Ann privacy {word}", "Say whether")
    ann = sol.get(f"/v1/m/{hid}")
    assert (ann["birthday_privacy"], ann["visibility"]) == ("private", "public")
    sol.say("pk;m Ann privacy public", "All of the settings are public now.")


def test_what_a_stranger_sees_follows(system_owner, rollcall):
    sol = system_owner()
    hid = sol.add(
        "Ann",
        display_name="Annie",
        description="Tall.",
        pronouns="she/her",
        birthday="0004-02-29",
        avatar_url="https://example.com/a.png",
        proxy_tags=[{"prefix": "A:"}],
    )
    sol.say("pk;m ann privacy all private", "private now")
    seen = rollcall.get(f"/v1/m/{hid}").json()
    hidden = ("display_name", "description", "pronouns", "birthday", "avatar_url")
    assert (seen["name"], seen["proxy_tags"]) == ("Annie", [])
    assert {seen[key] for key in hidden} == {None}
    assert rollcall.get(f"/v1/s/{sol.system_id}/members").json() == []


def test_warnings(system_owner):
    sol = system_owner()
    sol.add("Ann", avatar_url="https://example.com/a.png")
    sol.add("Ben", display_name="Benny")
    name, avatar = "Without a display name the name is still shown", "Proxied messages still show the avatar."
    assert avatar not in sol.say("pk;m ann privacy name private", name)
    assert name not in sol.say("pk;m ann privacy avatar private", avatar)
    assert name in sol.say("pk;m ann privacy all private", avatar)
    assert name not in sol.say("pk;m ben privacy all private", "All of the settings are private now.")
    assert name not in sol.say("pk;m ann privacy all public", "All of the settings are public now.")


def test_settings_are_shown_to_their_owner_alone(system_owner):
    sol = system_owner("Ann")
    sol.ask("pk;m ann privacy", "Privacy of your member", "dm")
    shown = sol.ask("pk;m ann privacy", "See your DMs.", "channel")
    assert "public" not in text_of(shown)


def test_refused(system_owner):
    sol = system_owner("Ann")
    sol.say_all(
        {
            "pk;m ann privacy nose private": "There is no privacy of “nose”; there are visibility, name",
            "pk;m ann privacy name": "Say whether the name is to be `public` or `private`.",
            "pk;m ann privacy name secret": "Say whether the name is to be `public` or `private`.",
            "pk;m ann privacy all": "is to be `public` or `private`.",
            "pk;m ann private parts": "I did not expect “parts” here",
        }
    )
    assert set(settings_of(sol, "ann").values()) == {"public"}
