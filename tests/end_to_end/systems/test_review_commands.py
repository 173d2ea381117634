"""What a review of the commands found: each was wrong once."""

import gzip
import json

from cogs.systems import import_export
from rules.systems import members, switches, systems


def test_a_slash_command_about_a_member_makes_none(system_owner):
    sol = system_owner()
    sol.slash("member show", "You have no member with the name or ID “new”", member="new")
    sol.slash("member edit", "You have no member with the name or ID “add”", member="add", field="name", value="X")
    sol.slash("member delete", "You have no member with the name or ID “create”", member="create")
    assert sol.members == []
    sol.add("new")
    sol.slash("member show", "Created", member="new")
    assert len(sol.members) == 1


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


def test_the_warning_knows_what_was_just_set(system_owner):
    sol = system_owner()
    sol.say("pk;s privacy all private", "All of the settings are private now.")
    assert sol.say("pk;s privacy all public") == "All of the settings are public now."


def test_the_switch_to_delete_is_never_another_one(system_owner):
    sol = system_owner("Ann", "Bo")
    sol.say_all({"pk;sw Ann": "Ann", "pk;sw Bo": "Bo", "pk;s privacy front private": "private now"})
    question = sol.say("pk;sw delete", "Delete the latest switch?", "channel")
    assert "Ann" not in question
    assert "Bo" not in question
    sol.say("no", "Nothing was deleted.")
    assert "Bo" in sol.say("pk;sw delete", "Delete the latest switch?", dm=True)
    sol.say("no", "Nothing was deleted.", dm=True)


def test_the_id_of_a_hidden_member_comes_by_dm(system_owner):
    sol = system_owner()
    hid = sol.add("Ann", visibility="private")
    sol.say("pk;m Ann id", hid, "dm")
    sol.say("pk;m Ann id -public", hid, "channel")


def test_quotes_around_the_word_alone_are_tags(system_owner):
    sol = system_owner("Ann")
    for typed, tag in {'"text"': ('"', '"'), "「text」": ("「", "」"), '"A: text "': ("A: ", " ")}.items():
        sol.say(f"pk;m Ann proxy {typed}", "now.")
        assert sol.member("Ann")["proxy_tags"] == [{"prefix": tag[0], "suffix": tag[1]}]


def test_tags_added_during_the_question_are_not_cleared(system_owner):
    sol = system_owner()
    hid = sol.add("Ann", proxy_tags=[{"prefix": "a", "suffix": None}, {"prefix": "b", "suffix": None}])
    sol.say("pk;m Ann proxy clear", "Remove all 2 tags?")
    sol.rollcall.write(members.edit_member, int(sol.id), hid, {"proxy_tags": [{"prefix": "c", "suffix": None}]})
    sol.press_newest("Remove them", "The tags were changed meanwhile")
    assert len(sol.member("Ann")["proxy_tags"]) == 1


def test_a_list_with_long_addresses_shows_everybody(system_owner, rollcall):
    sol = system_owner()
    url = "https://example.com/" + "a" * 236

    def fill(session):
        for number in range(12):
            members.create_member(session, int(sol.id), {"name": f"m{number:02}" + "*" * 97, "avatar_url": url})

    rollcall.write(fill)
    assert sol.say("pk;list -with-avatar").count(url) == 10
    assert sol.press_newest("▶", "m11").count(url) == 2


def test_a_history_that_became_private_is_not_paged_on(system_owner):
    sol, bo = system_owner("Ann"), system_owner()
    ann = sol.member("Ann")["id"]
    for hids in ([ann], []) * 6:
        sol.rollcall.write(switches.log_switch, int(sol.id), hids)
    bo.say(f"pk;s {sol.mention} history", "Front history")
    sol.rollcall.write(systems.edit_system, int(sol.id), {"front_history_privacy": "private"})
    bo.press_newest("▶", "Unauthorized to view front history.")


def test_a_link_that_is_no_address_is_refused(system_owner):
    system_owner().say("pk;import https://[", "I only take links to Discord's own files")


def test_a_packed_export_is_taken_back(discord, system_owner):
    sol, bo = system_owner("Ann", "Bo"), system_owner()
    sol.say("pk;export", "See your DMs.")
    sent = next(message for message in discord.dms(sol.id) if message["attachments"])
    packed = gzip.compress(discord.file(sent["attachments"][0]["id"]))
    bo.say("pk;import -y", "2 members added", attachments=[("system.json.gz", packed)])
    damaged = [("system.json.gz", packed[:-20])]
    bo.say("pk;import", "The packed file is damaged", "dm", attachments=damaged)


def test_an_export_that_discord_would_not_take_is_packed():
    small, large = {"name": "é"}, {"name": "é" * import_export.MOST_UPLOAD}
    assert import_export.pack(small).filename == "system.json"
    packed = import_export.pack(large)
    assert packed.filename == "system.json.gz"
    is_whole = json.loads(gzip.decompress(packed.fp.read())) == large
    assert is_whole
