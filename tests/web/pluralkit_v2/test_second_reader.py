"""What another program reads in our file of PluralPort, beside what the API says to the system's owner."""

import pytest

from rules.pictures import kept_files
from rules.systems import members, systems
from tests.rules.transfer import rich_system
from tests.rules.transfer.formats import sidecars
from tests.rules.transfer.import_samples import run_import
from tests.rules.transfer.second_reader import reader

ALICE = 80351110224678912
PNG = b"\x89PNG\r\n\x1a\n" + b"picture" * 20
TEXTS = ("name", "display_name", "description", "pronouns")
OF_PLURALPORT = ("pluralport.json", "pluralport-bundle.zip", "openplural-events.json")
# Of these a file of PluralPort may say more than has a place here, and goes out again as it came.
SAID_MORE = ("name", "display_name", "color", "birthday", "avatar_url")


@pytest.fixture
def ask(client, token_of):
    """What Alice is told."""
    headers = {"Authorization": token_of(ALICE)}
    return lambda path: client.get(f"/v2{path}", headers=headers)


def read_export(ask):
    return reader.read(ask("/systems/@me/export?format=pluralport").data)


def list_switches(ask):
    """All of them, the oldest first, as instants in µs with the IDs of members."""
    found, before = [], ""
    while page := ask(f"/systems/@me/switches?limit=100{before}").json:
        found += page
        before = f"&before={page[-1]['timestamp']}"
    return [(reader.read_time(one["timestamp"]), one["members"]) for one in reversed(found)]


def show_picture(found, asset_id):
    return found.named("assets")[asset_id].get("uri") if asset_id else None


def show_birthday(birthday):
    return birthday and birthday["value"].replace("--", "0004-", 1)


def show_color(color):
    return color and color.removeprefix("#").lower()


def find_hid(record):
    return next(ref["id"] for ref in record["source_refs"] if ref["app"] == "app.rollcall")


def show_system(found):
    """The system as the API has it."""
    system = found.records["systems"][0]
    return {
        "name": system["name"],
        "description": system["description"],
        "tag": system["tag"],
        "pronouns": system["extensions"].get("pluralkit", {}).get("pronouns"),
        "color": show_color(system["color"]),
        "avatar_url": show_picture(found, system["avatar_asset_id"]),
        "banner": show_picture(found, system["banner_asset_id"]),
    }


def show_member(found, member):
    """A member likewise; what is not said to be public is private."""
    return {
        "id": find_hid(member),
        **{key: member[key] for key in TEXTS},
        "color": show_color(member["color"]),
        "birthday": show_birthday(member["birthday"]),
        "avatar_url": show_picture(found, member["avatar_asset_id"]),
        "banner": show_picture(found, member["banner_asset_id"]),
        "proxy_tags": [tag for tag in member["proxy_tags"] if any(tag.values())],
        "created": member["created_at"],
        "privacy": "public" if member["privacy"]["visibility"] == "public" else "private",
    }


def show_group(found, group):
    """A group, with the IDs of its members."""
    own = found.named("members")
    ids = [one["member_id"] for one in found.records["group_memberships"] if one["group_id"] == group["id"]]
    inside = [own[one] for one in ids if one in own]
    return {
        "id": find_hid(group),
        "name": group["name"],
        "description": group["description"],
        "color": show_color(group["color"]),
        "members": sorted(find_hid(member) for member in inside),
    }


def in_one_word(member):
    """A member of the API, its privacy so."""
    levels = set(member["privacy"].values())
    return {**member, "privacy": "public" if levels == {"public"} else "private"}


def with_short_ids(group, hids):
    return {**group, "members": sorted(hids[uuid] for uuid in group["members"])}


def compare(found, ask, said_more=()):
    """Whether the reader found what the API says, but for what the file that came says more of."""
    system, expected = ask("/systems/@me").json, show_system(found)
    if not system["name"]:
        assert expected.pop("name")
    assert {key: system[key] for key in expected} == expected
    read = {find_hid(one): show_member(found, one) for one in found.records["members"]}
    flagged = {find_hid(one) for one in found.records["members"] if one["is_custom_front"] or one["archived"]}
    assert [one["id"] for one in ask("/systems/@me/members").json] == [hid for hid in read if hid not in flagged]
    told = {hid: ask(f"/members/{hid}").json for hid in read}
    for hid, member in read.items():
        whole = in_one_word(told[hid])
        assert member == {key: member[key] if key in said_more else whole[key] for key in member}
    hids = {one["uuid"]: hid for hid, one in told.items()}
    listed = {one["id"]: with_short_ids(one, hids) for one in ask("/systems/@me/groups?with_members=true").json}
    groups = {find_hid(one): show_group(found, one) for one in found.records["groups"]}
    for group in groups.values():
        group["members"] = [hid for hid in group["members"] if hid not in flagged]
    assert groups == {hid: {key: listed[hid][key] for key in groups[hid]} for hid in listed}
    named = {own_id: find_hid(one) for own_id, one in found.named("members").items()}
    assert [(at, [named[one] for one in ids]) for at, ids in found.switches()] == list_switches(ask)


@pytest.mark.parametrize("name", sidecars.NAMES)
def test_each_app_that_came_is_read(write, ask, name):
    run_import(write, ALICE, sidecars.get_sample(name))
    found, came = read_export(ask), set()
    if name in OF_PLURALPORT:
        came = set(reader.read(sidecars.get_sample(name)).problems)
    assert set(found.problems) <= came
    compare(found, ask, SAID_MORE if name in OF_PLURALPORT else ())


@pytest.mark.parametrize("many", [0, 1, 200, pytest.param(10_000, marks=pytest.mark.long)])
def test_a_system_of_which_everything_is_said(write, ask, many):
    rich_system.make(write, ALICE, many)
    found = read_export(ask)
    assert found.problems == []
    compare(found, ask)
    # Whoever takes both finds no front twice that is not one and the same.
    told = {(start, end) for start, end, _ in found.periods()}
    events = [at for at, _ in found.switches()]
    assert told <= set(zip(events, [*events[1:], None], strict=False))


@pytest.mark.parametrize("fields", [{}, {"name": ""}, {"name": "Unnamed system"}])
def test_one_with_nobody_in_it(write, ask, fields):
    write(systems.create_system, ALICE, fields)
    found = read_export(ask)
    assert found.problems == []
    compare(found, ask)


def test_pictures_are_inside_or_at_their_address(write, ask, database_file):
    kept = kept_files.store(kept_files.get_folder(f"sqlite:///{database_file}"), PNG, "png")
    address = kept_files.make_address("https://roll.example", kept)
    write(systems.create_system, ALICE, {"avatar_url": address})
    write(members.create_member, ALICE, {"name": "Ann", "avatar_url": address, "banner": "https://example.com/b.png"})
    found = read_export(ask)
    assert found.problems == []
    assert list(found.pictures.values()) == [PNG]
    assert found.pictures.keys() == {found.records["members"][0]["avatar_asset_id"]}
    compare(found, ask)
