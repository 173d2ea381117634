"""What is in a file of PluralPort that we write: all of ours, all that is kept of others', and nothing secret."""

import hashlib
import io
import json
import zipfile

import pytest

from rules.errors import NotAuthenticated, TooLarge
from rules.fronting import switches
from rules.groups import groups, membership
from rules.pictures import kept_files
from rules.systems import members, systems
from rules.transfer import import_plan, importer
from rules.transfer.past_imports import archive
from rules.transfer.writing import formats, pluralport
from tests.rules.transfer.formats import sidecars
from tests.rules.transfer.import_samples import as_file, run_import

ALICE, BOB = 80351110224678912, 80351110224678914
PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 20


@pytest.fixture
def file(read):
    """Alice's file."""
    return lambda folder=None: read(pluralport.write, ALICE, folder).data


@pytest.fixture
def foxes(write):
    write(systems.create_system, ALICE, {"name": "Foxes", "pronouns": "they/them"})
    ann = write(members.create_member, ALICE, {"name": "Ann", "birthday": "0004-02-29", "color": "ff8800"})
    ben = write(members.create_member, ALICE, {"name": "Ben", "birthday": "1999-12-31", "pronoun_privacy": "private"})
    both = write(groups.create_group, ALICE, {"name": "Both"})
    write(membership.change_members, ALICE, both.hid, [ann.hid, ben.hid], "add")
    write(switches.log_switch, ALICE, [ben.hid, ann.hid])
    write(switches.log_switch, ALICE, [])
    return ann, ben


def take(write, file):
    run_import(write, ALICE, as_file(file))


def plural(members=(), **more):
    return {
        "pluralport_version": "0.1",
        "producer": {"app": "Prism", "app_id": "prism"},
        "systems": [{"id": "s", "name": "Us"}],
        "members": [{"id": f"m{n}", "system_id": "s", "name": f"M{n}", **one} for n, one in enumerate(members)],
        **more,
    }


def test_what_readers_insist_on(file, foxes):
    data = file()
    assert data["pluralport_version"] == data["openplural_version"] == "0.1"
    assert all(isinstance(data["producer"][key], str) for key in ("app", "app_id", "app_version", "exporter_version"))
    times = [data["exported_at"], *(event["at"] for event in data["front_events"])]
    times += [period[key] for period in data["front_periods"] for key in ("started_at", "ended_at")]
    assert all(time.endswith("Z") for time in times)
    assert {"members", "groups", "front_events", "front_periods"} <= set(data["capabilities"]["modules"])
    assert all(isinstance(data[key], list) for key in ("taxonomy_terms", "notes", "assets", "warnings"))


def test_what_each_is(file, foxes):
    data = file()
    ann, ben = data["members"]
    assert [ann["birthday"], ben["birthday"]] == [
        {"value": "--02-29", "precision": "month_day", "year_visible": False},
        {"value": "1999-12-31", "precision": "day", "year_visible": True},
    ]
    # Whoever knows one word for all of a member must not show what is private of it.
    assert [one["privacy"]["visibility"] for one in (ann, ben)] == ["public", "private"]
    assert ben["extensions"]["app.rollcall"]["privacy"]["visibility"] == "public"
    assert (ann["color"], ann["system_id"]) == ("#ff8800", data["systems"][0]["id"])
    assert data["systems"][0]["extensions"]["pluralkit"] == {"pronouns": "they/them"}
    [both] = data["groups"]
    pairs = [(one["group_id"], one["member_id"]) for one in data["group_memberships"]]
    assert pairs == [(both["id"], ann["id"]), (both["id"], ben["id"])]
    begin, end = data["front_events"]
    assert [one["member_id"] for one in begin["assignments"]] == [ben["id"], ann["id"]]
    assert end["assignments"] == []
    assert {(one["started_at"], one["ended_at"]) for one in data["front_periods"]} == {(begin["at"], end["at"])}


def test_ids_stay_and_are_nobody_elses(file, foxes, write, read):
    def ids(data):
        return {key: [one["id"] for one in value] for key, value in data.items() if isinstance(value, list)}

    before = file()
    assert ids(file()) == ids(before)
    write(members.edit_member, ALICE, foxes[0].hid, {"name": "Anne"})
    assert ids(file()) == ids(before)
    listed = [own_id for found in ids(before).values() for own_id in found]
    assert len(set(listed)) == len(listed)
    write(systems.create_system, BOB)
    assert read(pluralport.write, BOB).data["systems"][0]["id"] not in listed


def test_ones_own_file_changes_nothing(file, foxes, read):
    plan = read(import_plan.plan, ALICE, importer.read_file(as_file(file())))
    assert (plan.is_empty, plan.openings) == (True, "")


def test_nobody_elses(read, foxes):
    for form in formats.FORMATS:
        with pytest.raises(NotAuthenticated):
            read(formats.read, BOB, form)


@pytest.mark.parametrize("name", sidecars.NAMES)
def test_all_that_is_kept_goes_out_and_nothing_that_must_not(write, read, file, name):
    run_import(write, ALICE, sidecars.get_sample(name))
    data = file()
    text = json.dumps(data, ensure_ascii=False)
    for kept in read(archive.get_archives, ALICE):
        for row in find_texts([kept["things"], kept["members"], kept["groups"]]):
            assert json.dumps(row, ensure_ascii=False)[1:-1] in text
    assert [hidden for hidden in sidecars.get_expected(name).get("must_not_appear", []) if hidden in text] == []


def find_texts(value):
    """Every text that somebody wrote, and no ID or picture."""
    if isinstance(value, dict):
        skipped = ("_id", "_ids", "data_base64", "data_uri", "bundle_path")
        for key, item in value.items():
            if (
                key != "id"
                and not str(key).endswith(skipped)
                and not (isinstance(item, str) and item.startswith("data:"))
            ):
                yield from find_texts(item)
    elif isinstance(value, list):
        for item in value:
            yield from find_texts(item)
    elif isinstance(value, str):
        yield value


def test_what_foreign_records_name_is_named_by_our_ids(write, file):
    notes = [{"id": "n", "system_id": "s", "member_id": "m0", "author_member_ids": ["m1", "gone"], "body": "Hello"}]
    chat = {"conversations": [{"id": "m0"}], "messages": [{"id": "x", "author_member_id": "m1", "body": "Hi"}]}
    values = [{"id": "v", "field_id": "f", "subject_type": "member", "subject_id": "m1", "value": {"member_id": "m0"}}]
    take(write, plural([{}, {}], notes=notes, chat=chat, custom_field_values=values, unheard_of={"a": [1]}))
    data = file()
    first, second = (one["id"] for one in data["members"])
    [note] = data["notes"]
    assert (note["member_id"], note["author_member_ids"]) == (first, [second, "gone"])
    assert note["system_id"] == data["systems"][0]["id"]
    assert data["chat"]["messages"][0]["author_member_id"] == second
    assert data["chat"]["conversations"] == [{"id": "m0"}]
    assert data["custom_field_values"][0]["subject_id"] == second
    assert data["custom_field_values"][0]["value"] == {"member_id": "m0"}
    assert data["unheard_of"] == {"a": [1]}


def test_foreign_records_of_two_files_stand_beside_each_other(write, file):
    note = {"id": "n", "body": "Hello"}
    take(write, plural([{}], notes=[note], extensions={"x": {"a": 1}}, warnings=[{"code": "c"}]))
    others = [note, {"id": "n2", "body": "Later"}, {"id": "n", "body": "Other"}][1:]
    take(write, plural([{}], notes=others, extensions={"x": {"a": 2}, "y": {}}, chat={"messages": []}))
    data = file()
    assert data["notes"] == [note, {"id": "n2", "body": "Later"}]
    assert (data["extensions"]["x"], data["extensions"]["y"], data["warnings"]) == ({"a": 1}, {}, [{"code": "c"}])
    # What one ID has twice is not lost.
    [aside] = data["extensions"]["app.rollcall"]["archives"]
    assert aside["things"] == {"extensions": [{"x": {"a": 2}}], "notes": [{"id": "n", "body": "Other"}]}


def test_other_trackers_read_what_is_kept_of_simply_plural(write, file):
    run_import(write, ALICE, sidecars.get_sample("simply-plural-export.json"))
    data = file()
    names = {one["id"]: one["name"] for one in data["members"]}
    first, *_ = data["notes"]
    assert (first["title"], first["body"], names[first["member_id"]]) == ("Note 0", "Remember Maple's errand.", "Maple")
    assert first["created_at"] == "2025-03-01T08:00:00.000000Z"
    fields = {one["id"]: (one["name"], one["field_type"]) for one in data["custom_fields"]}
    assert ("Likes", "text") in fields.values()
    assert data["custom_field_values"]
    assert all(one["field_id"] in fields and one["subject_id"] in names for one in data["custom_field_values"])
    [comment], [post], [talk] = data["front_comments"], data["boards"]["posts"], data["chat"]["conversations"]
    assert comment["body"] == "made soup"
    assert (names[post["author_member_id"]], names[post["target_member_id"]]) == ("Maple", "Juniper")
    assert (talk["title"], data["chat"]["messages"][0]["conversation_id"]) == ("general", talk["id"])
    # Nothing was public there, and in PluralPort a post of which nothing is said is.
    told = [post["audience"], *(note["visibility"] for note in data["notes"])]
    assert set(told) | {one["privacy"]["visibility"] for one in data["custom_fields"]} == {"private"}


def test_what_said_more_goes_out_as_long_as_it_holds(write, file):
    whole = {"description": "x" * 1500, "color": "#11223344", "birthday": {"value": "2001", "precision": "year"}}
    take(write, plural([{**whole, "privacy": {"visibility": "friends"}, "age": "old", "extensions": {"p": {"q": 1}}}]))
    [member] = file()["members"]
    assert {key: member[key] for key in whole} == whole
    assert (member["privacy"], member["age"]) == ({"visibility": "friends"}, "old")
    assert member["extensions"]["p"] == {"q": 1}
    assert member["source_refs"][0] == {"app": "prism", "collection": "members", "id": "m0"}
    [hid] = [ref["id"] for ref in member["source_refs"] if ref["app"] == "app.rollcall"]
    write(members.edit_member, ALICE, hid, {"description": "y", "color": "ff0000", "birthday": "2001-02-03"})
    [member] = file()["members"]
    assert (member["description"], member["color"], member["birthday"]["value"]) == ("y", "#ff0000", "2001-02-03")


def test_pictures_that_are_kept_here_are_inside(write, read, foxes, tmp_path):
    name = kept_files.store(tmp_path, PNG, "png")
    address = kept_files.make_address("https://roll.example", name)
    write(members.edit_member, ALICE, foxes[0].hid, {"avatar_url": address, "banner": "https://example.com/b.png"})
    written = read(pluralport.write, ALICE, tmp_path)
    data, is_whole = pluralport.pack(written)
    assert is_whole
    with zipfile.ZipFile(io.BytesIO(data)) as bundle:
        assert bundle.namelist()[:2] == ["pluralport.json", "openplural.json"]
        first = json.loads(bundle.read("pluralport.json"))
        assert first == json.loads(bundle.read("openplural.json"))
        assets = {one["id"]: one for one in first["assets"]}
        inside, outside = (assets[first["members"][0][f"{kind}_asset_id"]] for kind in ("avatar", "banner"))
        assert bundle.read(inside["bundle_path"]) == PNG
    digest = hashlib.sha256(PNG).hexdigest()
    assert (inside["sha256"], inside["size_bytes"], inside["mime_type"]) == (digest, len(PNG), "image/png")
    assert outside == {"id": outside["id"], "kind": "banner", "uri": "https://example.com/b.png"}
    small, is_whole = pluralport.pack(written, len(data) - 1)
    assert not is_whole
    with zipfile.ZipFile(io.BytesIO(small)) as bundle:
        alone = json.loads(bundle.read("pluralport.json"))
        assert len(bundle.namelist()) == 2
    assert alone["warnings"][-1]["code"] == "asset_uri_only"
    assert all(one.keys() <= {"id", "kind", "uri", "mime_type"} for one in alone["assets"])
    with pytest.raises(TooLarge):
        pluralport.pack(written, 100)


def test_one_that_lasts_is_open(file, foxes, write):
    write(switches.log_switch, ALICE, [foxes[0].hid])
    assert [one["ended_at"] is None for one in file()["front_periods"]] == [False, True]


def test_periods_go_where_the_file_would_be_too_large(file, foxes, monkeypatch):
    monkeypatch.setattr(pluralport, "MOST_BYTES", 1000)
    data = file()
    assert (len(data["front_events"]), data["front_periods"]) == (2, [])
    assert data["warnings"][-1]["code"] == "module_archived_only"
