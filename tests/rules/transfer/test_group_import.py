"""Groups in files: who is whose, what changes and what stays private, and what is seen of them before the end."""

import copy

import pytest
from sqlalchemy import func, select

from models import Group, GroupMember, Member
from rules.account import erasure
from rules.errors import Invalid, NotAllowed, NotFound
from rules.groups import groups, listing, membership
from rules.groups.listing import GroupOptions
from rules.parsing.uuids import format_uuid
from rules.systems import config, members, soft_delete, systems
from rules.transfer import exporter, import_groups, importer
from tests.rules.transfer.import_samples import as_file, at, export, pluralkit, run_import, tell, without_ids

ALICE, BOB = 80351110224678912, 80351110224678914
SUBJECTS = (
    *("name_privacy", "description_privacy", "banner_privacy", "icon_privacy", "list_privacy", "metadata_privacy"),
    "visibility",
)
PEOPLE = [{"id": "aaaaa", "name": "Ann"}, {"id": "bbbbb", "name": "Ben"}, {"id": "ccccc", "name": "Cleo"}]
TALL = {
    "id": "ttttt",
    "uuid": "7d444840-9dc0-4f1d-8245-5ffdce74fad2",
    "name": "Tall",
    "display_name": "The Tall",
    "description": "All who are tall.",
    "icon": "https://example.com/icon.png",
    "banner": "https://example.com/banner.png",
    "color": "ff8800",
    "created": "2024-03-30T20:00:00.000000Z",
    "members": ["aaaaa", "ccccc"],
    "privacy": {**dict.fromkeys(SUBJECTS, "public"), "list_privacy": "private"},
}
# As PluralKit writes it now.
CURRENT = {
    "version": 2,
    "id": "sygva",
    "uuid": "f715b8de-2195-43ea-87df-8690ac7fad81",
    "name": "House",
    "description": "A home",
    "tag": "| hs",
    "pronouns": None,
    "avatar_url": None,
    "banner": None,
    "color": "112233",
    "created": "2024-03-30T20:00:00.000000Z",
    "webhook_url": None,
    "privacy": {
        **dict.fromkeys(("name_privacy", "avatar_privacy"), "public"),
        "description_privacy": "private",
        "banner_privacy": "public",
        "pronoun_privacy": "public",
        "member_list_privacy": "private",
        "group_list_privacy": "public",
        **dict.fromkeys(("front_privacy", "front_history_privacy"), "private"),
    },
    "config": {
        "timezone": "Europe/Berlin",
        "pings_enabled": True,
        "latch_timeout": 3600,
        "member_default_private": True,
        "group_default_private": False,
        "show_private_info": True,
        "member_limit": 1000,
        "group_limit": 250,
        "case_sensitive_proxy_tags": False,
        "proxy_error_message_enabled": True,
        "hid_display_split": False,
        "hid_display_caps": False,
        "hid_list_padding": "off",
        "card_show_color_hex": False,
        "proxy_switch": "new",
        "name_format": None,
        "description_templates": ["Hello"],
    },
    "accounts": [ALICE],
    "members": [
        {
            "id": hid,
            "uuid": uuid,
            "name": name,
            "display_name": None,
            "color": "ff00aa",
            "birthday": "2018-07-11",
            "pronouns": "they/them",
            "avatar_url": "https://cdn.example.org/41/0.png",
            "webhook_avatar_url": None,
            "banner": None,
            "description": "Hello\nthere",
            "created": "2024-03-30T20:00:00.000000Z",
            "keep_proxy": True,
            "tts": False,
            "autoproxy_enabled": True,
            "message_count": 17,
            "last_message_timestamp": "2024-03-31T20:00:00.000000Z",
            "proxy_tags": [{"prefix": "A:", "suffix": None}, {"prefix": None, "suffix": "-A"}],
            "privacy": dict.fromkeys(
                (
                    *("visibility", "name_privacy", "description_privacy", "banner_privacy", "birthday_privacy"),
                    *("pronoun_privacy", "avatar_privacy", "metadata_privacy", "proxy_privacy"),
                ),
                "public" if name == "Alder" else "private",
            ),
        }
        for hid, name, uuid in (
            ("qvyxtx", "Alder", "c598a0c7-9d1b-4527-9f65-96078422a9e4"),
            ("ephcp", "Bay", "a22e57d9-5f91-4305-aa5a-f3a2c664c891"),
        )
    ],
    "groups": [
        {**TALL, "members": ["qvyxtx", "ephcp"]},
        {
            "id": "hadcj",
            "uuid": "3d1b07a5-dcbc-4874-ac65-50e90719eabd",
            "name": "Quiet",
            **dict.fromkeys(("display_name", "description", "icon", "banner", "color")),
            "created": "2024-03-30T20:00:00.000001Z",
            "members": [],
            "privacy": dict.fromkeys(SUBJECTS, "private"),
        },
    ],
    "switches": [
        {"timestamp": "2024-04-03T04:16:04.764087Z", "members": ["qvyxtx", "ephcp"]},
        {"timestamp": "2024-04-03T00:34:16.654880Z", "members": []},
    ],
}


def groups_file(*listed, people=PEOPLE, **system):
    """A file with groups."""
    return pluralkit(people, groups=list(listed), **system)


@pytest.fixture
def seen(read):
    """The names of Alice's groups and of those who are in each."""
    return lambda: [(one["name"], one["members"]) for one in without_ids(export(read, ALICE))["groups"]]


@pytest.fixture
def tall(write):
    """The ID of the group Tall, in which is Ann; Ben and Cleo are not."""
    run_import(write, ALICE, groups_file({"name": "Tall", "members": ["aaaaa"]}))
    return write(lambda session: session.scalars(select(Group.hid)).one())


def uuids_in(exported):
    rows = (exported, *exported["members"], *exported["groups"])
    return [row["uuid"] for row in rows]


def test_a_file_of_today_comes_in_whole_and_goes_out_equal(write, read):
    assert tell(read, ALICE, as_file(CURRENT)) == [
        *("You get a new system.", "2 new members: “Alder”, “Bay”.", "2 new groups: “Tall”, “Quiet”."),
        "2 new switches.",
        "New, and anybody could see it: 1 member, 1 group, your system's name, your system's tag.",
        "Fronting at the end of the file: “Alder”, “Bay”. Autoproxy speaks as them only if you say they front now.",
    ]
    running = run_import(write, ALICE, as_file(CURRENT))
    assert running.result.sentence.endswith(
        "Imported: 2 members added and 0 changed, 2 groups added and 0 changed, 2 switches added."
    )
    exported = export(read, ALICE)
    assert without_ids(exported) == without_ids(CURRENT)
    assert uuids_in(exported) == uuids_in(CURRENT)
    for shown, wrote in zip(
        (exported, *exported["members"], *exported["groups"]),
        (CURRENT, *CURRENT["members"], *CURRENT["groups"]),
        strict=True,
    ):
        assert list(shown) == list(wrote)
    assert run_import(write, ALICE, exporter.dump(exported).encode()).result.new_groups == 0
    assert export(read, ALICE) == exported


def test_what_was_exported_comes_back_the_same_after_the_system_was_deleted(write, read):
    run_import(write, ALICE, as_file(CURRENT))
    exported = export(read, ALICE)
    write(systems.delete_system, ALICE)
    run_import(write, ALICE, exporter.dump(exported).encode())
    again = export(read, ALICE)
    assert without_ids(again) == without_ids(exported)
    assert uuids_in(again) == uuids_in(exported)


def test_anothers_uuids_and_ids_stay_theirs(write, read):
    run_import(write, BOB, as_file(CURRENT))
    before = export(read, BOB)
    run_import(write, ALICE, as_file(CURRENT))
    assert export(read, BOB) == before
    alices = export(read, ALICE)
    assert set(uuids_in(alices)).isdisjoint(uuids_in(before))
    assert {one["id"] for one in alices["groups"]}.isdisjoint(one["id"] for one in before["groups"])


@pytest.mark.parametrize("by", ["uuid", "id", "name"])
def test_a_group_is_found_again_and_changed(write, read, tall, seen, by):
    [before] = export(read, ALICE)["groups"]
    key = {"uuid": before["uuid"], "id": tall.upper(), "name": "Tall"}
    file = groups_file({"name": "High", by: key[by], "color": "00ff00", "members": ["bbbbb"]})
    assert tell(read, ALICE, file) == [
        "3 unchanged members.",
        f"1 changed group: “{'Tall' if by == 'name' else 'High'}”.",
    ]
    result = run_import(write, ALICE, file).result
    assert (result.new_groups, result.changed_groups) == (0, 1)
    [after] = export(read, ALICE)["groups"]
    assert (after["id"], after["uuid"], after["color"]) == (tall, before["uuid"], "00ff00")
    assert seen() == [("Tall" if by == "name" else "High", ["Ann", "Ben"])]


def test_a_uuid_says_more_than_an_id_and_a_name(write, read, tall, seen):
    uuid = export(read, ALICE)["groups"][0]["uuid"]
    run_import(
        write, ALICE, groups_file({"name": "Tall"}, {"id": tall, "name": "Tall"}, {"uuid": uuid, "name": "High"})
    )
    assert [name for name, _ in seen()] == ["High", "Tall", "Tall"]


def test_a_member_is_found_by_its_uuid_too(write, read):
    run_import(write, ALICE, pluralkit([{"name": "Ann"}]))
    uuid = export(read, ALICE)["members"][0]["uuid"]
    run_import(write, ALICE, pluralkit([{"name": "Ann"}, {"name": "Annie", "uuid": uuid.upper()}]))
    assert [(one["name"], one["uuid"] == uuid) for one in export(read, ALICE)["members"]] == [
        ("Annie", True),
        ("Ann", False),
    ]


def test_names_match_only_exactly_and_nobody_is_two(write, tall, seen):
    run_import(write, ALICE, groups_file({"name": "tall"}, {"name": "Tall"}, {"name": "Tall"}))
    assert [name for name, _ in seen()] == ["Tall", "tall", "Tall"]


def test_nobody_elses_group_is_found(write, read, tall):
    write(systems.create_system, BOB)
    run_import(write, BOB, groups_file({"id": tall, "name": "Mine", "members": ["aaaaa"]}))
    assert [one["name"] for one in export(read, ALICE)["groups"]] == ["Tall"]
    assert export(read, BOB)["groups"][0]["id"] != tall


def test_memberships_are_only_added(write, read, tall, seen):
    run_import(write, ALICE, groups_file({"id": tall, "name": "Tall", "members": ["ccccc", "bbbbb", "ccccc"]}))
    assert seen() == [("Tall", ["Ann", "Ben", "Cleo"])]
    file = groups_file({"id": tall, "name": "Tall", "members": []})
    assert tell(read, ALICE, file)[-1] == "Nothing would change: you have all of it already."
    run_import(write, ALICE, file)
    assert seen() == [("Tall", ["Ann", "Ben", "Cleo"])]


@pytest.mark.parametrize("nothing", [None, "", [], {}, ...], ids=["null", "empty", "no list", "no object", "absent"])
def test_what_a_file_does_not_say_takes_nothing_away(write, read, nothing):
    run_import(write, ALICE, groups_file(TALL))
    before = export(read, ALICE)
    fields = set(TALL) - {"id", "uuid", "name"}
    said = {} if nothing is ... else dict.fromkeys(fields, nothing)
    file = groups_file({"name": "Tall", **said})
    assert tell(read, ALICE, file)[-2:] == ["1 unchanged group.", "Nothing would change: you have all of it already."]
    run_import(write, ALICE, file)
    assert export(read, ALICE) == before


@pytest.fixture
def closed(write, tall):
    """A file that has everything of Tall public; Alice has it private."""
    write(groups.edit_group, ALICE, tall, dict.fromkeys(SUBJECTS, "private"))
    return {"id": tall, "name": "Tall", "privacy": dict.fromkeys(SUBJECTS, "public"), "members": ["bbbbb"]}


def test_what_is_private_stays_so_and_is_told(write, read, closed, seen):
    told = tell(read, ALICE, groups_file(closed))[-1]
    assert told.startswith("Private here and public in the file: ")
    for subject in ("name", "description", "banner", "icon", "members", "metadata", "visibility"):
        assert f"the {subject} of 1 group" in told
    run_import(write, ALICE, groups_file(closed))
    [group] = export(read, ALICE)["groups"]
    assert set(group["privacy"].values()) == {"private"}
    assert seen() == [("Tall", ["Ann", "Ben"])]


def test_it_is_opened_where_somebody_says_so(write, read, closed):
    run_import(write, ALICE, groups_file(closed), opens=True)
    [group] = export(read, ALICE)["groups"]
    assert set(group["privacy"].values()) == {"public"}


@pytest.mark.parametrize(
    ("here", "told", "hides"), [(True, {}, True), (True, {"group_default_private": False}, True), (False, {}, False)]
)
def test_a_new_group_begins_as_the_system_wants_it_where_the_file_is_silent(write, read, here, told, hides):
    write(systems.create_system, ALICE)
    write(config.edit_config, ALICE, {"group_default_private": here})
    run_import(write, ALICE, groups_file({"name": "Tall", "privacy": {"name_privacy": "public"}}, config=told))
    [group] = export(read, ALICE)["groups"]
    shown = "private" if hides else "public"
    assert group["privacy"] == {**dict.fromkeys(SUBJECTS, shown), "name_privacy": "public"}


@pytest.mark.parametrize(
    ("group", "told"),
    [
        (
            {"name": "x" * 101},
            [f"Group “{'x' * 39}…”: only the first 100 of the 101 characters of the name are taken."],
        ),
        ({"name": None}, ["Group 1: the name is missing; a new group is called “Unnamed 1”."]),
        ({"name": 5}, ["Group 1: the name must be a text.", "Group 1: the name is missing"]),
        ({"display_name": "x" * 101}, ["Group “Tall”: only the first 100 of the 101 characters of the display_name"]),
        ({"description": "x" * 1001}, ["Group “Tall”: only the first 1,000 of the 1,001 characters"]),
        ({"icon": "ftp://a"}, ["Group “Tall”: the icon must be an address"]),
        ({"banner": 5}, ["Group “Tall”: the banner must be a text."]),
        ({"color": "red"}, ["Group “Tall”: the color must be six hexadecimal digits"]),
        ({"id": 5}, ["Group “Tall”: the id must be a text."]),
        ({"members": "aaaaa"}, ["Group “Tall”: the members must be a list of member IDs."]),
        ({"members": ["aaaaa", "zzzzz", 5]}, ["Group “Tall”: in it are 2 members not in the file."]),
        ({"privacy": {"visibility": "x"}}, ["Group “Tall”: the visibility must be public or private."]),
        ({"privacy": "public"}, ["Group “Tall”: the privacy must be an object; the group is taken as private."]),
    ],
    ids=lambda value: ascii(value)[:60],
)
def test_what_does_not_fit_is_left_out_and_told(write, read, group, told):
    file = groups_file({"name": "Tall", **group})
    left_out = importer.read_file(file).left_out
    assert [line[: len(begin)] for line, begin in zip(left_out, told, strict=True)] == told
    run_import(write, ALICE, file)
    [shown] = export(read, ALICE)["groups"]
    if "privacy" in group:
        assert shown["privacy"]["visibility"] == "private"


@pytest.mark.parametrize(
    ("listed", "told"),
    [
        (5, "The file: the groups must be a list of objects."),
        ([5, {"name": "Tall"}], "Group 1: it is no object, and left out."),
        ([{"id": "t", "name": "A"}, {"id": "T", "name": "B"}], "Group “B”: the ID t is another's in the file too"),
        ([{"name": f"{n}"} for n in range(251)], "The groups: a system has at most 250; the first of 251 are taken."),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_a_list_that_does_not_fit_leaves_the_rest(write, read, listed, told):
    file = pluralkit(PEOPLE, groups=listed)
    [line] = importer.read_file(file).left_out
    assert line.startswith(told)
    run_import(write, ALICE, file)
    assert len(export(read, ALICE)["members"]) == 3


def test_for_what_there_is_no_room_is_left_out_and_told(write, read, seen):
    run_import(write, ALICE, pluralkit(groups=[{"name": f"{n}"} for n in range(249)]))
    file = groups_file({"name": "5", "members": ["aaaaa"]}, {"name": "One"}, {"name": "Two", "members": ["aaaaa"]})
    assert tell(read, ALICE, file)[1:] == [
        "1 new group: “One”.",
        "1 changed group: “5”.",
        "New, and anybody could see it: 3 members, 1 group.",
        "1 thing in the file does not fit, and is left out, or cut where that is said:",
        "• Group “Two”: a system has at most 250 groups, so this one is left out.",
    ]
    run_import(write, ALICE, file)
    assert len(seen()) == 250
    assert seen()[-1] == ("One", [])
    assert seen()[5] == ("5", ["Ann"])


def test_a_webhook_is_never_taken_from_a_file(write, read):
    file = {**copy.deepcopy(CURRENT), "webhook_url": "https://example.com/hook"}
    assert "The webhook address is left out" in " ".join(tell(read, ALICE, as_file(file)))
    run_import(write, ALICE, as_file(file))
    assert export(read, ALICE)["webhook_url"] is None


@pytest.fixture
def small_steps(monkeypatch):
    monkeypatch.setattr(importer, "ROWS_AT_ONCE", 2)


@pytest.fixture
def purge(write):
    def run():
        write(soft_delete.abandon_all)
        while write(soft_delete.purge_some):
            pass

    return run


@pytest.fixture
def counts(read):
    """How many rows there are of groups, of who is in them, and of members."""
    tables = (Group, GroupMember, Member)
    return lambda: [read(lambda s, t=table: s.scalar(select(func.count()).select_from(t))) for table in tables]


def a_file(tall):
    """A file in which Cleo comes into Tall, and a new group holds all three."""
    return groups_file(
        {"id": tall, "name": "Tall", "color": "00ff00", "members": ["aaaaa", "ccccc"]},
        {"name": "All", "members": ["aaaaa", "bbbbb", "ccccc"]},
    )


def look_around(read, hid):
    """What anybody can find out about a member's groups."""

    def look(session):
        system, member = systems.get_own_system(session, ALICE), members.get_member(session, hid)
        options = GroupOptions(all=True)
        return [
            [
                listing.show_groups_of(session, member, viewer),
                listing.get_member_card(session, hid, viewer),
                listing.show_groups(session, system, viewer, with_members=True),
                listing.list_groups(session, system, viewer, options),
                listing.suggest_groups(session, ALICE, "", 25),
                groups.count_groups(session, system),
            ]
            for viewer in (ALICE, BOB, None)
        ]

    return read(look)


def test_nothing_is_seen_before_the_end_and_all_of_it_after(write, read, tall, seen, small_steps):
    ann = export(read, ALICE)["members"][0]["id"]
    before = look_around(read, ann)
    took = []

    def look(rule):
        took.append(rule)
        assert look_around(read, ann) == before
        assert seen() == [("Tall", ["Ann"])]

    run_import(write, ALICE, a_file(tall), between=look)
    assert took == ["begin", *["stage_groups"] * 3, "finish"]
    assert seen() == [("Tall", ["Ann", "Cleo"]), ("All", ["Ann", "Ben", "Cleo"])]


def test_nobody_finds_what_is_staged(write, read, tall, small_steps):
    run_import(write, ALICE, a_file(tall), stop_before="finish")
    staged = read(lambda s: s.execute(select(Group.hid, Group.uuid).where(Group.hid != tall)).all())
    assert len(staged) == 2
    for hid, uuid in staged:
        for reference in (hid, format_uuid(uuid)):
            with pytest.raises(NotFound):
                read(groups.get_group, reference)


def test_overwriting_a_members_groups_meanwhile_takes_nothing_from_the_import(write, read, tall, seen, small_steps):
    ann = export(read, ALICE)["members"][0]["id"]

    def leave(rule):
        if rule == "finish":
            assert write(membership.change_groups, ALICE, ann, [], "overwrite") == 1

    run_import(write, ALICE, a_file(tall), between=leave)
    assert seen() == [("Tall", ["Cleo"]), ("All", ["Ann", "Ben", "Cleo"])]


@pytest.mark.parametrize("steps", range(1, 5))
@pytest.mark.parametrize("cancels", [True, False])
def test_an_import_that_ends_between_leaves_nothing(write, read, tall, counts, purge, small_steps, steps, cancels):
    before, rows = export(read, ALICE), counts()
    running = importer.Import(ALICE, importer.read_file(a_file(tall)))
    for _, (rule, args) in zip(range(steps), running.steps(), strict=False):
        write(rule, *args)
    assert counts() != rows
    if cancels:
        write(running.cancel)
    purge()
    assert (counts(), export(read, ALICE)) == (rows, before)
    with pytest.raises(Invalid, match="The import was interrupted"):
        write(running.finish)


def test_after_the_end_nothing_is_left_out_of_reach(write, tall, counts, purge, small_steps):
    run_import(write, ALICE, a_file(tall))
    purge()
    assert counts() == [2, 5, 3]


def test_the_same_file_twice_at_once_is_there_once(write, read, tall, counts, purge, small_steps):
    first, second = (run_import(write, ALICE, a_file(tall), stop_before="finish") for _ in range(2))
    write(first.finish)
    after = export(read, ALICE)
    write(second.finish)
    assert export(read, ALICE) == after
    assert second.result.sentence == "Imported: 0 members added and 0 changed, 0 switches added."
    purge()
    assert counts() == [2, 5, 3]


def test_a_group_that_is_deleted_meanwhile_stays_so(write, read, tall, seen, small_steps):
    def delete(rule):
        if rule == "finish":
            write(groups.delete_group, ALICE, tall)

    run_import(write, ALICE, a_file(tall), between=delete)
    assert seen() == [("All", ["Ann", "Ben", "Cleo"])]


def test_a_group_that_comes_meanwhile_and_is_in_the_file_is_the_one(write, tall, seen, small_steps):
    def come(rule):
        if rule == "finish":
            write(groups.create_group, ALICE, {"name": "All"})

    result = run_import(write, ALICE, a_file(tall), between=come).result
    assert (result.new_groups, result.changed_groups) == (0, 2)
    assert seen() == [("Tall", ["Ann", "Cleo"]), ("All", ["Ann", "Ben", "Cleo"])]


def test_members_who_come_and_go_meanwhile(write, read, seen, small_steps):
    write(systems.create_system, ALICE)
    gone = write(members.create_member, ALICE, {"name": "Ann"}).hid

    def change(rule):
        if rule == "finish":
            write(members.delete_member, ALICE, gone)
            write(members.create_member, ALICE, {"name": "Ben"})

    run_import(write, ALICE, groups_file({"name": "All", "members": ["aaaaa", "bbbbb", "ccccc"]}), between=change)
    assert [(name, sorted(who)) for name, who in seen()] == [("All", ["Ben", "Cleo"])]
    assert sorted(one["name"] for one in export(read, ALICE)["members"]) == ["Ben", "Cleo"]


def test_groups_that_fill_the_system_meanwhile_leave_no_room(write, tall, seen, small_steps):
    def fill(rule):
        if rule == "finish":
            run_import(write, ALICE, pluralkit(groups=[{"name": f"{n}"} for n in range(249)]))

    assert run_import(write, ALICE, a_file(tall), between=fill).result.new_groups == 0
    assert len(seen()) == 250
    assert seen()[0] == ("Tall", ["Ann", "Cleo"])


def test_more_memberships_than_can_be_added_at_once_change_nothing(write, read, tall, monkeypatch):
    monkeypatch.setattr(import_groups, "MOST_JOINED", 1)
    before = export(read, ALICE)
    with pytest.raises(Invalid, match="The file puts members into groups that you have over"):
        run_import(write, ALICE, groups_file({"name": "Tall", "members": ["bbbbb", "ccccc"]}))
    assert export(read, ALICE) == before


def test_who_is_forgotten_meanwhile_leaves_no_group(write, tall, counts, purge, small_steps):
    running = run_import(write, ALICE, a_file(tall), stop_before="finish")
    write(erasure.forget, ALICE)
    with pytest.raises(NotAllowed, match="forgotten"):
        write(running.finish)
    write(running.cancel)
    purge()
    assert counts() == [0, 0, 0]


def test_what_was_done_is_told_with_the_groups(write, tall):
    file = pluralkit(PEOPLE, [(at(1), ["aaaaa"])], groups=[{"name": "All", "members": ["aaaaa"]}])
    assert run_import(write, ALICE, file).result.sentence == (
        "Imported: 0 members added and 0 changed, 1 group added and 0 changed, 1 switch added."
    )
