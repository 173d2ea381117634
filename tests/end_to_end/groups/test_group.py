"""`pk;group` and what is said of groups elsewhere: made, filled, shown and hidden, by its owner and to strangers."""

import re

import pytest

from rules.groups import groups, listing
from rules.systems import systems
from tests.end_to_end.bot_replies import text_of


@pytest.fixture
def sol(system_owner):
    """Somebody with three members and a group with the first two."""
    made = system_owner("Ann", "Ben", "Cy")
    made.say("pk;group new Tall ones", "Tall ones is made")
    made.say('pk;g "tall ones" add ann ben', "2 members added.")
    return made


def group_of(rollcall, sol):
    """Sol's first group, as it is stored."""

    def show(session):
        system = systems.get_own_system(session, int(sol.id))
        first = listing.show_groups(session, system, int(sol.id))[0]
        return listing.show_group(session, groups.get_group(session, first["id"]), int(sol.id))

    return rollcall.read(show)


def test_a_group_is_made_changed_and_deleted(sol, rollcall):
    hid = group_of(rollcall, sol)["id"]
    sol.say_all(
        {
            "pk;group new": "Say what the group is called",
            "pk;group": "`pk;group list` shows yours",
            "pk;g new TALL ones": "You have a group with this name already",
            f"pk;g {hid} rename Giants": "The group's name is changed.",
            "pk;g giants displayname The giants": "The group's display name is changed.",
            "pk;group giants desc All who are tall.": "The group's description is changed.",
            "pk;g giants color #FF8800": "The group's color is changed.",
            "pk;g giants icon https://example.com/i.png": "The group's icon is changed.",
            "pk;g giants banner https://example.com/b.png": "The group's banner is changed.",
            "pk;g giants color": "#ff8800",
            "pk;g giants id": hid,
            "pk;g giants rename clear": "A group needs a name",
            "pk;g giants jump": "I know no",
            "pk;g nobody": "You have no group with the name",
        }
    )
    seen = group_of(rollcall, sol)
    assert (seen["name"], seen["display_name"], seen["icon"]) == ("Giants", "The giants", "https://example.com/i.png")
    assert (seen["description"], seen["color"]) == ("All who are tall.", "ff8800")
    assert "Members: 2" in sol.say("pk;group giants", "The giants")
    sol.say("pk;g giants delete", "for good")
    sol.say(hid, "The group is deleted.")
    sol.say("pk;g list", "There is no group to list.")


def test_members_are_put_into_groups_from_either_side(sol):
    sol.say_all(
        {
            "pk;g giants add ann": "You have no group",
            'pk;g "tall ones" add ann cy': "1 member added, 1 member was there already.",
            'pk;g "tall ones" remove cy': "1 member taken out.",
            'pk;g "tall ones" member add cy': "1 member added.",
            'pk;g "tall ones" member remove cy': "1 member taken out.",
            'pk;g "tall ones" add': "Name the members",
            'pk;g "tall ones" add zed': "You have no member",
            'pk;m cy group add "tall ones"': "1 group added.",
            "pk;m cy groups": "Tall ones",
            'pk;m cy group remove "tall ones"': "1 group taken out.",
            "pk;m cy group list": "The member is in no group.",
            "pk;m ann": "Tall ones",
            'pk;g "tall ones" members': "Members (2)",
            'pk;g "tall ones" member list': "Members (2)",
            'pk;g "tall ones" list ann': "Members with “ann” (1)",
            "pk;g list": "2 members",
            "pk;s groups": "Groups (1)",
            "pk;g list gi": "Groups with “gi” (0)",
        }
    )


def test_a_members_groups_by_their_short_name(sol):
    sol.say("pk;m ann g", "Tall ones")
    sol.say('pk;m ann g remove "tall ones"', "1 group taken out.")
    sol.say('pk;m ann g add "tall ones"', "1 group added.")


def test_chance_and_shares_of_the_front(sol):
    sol.say("pk;sw ann cy", "Switch logged.")
    for _ in range(3):
        assert re.search("Ann|Ben", sol.say('pk;g "tall ones" random', "Created"))
    sol.say("pk;random", "Created")
    for typed in (
        "group random",
        "random -group",
        "random -g",
        "system random -group",
        f"s {sol.system['id']} random -g",
    ):
        sol.say(f"pk;{typed}", "Tall ones")
    for typed in ("system random", f"s {sol.system['id']} random", "random -all"):
        assert re.search("Ann|Ben|Cy", sol.say(f"pk;{typed}", "Created"))
    sol.say('pk;g "tall ones" random -group', "I know no `-group` here")
    whole = sol.say("pk;s frontpercent", "Front breakdown")
    assert "Cy" in whole
    of_group = sol.say('pk;g "tall ones" frontpercent', "Front breakdown")
    assert "Ann" in of_group
    assert "Cy" not in of_group
    of_member = sol.say("pk;m cy frontpercent", "Front breakdown")
    assert "Cy" in of_member
    assert "Ann" not in of_member


def test_what_is_private_is_told_to_the_owner_alone(sol, rollcall, discord_user):
    hid, stranger = group_of(rollcall, sol)["id"], discord_user()
    stranger.ask(f"pk;g {hid}", "Tall ones")
    stranger.ask(f"pk;m {sol.member('ann'.title())['id']}", "Tall ones")
    for typed in ("rename x", "delete", "add ann", "privacy", "private", "icon https://example.com/i.png"):
        stranger.ask(f"pk;g {hid} {typed}", "no system")
    sol.say('pk;g "tall ones" privacy icon private', "The icon is private now.")
    sol.say('pk;g "tall ones" hide', "All of the settings are private now.")
    sol.ask(f"pk;g {hid}", "Tall ones", "dm")
    sol.ask("pk;m ann", "Tall ones", "dm")
    sol.ask("pk;g list -all", "Tall ones", "dm")
    sol.ask(f"pk;g {hid} random", "Created", "dm")
    sol.ask("pk;m ann groups", "Tall ones", "dm")
    for typed in (f"g {hid} members", f"g {hid} random", f"g {hid} frontpercent"):
        assert "private" in text_of(stranger.ask(f"pk;{typed}", "private"))
    told = text_of(stranger.ask(f"pk;m {sol.member('Ann')['id']}", "Ann"))
    assert "Tall ones" not in told
    assert "Tall ones" not in text_of(stranger.ask(f"pk;s {sol.system['id']} groups", "Groups (0)"))
    sol.say("pk;g random -all -public", "There is no group to choose from")
    sol.say("pk;s privacy groups private", "The groups are private now.")
    sol.say("pk;g new Short ones", "Short ones is made")
    sol.say("pk;g random -public", "The group list of this system is private.")
    stranger.ask(f"pk;s {sol.system['id']} groups", "The group list of this system is private.")


def test_groups_are_sorted_as_members_are(sol):
    sol.say("pk;g new Zebras", "made")
    sol.say("pk;g new Ants", "made")

    def order(flags):
        told = sol.say(f"pk;g list {flags}", "Groups")
        return sorted(("Ants", "Tall ones", "Zebras"), key=told.index)

    assert order("") == order("-by-name") == ["Ants", "Tall ones", "Zebras"]
    assert order("-rev") == order("-bn -r") == ["Zebras", "Tall ones", "Ants"]
    assert order("-by-created") == ["Tall ones", "Zebras", "Ants"]
    sol.say("pk;g list -bn -bid", "Choose one way of sorting.")
    sol.say("pk;g list -bmc", "I know no `-bmc` here")


def test_new_groups_begin_private_where_that_is_set(sol, rollcall, discord_user):
    sol.say("pk;config private group on", "New groups begin private.")
    assert "the ID is" not in sol.say("pk;g new Hidden", "Hidden is made")
    sol.ask("pk;g hidden", "Hidden", "dm")


def test_groups_by_slash_commands(sol, rollcall):
    hid, cy = group_of(rollcall, sol)["id"], sol.member("Cy")["id"]
    sol.slash("group show", "Tall ones", group=hid)
    sol.slash("group list", "Groups (1)")
    completed = sol.discord.autocomplete(sol.id, "group show", "group", {"group": "tall"})
    assert completed == [{"name": "Tall ones", "value": hid}]
    sol.slash("group add", "1 member added.", group=hid, member=cy)
    sol.slash("group remove", "1 member taken out.", group=hid, member=cy)
