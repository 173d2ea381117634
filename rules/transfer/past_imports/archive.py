"""What of a file has no place here, kept whole and compressed with its import, for the system's owner alone."""

import hashlib
import io
import json
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Import, ImportSource, System
from rules.errors import NotFound
from rules.systems import systems
from rules.transfer.import_file import File

# Of all imports of one system, compressed.
MOST_BYTES = 8 * 1024 * 1024
_THINGS, _MEMBERS, _GROUPS = "things", "members", "groups"
# How the texts that were cut and the like are called, beside what an app has under names of its own.
_LABELS = {_MEMBERS: "details of members", _GROUPS: "details of groups"}
# Sections, their kinds, and the things of a kind.
_THINGS_DEPTH = 3
_JSON = json.JSONEncoder(ensure_ascii=False, separators=(",", ":")).encode
# A section of the archive and, among the things, a kind; with what it holds.
_Parts = dict[tuple[str, str], Any]


@dataclass(frozen=True, slots=True)
class Packed:
    """An archive as it is stored: `counts` of its things by kind, and of those kinds for which there was no room."""

    data: bytes
    hash: bytes
    counts: dict[str, int]
    left_out: dict[str, int] = field(default_factory=dict)


def pack(file: File, room: int | None = None) -> Packed | None:
    """The archive of a file in at most so many bytes, without its largest kinds where it would need more.

    8 MB where none are given. None where there is nothing to keep. Takes a second for 32 MB, and no session.
    """
    room = MOST_BYTES if room is None else room
    parts, left_out = _find_parts(file), {}
    if not parts:
        return None
    # What tells it from others is the whole of it, or the same file would be kept twice.
    packed, whole = _compress(parts)
    sizes = {key: len(_compress({key: parts[key]})[0]) for key in parts} if len(packed) > room else {}
    for key in sorted(sizes, key=lambda key: -sizes[key]):
        left_out[_name(key)] = len(parts.pop(key))
        packed = _compress(parts)[0] if parts else b""
        if len(packed) <= room:
            break
    return Packed(packed, whole, {_name(key): len(held) for key, held in parts.items()}, left_out)


def find_new(session: Session, system: System | None, file: File) -> Packed | None:
    """The archive of a file as it would be kept with an import into a system; None where there is none that is new.

    One that is kept already for the same app is not new. At most 8 MB a system.
    """
    packed = file.packed or pack(file)
    if packed is None:
        return None
    if system is None:
        return packed if len(packed.data) <= MOST_BYTES else pack(file)
    kept = select(Import.id).where(Import.system_id == system.id, Import.app == file.app)
    if session.scalar(kept.where(Import.archive_hash == packed.hash).limit(1)) is not None:
        return None
    used = select(func.coalesce(func.sum(Import.archive_bytes), 0)).where(Import.system_id == system.id)
    room = MOST_BYTES - session.scalar(used)
    return packed if len(packed.data) <= room else pack(file, room)


def get_archive(session: Session, user_id: int, import_id: int) -> dict[str, Any]:
    """What is kept aside of an import into the user's system, for its owner alone.

    `things` are lists by kind, under the app's own names; `members` and `groups` say by the numbers of their rows here
    what the file has of each beside its fields. With `app`, and `exported_at` and `at` in µs. Raises NotAuthenticated
    without a system, and NotFound.
    """
    system = systems.get_own_system(session, user_id)
    found = session.get(Import, import_id)
    if not found or found.system_id != system.id or not found.archive:
        raise NotFound("Nothing is kept aside under this number.")
    kept = json.loads(zlib.decompress(found.archive))
    rows = session.scalars(select(ImportSource).where(ImportSource.import_id == import_id))
    numbers = {(row.kind, row.place): row.member_id or row.group_id for row in rows}
    return {
        "app": found.app,
        "exported_at": found.exported_at,
        "at": found.at,
        _THINGS: kept.get(_THINGS, {}),
        _MEMBERS: _by_row(kept.get(_MEMBERS, {}), "member", numbers),
        _GROUPS: _by_row(kept.get(_GROUPS, {}), "group", numbers),
    }


def get_archives(session: Session, user_id: int) -> list[dict[str, Any]]:
    """`get_archive` of each import that has one, the oldest first. Raises NotAuthenticated without a system."""
    system = systems.get_own_system(session, user_id)
    kept = select(Import.id).where(Import.system_id == system.id, Import.archive_bytes > 0).order_by(Import.id)
    return [get_archive(session, user_id, number) for number in session.scalars(kept).all()]


def _find_parts(file: File) -> _Parts:
    parts: _Parts = {(_THINGS, kind): things for kind, things in file.archive.items() if things}
    for section, listed in ((_MEMBERS, file.members), (_GROUPS, file.groups)):
        beside = {str(place): one.kept for place, one in enumerate(listed) if one.kept}
        if beside:
            parts[section, ""] = beside
    return parts


def _compress(parts: _Parts) -> tuple[bytes, bytes]:
    """The parts as compressed JSON, and the hash of that JSON, which may have 100 MB and is never there as a whole."""
    packing, digest, packed = zlib.compressobj(), hashlib.sha256(), io.BytesIO()
    for text in _dump(_arrange(parts), _THINGS_DEPTH):
        data = text.encode()
        digest.update(data)
        packed.write(packing.compress(data))
    packed.write(packing.flush())
    return packed.getvalue(), digest.digest()


def _arrange(parts: _Parts) -> dict[str, Any]:
    whole: dict[str, Any] = {}
    for (section, kind), held in parts.items():
        if section == _THINGS:
            whole.setdefault(_THINGS, {})[kind] = held
        else:
            whole[section] = held
    return whole


def _dump(value: Any, depth: int) -> Iterator[str]:
    """The JSON of a value, in parts: objects and lists down to a depth are taken apart."""
    if not depth or not isinstance(value, dict | list):
        yield _JSON(value)
        return
    items = value.items() if isinstance(value, dict) else ((None, item) for item in value)
    begin, end = "{}" if isinstance(value, dict) else "[]"
    yield begin
    for number, (key, item) in enumerate(items):
        yield ("," if number else "") + ("" if key is None else f"{_JSON(key)}:")
        yield from _dump(item, depth - 1)
    yield end


def _name(key: tuple[str, str]) -> str:
    section, kind = key
    return _LABELS.get(section, kind)


def _by_row(said: Mapping[str, Any], kind: str, numbers: Mapping[tuple[str, int], int | None]) -> dict[int, Any]:
    found = {numbers.get((kind, int(place))): value for place, value in said.items()}
    return {row: value for row, value in found.items() if row is not None}
