"""`pk;list` and `pk;find`: who is listed, in which order, with what, on which page; for the owner and for strangers."""

import re

import pytest

from models import Member
from rules.fronting import switches
from rules.systems import members
from tests.end_to_end.bot_replies import text_of

MEMBERS = {
    "Ann": {"birthday": "1990-07-11", "pronouns": "she/her", "description": "Tall"},
    "ben": {"display_name": "Zed", "birthday": "0004-01-02", "proxy_tags": [{"prefix": "b:"}]},
    "Cleo": {"description": "Short", "avatar_url": "https://example.com/cleo.png"},
    "Dan": {"display_name": "Adan", "birthday": "2001-03-04"},
    "Eve": {"visibility": "private"},
}
COUNTS = {"Ann": (5, 30), "ben": (7, None), "Cleo": (9, 50), "Dan": (0, 40), "Eve": (6, 10)}


@pytest.fixture
def sol(system_owner, rollcall):
    """Somebody with five members, of whom Eve is hidden; Dan, Eve and Cleo fronted, in this order."""
    made = system_owner()
    hids = {name: made.add(name, **fields) for name, fields in MEMBERS.items()}

    def live(session):
        for name, (count, last) in COUNTS.items():
            member = session.query(Member).filter_by(hid=hids[name]).one()
            member.message_count, member.last_message_at = count, last and last * 1_000_000
        for name in ("Dan", "Eve", "Cleo"):
            switches.log_switch(session, int(made.id), [hids[name]])

    rollcall.write(live)
    return made


def names_in(text):
    """The names on a short page."""
    return re.findall(r"^`[a-z]{5}` \*\*(.*?)\*\*", text, re.MULTILINE)


def test_the_short_list_by_all_its_names(sol):
    for typed in ("list", "LIST", "l", "ls", "members", "find", "search", "query", "fd", "s list", "s find", "s l"):
        told = sol.say(f"pk;{typed}", "Members (4)")
        assert names_in(told) == ["Ann", "Zed", "Cleo", "Adan"], typed
    assert f"`{sol.member('ben')['id']}` **Zed** (ben) `b:text`" in told


def test_who_is_listed(sol):
    for typed, names in {
        "-all": "Ann Zed Cleo Adan Eve",
        "-a": "Ann Zed Cleo Adan Eve",
        "-private-only": "Eve",
        "-po": "Eve",
        "-public": "Ann Zed Cleo Adan",
        "-all -public": "Ann Zed Cleo Adan",
    }.items():
        answer = sol.ask(f"pk;list {typed}", "Members (", "dm" if "Eve" in names else "channel")
        assert names_in(text_of(answer)) == names.split(), typed
    assert "Eve" not in text_of(sol.ask("pk;list -all", "see your DMs", "channel"))
    sol.ask("pk;list -all", "Eve", "dm", dm=True)


def test_what_is_searched_for(sol):
    for typed, names in {
        "find an": "Ann Adan",
        "find AN": "Ann Adan",
        "list zed": "Zed",
        "list be": "Zed",
        "find tall": "",
        "find tall -search-description": "Ann",
        "find -sd SHORT": "Cleo",
        "s find cle": "Cleo",
        'list "ben"': "Zed",
    }.items():
        told = sol.say(f"pk;{typed}", "Members with “")
        assert names_in(told) == names.split(), typed
        if not names:
            assert "There is nobody to list." in told
    sol.say("pk;find two words", "Members with “two words” (0)")


def test_every_way_of_sorting(sol):
    for flags, names in {
        "by-name bn": "Ann Zed Cleo Adan Eve",
        "by-display-name by-displayname bdn": "Adan Ann Cleo Eve Zed",
        "by-message-count by-count bmc": "Cleo Zed Eve Ann Adan",
        "by-created bc bcr": "Ann Zed Cleo Adan Eve",
        "by-last-fronted by-last-front by-last-switch blf": "Cleo Eve Adan Ann Zed",
        "by-last-message by-last-proxy blm blp": "Cleo Adan Ann Eve Zed",
        "by-birthday bbd": "Zed Adan Ann Cleo Eve",
        "by-id bid": None,
        "random rand shuffle": None,
    }.items():
        for flag in flags.split():
            told = sol.say(f"pk;list -all -{flag}", "Members (5)", dm=True)
            if names:
                assert names_in(told) == names.split(), flag
            assert sorted(names_in(told)) == ["Adan", "Ann", "Cleo", "Eve", "Zed"]
            hids = re.findall("`([a-z]{5})`", told)
            assert hids == sorted(hids) or flag not in ("by-id", "bid")
    for flag in ("-reverse", "-rev", "-r"):
        assert names_in(sol.say(f"pk;list {flag}", "Members (4)")) == ["Adan", "Cleo", "Zed", "Ann"]
    told = sol.say("pk;list -by-birthday -reverse", "Members (4)")
    assert names_in(told) == ["Ann", "Adan", "Zed", "Cleo"]


def test_one_thing_more_in_the_short_list(sol):
    sol.say("pk;m ann privacy metadata public", "public now")
    for flags, name, wanted in (
        ("with-message-count with-count wmc", "Cleo", "9"),
        ("with-created wc wcr", "Ann", "<t:"),
        ("with-last-fronted with-last-switch with-switch wlf wls wsw", "Cleo", "<t:"),
        ("with-last-message with-message wlm wm", "Cleo", "<t:50:R>"),
        ("with-birthday wbd wb", "Zed", "January 2"),
        ("with-pronouns wp", "Ann", "she/her"),
        ("with-avatar with-pfp wa wpfp", "Cleo", "https://example.com/cleo.png"),
        ("with-display-name with-displayname wdn", "Adan", "Adan"),
    ):
        for flag in flags.split():
            lines = sol.say(f"pk;list -{flag}", "Members (4)").split("\n")
            (line,) = [line for line in lines if f"**{name}**" in line]
            assert f" · {wanted}" in line, flag


def test_all_tags_in_the_short_list(system_owner):
    sol = system_owner()
    sol.add("Ann", proxy_tags=[{"prefix": f"{sign}:"} for sign in "abcd"])
    assert "`b:text` and 2 more" in sol.say("pk;list", "Ann")
    for flag in ("-with-tags", "-wt"):
        assert "`a:text`, `b:text`, `c:text`, `d:text`" in sol.say(f"pk;list {flag}", "Ann")


def test_the_full_list(sol):
    for typed in ("list full", "list BIG", "list details", "list long", "list -full", "list -f", "find full"):
        (embed,) = sol.ask(f"pk;{typed}", "Members (4)")["embeds"]
        assert [field["name"] for field in embed["fields"]] == ["Ann", "Zed", "Cleo", "Adan"], typed
    ann, ben = (field["value"] for field in embed["fields"][:2])
    assert ann.split("\n")[1:] == ["Pronouns: she/her", "Birthday: July 11, 1990", "Tall"]
    assert ben.split("\n")[1:] == ["Name: ben", "Birthday: January 2", "Tags: `b:text`"]
    (embed,) = sol.ask("pk;list full zed -with-message-count -wlm -with-created -wa", "Members with “zed” (1)")[
        "embeds"
    ]
    (field,) = embed["fields"]
    assert "message count: 7" in field["value"]
    assert "created: <t:" in field["value"]
    assert "last message at" not in field["value"]
    sol.say("pk;list full nobody", "There is nobody to list. `-all` lists private")


def test_pages_are_turned_by_who_asked(system_owner, discord_user):
    sol, stranger = system_owner(*(f"M{number:02}" for number in range(27))), discord_user()
    for typed, size in (("pk;list", 25), ("pk;list full", 5)):
        last = -(-27 // size)
        page = sol.ask(typed, "Members (27)")
        stranger.press(page, "▶", "Only who asked can turn the pages.", "ephemeral")
        for name, number in (("⏭", last), ("⏮", 1), ("▶", 2), ("◀", 1)):
            page = sol.press(page, name, "Members (27)")
            (embed,) = page["embeds"]
            assert embed["footer"]["text"] == f"Page {number} of {last}"
            first = (number - 1) * size
            wanted = [f"M{at:02}" for at in range(first, min(first + size, 27))]
            shown = names_in(text_of(page)) or [field["name"] for field in embed["fields"]]
            assert shown == wanted
    assert not sol.ask("pk;list M0", "(10)")["components"]


def test_a_list_with_long_addresses_shows_everybody(system_owner, rollcall):
    sol = system_owner()
    url = "https://example.com/" + "a" * 236

    def fill(session):
        for number in range(12):
            members.create_member(session, int(sol.id), {"name": f"m{number:02}" + "*" * 97, "avatar_url": url})

    rollcall.write(fill)
    assert sol.say("pk;list -with-avatar").count(url) == 10
    assert sol.press_newest("▶", "m11").count(url) == 2


def test_lists_refused(sol, discord_user, rollcall):
    stranger, hid = discord_user(), sol.system_id
    sol.say_all(
        {
            "pk;list -by-name -by-id": "Choose one way of sorting.",
            "pk;list -random -bmc": "Choose one way of sorting.",
            "pk;list -wp -wa": "The short list has room for one `-with-…`; `pk;list full` takes as many as you like.",
            "pk;list -by-height": "I know no `-by-height` here",
            "pk;list -public -private": "Choose one of `-private` and `-public`.",
        }
    )
    told = text_of(stranger.ask(f"pk;s {hid} list -all", "Members (4)"))
    assert names_in(told) == ["Ann", "Zed", "Cleo", "Adan"]
    stranger.ask(f"pk;s {hid} list -private-only", "Only the owner of a system can list what is private.")
    stranger.ask(f"pk;s {hid} list -private", "Only the owner of a system can ask for what is private.")
    stranger.ask("pk;list", "This account has no system")
    sol.say("pk;s privacy fronthistory private", "private now")
    for flag in ("-by-last-fronted", "-with-last-fronted"):
        refused = stranger.refusal(f"pk;s {hid} list {flag}")
        assert refused == "The front history of this system is private."
    sol.say("pk;s privacy list private", "private now")
    over_http = rollcall.get(f"/v1/s/{hid}/members")
    assert (over_http.status_code, over_http.text) == (403, "Unauthorized to view member list.")
    assert stranger.refusal(f"pk;s {hid} list") == "The member list of this system is private."
    sol.ask("pk;list", "Members (4)", "dm")


def test_strangers_find_nobody_by_what_they_must_not_see(sol, discord_user):
    stranger, hid = discord_user(), sol.system_id
    sol.say("pk;m ben privacy name private", "private now")
    sol.say("pk;m ann privacy description private", "private now")
    for typed, names in {"find ben": [], "find zed": ["Zed"], "find tall -sd": [], "find eve -all": []}.items():
        assert names_in(text_of(stranger.ask(f"pk;s {hid} {typed}", "Members with “"))) == names, typed
