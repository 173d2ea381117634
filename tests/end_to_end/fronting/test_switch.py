"""`pk;switch`: who fronts is logged, corrected, copied and deleted, and the API tells the same afterwards."""

import itertools

from models import Member
from rules.systems import short_ids, systems


def post_switch(system_owner, names):
    """Log a switch by the API; its refusal."""
    known = {member["name"]: member["id"] for member in system_owner.members}
    hids = [known[name] for name in names]
    headers = {"Authorization": system_owner.token}
    url = f"{system_owner.rollcall.url}/v1/s/switches"
    return system_owner.rollcall.http.post(url, headers=headers, json={"members": hids}, timeout=15)


def test_who_is_named_fronts_in_that_order(system_owner):
    sol = system_owner("Ann", "Ben", "Cy Oak")
    ben = sol.member("Ben")["id"]
    sol.say("pk;switch ann", "Switch logged. Fronting: Ann")
    sol.say(f'pk;SW "cy oak" {ben} ANN', "Switch logged. Fronting: Cy Oak, Ben, Ann")
    sol.say("pk;sw ann ben 'Cy Oak'", "Fronting: Ann, Ben, Cy Oak")
    sol.say("pk;sw\nben\nann", "Fronting: Ben, Ann")
    sol.say("pk;switch out", "Switched out. Fronting: *nobody*")
    assert sol.switches == [[], ["Ben", "Ann"], ["Ann", "Ben", "Cy Oak"], ["Cy Oak", "Ben", "Ann"], ["Ann"]]
    assert sol.get(f"/v1/s/{sol.system_id}/fronters")["members"] == []
    sol.say("pk;sw ben", "Fronting: Ben")
    assert [member["name"] for member in sol.get(f"/v1/s/{sol.system_id}/fronters")["members"]] == ["Ben"]


def test_a_first_switch_may_be_out(system_owner):
    sol = system_owner()
    sol.say("pk;sw OUT", "Switched out.")
    assert sol.switches == [[]]


def test_switches_refused_as_over_http(system_owner):
    sol, other = system_owner("Ann", "Ben"), system_owner("Zed")
    sol.say("pk;sw ann ben", "Fronting: Ann, Ben")
    for typed, names in (("ann ben", ["Ann", "Ben"]), ("ben ann ben", ["Ben", "Ann", "Ben"])):
        assert post_switch(sol, names).status_code == 400
        sol.say(f"pk;sw {typed}", "nothing was changed" if len(names) == 2 else "You named a member twice")
    sol.say("pk;sw ann ben", "They front already, so nothing was changed.")
    zed = other.member("Zed")["id"]
    sol.say_all(
        {
            "pk;sw": "Name who fronts: `pk;switch <members>`; `pk;switch out` is nobody.",
            "pk;sw ann cy": "You have no member with the name or ID “cy”",
            "pk;sw ann ann": "You named a member twice; name each once.",
            f"pk;sw ann {zed}": f"“{zed}” is not part of your system;",
            "pk;sw ann -append": "I know no `-append` here",
            "pk;sw out ann": "I did not expect “ann” here",
        }
    )
    sol.say("pk;sw ben ann", "Fronting: Ben, Ann")
    sol.say("pk;sw out", "Switched out.")
    assert post_switch(sol, []).text == "New members identical to existing fronters."
    assert sol.say("pk;sw out") == "Nobody fronts, so nothing was changed."
    assert sol.switches == [[], ["Ben", "Ann"], ["Ann", "Ben"]]


def test_at_most_150_front_at_once(system_owner, rollcall):
    sol = system_owner("Ann")
    letters = ["".join(pair) for pair in itertools.islice(itertools.product("abcdefghijklm", repeat=2), 151)]

    def fill(session):
        system = systems.get_own_system(session, int(sol.id))
        hids = short_ids.make_ids(session, Member.hid, len(letters))
        session.add_all(
            Member(system_id=system.id, hid=hid, name=name, created=1) for hid, name in zip(hids, letters, strict=True)
        )

    rollcall.write(fill)
    told = sol.say("pk;sw " + " ".join(letters), "At most 150 members can front at once; these are 151.")
    assert post_switch(sol, letters).text == told
    sol.say("pk;sw " + " ".join(letters[:150]), "and 130 more")
    assert sol.switches == [letters[:150]]
    sol.say("pk;sw copy ann", "At most 150 members can front at once; these are 151.")
    sol.say("pk;sw edit -append ann -yes", "At most 150 members can front at once; these are 151.")
    assert sol.switches == [letters[:150]]


def test_the_latest_switch_is_edited_after_a_question(system_owner):
    sol = system_owner("Ann", "Ben", "Cy", "Dee")
    sol.say("pk;sw dee", "Fronting: Dee")
    sol.say("pk;sw ann ben", "Fronting: Ann, Ben")
    at = sol.get(f"/v1/s/{sol.system_id}/switches")[0]["timestamp"]
    for typed, fronting in (
        ("edit ben cy", ["Ben", "Cy"]),
        ("e -a ann", ["Ben", "Cy", "Ann"]),
        ("replace -remove cy", ["Ben", "Ann"]),
        ("edit cy dee -p", ["Cy", "Dee", "Ben", "Ann"]),
        ("edit -f ann", ["Ann", "Cy", "Dee", "Ben"]),
        ("edit -prepend -remove ann", "Choose one of `-append`, `-prepend`, `-remove` and `-first`."),
        ("edit -r ann cy dee ben", []),
        ("edit -first dee", ["Dee"]),
        ("edit out", []),
        ("edit -append cy", ["Cy"]),
        ("edit -prepend dee", ["Dee", "Cy"]),
    ):
        if isinstance(fronting, str):
            sol.say(f"pk;sw {typed}", fronting)
            continue
        sol.say(f"pk;sw {typed}", "Change who fronts since the latest switch?")
        sol.say("y", f"The latest switch is changed. Fronting: {', '.join(fronting) or '*nobody*'}")
        assert sol.switches == [fronting, ["Dee"]], typed
    assert sol.get(f"/v1/s/{sol.system_id}/switches")[0]["timestamp"] == at
    sol.say("pk;sw edit ann", "Change who fronts")
    sol.press_newest("No", "Nothing was changed.")
    sol.say("pk;sw edit -yes ann", "Fronting: Ann")
    assert sol.switches == [["Ann"], ["Dee"]]


def test_edits_refused(system_owner):
    sol, other = system_owner("Ann", "Ben"), system_owner("Zed")
    zed = other.member("Zed")["id"]
    sol.say("pk;sw edit ann -y", "No switch is logged in this system yet.")
    sol.say("pk;sw ann", "Fronting: Ann")
    sol.say_all(
        {
            "pk;sw edit": "Name the members: `pk;switch edit <members>`, or `pk;switch edit out`.",
            "pk;sw edit -y cy": "You have no member with the name or ID “cy”",
            f"pk;sw edit -y {zed}": "is not part of your system",
            "pk;sw edit -y ben ben": "You named a member twice; name each once.",
            "pk;sw edit -y ann": "They front already, so nothing was changed.",
            "pk;sw edit -y -f ann": "They front already, so nothing was changed.",
            "pk;sw edit -y -a ann": "is fronting already; name members who are not.",
            "pk;sw edit -y -p ann": "is fronting already; name members who are not.",
            "pk;sw edit -y -r ben": "is not fronting; name members who are.",
            "pk;sw edit -y -q ann": "I know no `-q` here",
        }
    )
    assert sol.switches == [["Ann"]]
    sol.say("pk;sw edit out -y", "changed")
    sol.say("pk;sw edit out -y", "Nobody fronts, so nothing was changed.")


def test_a_copy_is_a_new_switch(system_owner):
    sol = system_owner("Ann", "Ben", "Cy")
    for typed, fronting in (
        ("copy ann", ["Ann"]),
        ("add ben", ["Ann", "Ben"]),
        ("duplicate -p cy", ["Cy", "Ann", "Ben"]),
        ("dupe -remove ann", ["Cy", "Ben"]),
        ("copy -f ben ann", ["Ben", "Ann", "Cy"]),
        ("copy -remove ann ben cy", []),
    ):
        before = sol.switches
        sol.say(f"pk;sw {typed}", f"Switch logged. Fronting: {', '.join(fronting) or '*nobody*'}")
        assert sol.switches == [fronting, *before], typed
    before = sol.switches
    sol.say("pk;sw ann", "Fronting: Ann")
    sol.say_all(
        {
            "pk;sw copy": "Name the members: `pk;switch copy <member>`.",
            "pk;sw copy ann": "is fronting already",
            "pk;sw copy ben ben": "You named a member twice; name each once.",
            "pk;sw copy -r ben": "is not fronting",
            "pk;sw copy -f ann": "They front already, so nothing was changed.",
            "pk;sw copy dee": "You have no member with the name or ID “dee”",
        }
    )
    assert sol.switches == [["Ann"], *before]


def test_the_latest_switch_is_deleted_after_a_question(system_owner):
    sol = system_owner("Ann", "Ben")
    for typed in ("delete", "delete all", "remove -all", "erase -c", "cancel -clear", "yeet"):
        sol.say(f"pk;sw {typed}", "No switch is logged in this system yet.")
    sol.say("pk;sw ann", "Fronting: Ann")
    sol.say("pk;sw ben", "Fronting: Ben")
    for verb in ("delete", "remove", "erase", "cancel", "yeet"):
        asked = sol.say(f"pk;sw {verb}", "Delete the latest switch?")
        assert asked.index("Ben since") < asked.index("Before it: Ann since")
        sol.say("no", "Nothing was deleted.")
    assert sol.switches == [["Ben"], ["Ann"]]
    sol.say("pk;sw delete", "Delete the latest switch?")
    sol.press_newest("Delete it", "The latest switch is deleted. Fronting: Ann")
    assert sol.switches == [["Ann"]]
    assert "Before it" not in sol.say("pk;sw delete", "Ann since")
    sol.say("yes", "The latest switch is deleted.")
    assert sol.switches == []


def test_the_switch_to_delete_is_never_another_one(system_owner):
    sol = system_owner("Ann", "Bo")
    sol.say_all({"pk;sw Ann": "Ann", "pk;sw Bo": "Bo", "pk;s privacy front private": "private now"})
    question = sol.say("pk;sw delete", "Delete the latest switch?", "channel")
    assert "Ann" not in question
    assert "Bo" not in question
    sol.say("no", "Nothing was deleted.")
    assert "Bo" in sol.say("pk;sw delete", "Delete the latest switch?", dm=True)
    sol.say("no", "Nothing was deleted.", dm=True)


def test_all_switches_are_deleted_after_a_question(system_owner):
    sol = system_owner("Ann", "Ben")
    for typed in ("delete all", "delete -all", "remove -c", "erase -clear", "yeet ALL -yes"):
        sol.say("pk;sw ann", "Fronting: Ann")
        sol.say("pk;sw ben", "Fronting: Ben")
        if not typed.endswith("-yes"):
            sol.say(f"pk;sw {typed}", "Delete all of your switches?")
            sol.say("no", "Nothing was deleted.")
            assert sol.switches == [["Ben"], ["Ann"]]
        sol.say(f"pk;sw {typed} -y", "All of your switches are deleted.")
        assert sol.switches == []
    sol.say("pk;sw ann", "Fronting: Ann")
    sol.say("pk;sw delete ann", "Write `pk;switch delete` for the latest switch, or `pk;switch delete all`.")
    assert sol.switches == [["Ann"]]


def test_an_answer_that_comes_too_late_changes_nothing(system_owner):
    sol = system_owner("Ann", "Ben", "Cy")
    sol.say("pk;sw ann", "Fronting: Ann")
    for typed, label in (("move 1h", "Move it"), ("edit cy", "Change it"), ("delete", "Delete it")):
        sol.say(f"pk;sw {typed}", "latest switch")
        post_switch(sol, ["Ben"] if sol.switches[0] == ["Ann"] else ["Ann"])
        before = sol.get(f"/v1/s/{sol.system_id}/switches")
        sol.press_newest(label, "Your latest switch changed meanwhile; look at it again.")
        assert sol.get(f"/v1/s/{sol.system_id}/switches") == before


def test_hidden_members_are_not_named_in_a_channel(system_owner):
    sol = system_owner()
    sol.add("Ann", name_privacy="private", display_name="A.")
    assert "Ann" not in sol.say("pk;sw ann", "Fronting: A.")
    sol.say("pk;s privacy front private", "private now")
    assert sol.say("pk;sw out") == "Switched out."
    sol.say("pk;sw ann", "Switch logged. Fronting: A.", dm=True)
    sol.say("pk;s privacy fronthistory private", "private now")
    assert "since" not in sol.say("pk;sw delete", "Delete the latest switch?")
    sol.say("no", "Nothing was deleted.")
    assert "A. since" in sol.say("pk;sw delete", "Delete the latest switch?", dm=True)
    sol.say("no", "Nothing was deleted.", dm=True)


def test_members_are_listed_as_people_write_lists(system_owner):
    sol = system_owner("Ann", "Bob", "Cleo", "A & B", "Ann Oak")
    for typed, names in {
        "Ann, Bob & Cleo": ["Ann", "Bob", "Cleo"],
        "A & B": ["A & B"],
        "a & b, ann oak and cleo": ["A & B", "Ann Oak", "Cleo"],
        "edit Ann & Bob -y": ["Ann", "Bob"],
        "copy Cleo, ann oak": ["Ann", "Bob", "Cleo", "Ann Oak"],
        "remove Ann & Bob,Cleo": ["Ann Oak"],
    }.items():
        sol.say(f"pk;switch {typed}", "Fronting: ")
        assert sol.switches[0] == names, typed
    before = sol.switches
    for typed, told in {
        ",": "You have no member with the name “,”",
        "Ann, Nobody & Bob": "You have no member with the name or ID “Nobody”",
    }.items():
        sol.say(f"pk;switch {typed}", told)
    assert sol.switches == before
    sol.say("pk;autoproxy Ann, Bob", "I did not expect “Bob” here")
