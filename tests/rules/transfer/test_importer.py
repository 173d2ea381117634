"""Importing into a system that is there: who is whom, what changes and what stays, and what is told before."""

import pytest

from rules.account import erasure
from rules.errors import Invalid, NotAllowed
from rules.fronting import switches
from rules.systems import config, members, systems
from rules.transfer import import_plan, importer
from tests.rules.transfer.import_samples import as_file, at, export, pluralkit, run_import, tell

ALICE, ALEX, BOB = 80351110224678912, 80351110224678911, 80351110224678914


@pytest.fixture
def foxes(write):
    """Alice's system."""
    return write(systems.create_system, ALICE, {"name": "Foxes", "tag": "| foxes", "front_privacy": "private"})


@pytest.fixture
def make(write, foxes):
    """A new member of Alice's."""
    return lambda name, **fields: write(members.create_member, ALICE, {"name": name, **fields})


@pytest.fixture
def seen(read):
    """Some fields of Alice's members, in the order of their making."""
    return lambda *fields: [tuple(one[name] for name in fields) for one in export(read, ALICE)["members"]]


def test_a_member_is_found_by_id_before_another_by_name(write, make, seen):
    ann, ben = make("Ann"), make("Ben")
    file = [
        {"name": "Ben", "id": "zzzzz", "description": "b"},
        {"name": "Ben", "id": ben.hid.upper(), "color": "00ff00"},
    ]
    run_import(write, ALICE, pluralkit([*file, {"name": "Annie", "id": ann.hid}]))
    assert seen("id", "name", "color", "description")[:2] == [
        (ann.hid, "Annie", None, None),
        (ben.hid, "Ben", "00ff00", None),
    ]
    assert seen("name", "description")[2:] == [("Ben", "b")]


def test_names_match_only_exactly(write, make, seen):
    make("Ann")
    run_import(write, ALICE, pluralkit([{"name": "ann"}, {"name": "Ann "}, {"name": "Ann", "color": "00ff00"}]))
    assert seen("name", "color") == [("Ann", "00ff00"), ("ann", None), ("Ann ", None)]


@pytest.mark.parametrize(("here", "there"), [(2, 3), (1, 2), (2, 1)])
def test_a_name_that_is_not_the_only_one_says_nothing_and_is_found_again_in_the_next_file(
    write, make, seen, here, there
):
    for _ in range(here):
        make("Ann")
    file = pluralkit([{"name": "Ann", "description": str(number)} for number in range(there)])
    for _ in range(2):
        run_import(write, ALICE, file)
        assert seen("name", "description") == [("Ann", None)] * here + [("Ann", str(n)) for n in range(there)]


def test_two_of_the_file_are_never_one_of_the_system(write, make, seen):
    ann = make("Ann")
    run_import(write, ALICE, pluralkit([{"name": "Ann"}, {"id": ann.hid, "name": "Annie"}]))
    assert seen("name") == [("Annie",), ("Ann",)]


@pytest.mark.parametrize(
    ("file_of", "names"), [(None, ["Ben", "Ben"]), ("ours", ["Ben", "Ben"]), ("other", ["Ann", "Ben"])]
)
def test_an_id_in_a_file_of_another_system_gives_way_to_the_name(write, foxes, make, seen, file_of, names):
    ann, _ = make("Ann"), make("Ben")
    run_import(
        write, ALICE, pluralkit([{"id": ann.hid, "name": "Ben"}], id=foxes.hid if file_of == "ours" else file_of)
    )
    assert [name for [name] in seen("name")] == names


def test_an_id_in_a_file_of_another_system_is_nobodys_here_but_found_again(write, make, seen):
    ann = make("Ann")
    for color in ("00ff00", "0000ff"):
        run_import(write, ALICE, pluralkit([{"id": ann.hid, "name": "Annie", "color": color}], id="other"))
        assert seen("name", "color") == [("Ann", None), ("Annie", color)]


def test_a_file_of_another_system_is_found_again_whatever_ids_it_has(write, read, make):
    names = [make(name).hid for name in ("Ann", "Ben", "Cleo")]
    file = pluralkit(
        [{"id": hid, "name": name} for hid, name in zip(names, ("Cleo", "Ann", "Ben"), strict=True)], id="other"
    )
    assert tell(read, ALICE, file) == ["3 unchanged members.", "Nothing would change: you have all of it already."]


def test_nobody_elses_member_is_found_by_id(write, read, foxes, seen):
    write(systems.create_system, BOB)
    zoe = write(members.create_member, BOB, {"name": "Zoe"}).hid
    run_import(write, ALICE, pluralkit([{"id": zoe, "name": "Zoe", "color": "00ff00"}], [(at(1), [zoe])]))
    assert seen("name") == [("Zoe",)]
    assert [(one["id"], one["color"]) for one in export(read, BOB)["members"]] == [(zoe, None)]
    assert export(read, BOB)["switches"] == []


def test_what_the_file_names_is_overwritten_and_the_rest_stays(write, read, make, foxes):
    ann = make("Ann", description="Tall.", color="00ff00", proxy_tags=[{"prefix": "a:"}], visibility="private")
    write(config.edit_config, ALICE, {"latch_timeout": 60, "pings_enabled": False})
    before = export(read, ALICE)
    file = pluralkit(
        [{"id": ann.hid, "name": "Ann", "color": "ff0000", "privacy": {"name_privacy": "private"}}],
        description="Four of us.",
        privacy={"description_privacy": "private"},
        config={"latch_timeout": 0},
    )
    assert tell(read, ALICE, file) == [
        "Your system's description, privacy and settings will change.",
        "1 changed member: “Ann”.",
    ]
    run_import(write, ALICE, file)
    privacy = {**before["members"][0]["privacy"], "name_privacy": "private"}
    assert export(read, ALICE) == {
        **before,
        "description": "Four of us.",
        "privacy": {**before["privacy"], "description_privacy": "private"},
        "config": {**before["config"], "latch_timeout": 0},
        "members": [{**before["members"][0], "color": "ff0000", "privacy": privacy}],
    }


FULL = {
    "display_name": "A",
    "description": "Tall.",
    "color": "00ff00",
    "birthday": "0004-07-11",
    "pronouns": "she",
    "avatar_url": "https://a/1",
    "webhook_avatar_url": "https://a/2",
    "banner": "https://a/3",
    "keep_proxy": True,
    "tts": True,
    "proxy_tags": [{"prefix": "a:"}],
    "visibility": "private",
    "name_privacy": "private",
}
FULL_SYSTEM = {
    "name": "Foxes",
    "description": "Us.",
    "tag": "| f",
    "color": "00ff00",
    "pronouns": "they",
    "tz": "Asia/Tokyo",
    "avatar_url": "https://a/1",
    "banner": "https://a/3",
    "front_privacy": "private",
}
SETTINGS = {
    "latch_timeout": 60,
    "name_format": "{name}",
    "proxy_switch": "add",
    "show_private_info": False,
    "hid_display_split": True,
    "hid_display_caps": True,
    "hid_list_padding": "right",
    "card_show_color_hex": True,
    "description_templates": ["Likes: "],
}


@pytest.mark.parametrize("nothing", [None, "", [], {}, ...], ids=["null", "empty", "no list", "no object", "absent"])
def test_what_a_file_does_not_say_takes_nothing_away(write, read, nothing):
    write(systems.create_system, ALICE, FULL_SYSTEM)
    write(config.edit_config, ALICE, SETTINGS)
    ann = write(members.create_member, ALICE, {"name": "Ann", **FULL}).hid
    before = export(read, ALICE)
    said = {} if nothing is ... else dict.fromkeys([*FULL, "prefix", "suffix", "privacy", "created"], nothing)
    about = {} if nothing is ... else dict.fromkeys([*FULL_SYSTEM, "privacy", "timezone"], nothing)
    settings = {} if nothing is ... else dict.fromkeys([*SETTINGS, "timezone"], nothing)
    file = pluralkit([{"id": ann, "name": "Ann", **said}], **about, config=settings, id=before["id"])
    assert tell(read, ALICE, file) == ["1 unchanged member.", "Nothing would change: you have all of it already."]
    run_import(write, ALICE, file)
    assert export(read, ALICE) == before


@pytest.fixture
def closed(write):
    """Seven members whom Alice made private since the file was written, and her file, which has them public."""
    write(systems.create_system, ALICE, {"name": "Foxes"})
    file = {"members": [], "switches": [], "privacy": {"front_privacy": "public", "description_privacy": "private"}}
    for number in range(7):
        hides = {"visibility": "private", **({"name_privacy": "private"} if number < 2 else {})}
        hid = write(members.create_member, ALICE, {"name": f"M{number}", **hides}).hid
        file["members"].append({"id": hid, "name": f"M{number}", "privacy": dict.fromkeys(hides, "public")})
    write(systems.edit_system, ALICE, {"front_privacy": "private"})
    write(config.edit_config, ALICE, {"member_default_private": True})
    return file | {"config": {"member_default_private": False}}


def private_of(exported):
    return [
        [name for name, value in one["privacy"].items() if value == "private"]
        for one in (exported, *exported["members"])
    ]


def test_an_older_file_tells_what_it_would_open_and_opens_nothing(write, read, closed):
    before = private_of(export(read, ALICE))
    assert tell(read, ALICE, as_file(closed)) == [
        "Your system's privacy will change.",
        "7 unchanged members.",
        "Private here and public in the file: the visibility of 7 members, the name of 2 members, your system's"
        " fronters, your system's privacy of new members. It stays private.",
    ]
    closed["members"].append({"name": "New"})
    run_import(write, ALICE, as_file(closed))
    after = private_of(export(read, ALICE))
    assert after[0] == ["description_privacy", *before[0]]
    assert after[1:8] == before[1:]
    assert "visibility" in after[8]
    assert export(read, ALICE)["config"]["member_default_private"]


def test_what_the_file_has_public_is_opened_where_somebody_says_so(write, read, closed):
    run_import(write, ALICE, as_file(closed), opens=True)
    assert private_of(export(read, ALICE)) == [["description_privacy"], *[[]] * 7]
    assert not export(read, ALICE)["config"]["member_default_private"]
    assert tell(read, ALICE, as_file(closed))[-1] == "Nothing would change: you have all of it already."


def test_a_new_member_is_as_public_as_the_file_has_it(write, read, closed):
    closed["members"].append({"name": "New", "privacy": {"visibility": "public"}})
    run_import(write, ALICE, as_file(closed))
    assert export(read, ALICE)["members"][-1]["privacy"]["visibility"] == "public"


def test_what_only_a_new_member_takes(write, make, seen):
    make("Ann")
    said = {"message_count": 5, "autoproxy_enabled": False, "last_message_timestamp": at(1), "created": at(0)}
    run_import(write, ALICE, pluralkit([{"name": name, **said, "tts": True} for name in ("Ann", "Ben")], created=at(0)))
    ann, ben = seen("message_count", "autoproxy_enabled", "last_message_timestamp", "tts", "created")
    assert ann[:4] == (0, True, None, True)
    assert ann[4] > at(0)
    assert ben == (5, False, at(1), True, at(0))


@pytest.mark.parametrize(
    ("here", "told", "hides"),
    [
        (True, {}, True),
        (True, {"member_default_private": False}, True),
        (False, {"member_default_private": True}, True),
        (False, {}, False),
    ],
)
def test_who_is_new_begins_as_the_system_wants_it_where_the_file_is_silent(write, make, seen, here, told, hides):
    make("Ann")
    write(config.edit_config, ALICE, {"member_default_private": here})
    file = [{"name": "Ann"}, {"name": "Ben", "privacy": {"name_privacy": "public"}}, {"name": "Cleo"}]
    run_import(write, ALICE, pluralkit(file, config=told))
    ann, ben, cleo = (one for [one] in seen("privacy"))
    assert set(ann.values()) == {"public"}
    assert ben == {**cleo, "name_privacy": "public"}
    assert set(cleo.values()) == {"private" if hides else "public"}


def test_switches_at_known_times_stay_and_others_come_between(write, read, make):
    ann, ben = make("Ann"), make("Ben")
    both = [{"id": one.hid, "name": one.name} for one in (ann, ben)]
    run_import(write, ALICE, pluralkit(both, [(at(3), [ann.hid]), (at(1), [])]))
    file = pluralkit(both, [(at(4), []), (at(3), [ben.hid]), (at(2), [ben.hid, ann.hid]), (at(0), [])])
    assert tell(read, ALICE, file) == [
        "2 unchanged members.",
        "3 new switches.",
        "1 switch that you have already.",
        "New, and anybody could see it: who fronted when.",
        "The file's new switches are from 2021-11-21 to 2021-11-21; your log, which is from 2021-11-21 to 2021-11-21,"
        " has 1 switch of its own in that time: both would mix. 1 of the file's 3 are from before your first.",
    ]
    assert (
        run_import(write, ALICE, file).result.sentence == "Imported: 0 members added and 0 changed, 3 switches added."
    )
    switches_now = [(one["timestamp"], one["members"]) for one in export(read, ALICE)["switches"]]
    assert switches_now == [
        (at(4), []),
        (at(3), [ann.hid]),
        (at(2), [ben.hid, ann.hid]),
        (at(1), []),
        (at(0), []),
    ]
    write(switches.log_switch, ALICE, [ann.hid])
    assert len(export(read, ALICE)["switches"]) == 6


def test_the_plan_changes_nothing_and_says_what_will_be(write, read, make):
    make("Ann"), make("Ben", color="00ff00"), make("Cleo")
    before = export(read, ALICE)
    file = pluralkit(
        [{"name": name, "color": "00ff00"} for name in ("Ann", "Ben", *(f"New {n}" for n in range(12)))],
        [(at(1), [])],
        name="Wolves",
    )
    assert tell(read, ALICE, file) == [
        "Your system's name will change.",
        f"12 new members: {', '.join(f'“New {n}”' for n in range(10))} and 2 more.",
        "1 changed member: “Ann”.",
        "1 unchanged member.",
        "1 new switch.",
        "New, and anybody could see it: 12 members, your system's name, who fronted when.",
    ]
    assert export(read, ALICE) == before
    assert not read(import_plan.plan, ALICE, importer.read_file(file)).is_empty
    run_import(write, ALICE, file)
    assert read(import_plan.plan, ALICE, importer.read_file(file)).is_empty


def test_a_new_system_is_told_and_made(write, read):
    file = as_file({"switches": [], "name": "Foxes", "created": at(0)})
    assert tell(read, ALICE, file) == [
        "You get a new system.",
        "New, and anybody could see it: your system's name.",
    ]
    result = run_import(write, ALICE, file).result
    exported = export(read, ALICE)
    assert (exported["id"], exported["name"], exported["created"]) == (result.hid, "Foxes", at(0))
    assert exported["accounts"] == [ALICE]
    assert result.sentence == (
        f"Your new system has the ID {result.hid}. Imported: 0 members added and 0 changed, 0 switches added."
    )


def test_any_linked_account_may_import(write, read, foxes):
    write(systems.link_account, ALICE, ALEX)
    assert "other account" not in " ".join(tell(read, ALICE, pluralkit(accounts=[ALEX])))
    run_import(write, ALEX, pluralkit([{"name": "Ann"}]))
    assert [one["name"] for one in export(read, ALICE)["members"]] == ["Ann"]


@pytest.mark.parametrize(
    ("own", "of_file", "shared", "fits"),
    [(999, 1, 0, True), (999, 2, 0, False), (1000, 1000, 1000, True), (999, 1000, 998, False)],
)
def test_a_thousand_members_and_no_more(write, read, foxes, own, of_file, shared, fits):
    run_import(write, ALICE, pluralkit([{"name": f"{n}"} for n in range(own)]))
    file = pluralkit([{"name": f"{n}", "color": "00ff00"} for n in range(own - shared, own - shared + of_file)])
    if fits:
        run_import(write, ALICE, file)
        assert len(export(read, ALICE)["members"]) == 1000
        return
    before = export(read, ALICE)
    for act in (lambda: tell(read, ALICE, file), lambda: run_import(write, ALICE, file)):
        with pytest.raises(
            Invalid, match="A system has at most 1,000 members; with those of the file yours would have 1,001"
        ):
            act()
    assert export(read, ALICE) == before


def test_nothing_is_imported_for_who_asked_to_be_forgotten(write, read):
    write(erasure.forget, ALICE)
    file = pluralkit(name="Foxes")
    for act in (lambda: tell(read, ALICE, file), lambda: run_import(write, ALICE, file)):
        with pytest.raises(NotAllowed, match="You asked to be forgotten"):
            act()
