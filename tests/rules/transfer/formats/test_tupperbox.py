"""Tupperbox's file: what of it becomes members, what is left out, and what is refused."""

import pytest

from rules.errors import Invalid
from rules.transfer import importer
from rules.transfer.formats.tupperbox import PRIVATE
from tests.rules.transfer.import_samples import as_file, export, run_import, tell, without_ids

ALICE = 80351110224678912
TUPPER = {
    "id": 1,
    "user_id": "80351110224678912",
    "name": "Ann",
    "position": 0,
    "avatar": "abc",
    "avatar_url": "https://example.com/ann.png",
    "brackets": ["[", "]", "a:", ""],
    "posts": 12,
    "show_brackets": True,
    "birthday": "1990-05-01T00:00:00.000Z",
    "description": "Tall.",
    "tag": None,
    "group_id": None,
    "group_pos": None,
    "created_at": "2020-01-01T00:00:00.000Z",
    "nick": "Annie",
}


def tupperbox(*tuppers, groups=()):
    """The bytes of a file of Tupperbox."""
    return as_file({"tuppers": [{**TUPPER, **tupper} for tupper in tuppers], "groups": list(groups)})


@pytest.fixture
def members(read):
    """The members of Alice's export."""
    return lambda: export(read, ALICE)["members"]


def tell_new(read, file):
    """What is told of a file but for what of it is kept aside."""
    return [line for line in tell(read, ALICE, file, "Tupperbox") if not line.startswith("Kept aside")]


def test_a_tupper_becomes_a_member(write, read, members):
    told = tell(read, ALICE, tupperbox({}), "Tupperbox")
    assert "Kept aside for you alone: details of members (1)." in told
    assert tell_new(read, tupperbox({})) == ["You get a new system.", "1 new member: “Ann”.", PRIVATE]
    run_import(write, ALICE, tupperbox({}))
    [ann] = members()
    known = {
        **{name: TUPPER[name] for name in ("name", "avatar_url", "description")},
        "display_name": "Annie",
        "birthday": "1990-05-01",
        "keep_proxy": True,
        "message_count": 12,
        "proxy_tags": [{"prefix": "[", "suffix": "]"}, {"prefix": "a:", "suffix": None}],
    }
    assert {name: ann[name] for name in known} == known
    assert set(ann["privacy"].values()) == {"private"}


@pytest.mark.parametrize(
    ("tupper", "member"),
    [
        ({"tag": "of us"}, {"display_name": "Ann of us"}),
        ({"tag": ""}, {"display_name": "Annie"}),
        ({"nick": None}, {"display_name": None}),
        ({"brackets": []}, {"proxy_tags": []}),
        ({"brackets": ["", ""]}, {"proxy_tags": []}),
        ({"brackets": ["x" * 101, "", "a", "b"]}, {"proxy_tags": [{"prefix": "a", "suffix": "b"}]}),
        ({"birthday": None}, {"birthday": None}),
        ({"birthday": "1990-05-01"}, {"birthday": "1990-05-01"}),
        ({"show_brackets": None}, {"keep_proxy": False}),
        ({"posts": None}, {"message_count": 0}),
        ({"avatar_url": None, "description": None}, {"avatar_url": None, "description": None}),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_a_field_becomes(write, members, tupper, member):
    run_import(write, ALICE, tupperbox(tupper))
    assert {name: members()[0][name] for name in member} == member


@pytest.mark.parametrize("order", [1, -1])
def test_what_is_left_out_is_told_wherever_it_stands(read, order):
    tuppers = [{"group_id": 3}, {"name": "Ben", "tag": "x"}, {"name": "Cleo", "brackets": ["", ""]}][::order]
    assert tell_new(read, tupperbox(*tuppers))[2:] == [
        PRIVATE,
        "Tupperbox's tags become a part of the display names: Rollcall keeps one tag, for the whole system.",
        "1 proxy tag is left out: empty, or over 100 characters long.",
        "1 thing in the file does not fit, and is left out, or cut where that is said:",
        "• Member “Ann”: its group is not in the file.",
    ]


GROUPS = [
    {"id": 3, "name": "Us", "avatar": "https://example.com/us.png", "description": "All.", "tag": "| us"},
    {"id": "4", "name": "Them", "avatar": None, "description": "", "tag": None},
    {"id": 4, "name": "Nobody"},
]


def test_groups_become_groups_with_their_tuppers(write, read):
    people = [{"group_id": 3}, {"name": "Ben", "group_id": "4"}, {"name": "Cleo", "group_id": 3}, {"name": "Dan"}]
    file = tupperbox(*people, groups=GROUPS)
    assert tell_new(read, file) == [
        "You get a new system.",
        "4 new members: “Ann”, “Ben”, “Cleo”, “Dan”.",
        "3 new groups: “Us”, “Them”, “Nobody”.",
        PRIVATE,
        "Tupperbox's tags become a part of the display names: Rollcall keeps one tag, for the whole system.",
    ]
    run_import(write, ALICE, file)
    us, *others = without_ids(export(read, ALICE))["groups"]
    shown = {
        "name": "Us",
        "display_name": "Us | us",
        "description": "All.",
        "icon": "https://example.com/us.png",
        "members": ["Ann", "Cleo"],
    }
    assert {name: us[name] for name in shown} == shown
    assert [(group["name"], group["members"]) for group in others] == [("Them", ["Ben"]), ("Nobody", [])]
    assert tell_new(read, file)[:3] == [
        *("4 unchanged members.", "3 unchanged groups.", "Nothing would change: you have all of it already."),
    ]


def test_a_second_import_changes_by_name_and_leaves_the_count(write, read, members):
    run_import(write, ALICE, tupperbox({}, {"name": "Ben"}))
    before = members()
    file = tupperbox({"description": "Taller.", "posts": 500}, {"name": "Ben"}, {"name": "ann"})
    told = ["1 new member: “ann”.", "1 changed member: “Ann”.", "1 unchanged member.", PRIVATE]
    assert tell_new(read, file) == told
    run_import(write, ALICE, file)
    assert members()[:2] == [{**before[0], "description": "Taller."}, before[1]]


@pytest.mark.parametrize(
    ("tupper", "says"),
    [
        ({"brackets": ["["]}, "Member “Ann”: the brackets must be a list of texts in pairs"),
        ({"brackets": "[]"}, "Member “Ann”: the brackets must be a list of texts in pairs"),
        ({"brackets": ["[", 5]}, "Member “Ann”: the brackets[0].suffix must be a text."),
        ({"brackets": ["x" * 101, ""]}, "Member “Ann”: the brackets[0].prefix must have at most 100 characters"),
        ({"brackets": ["a", "b"] * 101}, "Member “Ann”: the brackets can be at most 100; the first of 101 are taken."),
        ({"name": None}, "Member 1: the name is missing; a new member is called “Unnamed 1”."),
        ({"name": "x" * 101}, f"Member “{'x' * 39}…”: only the first 100 of the 101 characters of the name are taken."),
        ({"tag": "x" * 97}, "Member “Ann”: only the first 100 of the 101 characters of the display_name are taken."),
        ({"tag": 5}, "Member “Ann”: the tag must be a text."),
        ({"nick": 5}, "Member “Ann”: the display_name must be a text."),
        ({"posts": -1}, "Member “Ann”: the posts must be a number from 0 to 2,147,483,647."),
        ({"posts": "5"}, "Member “Ann”: the posts must be a number"),
        ({"show_brackets": 1}, "Member “Ann”: the show_brackets must be true or false."),
        ({"birthday": "May"}, "Member “Ann”: the birthday must be a date of the calendar"),
        ({"birthday": 5}, "Member “Ann”: the birthday must be a text."),
        ({"avatar_url": "abc"}, "Member “Ann”: the avatar_url must be an address"),
        ({"banner": "https://a/" + "x" * 296}, "Member “Ann”: the banner must have at most 256 characters"),
        (
            {"description": "x" * 1001},
            "Member “Ann”: only the first 1,000 of the 1,001 characters of the",
        ),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_what_does_not_fit_is_left_out_and_told(write, read, members, tupper, says):
    [line] = importer.read_file(tupperbox(tupper)).left_out
    assert line.startswith(says)
    assert tell_new(read, tupperbox(tupper))[-1] == f"• {line}"
    run_import(write, ALICE, tupperbox(tupper))
    assert len(members()) == 1


SAID = {"description": "Taller.", "birthday": "1991-05-01", "avatar_url": "https://example.com/a.png", "nick": "Nan"}


@pytest.mark.parametrize("nothing", [None, "", ...], ids=["null", "empty", "absent"])
def test_a_tupper_of_whom_the_file_says_only_the_name_loses_nothing(write, read, members, nothing):
    run_import(write, ALICE, tupperbox({"name": "Tam", **SAID}))
    before = members()
    others = {} if nothing is ... else dict.fromkeys(set(TUPPER) - {"name"}, nothing)
    file = as_file({"tuppers": [{"name": "Tam", **others}]})
    nothing_new = ["1 unchanged member.", "Nothing would change: you have all of it already.", PRIVATE]
    assert tell_new(read, file) == nothing_new
    run_import(write, ALICE, file)
    assert members() == before


def test_banner_birth_and_last_use_of_a_tupper_are_kept(write, members):
    told = {"banner": "https://example.com/b.png", "last_used": "2021-06-01T12:00:00.000Z"}
    run_import(write, ALICE, tupperbox(told | {"birthday": "0000-07-11T00:00:00.000Z"}))
    [ann] = members()
    assert ann["banner"] == told["banner"]
    assert (ann["created"], ann["last_message_timestamp"]) == (
        *("2020-01-01T00:00:00.000000Z", "2021-06-01T12:00:00.000000Z"),
    )
    assert ann["birthday"] == "0004-07-11"


@pytest.mark.parametrize("tuppers", [[], None], ids=ascii)
def test_a_file_without_a_tupper_is_no_system(tuppers):
    with pytest.raises(Invalid, match="There are no tuppers in this file"):
        importer.read_file(as_file({"tuppers": tuppers}))


@pytest.mark.parametrize("tuppers", [{}, 5, "Ann", [5], [[]]], ids=ascii)
def test_tuppers_that_are_none(tuppers):
    with pytest.raises(Invalid, match="The tuppers in the file must be a list of objects"):
        importer.read_file(as_file({"tuppers": tuppers}))


def test_a_thousand_tuppers_and_no_more():
    assert len(importer.read_file(tupperbox(*[{}] * 1000)).members) == 1000
    with pytest.raises(Invalid, match="A system has at most 1,000 members; the file has 1,001"):
        importer.read_file(tupperbox(*[{}] * 1001))


def test_what_has_no_place_or_is_cut_is_kept_with_its_tupper():
    told = {"description": "x" * 1001, "tag": "x" * 97, "position": 3}
    [ann] = importer.read_file(tupperbox(told)).members
    assert ann.kept == {**told, "avatar": "abc", "nick": "Annie"}
    [ann] = importer.read_file(tupperbox({"position": 0})).members
    assert ann.kept == {"avatar": "abc", "position": 0}


def test_a_later_import_finds_tuppers_and_groups_by_their_ids():
    file = importer.read_file(tupperbox({}, {}, {"id": None}, groups=[*GROUPS, {"id": None, "name": "x"}]))
    assert [one.source for one in file.members] == ["tuppers:1", None, None]
    assert [one.source for one in file.groups] == ["groups:3", "groups:4", None, None]
    assert file.groups[0].kept == {"avatar": "https://example.com/us.png", "tag": "| us"}
