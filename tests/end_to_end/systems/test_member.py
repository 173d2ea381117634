"""`pk;member`: making, looking at, renaming and deleting members; and what one may do with those of others."""

import re

from models import Member
from rules.systems import short_ids, systems
from rules.systems.privacy import MEMBER_PRIVACY
from tests.end_to_end.bot_replies import said, text_of

PICTURE = b"\x89PNG\r\n\x1a\n"


def fill(session, user_id, count):
    system = systems.get_own_system(session, user_id)
    session.add_all(
        Member(system_id=system.id, hid=hid, name="M", created=1)
        for hid in short_ids.make_ids(session, Member.hid, count)
    )


def test_a_new_member_has_the_rest_of_the_line_as_its_name(system_owner, discord_user):
    sol = system_owner()
    table = {
        "pk;member new Ann": ("Ann", "Ann is here"),
        "pk;m n  Ben  ": ("Ben", "Ben is here"),
        'pk;M ADD "Cy Oak"': ("Cy Oak", 'pk;member "Cy Oak"'),
        "PK!m create Dee  Oak": ("Dee  Oak", "needs quotes"),
        'pk; member register "clear all"': ("clear all", "clear all is here"),
        "pk;m new clear": ("clear", "clear is here"),
        "pk;m new *Eve* @everyone": ("*Eve* @everyone", r"\*Eve\*"),
        "pk;m new " + "é" * 100: ("é" * 100, "is here"),
    }
    for typed, (name, wanted) in table.items():
        told = sol.say(typed, wanted)
        assert re.search(r"the ID is `(\w+)`", told)[1] == sol.member(name)["id"]
        assert ("needs quotes" in told) is (" " in name)
    assert [member["name"] for member in sol.members] == [name for name, _ in table.values()]
    sol.say_all(
        {
            "pk;m new": "Say what the member is called",
            "pk;m new " + "é" * 101: "The name must have at most 100 characters; this one has 101.",
            "pk;m": "`pk;member new <name>` makes one",
        }
    )
    assert len(sol.members) == len(table)
    discord_user().ask("pk;m new Zed", "This account has no system; the bot's command `pk;system new` makes one.")


def test_a_new_member_with_a_picture(system_owner):
    sol = system_owner()
    sol.say("pk;m new Ann", "Ann is here", attachments=[("ann.png", PICTURE)])
    assert re.match(r"https?://.*/ann\.png", sol.member("Ann")["avatar_url"])
    sol.say("pk;m new Ben", "The attachment must be a picture.", attachments=[("ben.txt", b"Ben")])
    assert [member["name"] for member in sol.members] == ["Ann"]


def test_a_name_that_a_member_has_already_is_asked_about(system_owner, discord_user):
    sol, stranger = system_owner("Ann", "Ben"), discord_user()
    ann = sol.member("Ann")["id"]
    for typed in ("pk;m new aNN", "pk;m ben rename aNN"):
        asked = sol.ask(typed, f"a member with this name already (`{ann}`)")
        refused = stranger.press(asked, "Use it", "This question is for somebody else.", "ephemeral")
        assert text_of(refused)
        assert stranger.discord.say_and_wait(stranger.id, "yes", timeout=0.2) == []
        sol.press(asked, "No", "Nothing was changed.")
        sol.say(typed, "already")
        sol.say("N", "Nothing was changed.")
        assert [member["name"] for member in sol.members] == ["Ann", "Ben"]
    sol.ask("pk;m new aNN", "already")
    sol.press_newest("Use it", "aNN is here")
    sol.say("pk;m ben rename aNN", "already")
    sol.say("Yes", "name is changed")
    sol.say("pk;m new -y ann", "ann is here")
    assert [member["name"] for member in sol.members] == ["Ann", "aNN", "aNN", "ann"]
    # Another case of one's own name is no duplicate.
    sol.say(f"pk;m {ann} rename ANN", "already")
    sol.say("no", "Nothing was changed.")


def test_a_namesake_is_not_given_away(system_owner):
    sol = system_owner()
    hidden = sol.add("Ann", visibility="private")
    assert hidden not in sol.say("pk;m new Ann", "already")
    sol.say("no", "Nothing was changed.")
    assert hidden in sol.say("pk;m new Ann", "already", dm=True)
    sol.say("no", "Nothing was changed.", dm=True)


def test_the_limit_of_members_is_hinted_at_and_kept(system_owner, rollcall):
    sol = system_owner()
    rollcall.write(fill, int(sol.id), 948)
    assert "There is room" not in sol.say("pk;m new last", "is here")
    sol.say("pk;m new near", "There is room for 50 more members.")
    rollcall.write(fill, int(sol.id), 49)
    sol.say("pk;m new full", "There is room for 0 more members.")
    told = sol.say("pk;m new over", "A system has at most 1,000 members, and yours has 1,000; delete one first.")
    headers = {"Authorization": sol.token}
    answer = rollcall.http.post(rollcall.url + "/v1/m", headers=headers, json={"name": "over"}, timeout=15)
    assert (answer.status_code, answer.text) == (400, "Member limit reached (1000 / 1000).")
    assert "delete one first" in told


def test_members_begin_private_where_the_system_wants_it(system_owner):
    sol = system_owner()
    sol.say("pk;config private member on", "New members begin private.")
    sol.say("pk;m new Ann", "Ann is here")
    ann = sol.member("Ann")
    assert {ann[key] for key in MEMBER_PRIVACY} == {"private"}
    sol.say("pk;config private member off", "New members begin public.")
    sol.say("pk;m new Ben", "Ben is here")
    ben = sol.member("Ben")
    assert {ben[key] for key in MEMBER_PRIVACY} == {"public"}


def test_a_card_shows_each_reader_what_that_reader_may_see(system_owner, discord_user):
    sol, stranger = system_owner(), discord_user()
    hid = sol.add(
        "Ann",
        display_name="Ann the Tall",
        description="Very tall.",
        pronouns="she/her",
        birthday="0004-02-29",
        color="00ff00",
        avatar_url="https://example.com/ann.png",
        banner="https://example.com/banner.png",
        proxy_tags=[{"prefix": "A:", "suffix": None}],
    )
    sol.say("pk;config show color on", "Cards show you colors as text")
    public = ("Ann the Tall", "Name: Ann", "Very tall.", "she/her", "February 29", "#00ff00", "A:text", "Created")
    for typed in ("pk;m ann", "pk;member ANN show", "pk;m ann view"):
        card = sol.ask(typed, "Ann the Tall", "channel")
        assert all(part in text_of(card) for part in public), text_of(card)
        (embed,) = card["embeds"]
        assert hid in embed["footer"]["text"]
        assert sol.system_id in embed["footer"]["text"]
        assert (embed["color"], embed["thumbnail"]["url"], embed["image"]["url"]) == (
            0x00FF00,
            "https://example.com/ann.png",
            "https://example.com/banner.png",
        )
    sol.say("pk;m ann privacy description private", "private now")
    sol.say("pk;m ann privacy name private", "private now")
    before = sol.discord.last_seq()
    sol.say("pk;m ann", "Very tall.", "dm")
    sol.discord.wait_for(lambda entry: "`-public`" in text_of(entry.get("message", {"embeds": []})), before)
    in_channel = [text for where, text in said(sol.discord.log(before)) if where == "channel"]
    assert len(in_channel) == 1
    assert "tall" not in in_channel[0].lower()
    for told in (sol.say("pk;m ann -public", "she/her", "channel"), text_of(stranger.ask(f"pk;m {hid}", "she/her"))):
        assert "Very tall." not in told
        assert "Name: Ann" not in told
    sol.say("pk;m ann", "Very tall.", "dm", dm=True)
    sol.say("pk;m ann -pub -priv", "Choose one of `-private` and `-public`.")
    stranger.ask(f"pk;m {hid} -private", "Only the owner of a system can ask for what is private.")


def test_a_shown_card_obeys_the_setting_of_the_system(system_owner):
    sol = system_owner()
    sol.add("Ann", description="Very tall.", pronouns="she/her", description_privacy="private")
    sol.say("pk;config show private off", "leave out")
    assert "Very tall." not in sol.say("pk;m ann", "she/her", "channel")
    sol.say("pk;m ann -private", "Very tall.", "dm")
    sol.say("pk;m ann -priv", "Very tall.", "dm")


def test_renaming(system_owner):
    sol = system_owner("Ann")
    for verb in ("rename", "name", "changename", "setname", "RN"):
        sol.say(f"pk;m ann {verb} Ann", "The member's name is changed.")
    sol.say('pk;m ann rename "Ann Oak"', "The member's name is changed.")
    sol.say_all(
        {
            'pk;m "ann oak" rename': "Ann Oak",
            'pk;m "ann oak" rename -raw': "```\nAnn Oak\n```",
            'pk;m "ann oak" rename ' + "x" * 101: "The name must have at most 100 characters; this one has 101.",
            'pk;m "ann oak" displayname Annie': "display name is changed",
            'pk;m "ann oak" rename Ben -y Oak': "The display name is what others see",
        }
    )
    assert [member["name"] for member in sol.members] == ["Ben -y Oak"]


def test_a_member_goes_only_when_its_id_is_typed(system_owner, discord_user, rollcall):
    sol, stranger = system_owner("Ann", "Ben"), discord_user()
    ann = sol.member("Ann")["id"]
    sol.say("pk;sw ann ben", "Ann, Ben")
    for verb in ("delete", "remove", "destroy", "erase", "yeet"):
        sol.say(f"pk;m ann {verb}", f"Type `{ann}` here")
        stranger.discord.say(stranger.id, ann)
        sol.say("yes", "Nothing was deleted.")
    sol.say("pk;m ann delete -yes", f"Type `{ann}` here")
    sol.say("no", "Nothing was deleted.")
    assert rollcall.get(f"/v1/m/{ann}").status_code == 200
    sol.say("pk;m ann delete", f"Type `{ann}` here")
    sol.say(f" {ann.upper()} ", "The member is deleted.")
    assert rollcall.get(f"/v1/m/{ann}").status_code == 404
    assert sol.switches == [["Ben"]]
    sol.say("pk;m ann delete now", "You have no member with the name or ID “ann”")
    sol.say("pk;m ben delete now", "I did not expect “now” here")


def test_ids(system_owner):
    sol = system_owner("Ann")
    ann = sol.member("Ann")["id"]
    assert sol.say("pk;m ann id") == sol.say(f"pk;m {ann.upper()[:2]}-{ann[2:]} ID") == f"`{ann}`"


def test_the_id_of_a_hidden_member_comes_by_dm(system_owner):
    sol = system_owner()
    hid = sol.add("Ann", visibility="private")
    sol.say("pk;m Ann id", hid, "dm")
    sol.say("pk;m Ann id -public", hid, "channel")


def test_another_systems_members_can_be_read_and_not_changed(system_owner, rollcall):
    sol, other = system_owner("Ann"), system_owner()
    hid = other.add("Zed", pronouns="they/them", description="Far away.", proxy_tags=[{"prefix": "z:"}])
    before = other.member("Zed")
    sol.say_all(
        {
            f"pk;m {hid}": "Zed",
            f"pk;m {hid} pronouns": "they/them",
            f"pk;m {hid} description -raw": "Far away.",
            f"pk;m {hid} proxy": "z:text",
            f"pk;m {hid} keepproxy": "They lose the tags.",
            f"pk;m {hid} color": "The member has no color.",
            f"pk;m {hid} id": hid,
        }
    )
    refused = f"“{hid}” is not part of your system; you can change only your own members."
    for typed in (
        *("rename Yes", "dn Yes", "description Yes", "pronouns Yes", "color 00ff00", "birthday 2000-01-01"),
        *("avatar https://example.com/a.png", f"banner <@{other.id}>", "banner https://example.com/a.png"),
        *("proxy [text]", "proxy add [text]", "proxy remove z:text", "proxy clear", "keepproxy on", "privacy"),
        *("privacy all private", "private", "public", "delete", "description clear", "avatar -c", "dn -clear -y"),
    ):
        sol.say(f"pk;m {hid} {typed}", refused)
    sol.say("pk;m zed", "You have no member with the name or ID “zed”")
    sol.say(f"pk;sw {hid}", f"“{hid}” is not part of your system;")
    assert other.member("Zed") == before


def test_unknown_subcommands_get_a_hint(system_owner):
    sol = system_owner("Ann")
    sol.say_all(
        {
            "pk;m ann desription Tall": "did you mean `pk;member ann description Tall`?",
            "pk;m ann qqq": "`pk;help member` lists what there is.",
            "pk;m ann show me": "I did not expect “me” here",
            "pk;m ann -quiet": "I know no `-quiet` here",
            "pk;m ann id -raw": "I know no `-raw` here",
        }
    )
