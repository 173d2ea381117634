"""PluralPort's files: what of each record is taken, what is kept beside, and who may see it."""

import pytest

from rules.groups.privacy import GROUP_PRIVACY
from rules.parsing.timestamps import read_time
from rules.transfer.formats.pluralport import reader
from rules.transfer.formats.pluralport.members import read_birthday
from rules.transfer.openings import PRIVATE_MEMBER, PRIVATE_SYSTEM
from tests.rules.transfer.import_samples import at

UUID = "6f1ed5e4-9d8a-4f0e-8c56-0d9c6b1f8b11"


def read(*members, **data):
    """A file with these members, or one whose name is Ann."""
    rows = [{"id": "a", **member} for member in members] or [{"id": "a", "name": "Ann"}]
    return reader.read({"pluralport_version": "0.1", "members": rows, **data})


def read_ann(**fields):
    [ann] = read({"name": "Ann", **fields}).members
    return ann


@pytest.mark.parametrize(
    ("birthday", "stored", "is_whole"),
    [
        ("2001-04-29", "2001-04-29", True),
        ("--07-11", "0004-07-11", True),
        ("07-11", "0004-07-11", True),
        ("0000-07-11", "0004-07-11", False),
        ("0004-07-11", "0004-07-11", True),
        ("2001-04-29T00:00:00Z", "2001-04-29", True),
        ({"value": "2001-04-29", "precision": "day", "year_visible": True}, "2001-04-29", True),
        ({"value": "2001-04-29", "precision": "day", "year_visible": False}, "0004-04-29", False),
        ({"value": "2001-04-29", "precision": "month_day"}, "0004-04-29", False),
        ({"value": "2001-04-29", "precision": "year"}, None, False),
        ({"value": "1999", "precision": "year"}, None, False),
        ({"value": "1999-05", "precision": "month"}, None, False),
        ({"value": 5}, None, False),
        ("soon", "soon", False),
        (None, None, True),
    ],
    ids=ascii,
)
def test_a_birthday_in_each_of_its_forms(birthday, stored, is_whole):
    assert read_birthday(birthday) == (stored, is_whole)
    kept = read_ann(birthday=birthday).kept
    assert kept.get("birthday") == (None if is_whole else birthday)


def test_a_birthday_that_is_no_date_is_told_and_kept():
    file = read({"name": "Ann", "birthday": "2001-02-30"})
    assert file.members[0].kept == {"birthday": "2001-02-30"}
    assert file.left_out[0].startswith("Member “Ann”: the birthday must be a date of the calendar")


@pytest.mark.parametrize(
    ("privacy", "is_public"),
    [
        ("public", True),
        (" Public ", True),
        ({"visibility": "public"}, True),
        ({"visibility": "public", "source": {"bucket": "x"}}, True),
        ({"public": True}, True),
        *((word, False) for word in ("friends", "trusted", "private", "other")),
        *(({"visibility": word}, False) for word in ("friends", "trusted", "private", 5)),
        *((said, None) for said in (None, "", {}, "unknown", {"visibility": "unknown"}, {"visibility": None})),
        *((said, False) for said in (True, False, 5, ["public"], {"visibility": True})),
    ],
    ids=ascii,
)
def test_only_who_says_public_is_public(privacy, is_public):
    """Where nothing is said, a member that is here stays as it is, and a new one is private."""
    file = read({"name": "Ann", "privacy": privacy}, systems=[{"id": "s", "name": "Foxes", "privacy": privacy}])
    [ann] = file.members
    for said, first, names in (
        (ann.values, ann.first_values, PRIVATE_MEMBER),
        (file.system, file.first_system, PRIVATE_SYSTEM),
    ):
        assert {said.get(name) for name in names} == {None if is_public is None else not is_public}
        assert is_public is not None or all(first[name] for name in names)


def test_what_our_own_and_pluralkits_files_add_wins_field_by_field():
    own = {"privacy": {"visibility": "private", "name_privacy": "public"}, "keep_proxy": True, "message_count": 5}
    refs = [{"app": "pluralkit", "collection": "members", "id": "ABCDE", "uuid": UUID}]
    ann = read_ann(privacy="public", extensions={"pluralkit": own}, source_refs=refs)
    assert (ann.values["visibility"], ann.values["name_privacy"], ann.values["banner_privacy"]) == (True, False, False)
    assert (ann.values["keep_proxy"], ann.first_values["message_count"]) == (True, 5)
    assert (ann.hid, ann.uuid.hex(), ann.source) == ("abcde", UUID.replace("-", ""), "members:a")
    assert ann.kept == {"extensions": {"pluralkit": own}, "source_refs": refs}


def test_a_system_says_its_own():
    config = {"timezone": "Europe/Berlin", "proxy_switch": "new"}
    own = {"config": config, "privacy": {"front_privacy": "public"}, "created": at(0)}
    system = {"id": "s", "display_name": "Foxes", "extensions": {"prism": {"pronouns": "they"}, "app.rollcall": own}}
    file = read(systems=[{**system, "color": "#ABC", "privacy": "private"}])
    taken = {"name": "Foxes", "pronouns": "they", "color": "aabbcc", "tz": "Europe/Berlin", "proxy_switch": "new"}
    assert {name: file.system[name] for name in taken} == taken
    assert (file.system["front_privacy"], file.system["name_privacy"]) == (False, True)
    assert file.created == read_time("", at(0))
    assert file.archive["systems"] == [{**system, "color": "#ABC", "privacy": "private"}]


def test_a_plain_system_is_not_kept_twice():
    assert read(systems=[{"id": "s", "name": "Foxes", "tag": "| f", "privacy": "private"}]).archive == {}
    assert read(systems=[{"id": "s", "name": "x" * 101}]).archive["systems"]


def test_members_of_other_systems_join_and_keep_where_they_were():
    systems = [{"id": "in", "name": "Inner", "parent_system_id": "s"}, {"id": "s", "name": "Foxes"}]
    file = read({"name": "Ann", "system_id": "s"}, {"id": "b", "name": "Ben", "system_id": "in"}, systems=systems)
    assert file.system["name"] == "Foxes"
    assert [one.kept for one in file.members] == [{}, {"system_id": "in"}]
    assert file.archive["systems"] == systems
    assert "1 other system in the file: 1 member from there join yours." in file.remarks


def test_what_has_no_place_is_kept_whole():
    future, extensions = [{"id": "1", "x": [1, {"deep": True}]}], {"com.example": {"a": 1}}
    data = {"a_future_module": future, "extensions": extensions, "polls": {"polls": []}, "warnings": ["x"], "notes": []}
    file = read({"name": "Ann", "age": 5, "sort_order": 0, "flag": False, "extensions": extensions}, **data)
    assert file.archive == {
        "a_future_module": future,
        "extensions": [extensions],
        "polls": [{"polls": []}],
        "warnings": ["x"],
    }
    assert file.members[0].kept == {"age": 5, "sort_order": 0, "flag": False, "extensions": extensions}


def test_keys_to_accounts_are_kept_nowhere():
    secret = {"prism": {"notificationToken": "SECRET", "a": [{"eMail": "SECRET"}]}, "webhook_url": "SECRET"}
    row = {"extensions": secret}
    fronts = {"front_periods": [row], "front_events": [row], "group_memberships": [row], "notes": [row]}
    file = read({"name": "Ann", **row}, systems=[{"id": "s", **row}], groups=[{"name": "x", **row}] * 251, **fronts)
    assert "SECRET" not in repr(file)
    assert file.archive["notes"] == [{"extensions": {"prism": {"a": [{}]}}}]


def test_what_is_cut_refused_or_says_more_is_kept_as_it_is():
    told = {"description": "x" * 1001, "color": "#11223344", "pronouns": 5, "proxy_tags": [{"prefix": "x" * 101}]}
    ann = read_ann(**told, privacy={"visibility": "friends", "source": {"raw": 1}})
    assert ann.kept == {**told, "privacy": {"visibility": "friends", "source": {"raw": 1}}}
    assert (ann.values["description"], ann.values["color"]) == ("x" * 1000, "112233")


def test_two_members_of_one_id_are_two_and_a_later_import_finds_the_first_by_it():
    file = read({"name": "Ann"}, {"name": "Ben"})
    assert [(one.name, one.source) for one in file.members] == [("Ann", "members:a"), ("Ben", None)]
    assert "Member 2: its ID is another's in the file too, and left out." in file.left_out


GROUPS = [
    {"id": "g", "name": "Us", "emoji": "🦊", "parent_group_id": "h"},
    {"id": "h", "name": "All", "parent_group_id": "g"},
    {"id": "i", "name": "Some", "parent_group_id": "h", "privacy": "public"},
    {"id": "j", "name": "Lost", "parent_group_id": "x"},
]


def test_groups_with_their_members_and_parents():
    pairs = [("g", "a"), ("g", "a"), ("g", "x"), ("x", "a")]
    memberships = [{"group_id": group, "member_id": member} for group, member in pairs]
    file = read(groups=GROUPS, group_memberships=memberships)
    assert [(one.name, one.members, one.parent, one.source) for one in file.groups] == [
        *(("Us", (0,), None, "groups:g"), ("All", (), None, "groups:h")),
        *(("Some", (), 1, "groups:i"), ("Lost", (), None, "groups:j")),
    ]
    assert file.groups[0].kept == {"emoji": "🦊"}
    assert {file.groups[2].values[name] for name in GROUP_PRIVACY} == {False}
    assert {file.groups[0].first_values[name] for name in GROUP_PRIVACY} == {True}
    assert file.archive == {"group_memberships": memberships[2:]}
    assert file.left_out == (
        "Group “Us”: in it is 1 member not in the file.",
        "The groups: members of groups that are not in the file: 1.",
    )


@pytest.mark.parametrize(
    ("asset", "address", "told"),
    [
        ({"uri": "https://a.example/b.png"}, "https://a.example/b.png", 0),
        ({"uri": "data:image/png;base64,AAAA"}, None, 1),
        ({"data_base64": "AAAA"}, None, 1),
        ({"bundle_path": "a.png"}, None, 1),
        ({"uri": "https://a.example/" + "x" * 250}, None, 0),
    ],
    ids=lambda value: ascii(value)[:40],
)
def test_pictures_with_an_address_are_shown_and_all_are_kept(asset, address, told):
    assets = [{"id": "p", "kind": "avatar", **asset}]
    file = read({"name": "Ann", "avatar_asset_id": "p", "banner_asset_id": "p"}, assets=assets)
    [ann] = file.members
    assert (ann.values.get("avatar_url"), ann.values.get("banner")) == (address, address)
    assert ann.kept == {"avatar_asset_id": "p", "banner_asset_id": "p"}
    assert file.archive["assets"] == assets
    assert sum("picture" in remark for remark in file.remarks) == told


def test_pictures_too_large_to_be_kept_leave_their_records(monkeypatch):
    monkeypatch.setattr("rules.transfer.formats.pluralport.assets.MOST_KEPT", 6)
    assets = [{"id": "p", "data_base64": "x" * 5}, {"id": "q", "uri": "data:" + "x" * 5}, {"id": "r"}]
    file = read(assets=assets)
    assert file.archive["assets"] == [assets[0], {"id": "q"}, {"id": "r"}]
    assert "1 picture in the file: too large to be kept aside." in file.remarks


ANN, BEN = ({"member_id": name, "front_role": "member"} for name in "ab")


def fronts(periods=(), events=()):
    """The switches (minute, places), spans and kept records of a file with these fronts."""
    file = read(
        {"name": "Ann"},
        {"id": "b", "name": "Ben"},
        front_periods=[
            {"id": f"p{n}", "started_at": at(start), "ended_at": None if end is None else at(end), "assignments": who}
            for n, (start, end, who) in enumerate(periods)
        ],
        front_events=[{"id": f"e{n}", "at": at(minute), "assignments": who} for n, (minute, who) in enumerate(events)],
    )
    start = read_time("", at(0))
    return [((when - start) / 60e6, who) for when, who in file.switches], file.spans, file.archive


def test_periods_become_spans_and_switches():
    switches, spans, kept = fronts([(0, 5, [ANN, BEN]), (3, None, [BEN])])
    assert switches == [(0, (0, 1)), (5, (1,))]
    assert [(span.member, span.source) for span in spans] == [
        (0, "front_periods:p0"),
        (1, "front_periods:p0"),
        (1, "front_periods:p1"),
    ]
    assert kept == {}


def test_events_are_switches_one_for_one_and_the_primary_comes_first():
    events = [(4, []), (2, [ANN, BEN | {"front_role": "primary"}]), (2, [ANN]), (0, []), (5, [])]
    switches, spans, kept = fronts(events=events)
    assert switches == [(0, ()), (2, (1, 0)), (2 + 1 / 60e6, (0,)), (4, ()), (5, ())]
    assert (spans, kept) == ([], {})


def test_events_that_say_all_that_the_periods_say_count_alone():
    periods = [(0, 4, [ANN]), (2, 6, [BEN])]
    events = [(0, [ANN]), (2, [ANN, BEN]), (3, [ANN, BEN]), (4, [BEN]), (6, [])]
    switches, spans, _ = fronts(periods, events)
    assert [minute for minute, _ in switches] == [0, 2, 3, 4, 6]
    assert spans == []


@pytest.mark.parametrize(
    "periods",
    [[(0, 4, [ANN]), (2, 7, [BEN])], [(0, 4, [ANN]), (8, None, [BEN])], [(0, None, [ANN])], [(1, 2, [BEN])]],
    ids=range(4),
)
def test_else_both_are_joined(periods):
    events = [(0, [ANN]), (2, [ANN, BEN]), (4, [BEN]), (6, [])]
    switches, spans, _ = fronts(periods, events)
    assert len(spans) == len(periods)
    assert switches[:1] == [(0, (0,))]
    last = max(end for _, end, _ in [*periods, (0, 6, [])] if end is not None)
    is_open = any(end is None for _, end, _ in periods)
    assert switches[-1][1] if is_open else switches[-1] == (last, ())


def test_periods_and_events_that_say_more_are_kept_whole():
    odd = [ANN | {"mood": "calm"}, BEN | {"front_role": "co_conscious"}]
    _, _, kept = fronts([(0, 1, odd[:1]), (1, 2, odd[1:]), (2, 3, [ANN])], [(4, odd), (5, [ANN])])
    assert [one["id"] for one in kept["front_periods"]] == ["p0", "p1"]
    assert [one["id"] for one in kept["front_events"]] == ["e0"]


def test_who_is_not_in_the_file_is_left_out_told_and_kept():
    unknown = {"member_id": "x", "front_role": "member"}
    switches, spans, kept = fronts([(0, 1, [unknown, ANN]), (1, 2, [unknown]), (2, 3, [])], [(4, [unknown])])
    assert switches == [(0, (0,)), (1, ())]
    assert len(spans) == 1
    assert [one["id"] for one in kept["front_periods"]] == ["p0", "p1", "p2"]
    assert [one["id"] for one in kept["front_events"]] == ["e0"]


@pytest.mark.parametrize("when", ["1999-12-31T23:59:59Z", "2999-01-01T00:00:00Z", "soon", None, True])
def test_an_event_at_no_possible_time_is_kept_aside(when):
    event = {"id": "e", "at": when, "assignments": [ANN]}
    file = read(front_events=[event, {"id": "f", "at": at(0), "assignments": [ANN]}])
    assert len(file.switches) == 1
    assert file.archive == {"front_events": [event]}
    assert sum("aside" in remark for remark in file.remarks) == 1


@pytest.mark.parametrize(
    ("producer", "app"),
    [
        ({"app": "Prism"}, "Prism (PluralPort)"),
        ({"app": "A\n b"}, "A b (PluralPort)"),
        ({"app": "x" * 50}, "x" * 40 + " (PluralPort)"),
        *((said, "PluralPort") for said in ({"app": " "}, {"app": 5}, {}, None, "Prism")),
    ],
    ids=ascii,
)
def test_the_app_that_the_data_came_from_is_named(producer, app):
    assert read(producer=producer).app == app


def test_lists_that_are_none_are_told_and_kept():
    file = read(notes={"a": 1}, groups=5, front_periods="x", assets={}, systems="Foxes", group_memberships=7)
    assert file.archive == {"notes": [{"a": 1}], "systems": ["Foxes"]}
    assert len(file.left_out) == 4
