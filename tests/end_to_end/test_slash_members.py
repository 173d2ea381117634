"""`/member`, `/switch` and `/front`: the same acts by slash command, seen by their user alone, with completed names."""

from tests.end_to_end.bot_replies import text_of


def test_members_are_made_shown_edited_and_deleted(system_owner, rollcall):
    sol = system_owner()
    ann = text_of(sol.slash("member new", "Ann Oak is here", name="Ann Oak"))
    hid = sol.member("Ann Oak")["id"]
    assert hid in ann
    for field, value, key, stored in (
        ("displayname", "-c Annie", "display_name", "-c Annie"),
        ("description", 'Tall "and" -clear', "description", 'Tall "and" -clear'),
        ("pronouns", "she/her", "pronouns", "she/her"),
        ("color", "#00FF00", "color", "00ff00"),
        ("birthday", "Feb 29", "birthday", "0004-02-29"),
        ("avatar", "https://example.com/a.png", "avatar_url", "https://example.com/a.png"),
        ("banner", "https://example.com/b.png", "banner", "https://example.com/b.png"),
        ("proxy", "[text]", "proxy_tags", [{"prefix": "[", "suffix": "]"}]),
        ("name", "Ann Elm", "name", "Ann Elm"),
    ):
        sol.slash("member edit", "", member=hid, field=field, value=value)
        assert sol.get(f"/v1/m/{hid}")[key] == stored, field
    sol.slash("member edit", "she/her", member="ann elm", field="pronouns")
    sol.slash("member edit", "Clear the member's pronouns?", member="Ann Elm", field="pronouns", value="clear")
    sol.press_newest("Clear", "are cleared.")
    assert sol.get(f"/v1/m/{hid}")["pronouns"] is None
    sol.slash("member privacy", "All of the settings are private now.", member=hid, subject="all", level="private")
    sol.slash("member privacy", "description: **private**", member=hid)
    sol.slash("member show", "Tall", member=hid)
    assert rollcall.get(f"/v1/m/{hid}").json()["description"] is None
    sol.slash("member list", "Members (0)")
    sol.slash("member delete", f"Type `{hid}` here", member=hid)
    sol.await_answer(lambda: sol.discord.say(sol.id, hid), "The member is deleted.", "ephemeral")
    assert rollcall.get(f"/v1/m/{hid}").status_code == 404


def test_members_refused(system_owner, discord_user):
    sol, other = system_owner("Ann"), system_owner("Zed")
    zed = other.member("Zed")["id"]
    sol.slash("member new", "already", name="Ann")
    sol.press_newest("No", "Nothing was changed.")
    sol.slash("member show", "You have no member with the name or ID “ben”", member="ben")
    sol.slash("member edit", "must be six hexadecimal digits", member="ann", field="color", value="red")
    sol.slash("member edit", "is not part of your system;", member=zed, field="color", value="ff0000")
    sol.slash("member delete", "is not part of your system;", member=zed)
    sol.slash("member privacy", "is to be `public` or `private`", member="ann", subject="name")
    discord_user().slash("member new", "This account has no system", name="Ann")
    assert [member["name"] for member in sol.members] == ["Ann"]


def test_a_slash_command_about_a_member_makes_none(system_owner):
    sol = system_owner()
    sol.slash("member show", "You have no member with the name or ID “new”", member="new")
    sol.slash("member edit", "You have no member with the name or ID “add”", member="add", field="name", value="X")
    sol.slash("member delete", "You have no member with the name or ID “create”", member="create")
    assert sol.members == []
    sol.add("new")
    sol.slash("member show", "Created", member="new")
    assert len(sol.members) == 1


def test_switches(system_owner):
    sol = system_owner("Ann", "Ben", "Cy Oak")
    sol.slash("switch to", "Fronting: Ann", member="ann")
    sol.slash("switch to", "Fronting: Cy Oak, Ben", member="cy oak", second=sol.member("Ben")["id"])
    sol.slash("switch add", "Fronting: Cy Oak, Ben, Ann", member="ann")
    sol.slash("switch add", "is fronting already", member="ann")
    sol.slash("switch to", "You named a member twice", member="ann", fourth="ANN")
    sol.slash("switch out", "Switched out.")
    sol.slash("switch out", "Nobody fronts, so nothing was changed.")
    assert sol.switches == [[], ["Cy Oak", "Ben", "Ann"], ["Cy Oak", "Ben"], ["Ann"]]
    sol.slash("switch move", "This time is not after the previous switch", time="1d ago")
    sol.slash("switch move", "I cannot read “-yes” as a time", time="-yes")
    sol.slash("switch delete", "Before it: Cy Oak, Ben, Ann since")
    sol.press_newest("Delete it", "The latest switch is deleted. Fronting: Cy Oak, Ben, Ann")
    sol.slash("front show", "Fronting: Cy Oak, Ben, Ann")
    sol.slash("front history", "Front history")
    sol.slash("front percent", "Front breakdown", since="full")
    sol.slash("front percent", "I cannot read", since="soon-ish")
    assert len(sol.switches) == 3


def test_the_front_of_somebody_else(system_owner, discord_user):
    sol, stranger = system_owner("Ann"), discord_user()
    sol.slash("switch to", "Fronting: Ann", member="ann")
    stranger.slash("front show", "Fronting: Ann", account=sol.id)
    stranger.slash("front history", "**Ann** since", account=sol.id)
    sol.slash("system privacy", "private now", subject="front", level="private")
    stranger.slash("front show", "Who fronts in this system is private.", account=sol.id)
    sol.slash("front show", "Fronting: Ann")


def test_names_are_completed_with_ones_own_members_only(system_owner, discord_user):
    sol, other, stranger = system_owner("Ann", "Ben", "Joan"), system_owner("Anders"), discord_user()
    sol.add("Zed", display_name="The Ant", visibility="private")
    hids = {member["name"]: member["id"] for member in sol.members}

    def offered(who, command, option, typed):
        return sol.discord.autocomplete(who.id, command, option, {option: typed})

    for command, option in (
        ("member show", "member"),
        ("member edit", "member"),
        ("member privacy", "member"),
        ("member delete", "member"),
        ("switch to", "member"),
        ("switch add", "member"),
    ):
        choices = offered(sol, command, option, "AN")
        assert [(choice["name"], choice["value"]) for choice in choices] == [
            (name, hids[name]) for name in ("Ann", "Joan", "Zed")
        ], command
    assert [choice["name"] for choice in offered(other, "switch to", "member", "an")] == ["Anders"]
    assert offered(stranger, "member show", "member", "an") == []
    assert offered(sol, "member show", "member", "q") == []
    assert [choice["name"] for choice in offered(sol, "member show", "member", hids["Ben"])] == ["Ben"]
    assert len(offered(sol, "switch to", "fourth", "")) == 4


def test_at_most_25_names_are_offered(system_owner):
    sol = system_owner(*(f"M{number:02}" for number in range(26)))
    choices = sol.discord.autocomplete(sol.id, "member show", "member", {"member": "m"})
    assert [choice["name"] for choice in choices] == [f"M{number:02}" for number in range(25)]
