"""Whether the second reader reads what others write, and sees what is wrong with a file."""

import io
import json
import zipfile

import pytest

from tests.rules.transfer.formats import sidecars
from tests.rules.transfer.second_reader import reader

A_FUTURE_MODULE = "a_future_module is no key of the format"
ODD = [
    "members[2] color is no color",
    "members[3] birthday is no birthday",
    "members[3] color is no color",
    "members[5] color is no color",
]
DANGLING = ["group_memberships[2] member_id names nobody", "front_periods[2] assignments name nobody"]
WITHOUT_IDS = [f"group_memberships{what}" for what in (" share an id", "[0] has no id", "[1] has no id")]
FAULTS = {
    "pluralport.json": ["no bundle", "no openplural_version", A_FUTURE_MODULE, *ODD, *DANGLING],
    "pluralport-bundle.zip": [A_FUTURE_MODULE, *ODD, *DANGLING],
    "openplural-events.json": ["no bundle", "no pluralport_version", *ODD, *WITHOUT_IDS],
}


@pytest.mark.parametrize("name", FAULTS)
def test_the_samples(name):
    found, expected = reader.read(sidecars.get_sample(name)), sidecars.get_expected(name)
    assert found.problems == FAULTS[name]
    names = {own_id: one["name"] or one["display_name"] for own_id, one in found.named("members").items()}
    assert set(names.values()) == expected["members"].keys()
    switches = [[at, [names[one] for one in ids if one in names]] for at, ids in found.switches()]
    assert switches == [[reader.read_time(at), fronting] for at, fronting in expected["switches"]]


def good():
    """A document without a fault."""
    member = {"member_id": "a", "front_role": "member"}
    record = {"system_id": "s", "assignments": [member]}
    return {
        **dict.fromkeys(("pluralport_version", "openplural_version"), "0.1"),
        "exported_at": "2026-04-07T09:00:00Z",
        "producer": {"app": "X", "app_id": "x", "app_version": "1", "exporter_version": "1"},
        "capabilities": {"modules": ["systems", "members"]},
        "systems": [{"id": "s", "name": "S"}],
        "members": [{"id": "a", "system_id": "s", "name": "A", "avatar_asset_id": "p"}],
        "groups": [{"id": "g", "system_id": "s", "name": "G", "parent_group_id": None}],
        "front_periods": [{**record, "id": "f", "started_at": "2026-01-01T00:00:00Z", "ended_at": None}],
        "front_events": [{**record, "id": "e", "at": "2026-01-01T00:00:00Z"}],
        "assets": [{"id": "p", "kind": "avatar", "bundle_path": "assets/a.png", "size_bytes": 4}],
    }


def pack(document, *more, roots=reader.ROOTS):
    """A bundle of it, with a picture and what else is in it."""
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w") as archive:
        for name, content in (*((root, json.dumps(document)) for root in roots), ("assets/a.png", b"\x89PNG"), *more):
            archive.writestr(name, content)
    return stream.getvalue()


def test_a_good_one():
    assert reader.read(pack(good())).problems == []


@pytest.mark.parametrize(
    ("path", "value", "fault"),
    [
        ("systems.0.name", None, "systems[0] has no name"),
        ("systems.0.color", "00ff00", "systems[0] color is no color"),
        ("systems.0.privacy", "public", "systems[0] privacy is no privacy"),
        ("members.0.system_id", "t", "members[0] system_id names nobody"),
        ("members.0.birthday", {"value": "02-30", "precision": "month_day"}, "members[0] birthday is no birthday"),
        ("members.0.birthday", {"value": "--02-30", "precision": "month_day"}, "members[0] birthday is no day"),
        ("members.0.created_at", "2026-01-01T00:00:00+00:00", "members[0] created_at is no time"),
        ("members.0.avatar_asset_id", "q", "members[0] avatar_asset_id names nobody"),
        ("members.0.extensions", {"mine": {}}, "members[0] extensions.mine is no app's object"),
        ("members.0.source_refs", [{"app": "x"}], "members[0] a source_ref lacks what it must have"),
        ("groups.0.parent_group_id", "g", "groups go in a circle"),
        ("groups.0.created_at", "2026-01-01T00:00:00Z", "groups[0] created_at is no key of the format"),
        ("front_periods.0.assignments", [], "a period of nobody"),
        ("front_periods.0.ended_at", "2025-01-01T00:00:00Z", "a period ends before it starts"),
        ("front_periods.0.ended_at", "2026-01-02T00:00:00Z", "events and periods tell two stories"),
        ("front_events.0.assignments.0.front_role", "host", "front_events[0] assignments have a strange role"),
        ("assets.0.size_bytes", 5, "a size or a sum does not hold"),
        ("assets.0.bundle_path", "assets/b.png", "an asset names assets/b.png, which is not there"),
        ("assets.0.mime_type", "image/gif", "a picture is no image/gif"),
        ("capabilities.modules", ["group_memberships"], "strange modules"),
        ("boards", {"posts": [{"id": "b", "system_id": "s", "body": "B"}]}, "boards.posts[0] has no created_at"),
    ],
)
def test_what_is_wrong_is_listed(path, value, fault):
    document = good()
    *parents, last = path.split(".")
    at = document
    for key in parents:
        at = at[int(key) if key.isdecimal() else key]
    at[last] = value
    assert fault in reader.read(pack(document)).problems


@pytest.mark.parametrize(
    "data",
    [
        pack(good(), roots=()),
        pack(good(), ("a/../b", b"")),
        pack(good(), ("/etc/passwd", b"")),
        pack(good(), ("a\\b", b"")),
        pack(good(), ("c:b", b"")),
        pack(good(), ("ASSETS/a.png", b"")),
        pack(good(), ("openplural.json", json.dumps({**good(), "members": []})), roots=reader.ROOTS[:1]),
        pack({**good(), "openplural_version": "0.2"}),
        json.dumps(good()).replace('"name": "S"', '"name": "S", "name": "T"').encode(),
        json.dumps({**good(), "members": float("nan")}).encode(),
        json.dumps({**good(), "members": "\ud800"}).encode(),
    ],
)
def test_what_no_reader_takes(data):
    with pytest.raises(reader.Unreadable):
        reader.read(data)
