"""Ampersand's files: members of all its systems, tags as groups, fronting entries, and what is kept beside."""

import pytest

from rules.errors import Invalid
from rules.transfer.formats import ampersand
from rules.transfer.openings import PRIVATE_GROUP, PRIVATE_MEMBER, PRIVATE_SYSTEM
from tests.rules.transfer.import_samples import at


def read(*members, config=None, **tables):
    rows = [{"uuid": "a", **member} for member in members] or [{"uuid": "a", "name": "Ann"}]
    return ampersand.read({"config": config or {}, "database": {"members": rows, **tables}})


@pytest.mark.parametrize(
    ("color", "stored"),
    [
        ("#ffa1b2c3", "a1b2c3"),
        ("#80a1b2ff", "a1b2ff"),
        ("a1b2c3ff", "b2c3ff"),
        ("#A1B2C3", "a1b2c3"),
        ("#abc", "aabbcc"),
        ("#12345", None),
        ("red", None),
        (None, None),
    ],
)
def test_of_eight_digits_the_first_two_are_the_transparency(color, stored):
    [ann] = read({"name": "Ann", "color": color}).members
    assert ann.values.get("color") == stored
    assert ann.kept == ({"color": color} if color and not stored else {})


def test_a_member_is_private_and_keeps_what_has_no_place():
    row = {"name": "Ann", "pronouns": "she", "description": "x" * 1001, "isArchived": True, "isCustomFront": True}
    beside = {"age": 27, "customFields": {"f": "tea"}, "isPinned": False}
    [ann] = read({**row, **beside, "dateCreated": at(0), "image": "data:image/png;base64,AAAA"}).members
    assert ann.values == {
        "name": "Ann",
        "pronouns": "she",
        "description": "x" * 1000,
        "is_archived": True,
        "is_custom_front": True,
    }
    assert (ann.first_values, ann.source) == (PRIVATE_MEMBER, "members:a")
    assert ann.kept == {**beside, "description": "x" * 1001}
    assert ann.created


def test_pictures_in_the_file_are_kept_apart():
    file = read({"name": "Ann", "image": "data:image/png;base64,AAAA", "cover": "https://a.example/b.png"})
    assert file.members[0].values["banner"] == "https://a.example/b.png"
    assert file.archive == {"pictures": [{"uuid": "a", "image": "data:image/png;base64,AAAA"}]}
    assert [remark for remark in file.remarks if remark.startswith("1 picture is in the file itself")]


SYSTEMS = [{"uuid": "in", "name": "Inner", "parent": "s"}, {"uuid": "s", "name": "Foxes", "color": "#ff112233"}]


@pytest.mark.parametrize(
    ("config", "name"),
    [({}, "Foxes"), ({"appConfig": {"defaultSystem": "in"}}, "Inner"), ({"appConfig": 5}, "Foxes"), (5, "Foxes")],
    ids=ascii,
)
def test_the_system_is_the_one_that_the_app_opens_with(config, name):
    file = read({"name": "Ann", "system": "in"}, {"uuid": "b", "system": "s"}, config=config, systems=SYSTEMS)
    assert (file.system["name"], file.first_system) == (name, PRIVATE_SYSTEM)
    assert [one.kept.get("system") for one in file.members] == (["in", None] if name == "Foxes" else [None, "s"])
    assert file.remarks[0] == "Members of other systems in the file, who join yours: 1."
    assert file.archive == {"systems": SYSTEMS}


def test_tags_of_members_are_groups_and_other_tags_are_kept():
    tags = [{"uuid": "t", "name": "Core", "type": "member", "color": "#ff112233"}, {"uuid": "j", "type": "journal"}]
    file = read({"name": "Ann", "tags": ["t", "t", "x"]}, {"uuid": "b", "tags": 5}, tags=tags)
    [core] = file.groups
    assert (core.name, core.members, core.values["color"], core.source) == ("Core", (0,), "112233", "tags:t")
    assert core.first_values == PRIVATE_GROUP
    assert file.archive == {"tags": tags[1:]}
    assert "The groups: tags of members that are not in the file: 1." in file.left_out


def test_entries_are_spans_and_what_they_say_beside_is_kept():
    entries = [
        {"uuid": "1", "member": "a", "startTime": at(0), "endTime": at(5), "customStatus": "reading"},
        {"uuid": "2", "member": "b", "startTime": at(1), "isMainFronter": True, "isLocked": False},
        {"uuid": "3", "member": "a", "startTime": at(7), "endTime": at(8), "comment": "long"},
        {"uuid": "4", "member": "x", "startTime": at(7), "endTime": at(8)},
    ]
    file = read({"name": "Ann"}, {"uuid": "b", "name": "Ben"}, frontingEntries=entries)
    assert [(span.member, span.status, span.source, span.end is None) for span in file.spans] == [
        (0, "reading", "frontingEntries:1", False),
        (1, None, "frontingEntries:2", True),
        (0, None, "frontingEntries:3", False),
    ]
    assert [fronting for _, fronting in file.switches] == [(0,), (0, 1), (1,), (1, 0), (1,)]
    assert file.archive == {"frontingEntries": entries[1:]}


def test_all_other_tables_are_kept_whole():
    posts, odd = [{"uuid": "p", "title": "Day"}], {"a": 1}
    assert read(journalPosts=posts, future=odd, notes=[]).archive == {"journalPosts": posts, "future": [odd]}


def test_two_members_of_one_id():
    assert [one.source for one in read({"name": "Ann"}, {"name": "Ben"}).members] == ["members:a", None]


@pytest.mark.parametrize("database", [None, 5, {"members": {}}, {"members": []}, {"members": [5]}], ids=ascii)
def test_without_a_member_it_is_no_file(database):
    with pytest.raises(Invalid):
        ampersand.read({"config": {}, "database": database})
