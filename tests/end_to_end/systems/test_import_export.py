"""Systems as files: `pk;export`, `pk;import`, and `pk;system delete`, which exports first."""

import gzip
import json

import pytest

from tests.end_to_end.bot_replies import text_of

OLDER = {
    "version": 1,
    "id": "aaaaa",
    "name": "The Pines",
    "description": "Old ones",
    "tag": "|P",
    "timezone": "Europe/Berlin",
    "description_privacy": "private",
    "front_privacy": "private",
    "members": [
        {
            "id": "bbbbb",
            "name": "Pim",
            "prefix": "p:",
            "suffix": None,
            "visibility": "private",
            "birthday": "0004-02-29",
            "keep_proxy": True,
            "message_count": 7,
        },
        {"id": "ccccc", "name": "Pam", "prefix": None, "suffix": None, "color": "ff8800"},
    ],
    "switches": [{"timestamp": "2021-05-06T07:08:09.000000Z", "members": ["ccccc", "bbbbb"]}],
    "accounts": [],
}
TUPPERBOX = {
    "tuppers": [
        {
            "name": "Tilly",
            "avatar_url": "https://example.com/t.png",
            "brackets": ["t[", "]"],
            "posts": 12,
            "show_brackets": True,
            "birthday": "1999-12-31T00:00:00.000Z",
            "description": "tall",
            "nick": "T",
        }
    ],
    "groups": [],
}


def attach(data, name="system.json"):
    return [(name, data if isinstance(data, bytes) else json.dumps(data).encode())]


def files_of(discord, person):
    """The files that came by DM, the oldest first."""
    sent = [message for message in discord.dms(person.id) if message["attachments"]]
    return [discord.file(message["attachments"][0]["id"]) for message in sent]


@pytest.fixture
def pines(discord_user):
    alice = discord_user()
    alice.ask("pk;import -y", "2 members added and 0 changed, 1 switch added", attachments=attach(OLDER))
    return alice


def test_an_older_file_of_pluralkit(discord, rollcall, discord_user):
    alice = discord_user()
    question = alice.ask("pk;import", "Your DMs say what this file would change.", attachments=attach(OLDER))
    plan = text_of(discord.dms(alice.id)[-1])
    assert all(words in plan for words in ("You get a new system.", "2 new members: “Pim”, “Pam”.", "1 new switch."))
    assert rollcall.get(f"/v1/a/{alice.id}").status_code == 404
    alice.press(question, "Import", "Your new system has the ID")
    system, (pim, pam) = alice.system, alice.members
    assert [system[key] for key in ("name", "description", "tag", "tz")] == [
        *("The Pines", "Old ones", "|P", "Europe/Berlin")
    ]
    assert (system["description_privacy"], system["front_privacy"], system["member_list_privacy"]) == (
        *("private", "private", "public"),
    )
    assert (pim["name"], pim["visibility"], pim["keep_proxy"], pim["birthday"]) == (
        "Pim",
        "private",
        True,
        "0004-02-29",
    )
    assert pim["proxy_tags"] == [{"prefix": "p:", "suffix": None}]
    assert (pam["name"], pam["proxy_tags"], pam["color"]) == ("Pam", [], "ff8800")
    (switch,) = alice.get(f"/v1/s/{system['id']}/switches")
    assert (switch["timestamp"], switch["members"]) == ("2021-05-06T07:08:09.000000Z", [pam["id"], pim["id"]])
    assert not any("Pim" in text_of(message) for message in discord.messages())


def test_tupperbox_by_link_into_a_system(discord, discord_user):
    alice = discord_user("alice", "Foxes")
    posted = discord.say(alice.id, "my file", dm=True, attachments=attach(TUPPERBOX, "tuppers.json"))
    url = posted["attachments"][0]["url"]
    question = alice.ask(f"pk;import <{url}>", "1 new member: “Tilly”.", "dm", dm=True)
    alice.press(question, "Import", "1 member added", "dm")
    (tilly,) = alice.members
    assert tilly["proxy_tags"] == [{"prefix": "t[", "suffix": "]"}]
    assert [tilly[key] for key in ("display_name", "birthday", "description", "keep_proxy", "avatar_url")] == [
        *("T", "1999-12-31", "tall", True, "https://example.com/t.png")
    ]
    assert alice.system["name"] == "Foxes"
    assert "Nothing would change" in alice.refusal(f"pk;s import {url}", dm=True)


def test_an_export_is_the_whole_system_and_comes_back(discord, pines, discord_user):
    pines.ask("pk;export", "See your DMs.", "channel")
    pines.ask("pk;s EXPORT", "The file's link: http", dm=True)
    first, second = files_of(discord, pines)
    exported = json.loads(first)
    assert first == second
    assert (exported["version"], exported["name"], exported["config"]["timezone"]) == (2, "The Pines", "Europe/Berlin")
    assert exported["accounts"] == [int(pines.id)]
    assert [(member["name"], member["message_count"]) for member in exported["members"]] == [("Pim", 7), ("Pam", 0)]
    assert len(exported["switches"]) == 1
    assert "rc_" not in first.decode()
    pines.ask("pk;import", "See your DMs.", attachments=attach(first))
    assert "Nothing would change" in text_of(discord.dms(pines.id)[-1])
    pines.ask("pk;m Pim rename Pom", "is changed")
    pines.ask("pk;m Pam delete", "for good")
    pines.ask(next(member["id"] for member in pines.members if member["name"] == "Pam"), "deleted")
    pines.ask("pk;import -y", "1 member added and 1 changed", attachments=attach(first))
    assert [member["name"] for member in pines.members] == ["Pim", "Pam"]
    bob = discord_user("bob")
    bob.ask("pk;import -yes", "2 members added", attachments=attach(first))
    taken = [alike(member) for member in bob.members]
    assert taken == [alike(member) for member in pines.members]
    assert bob.system["id"] != pines.system["id"]
    assert "1 other account in the file will not be linked" in text_of(discord.dms(bob.id)[-2])


def test_a_packed_export_is_taken_back(discord, system_owner):
    sol, bo = system_owner("Ann", "Bo"), system_owner()
    sol.say("pk;export", "See your DMs.")
    sent = next(message for message in discord.dms(sol.id) if message["attachments"])
    packed = gzip.compress(discord.file(sent["attachments"][0]["id"]))
    bo.say("pk;import -y", "2 members added", attachments=[("system.json.gz", packed)])
    damaged = [("system.json.gz", packed[:-20])]
    bo.say("pk;import", "The packed file is damaged", "dm", attachments=damaged)


def alike(member):
    return {key: value for key, value in member.items() if key not in ("id", "created")}


@pytest.mark.parametrize("how", ["No", "n", "NO"])
def test_an_import_is_cancelled(rollcall, discord_user, how):
    alice, bob = discord_user("alice"), discord_user("bob")
    question = alice.ask("pk;import", "Import it?", attachments=attach(OLDER))
    bob.press(question, "Import", "This question is for somebody else.", "ephemeral")
    if how == "No":
        alice.press(question, "No", "Nothing was imported.")
    else:
        alice.ask(how, "Nothing was imported.")
    assert rollcall.get(f"/v1/a/{alice.id}").status_code == 404


@pytest.mark.parametrize(
    ("file", "sentence"),
    [
        (b"not json", "The file is not JSON"),
        (b"\xff\xfe", "The file is not UTF-8 text."),
        (b"PK\x03\x04", "The zip archive is damaged; save it again."),
        ({"users": []}, "I read files of Simply Plural, Octocon"),
        ({"members": [], "frontHistory": []}, "There is no member in this file of Simply Plural"),
        ({"tuppers": []}, "There are no tuppers in this file"),
        ({"tuppers": None}, "There are no tuppers in this file"),
        (OLDER | {"members": {}, "name": "x"}, "The members in the file must be a list of objects."),
    ],
    ids=ascii,
)
def test_a_file_that_is_refused_changes_nothing_and_is_spoken_of_by_dm(discord, rollcall, discord_user, file, sentence):
    alice = discord_user()
    alice.ask("pk;import -y", "See your DMs.", "channel", attachments=attach(file))
    assert sentence in text_of(discord.dms(alice.id)[-1])
    assert sentence in alice.refusal("pk;import -y", attachments=attach(file), dm=True)
    assert rollcall.get(f"/v1/a/{alice.id}").status_code == 404


def test_one_bad_part_never_costs_the_whole_file(discord, discord_user):
    """A colour `red`, an address of 306 letters, a birthday that never was, a member whom nobody knows."""
    alice = discord_user()
    odd = {"color": "red", "avatar_url": "https://example.com/" + "a" * 286, "birthday": "2019-02-29"}
    file = {
        **OLDER,
        "tag": "t" * 79,
        "members": [{**OLDER["members"][0], **odd}],
        "switches": [{"timestamp": "2021-05-06T07:08:09", "members": ["ccccc", "bbbbb"]}],
    }
    question = alice.ask("pk;import", "Import it?", "dm", attachments=attach(file), dm=True)
    plan = text_of(question)
    for told in (
        "Pim”: the color must",
        "Pim”: the avatar\\_url must",
        "Pim”: the birthday must",
        "Switch 1: the member",
    ):
        assert told in plan
    alice.press(question, "Import", "1 member added and 0 changed, 1 switch added", "dm")
    (pim,) = alice.members
    assert [pim[key] for key in ("name", "color", "avatar_url", "birthday")] == ["Pim", None, None, None]
    assert pim["proxy_tags"] == [{"prefix": "p:", "suffix": None}]
    assert alice.system["tag"] == "t" * 79
    (switch,) = alice.get(f"/v1/s/{alice.system['id']}/switches")
    assert switch == {"timestamp": "2021-05-06T07:08:09.000000Z", "members": [pim["id"]]}


def test_what_does_not_fit_into_a_message_comes_as_a_file(discord, discord_user):
    alice = discord_user()
    file = OLDER | {"members": [{"name": f"Member number {n}", "color": "red"} for n in range(300)]}
    alice.ask("pk;import", "Your DMs say what this file would change.", attachments=attach(file))
    (told,) = files_of(discord, alice)
    for n in range(300):
        assert f"Member “Member number {n}”: the color must be six hexadecimal digits" in told.decode()


def test_a_file_that_says_only_a_name_takes_nothing_away(discord_user):
    alice = discord_user()
    alice.ask("pk;import -y", "1 member added", attachments=attach(TUPPERBOX))
    before = alice.members
    assert "Nothing would change" in alice.refusal(
        "pk;import", attachments=attach({"tuppers": [{"name": "Tilly"}]}), dm=True
    )
    assert alice.members == before


@pytest.mark.parametrize(
    ("button", "seen"),
    [
        ("Import", ["private", "private"]),
        ("Import, and make that public", ["public", "public"]),
        ("No", ["private"] * 2),
    ],
)
def test_an_older_file_opens_private_members_only_by_a_button_of_its_own(pines, button, seen):
    older = {**OLDER, "description": "Older", "members": [one | {"visibility": "public"} for one in OLDER["members"]]}
    for member in pines.members:
        pines.patch(f"/v1/m/{member['id']}", visibility="private")
    question = pines.ask("pk;import", "Import it?", "dm", attachments=attach(older), dm=True)
    assert "Private here and public in the file: the visibility of 2 members. It stays private." in text_of(question)
    pines.press(question, button, "Nothing was imported." if button == "No" else "0 members added", "dm")
    assert [member["visibility"] for member in pines.members] == seen


def test_where_files_are_not_taken_from(discord, discord_user):
    alice, bob = discord_user("alice", "Foxes"), discord_user("bob")
    for url in (
        "https://example.com/system.json",
        "http://cdn.discordapp.com/system.json",
        "https://cdn.discordapp.com.example.com/system.json",
        "https://cdn.discordapp.com@example.com/system.json",
        "https://cdn.discordapp.com:444/system.json",
        "http://127.0.0.1/system.json",
        "http://[::1]/system.json",
        "file:///etc/hosts",
        "system.json",
    ):
        assert "I only take links to Discord's own files" in alice.refusal(f"pk;import {url}"), url
    gone = f"{discord.cdn_base}/attachments/1/2/system.json"
    assert "Discord does not have this file any more (status 404)" in alice.refusal(f"pk;import <{gone}>")
    assert "Attach the file to `pk;import`; `pk;help import` lists" in alice.refusal("pk;import")
    for verb in ("import", "export"):
        assert "not your system" in bob.refusal(f"pk;s {alice.id} {verb}", attachments=attach(OLDER))
    assert "has no system" in bob.refusal("pk;export")
    assert alice.members == []


def test_a_link_that_is_no_address_is_refused(system_owner):
    system_owner().say("pk;import https://[", "I only take links to Discord's own files")


def test_closed_dms_stop_what_needs_them(discord, rollcall, pines, discord_user):
    before, newcomer = pines.system, discord_user("newcomer")
    for person in (pines, newcomer):
        discord.refuse_dms(person.id)
    assert "allow direct messages" in pines.refusal("pk;export")
    assert "allow direct messages" in newcomer.refusal("pk;import -y", attachments=attach(OLDER))
    assert rollcall.get(f"/v1/a/{newcomer.id}").status_code == 404
    pines.ask("pk;s delete", "for good")
    pines.ask(before["id"], "allow direct messages")
    assert pines.system == before


def test_a_system_is_deleted_when_its_id_is_typed_back(discord, rollcall, pines, discord_user):
    hid, bob = pines.system["id"], discord_user("bob")
    other = discord.add_channel(f"other-{hid}", "Home")
    assert "not your system" in bob.refusal(f"pk;s {hid} delete")
    for wrong in ("yes", "pk;help config", hid[:-1]):
        pines.ask("pk;s delete", f"Type `{hid}` here to confirm")
        pines.ask(wrong, "That was not its ID, so nothing was deleted.")
    pines.ask("pk;s delete", f"Type `{hid}` here to confirm")
    discord.say(bob.id, hid)
    discord.say(pines.id, hid, channel=other)
    assert bob.ask("pk;help config", "timezone", channel=other)
    assert pines.system["id"] == hid
    pines.ask(f" {hid.upper()} ", "Your system is deleted.")
    assert json.loads(files_of(discord, pines)[-1])["id"] == hid
    for path in (f"/v1/s/{hid}", f"/v1/a/{pines.id}"):
        assert rollcall.get(path).status_code == 404
    assert rollcall.get("/v1/s", pines.token).status_code == 401
    assert "has no system" in pines.refusal("pk;s")
