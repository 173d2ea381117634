"""A system as a file of PluralPort 0.1, which other trackers read: all that is here and all that is kept of others'."""

import io
import json
import operator
import zipfile
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from pathlib import Path
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Group, Member, System
from rules.errors import TooLarge
from rules.parsing.timestamps import now_us, show_time
from rules.systems import systems
from rules.transfer import exporter
from rules.transfer.formats.pluralport.assets import Assets
from rules.transfer.formats.pluralport.reader import VERSION, VERSION_KEYS
from rules.transfer.formats.pluralport.records import OWN_APP
from rules.transfer.import_file import MOST_BYTES
from rules.transfer.reading.tally import Tally
from rules.transfer.writing import front_records, fronts, pictures, records
from rules.transfer.writing.ids import Ids, make_id
from rules.transfer.writing.theirs import LISTS, OBJECTS, Record, Theirs, collect

ROOTS = ("pluralport.json", "openplural.json")
APP = "Rollcall"
# Of the writing, not of the program: it tells readers which of our files they have.
_WRITER = "1"
# What an event has without those who front, each of these, and a period of one.
EVENT_BYTES, FRONTER_BYTES, PERIOD_BYTES = 140, 77, 300
# What the lists are called together that are not modules of their own.
_MODULES = {
    "group_memberships": "groups",
    **dict.fromkeys(("taxonomy_terms", "taxonomy_assignments"), "taxonomy"),
    "custom_field_values": "custom_fields",
}
_TOO_MANY = {
    "level": "info",
    "code": "module_archived_only",
    "message": "The periods that follow from events are left out, since they are too many.",
}
_EARLIEST = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, slots=True)
class Written:
    """What is in a bundle: the file, and the bytes of pictures by their paths."""

    data: Record
    pictures: Mapping[str, bytes]


def write(session: Session, user_id: int, folder: Path | None = None) -> Written:
    """Everything of the user's own system, with what is kept aside of other apps' files; `folder` has kept pictures.

    Stated as PluralPort has it, periods and events of fronts; what only Rollcall knows is under its name in
    `extensions`. IDs stay from one file to the next. Raises NotAuthenticated without a system.
    """
    system = systems.get_own_system(session, user_id)
    exported = exporter.export_system(session, user_id, with_switches=False)
    members = session.scalars(select(Member).where(Member.system_id == system.id).order_by(Member.id)).all()
    groups = session.scalars(select(Group).where(Group.system_id == system.id).order_by(Group.id)).all()
    ids = Ids(
        make_id("system", exported["uuid"]),
        {row.id: make_id("member", said["uuid"]) for row, said in zip(members, exported["members"], strict=True)},
        {row.id: make_id("group", said["uuid"]) for row, said in zip(groups, exported["groups"], strict=True)},
    )
    theirs = collect(session, user_id, system, ids)
    found = pictures.collect(_list_addresses(exported), ids, folder)
    assets = Assets([*found.records, *theirs.lists["assets"]], {}, Tally())
    data = {
        **dict.fromkeys(VERSION_KEYS, VERSION),
        "exported_at": show_time(now_us()),
        "producer": {"app": APP, "app_id": OWN_APP, "app_version": _WRITER, "exporter_version": _WRITER},
        "systems": [_write_system(exported, ids, theirs, found, assets), *theirs.lists["systems"]],
        "members": [*_write_members(members, exported, ids, theirs, found, assets), *theirs.lists["members"]],
        "groups": [*_write_groups(groups, exported, ids, theirs), *theirs.lists["groups"]],
        "group_memberships": _write_memberships(groups, members, exported, ids, theirs),
    }
    pictures.add_theirs(found, theirs.lists["assets"])
    data |= _write_fronts(session, system, ids, theirs)
    data["assets"] = found.records
    data |= {key: theirs.lists[key] for key in LISTS if key not in data}
    data |= {key: theirs.objects.get(key) for key in OBJECTS}
    data |= {key: value for key, value in theirs.rest.items() if key not in data}
    filled = (_MODULES.get(key, key) for key in (*LISTS, *OBJECTS) if data[key])
    data["capabilities"] = {"modules": list(dict.fromkeys(filled))}
    data["extensions"] = theirs.extensions | ({OWN_APP: {"archives": theirs.archives}} if theirs.archives else {})
    data["warnings"] = theirs.warnings
    return Written(data, found.inside)


def _write_fronts(session: Session, system: System, ids: Ids, theirs: Theirs) -> Record:
    """The events, and the periods as far as there is room for them."""
    switches, spans = fronts.read_switches(session, system), fronts.read_spans(session, system)
    events, without_switch = front_records.write_events(switches, ids, theirs.lists["front_events"])
    periods, beyond = front_records.write_periods(switches, spans, ids, theirs.lists["front_periods"])
    if without_switch:
        beside = {"front_events": without_switch}
        theirs.archives.append({"app": APP, "exported_at": None, "at": None, "things": beside})
    if _has_room(switches, len(periods), (len(rows) for rows in fronts.cut_by_switches(switches, beyond))):
        periods += front_records.write_beyond(switches, beyond, ids)
    elif _TOO_MANY not in theirs.warnings:
        theirs.warnings.append(_TOO_MANY)
    return {"front_events": events, "front_periods": front_records.sort_periods(periods)}


def pack(written: Written, most: int | None = None) -> tuple[bytes, bool]:
    """The bundle, a zip archive of at most so many bytes, and whether there was room for the pictures.

    Takes seconds for 100 000 switches, and no session. Raises TooLarge.
    """
    size = sum(map(len, written.pictures.values()))
    packed = _zip(written.data, written.pictures) if most is None or size <= most else b""
    if packed and (most is None or len(packed) <= most):
        return packed, True
    packed = _zip(_without_pictures(written.data), {})
    if len(packed) > most:
        raise TooLarge("This file is too large for Discord; fetch it over the web with your token instead.")
    return packed, False


def _zip(data: Record, inside: Mapping[str, bytes]) -> bytes:
    text = json.dumps(data, ensure_ascii=False, separators=(",", ":")).encode()
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name in ROOTS:
            archive.writestr(zipfile.ZipInfo(name, _EARLIEST), text, zipfile.ZIP_DEFLATED)
        for path, content in inside.items():
            archive.writestr(zipfile.ZipInfo(path, _EARLIEST), content, zipfile.ZIP_STORED)
    return stream.getvalue()


def _without_pictures(data: Record) -> Record:
    inside = ("bundle_path", "sha256", "size_bytes")
    assets = [{key: value for key, value in one.items() if key not in inside} for one in data["assets"]]
    told = _warn("asset_uri_only", "The pictures would make the file too large; it has their addresses alone.")
    return {**data, "assets": assets, "warnings": [*(one for one in data["warnings"] if one != told), told]}


def _has_room(switches: Sequence[fronts.WrittenSwitch], periods: int, beyond: Iterable[int]) -> bool:
    """Whether periods beside the events leave the file small enough for a reader such as ours; `beyond` is how many
    front in each that follows from the events.
    """
    fronters = sum(len(members) for _, members in switches)
    room = MOST_BYTES * 3 // 4 - len(switches) * EVENT_BYTES - fronters * FRONTER_BYTES - periods * PERIOD_BYTES
    sizes = (PERIOD_BYTES + (many - 1) * FRONTER_BYTES for many in beyond)
    # As far as there is room, and no further: there may be 100 000.
    return all(left > 0 for left in accumulate(sizes, operator.sub, initial=room))


def _warn(code: str, message: str) -> Record:
    return {"level": "info", "code": code, "message": message}


def _list_addresses(exported: Mapping[str, Any]) -> Iterator[tuple[str, str | None]]:
    for one in (exported, *exported["members"]):
        yield "avatar", one["avatar_url"]
        yield "banner", one["banner"]
    for member in exported["members"]:
        yield "avatar", member["webhook_avatar_url"]
    for group in exported["groups"]:
        yield "avatar", group["icon"]
        yield "banner", group["banner"]


def _write_system(
    exported: Mapping[str, Any], ids: Ids, theirs: Theirs, found: pictures.Pictures, assets: Assets
) -> Record:
    record = records.write_system(exported, ids, found.ids)
    records.add_refs(record, theirs.refs["system", 0])
    known = {one.get("id") for one in assets.records}
    records.add_kept(record, theirs.system, records.read_system_back(assets), known)
    return record


def _write_members(
    rows: Sequence[Member],
    exported: Mapping[str, Any],
    ids: Ids,
    theirs: Theirs,
    found: pictures.Pictures,
    assets: Assets,
) -> Iterator[Record]:
    known, read = {one.get("id") for one in assets.records}, records.read_member_back(assets)
    for row, said in zip(rows, exported["members"], strict=True):
        flags = {"is_custom_front": row.is_custom_front, "archived": row.is_archived}
        record = records.write_member(said, ids.members[row.id], ids, found.ids, flags)
        records.add_refs(record, theirs.refs["member", row.id])
        records.add_kept(record, theirs.members[row.id], read, known)
        yield record


def _write_groups(rows: Sequence[Group], exported: Mapping[str, Any], ids: Ids, theirs: Theirs) -> Iterator[Record]:
    for row, said in zip(rows, exported["groups"], strict=True):
        record = records.write_group(said, ids.groups[row.id], ids.groups.get(row.parent_id), ids)
        records.add_refs(record, theirs.refs["group", row.id])
        records.add_kept(record, theirs.groups[row.id], records.read_group_back, ())
        yield record


def _write_memberships(
    rows: Sequence[Group], members: Sequence[Member], exported: Mapping[str, Any], ids: Ids, theirs: Theirs
) -> list[Record]:
    """Who is in which group, with what a file said beside it; and those of theirs that name nobody here."""
    own_ids = {member.hid: ids.members[member.id] for member in members}
    pairs = [
        (ids.groups[row.id], own_ids[hid])
        for row, said in zip(rows, exported["groups"], strict=True)
        for hid in said["members"]
    ]
    listed = [one for one in theirs.lists["group_memberships"] if isinstance(one, dict)]
    by_pair = {(one.get("group_id"), one.get("member_id")): one for one in listed}
    written = [
        {"id": ids.of("membership", *pair), **dict(zip(("group_id", "member_id"), pair, strict=True)), **by_pair[pair]}
        if pair in by_pair
        else {"id": ids.of("membership", *pair), "group_id": pair[0], "member_id": pair[1]}
        for pair in pairs
    ]
    groups, known = set(ids.groups.values()), set(ids.members.values())
    unknown = [one for pair, one in by_pair.items() if not (pair[0] in groups and pair[1] in known)]
    return [*written, *unknown]
