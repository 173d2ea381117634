"""Simply Plural's file in each shape: what becomes of it, what is kept aside and told, and what is taken nowhere."""

from copy import deepcopy

import pytest

from rules.errors import Invalid
from rules.groups.privacy import GROUP_PRIVACY
from rules.parsing.timestamps import now_us
from rules.systems.privacy import LATER_MEMBER_PRIVACY, LATER_SYSTEM_PRIVACY, MEMBER_PRIVACY, SYSTEM_PRIVACY
from rules.transfer.formats import simply_plural
from tests.rules.transfer.formats.other_apps import SIMPLY_PLURAL, check_whole, get_data
from tests.rules.transfer.formats.sidecars import check, check_hidden, get_expected

AT = 1_740_816_000_000
ANN = {"_id": "a", "name": "Ann"}
BEN = {"_id": "b", "name": "Ben"}
HOUR = 3_600_000
PRIVATE = (*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY, *MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY, *GROUP_PRIVACY)


def export(*members, **collections):
    """An export with these members, of the simplest kind."""
    return {"members": list(members or [ANN, BEN]), "frontHistory": [], **collections}


def front(number=0, member="a", start=AT, end=AT + HOUR, **fields):
    """A row of the front history."""
    live = {"_id": f"f{number}", "member": member, "live": False, "startTime": start, "endTime": end}
    return {key: value for key, value in (live | fields).items() if value != "absent"}


def wrap(row):
    """The same as the token API gives it."""
    content = {key: value for key, value in row.items() if key != "_id"}
    return {"exists": True, "id": row["_id"], "content": content}


def read_fronts(*rows, **options):
    return simply_plural.read(export(frontHistory=list(rows)), **options)


@pytest.mark.parametrize("name", SIMPLY_PLURAL)
def test_the_samples_come_out_as_their_sidecars_say(name):
    file = SIMPLY_PLURAL[name](get_data(name))
    check(file, name)
    check_whole(file)
    assert file.app == "Simply Plural"


@pytest.mark.parametrize("name", SIMPLY_PLURAL)
def test_nothing_opens_what_is_here_and_nothing_new_is_open(name):
    file = SIMPLY_PLURAL[name](get_data(name))
    for one in (*file.members, *file.groups):
        assert not set(one.values) & set(PRIVATE)
        assert all(value is True for key, value in one.first_values.items() if key in PRIVATE)
        assert set(one.first_values) >= set(GROUP_PRIVACY if one in file.groups else MEMBER_PRIVACY)
    assert not set(file.system) & set(PRIVATE)
    assert all(file.first_system[key] is True for key in (*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY))


def test_each_shape_says_the_same():
    rows = {"members": [ANN, BEN], "frontHistory": [front()], "groups": [{"_id": "g", "name": "All", "members": ["a"]}]}
    of_export = simply_plural.read(deepcopy(rows))
    folder = {f"a/json/{key}.json": [wrap(row) for row in listed] for key, listed in rows.items()}
    of_api = simply_plural.read({key: [wrap(row) for row in listed] for key, listed in rows.items()})
    maps = {
        key: {row["_id"]: {k: v for k, v in row.items() if k != "_id"} for row in listed}
        for key, listed in rows.items()
    }
    of_cache = simply_plural.read(deepcopy(maps))
    mixed = simply_plural.read({**rows, "frontHistory": maps["frontHistory"], "members": [wrap(ANN), BEN]})
    folder = simply_plural.read_folder(folder)
    for file in (of_api, of_cache, mixed, folder):
        assert (file.members, file.spans, file.switches, file.groups) == (
            *(of_export.members, of_export.spans, of_export.switches, of_export.groups),
        )


def test_of_two_spellings_the_one_in_small_letters_counts_and_the_other_is_kept():
    old, new = {"name": "Old", "desc": "was"}, {"name": "New"}
    for data in ({"Members": {"a": old}, "members": {"a": new}}, {"members": {"a": new}, "Members": {"a": old}}):
        file = simply_plural.read({**data, "private": {}})
        assert [member.name for member in file.members] == ["New"]
        assert file.archive == {"Members": [{**old, "_id": "a"}]}


def test_the_two_files_of_fronts_are_one_by_their_ids():
    first, second = [wrap(front(0)), wrap(front(1, start=AT + 2 * HOUR, end=AT + 3 * HOUR))], [wrap(front(0))]
    file = simply_plural.read_folder(
        {
            "x/members.json": [wrap(ANN)],
            "x/frontHistory.json": first,
            "x/fronthistory_starttime_and_endtime.json": second,
        }
    )
    assert [span.source for span in file.spans] == ["frontHistory:f0", "frontHistory:f1"]
    assert file.archive == {}


def test_notes_lie_in_a_folder_of_their_own_and_what_was_not_fetched_is_told():
    notes = {f"notes/{n}.json": [wrap({"_id": f"n{n}", "member": "a", "note": "x"})] for n in (1, 2)}
    manifest = {"errors": [{"filename": "groups.json", "error": "HTTP 500"}, {"endpoint": "/v1/filters"}, 5]}
    file = simply_plural.read_folder({"members.json": [wrap(ANN)], **notes, "manifest.json": manifest})
    assert [note["_id"] for note in file.archive["notes"]] == ["n1", "n2"]
    assert "Empty may mean that it was not fetched: whoever made this folder had no “groups.json”, “/v1/filters”." in (
        file.remarks
    )


@pytest.mark.parametrize(
    ("fields", "span"),
    [
        ({}, (AT, AT + HOUR)),
        ({"startTime": str(AT), "endTime": {"_seconds": AT // 1000 + 3600, "_nanoseconds": 0}}, (AT, AT + HOUR)),
        # What is live has no end, whatever it says.
        ({"live": True, "endTime": None}, (AT, None)),
        ({"live": True, "endTime": "absent"}, (AT, None)),
        ({"live": True, "endTime": AT - HOUR}, (AT, None)),
        ({"live": True, "endTime": "NaN"}, (AT, None)),
        # What is reversed is turned round.
        ({"startTime": AT + HOUR, "endTime": AT}, (AT, AT + HOUR)),
    ],
)
def test_a_front_is_a_span(fields, span):
    file = read_fronts(front(**fields))
    assert [(found.start // 1000, found.end and found.end // 1000) for found in file.spans] == [span]
    assert len(file.switches) == (1 if span[1] is None else 2)


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        ({"member": "x"}, "1 front is of a member who is not in the file; it is kept aside."),
        ({"member": "absent"}, "1 front is of a member who is not in the file; it is kept aside."),
        ({"endTime": "absent"}, "1 front is over, but has no end; it is kept aside."),
        ({"endTime": None}, "1 front is over, but has no end; it is kept aside."),
        ({"live": "absent", "endTime": None}, "1 front is over, but has no end; it is kept aside."),
        ({"startTime": "absent"}, "1 front does not say when it began; it is kept aside."),
        ({"startTime": True}, "1 front does not say when it began; it is kept aside."),
        ({"startTime": 0}, "1 front begins before the year 2000; it is kept aside."),
        ({"startTime": -(10**18)}, "1 front begins before the year 2000; it is kept aside."),
        ({"endTime": AT * 1000}, "1 front lies in the future; it is kept aside."),
        ({"live": True, "startTime": AT * 1000}, "1 front lies in the future; it is kept aside."),
        ({"endTime": AT}, "1 front begins and ends at the same instant; it is kept aside."),
    ],
)
def test_a_front_that_cannot_be_placed_is_kept_whole_and_told(fields, told):
    bad = front(1, **fields)
    file = read_fronts(front(0), bad)
    assert len(file.spans) == 1
    assert file.archive == {"frontHistory": [bad]}
    assert told in file.remarks


def test_a_front_may_say_more_than_a_span_can_and_is_then_kept_too():
    rows = [
        front(0, customStatus="at work"),
        front(1, customStatus="with <###@b###>", start=AT + HOUR, end=AT + 2 * HOUR),
        front(2, comments=[{"time": {"_seconds": 5}, "text": "soup"}], start=AT + 2 * HOUR, end=AT + 3 * HOUR),
        front(3, customStatus="x" * 101, start=AT + 3 * HOUR, end=AT + 4 * HOUR),
    ]
    file = read_fronts(*rows)
    assert [span.status for span in file.spans] == ["at work", "with @Ben", None, "x" * 100]
    assert file.archive == {"frontHistory": rows[1:]}
    assert "1 text beside a front is cut; the full text is kept aside." in file.remarks


def test_who_fronted_before_there_was_a_history_fronts_now():
    file = simply_plural.read(export(fronters=[{"_id": "b", "startTime": AT}, {"_id": "x", "startTime": AT}]))
    assert [(span.member, span.start, span.end, span.source) for span in file.spans] == [
        (1, AT * 1000, None, "fronters:b")
    ]
    assert file.archive == {"fronters": [{"_id": "x", "startTime": AT}]}


def test_whoever_fronts_and_is_nowhere_can_be_made_a_member():
    rows = [
        front(0),
        front(1, "65f0"),
        front(2, "65f0", start=AT + HOUR, end=AT + 2 * HOUR),
        front(3, "c", custom=True),
    ]
    told = "Those who front and are not in the file can be made members, such as “Unknown 65f0”."
    assert told in read_fronts(*rows).remarks
    file = read_fronts(*rows, adds_unknown=True)
    assert [member.name for member in file.members] == ["Ann", "Ben", "Unknown 65f0", "Unknown c"]
    assert [bool(member.values.get("is_custom_front")) for member in file.members] == [False, False, False, True]
    assert [span.member for span in file.spans] == [0, 2, 2, 3]
    assert told not in file.remarks
    assert "frontHistory" not in file.archive


@pytest.mark.parametrize(
    ("row", "values", "kept"),
    [
        ({"name": "Ann", "displayName": "A", "pronouns": ""}, {"display_name": "A"}, {}),
        ({"color": "#A1B2C3"}, {"color": "a1b2c3"}, {}),
        ({"color": "#ff336699"}, {"color": "336699"}, {"color": "#ff336699"}),
        ({"color": "#12345"}, {}, {"color": "#12345"}),
        ({"avatarUrl": "https://example.org/a.png"}, {"avatar_url": "https://example.org/a.png"}, {}),
        ({"avatarUrl": "ftp://example.org/a.png"}, {}, {"avatarUrl": "ftp://example.org/a.png"}),
        ({"avatarUrl": "data:image/png;base64,AA=="}, {}, {}),
        ({"avatarUrl": "https://example.org/" + "a" * 256}, {}, {"avatarUrl": "https://example.org/" + "a" * 256}),
        ({"desc": "I am <###@b###>."}, {"description": "I am @Ben."}, {"desc": "I am <###@b###>."}),
        ({"desc": "d" * 1001}, {"description": "d" * 1000}, {"desc": "d" * 1001}),
        ({"archived": True, "archivedReason": "rests"}, {"is_archived": True}, {"archivedReason": "rests"}),
        ({"archived": False}, {"is_archived": False}, {}),
        ({"private": False, "info": {"f": "x"}}, {}, {"private": False, "info": {"f": "x"}}),
        ({"desc": 5, "pronouns": ["a"]}, {}, {"desc": 5, "pronouns": ["a"]}),
    ],
)
def test_what_of_a_member_is_taken_and_what_is_kept_beside(row, values, kept):
    [member, _] = simply_plural.read(export({**ANN, **row}, BEN)).members
    assert member.values == {"name": "Ann", **values}
    assert member.kept == kept


def test_names_that_are_missing_too_long_or_twice():
    rows = [{"_id": str(n), "name": name} for n, name in enumerate(["Ann", "Ann", "", " ", None, 5, "n" * 101])]
    file = simply_plural.read(export(*rows))
    assert [member.name for member in file.members] == [
        *("Ann", "Ann", "Unnamed 3", "Unnamed 4", "Unnamed 5", "Unnamed 6", "n" * 100)
    ]
    assert len({member.source for member in file.members}) == 7
    assert file.members[-1].kept == {"name": "n" * 101}
    # Whoever has a name here keeps it.
    assert all("name" not in member.values for member in file.members[2:6])


@pytest.mark.parametrize(
    ("given", "hid"), [("abcde", "abcde"), ("ABCDEF", "abcdef"), ("", None), ("abc", None), (5, None)]
)
def test_the_id_at_pluralkit_finds_a_member_here(given, hid):
    [member, *_] = simply_plural.read(export({**ANN, "pkId": given})).members
    assert member.hid == hid


def test_a_custom_front_is_a_member_of_its_own_kind():
    asleep = {"_id": "c", "name": "Asleep", "color": "#444444"}
    for name in ("frontStatuses", "customFronts", "frontstatuses"):
        [*_, member] = simply_plural.read(export(**{name: [asleep]}, groups=[])).members
        assert member.values == {"name": "Asleep", "color": "444444", "is_custom_front": True}
        assert member.source == "frontStatuses:c"


@pytest.mark.parametrize(
    ("kind", "name", "value", "date"),
    [
        (7, "Birthday", "2024-07-11T00:00:00.000", "0004-07-11"),
        (7, "birth day", "2024-02-29T00:00:00.000", "0004-02-29"),
        (2, "My Birthday!", "2001-07-11T00:00:00.000", "2001-07-11"),
        (2, "Since", "2001-07-11T00:00:00.000", None),
        (0, "Birthday", "2001-07-11", None),
        (5, "Birthday", "2001-07-01T00:00:00.000", None),
        (7, "Birthday", "soon", None),
        (7, "Birthday", 5, None),
        (None, "Birthday", "2001-07-11", None),
    ],
)
def test_a_field_may_be_a_birthday_which_is_taken_only_when_asked_for(kind, name, value, date):
    data = export({**ANN, "info": {"f": value}}, customFields=[{"_id": "f", "name": name, "type": kind}])
    offer, taken = simply_plural.read(deepcopy(data)), simply_plural.read(data, takes_birthdays=True)
    assert "birthday" not in offer.members[0].values
    assert any("may be a birthday" in remark for remark in offer.remarks) == (date is not None)
    assert taken.members[0].values.get("birthday") == date
    assert taken.members[0].kept == {"info": {"f": value}}


def test_the_fields_of_an_account_that_was_never_moved_are_known():
    users = [{"_id": "u", "username": "Us", "fields": {"f": {"name": "Likes", "type": 0}}}]
    file = simply_plural.read(export({**ANN, "info": {"f": "tea", "g": "?", "h": ""}}, users=deepcopy(users)))
    assert "1 value is of a custom field that is not in the file; it is kept aside." in file.remarks
    assert file.archive["users"] == [{"fields": users[0]["fields"]}]


def test_groups_within_groups_and_in_a_circle():
    groups = [
        {"_id": "1", "name": "One", "parent": "root", "members": ["a", "x", "a"], "emoji": "🌲"},
        {"_id": "2", "name": "Two", "parent": "1"},
        {"_id": "3", "name": "Three", "parent": "4"},
        {"_id": "4", "name": "Four", "parent": "3"},
        {"_id": "5", "parent": "nowhere"},
    ]
    file = simply_plural.read(export(groups=groups))
    assert [(group.name, group.parent, group.members) for group in file.groups] == [
        *(("One", None, (0,)), ("Two", 0, ()), ("Three", None, ()), ("Four", None, ()), ("Unnamed 5", None, ()))
    ]
    assert file.groups[0].kept == {"emoji": "🌲"}
    assert {
        "In the groups is 1 member who is not in the file.",
        "1 group lies within one that is not in the file; it comes to the top.",
        "2 groups lie within each other in a circle; they come to the top.",
    } <= set(file.remarks)


def test_groups_that_have_no_room_are_kept():
    file = simply_plural.read(export(groups=[{"_id": str(n), "name": "G"} for n in range(252)]))
    assert len(file.groups) == 250
    assert [row["_id"] for row in file.archive["groups"]] == ["250", "251"]
    assert file.left_out == ("The groups: a system has at most 250; the first of 252 are taken.",)


def test_a_name_fills_only_what_is_new():
    file = simply_plural.read(export(users=[{"_id": "u", "username": "Us", "desc": "Hi <###@a###>", "color": "#fff"}]))
    assert file.system == {"description": "Hi @Ann", "color": "ffffff"}
    assert file.first_system["name"] == "Us"
    named = simply_plural.read(export(users=[{"_id": "u", "username": "Us"}], settings=[{"systemName": "The Us"}]))
    assert named.first_system["name"] == "The Us"


def test_others_whose_rows_a_phone_has_kept_are_not_taken():
    data = {
        "private": {"me": {"location": "Europe/Berlin"}},
        "users": {"friend": {"username": "SECRET"}, "me": {"username": "Us"}},
        "members": {"a": {"name": "Ann", "uid": "me"}, "x": {"name": "SECRET", "uid": "friend"}, "b": {"name": "Ben"}},
    }
    file = simply_plural.read(data)
    assert [member.name for member in file.members] == ["Ann", "Ben"]
    assert file.first_system["name"] == "Us"
    assert "2 rows of the file are somebody else's, and left out." in file.remarks
    check_hidden(file, ["SECRET", "Europe/Berlin"])


@pytest.mark.parametrize("name", SIMPLY_PLURAL)
def test_secrets_are_taken_from_no_place(name):
    data = get_data(name)
    secrets = {"notificationToken": "SECRET", "email": "SECRET", "frienduid": "SECRET", "avatarUuid": "SECRET"}
    check_hidden(SIMPLY_PLURAL[name](_with(data, secrets)), ["SECRET", *get_expected(name).get("must_not_appear", [])])


def _with(value, fields):
    """The same with these fields in every object."""
    if isinstance(value, list):
        return [_with(item, fields) for item in value]
    if not isinstance(value, dict):
        return value
    inside = {key: _with(item, fields) for key, item in value.items()}
    # A collection that is a map of rows has none of its own.
    return inside if all(isinstance(item, dict | list) for item in value.values()) else inside | fields


def test_what_a_refusal_says_holds_nothing_of_the_file():
    for data in ({"members": [], "tokens": [{"token": "SECRET"}]}, {"members": "SECRET", "private": {}}):
        with pytest.raises(Invalid) as refused:
            simply_plural.read(data)
        assert refused.value.sentence == (
            "There is no member in this file of Simply Plural that I can read; is it the whole file?"
        )


def test_rows_that_are_none_and_cut_off_wrappers_are_counted():
    listed = [wrap(ANN), {"exists": True, "id": "x"}, {"exists": True, "id": "y", "content": None}, None, 5, "x", []]
    file = simply_plural.read(export(*listed))
    assert [member.name for member in file.members] == ["Ann"]
    assert "6 rows of the file cannot be read, and are left out." in file.remarks


def test_what_was_deleted_is_nobody():
    gone = {"exists": False, "id": "x", "content": {"name": "Gone"}}
    assert [member.name for member in simply_plural.read(export(wrap(ANN), gone)).members] == ["Ann"]


@pytest.mark.parametrize(
    "listed",
    [
        [],
        [5],
        [{"name": "Ann"}],
        [wrap(front())],
        [wrap({"_id": "g", "name": "Group", "members": []})],
        [{"exists": True, "id": "x"}],
    ],
)
def test_a_list_of_anything_else_is_refused(listed):
    with pytest.raises(Invalid, match=r"members\.json"):
        simply_plural.read_wrappers(listed)


def test_more_members_than_a_system_may_have_are_refused():
    members = [{"_id": str(n), "name": "N"} for n in range(1000)]
    assert len(simply_plural.read(export(*members)).members) == 1000
    with pytest.raises(Invalid, match="1,001"):
        simply_plural.read(export(*members, frontStatuses=[{"_id": "c", "name": "Asleep"}]))


def test_the_last_export_is_when_it_was_written():
    file = simply_plural.read(export(private=[{"_id": "u", "lastExport": AT}]))
    assert file.exported_at == AT * 1000
    assert not any("exported" in remark for remark in file.remarks)
    for odd in (None, "x", now_us(), -5):
        file = simply_plural.read(export({**ANN, "lastOperationTime": AT}, private=[{"_id": "u", "lastExport": odd}]))
        assert file.exported_at is None
        assert file.remarks[0] == ("The file does not say when it was exported; what is newest in it is of 2025-03-01.")


@pytest.mark.parametrize(
    ("message", "iv", "counts"),
    [
        ("k2f0Zp5O1yQ8Lw3sV7mB0w==", "AAECAwQFBgcICQoLDA0ODw==", True),
        ("good morning", "AAECAwQFBgcICQoLDA0ODw==", False),
        ("k2f0Zp5O1yQ8Lw3sV7mB0w==", "", False),
        ("", "AAECAwQFBgcICQoLDA0ODw==", False),
        ("abcd", "AAECAwQFBgcICQoLDA0ODw==", False),
        (5, ["x"], False),
    ],
)
def test_messages_that_nobody_can_read_are_counted(message, iv, counts):
    file = simply_plural.read(export(chatMessages=[{"_id": "m", "message": message, "iv": iv}]))
    assert any("encrypted" in remark for remark in file.remarks) == counts
    assert len(file.archive["chatMessages"]) == 1


def test_dead_pictures_are_told_once():
    dead = "https://spaces.apparyllis.com/avatars/u/x"
    rows = [
        {**ANN, "avatarUuid": "x", "avatarUrl": ""},
        {**BEN, "avatarUrl": dead},
        {"_id": "c", "name": "Cat", "avatarUuid": "x", "avatarUrl": "https://example.org/c.png"},
    ]
    file = simply_plural.read(export(*rows))
    assert [member.values.get("avatar_url") for member in file.members] == [None, None, "https://example.org/c.png"]
    assert "2 pictures are lost: the server that had them is closed. Set them again." in file.remarks
    check_hidden(file, [dead])


def test_pictures_in_the_file_itself_are_kept_apart_from_all_else():
    picture = "data:image/png;base64,AA=="
    users = [{"_id": "u", "username": "Us", "avatarUrl": picture}]
    file = simply_plural.read(export({**ANN, "avatarUrl": picture, "desc": "data: none"}, users=users))
    assert file.members[0].values == {"name": "Ann", "description": "data: none"}
    assert file.archive == {"pictures": [{"_id": "a", "avatarUrl": picture}, {"_id": "u", "avatarUrl": picture}]}
    told = "2 pictures are in the file itself and not at an address; they are not shown, and kept aside."
    assert told in file.remarks
