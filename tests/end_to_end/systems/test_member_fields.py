"""`pk;member <member> <field>`: texts, colours, birthdays and pictures are shown, set and cleared."""

import re
from datetime import UTC, datetime, timedelta

from tests.end_to_end.bot_replies import text_of

PICTURE = b"\x89PNG\r\n\x1a\n"
# Each with its names, its key in the API, what is typed and what is stored.
TEXTS = [
    ("displayname dn dname nick nickname dispname", "display_name", "display name", "Ann the Tall", "Ann the Tall"),
    ("description desc describe d bio info text intro", "description", "description", '"Tall" -c  x', '"Tall" -c  x'),
    ("pronouns pronoun prns pn", "pronouns", "pronouns", '"she/her"', "she/her"),
    ("color colour", "color", "color", "#00FF7f", "00ff7f"),
    ("birthday birth bday birthdate cakeday bdate bd", "birthday", "birthday", "Feb 29", "0004-02-29"),
]


def test_texts_are_set_and_cleared_by_all_their_names(system_owner):
    sol = system_owner("Ann")
    for verbs, key, label, typed, stored in TEXTS:
        first, *others = verbs.split()
        are = "are" if label == "pronouns" else "is"
        sol.say(f"pk;m ann {first}", f"The member has no {label}. Put one behind the command to set it.")
        sol.say(f"pk;m ann {first} {typed}", f"The member's {label} {are} changed.")
        assert sol.member("Ann")[key] == stored
        sol.say(f"pk;m ann {first} clear -yes", f"The member's {label} {are} cleared.")
        assert sol.member("Ann")[key] is None
        for verb in others:
            sol.say(f"pk;m ann {verb.upper()} {typed}", f"The member's {label} {are} changed.")


def test_what_is_set_is_shown_as_it_looks_and_as_it_was_typed(system_owner):
    sol = system_owner("Ann")
    for verb, typed, shown in (
        ("dn", "*Ann*", "*Ann*"),
        ("description", "Tall.  \nAnd `kind`.", "Tall.\nAnd `kind`."),
        ("pronouns", "she/her", "she/her"),
        ("color", "00ff7f", "#00ff7f"),
        ("birthday", "2004-02-29", "February 29, 2004"),
    ):
        sol.say(f"pk;m ann {verb} {typed}", " changed.")
        assert sol.say(f"pk;m ann {verb}").endswith(f"\n{shown}")
        assert sol.say(f"pk;m ann {verb} -raw").endswith(f"```\n{shown}\n```")
    for flag in ("-r", "raw", "-plaintext", "-pt"):
        assert sol.say(f"pk;m ann description {flag}").endswith("```\nTall.\nAnd `kind`.\n```"), flag


def test_clearing_asks_first(system_owner):
    sol = system_owner()
    sol.add("Ann", description="Tall.")
    for typed in ("clear", "reset", "DEFAULT", "-c", "-clear"):
        sol.say(f"pk;m ann description {typed}", "Clear the member's description?")
        sol.say("no", "Nothing was changed.")
    sol.say("pk;m ann description clear", "Clear the member's description?")
    sol.press_newest("No", "Nothing was changed.")
    assert sol.member("Ann")["description"] == "Tall."
    sol.say("pk;m ann description -c", "Clear the member's description?")
    sol.press_newest("Clear", "The member's description is cleared.")
    assert sol.member("Ann")["description"] is None
    sol.say("pk;m ann description clear", "The member has no description; nothing is changed.")


def test_flags_inside_a_free_text_stay_in_it(system_owner):
    sol = system_owner("Ann")
    for text in ("Tall -c", "Tall -clear -yes", "clear skies -raw", "raw fish", "default -c, they say"):
        sol.say(f"pk;m ann description {text}", "The member's description is changed.")
        assert sol.member("Ann")["description"] == text
    sol.say("pk;m ann pronouns '-c'", "pronouns are changed")
    assert sol.member("Ann")["pronouns"] == "-c"


def test_a_text_that_begins_like_a_flag_is_refused_and_stored_in_quotes(system_owner):
    sol = system_owner("Ann")
    sol.add("Ben", description="Small.")
    for typed in ("-tall", "--tall tree", "-x s|a|b|", "-flag-of-nobody", "-y -tall", "clear -tall"):
        for field in ("description", "pronouns", "dn", "rename", "color", "birthday", "avatar"):
            sol.say(f"pk;m ben {field} {typed}", "here; put a text that starts with - into quotes.")
    assert [sol.member("Ben")[key] for key in ("description", "pronouns", "display_name")] == ["Small.", None, None]
    for text in ("-tall", "-tall and -thin", "-x s|a|b|"):
        sol.say(f'pk;m ann description "{text}"', "The member's description is changed.")
        assert sol.member("Ann")["description"] == text
    sol.say('pk;m ann description "quoted"', "The member's description is changed.")
    assert sol.member("Ann")["description"] == '"quoted"'


def test_texts_refused(system_owner):
    sol = system_owner("Ann")
    before = sol.member("Ann")
    sol.say_all(
        {
            "pk;m ann dn " + "ä" * 101: "The display_name must have at most 100 characters; this one has 101.",
            "pk;m ann pronouns " + "ä" * 101: "The pronouns must have at most 100 characters; this one has 101.",
            "pk;m ann desc " + "ä" * 1001: "The description must have at most 1,000 characters; this one has 1,001.",
            "pk;m ann color red": "The color must be six hexadecimal digits, like ff0000",
            "pk;m ann color ##ff0000": "The color must have at most 6 characters",
            "pk;m ann color ff00g0": "The color must be six hexadecimal digits, like ff0000",
            "pk;m ann birthday Feb 30": "I cannot read “Feb 30” as a birthday; write it like 2018-07-11",
            "pk;m ann birthday 2001-02-29": "I cannot read “2001-02-29” as a birthday",
            "pk;m ann birthday soon": "I cannot read “soon” as a birthday",
        }
    )
    assert sol.member("Ann") == before


def test_birthdays_as_people_write_them(system_owner):
    sol = system_owner("Ann")
    sol.say("pk;config tz Pacific/Kiritimati -yes", "Kiritimati")
    for typed, stored in {
        "Jul 11 2018": "2018-07-11",
        "July 11th, 2018": "2018-07-11",
        "11 july 2018": "2018-07-11",
        "2018-07-11": "2018-07-11",
        "2018 07 11": "2018-07-11",
        "2018/7/11": "2018-07-11",
        "1st JANUARY": "0004-01-01",
        "Jan 2nd": "0004-01-02",
        "07-11": "0004-07-11",
        "07/11": "0004-07-11",
        "0001-07-11": "0001-07-11",
        '"Feb 29"': "0004-02-29",
    }.items():
        sol.say(f"pk;m ann bd {typed}", "birthday is changed")
        assert sol.member("Ann")["birthday"] == stored, typed
    for typed in ("today", "NOW"):
        sol.say(f"pk;m ann bd {typed}", "birthday is changed")
        # Fourteen hours ahead of UTC: the system's own day counts.
        assert sol.member("Ann")["birthday"] == local_day(14), typed


def local_day(hours):
    return (datetime.now(UTC) + timedelta(hours=hours)).date().isoformat()


def test_a_private_name_without_a_display_name_is_warned_about(system_owner):
    sol = system_owner()
    sol.add("Ann", display_name="Annie", name_privacy="private")
    sol.say("pk;m ann dn clear -yes", "The name is private, but without a display name it is still shown.", "dm")
    assert sol.member("Ann")["display_name"] is None


def test_pictures_are_set_shown_and_cleared_by_all_their_names(system_owner):
    sol = system_owner("Ann")
    for verbs, key, label in (
        ("avatar profile picture icon image pfp pic", "avatar_url", "avatar"),
        ("banner splash cover", "banner", "banner"),
    ):
        sol.say(f"pk;m ann {verbs.split()[0]}", f"The member has no {label}.")
        for verb in verbs.split():
            url = f"https://example.com/{verb}.png"
            sol.say(f"pk;m ann {verb} <{url}>", f"The member's {label} is changed.")
            assert sol.member("Ann")[key] == url
            shown = sol.ask(f"pk;m ann {verb}", url)
            assert shown["embeds"][0]["image"]["url"] == url
        sol.say(f"pk;m ann {verb} -raw", f"```\n{url}\n```")
        sol.say(f"pk;m ann {verb} -clear", f"Clear the member's {label}?")
        sol.say("yes", f"The member's {label} is cleared.")
        assert sol.member("Ann")[key] is None


def test_pictures_from_attachments_and_accounts(system_owner, discord_user):
    sol, other = system_owner("Ann"), discord_user()
    for verb, key in (("avatar", "avatar_url"), ("banner", "banner")):
        told = sol.say(f"pk;m ann {verb}", "is changed", attachments=[("new.png", PICTURE)])
        assert "an address of your own lasts" in told
        assert re.match(r"https?://.*/new\.png", sol.member("Ann")[key])
    pictures = []
    for given in (other.mention, other.id, f"<@!{other.id}>"):
        sol.say(f"pk;m ann avatar {given}", "avatar is changed")
        pictures.append(sol.member("Ann")["avatar_url"])
        sol.say("pk;m ann avatar https://example.com/a.png", "avatar is changed")
    assert len(set(pictures)) == 1
    assert pictures[0].startswith("http")


def test_pictures_refused(system_owner, discord_user):
    sol, other = system_owner("Ann"), discord_user()
    before = sol.member("Ann")
    long = "https://example.com/" + "a" * 240
    sol.say_all(
        {
            "pk;m ann avatar hello": "The avatar_url must be an address",
            "pk;m ann avatar ftp://example.com/a.png": "The avatar_url must be an address",
            "pk;m ann avatar http://example.com/a.png": "A picture's address must start with https://",
            f"pk;m ann banner {long}": "The banner must have at most 256 characters; this one has 260.",
            "pk;m ann avatar https://": "The avatar_url must be an address",
            f"pk;m ann banner {other.mention}": "A banner cannot be taken from a user",
            "pk;m ann avatar <@80351110224678000>": "There is no such Discord account.",
        }
    )
    sol.say("pk;m ann banner", "The attachment must be a picture.", attachments=[("a.txt", b"a")])
    assert sol.member("Ann") == before


def test_a_refusal_reads_the_same_over_http(system_owner):
    sol = system_owner("Ann")
    path = f"/v1/m/{sol.member('Ann')['id']}"
    for verb, key, value in (
        ("rename", "name", "x" * 101),
        ("displayname", "display_name", "x" * 101),
        ("description", "description", "x" * 1001),
        ("pronouns", "pronouns", "x" * 101),
        ("color", "color", "red"),
        ("color", "color", "ff0000ff"),
        ("avatar", "avatar_url", "https://user:pw@example.com/"),
        ("banner", "banner", "https://example.com/" + "x" * 240),
    ):
        answer = sol.patch(path, **{key: value})
        assert answer.status_code == 400
        assert text_of(sol.ask(f"pk;m ann {verb} {value}", "")) == answer.text
