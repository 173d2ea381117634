"""The pictures of a file of PluralPort: inside it where they are kept here, else by their addresses."""

import base64
import binascii
import hashlib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

from rules.pictures import formats, kept_files
from rules.transfer.writing.ids import Ids

_FOLDER = "assets"
_KINDS = {kind: ending for ending, kind in formats.MEDIA_TYPES.items()}


@dataclass(frozen=True, slots=True)
class Pictures:
    """Records of pictures, the bytes of those in the bundle by their paths, and the IDs by address."""

    records: list[dict[str, Any]] = field(default_factory=list)
    inside: dict[str, bytes] = field(default_factory=dict)
    ids: dict[str, str] = field(default_factory=dict)


def collect(addresses: Iterable[tuple[str, str | None]], ids: Ids, folder: Path | None) -> Pictures:
    """The pictures at these addresses, each with its kind; those in the folder of kept ones are put inside."""
    found = Pictures()
    for kind, address in addresses:
        if address and address not in found.ids:
            found.ids[address] = ids.of("asset", address)
            found.records.append(_write(found, kind, address, folder))
    return found


def add_theirs(pictures: Pictures, records: Iterable[Mapping[str, Any]]) -> None:
    """Add pictures of imported files, whose bytes are kept in text."""
    known = {record["id"] for record in pictures.records}
    for record in records:
        if record.get("id") not in known:
            pictures.records.append(_unpack(pictures, record))
            known.add(record.get("id"))


def _write(found: Pictures, kind: str, address: str, folder: Path | None) -> dict[str, Any]:
    record = {"id": found.ids[address], "kind": kind, "uri": address}
    name = kept_files.find_name(address)
    if folder and name and (folder / name).is_file():
        data = (folder / name).read_bytes()
        record |= _put_inside(found, data, name.rpartition(".")[2], kept_files.get_media_type(name))
    return record


def _put_inside(found: Pictures, data: bytes, ending: str, media_type: str | None) -> dict[str, Any]:
    digest = hashlib.sha256(data).hexdigest()
    path = f"{_FOLDER}/{digest}.{ending}"
    found.inside[path] = data
    return {
        **({"mime_type": media_type} if media_type else {}),
        "size_bytes": len(data),
        "sha256": digest,
        "bundle_path": path,
    }


def _unpack(found: Pictures, record: Mapping[str, Any]) -> dict[str, Any]:
    """A picture of an imported file, its bytes beside the file and not in it."""
    data, key = _find_bytes(record)
    # Where it lay in another file says nothing of this one.
    rest = {name: value for name, value in record.items() if name not in (key, "bundle_path")}
    extensions = rest.get("extensions")
    if isinstance(extensions, dict) and isinstance(sheaf := extensions.get("sheaf"), dict):
        others = {name: value for name, value in sheaf.items() if name != "bundle_path"}
        rest["extensions"] = {**extensions, "sheaf": others}
    if data is None:
        return rest
    media_type = record.get("mime_type")
    ending = _KINDS.get(media_type, "bin") if isinstance(media_type, str) else "bin"
    return {**rest, **_put_inside(found, data, ending, None)}


def _find_bytes(record: Mapping[str, Any]) -> tuple[bytes | None, str | None]:
    for key in ("data_base64", "data_uri", "uri"):
        text = record.get(key)
        if not isinstance(text, str) or (key == "uri" and not text.startswith("data:")):
            continue
        head, _, body = text.rpartition(",") if text.startswith("data:") else ("base64", "", text)
        try:
            data = base64.b64decode(body, validate=True) if head.endswith("base64") else unquote_to_bytes(body)
        except (binascii.Error, ValueError):
            continue
        if data:
            return data, key
    return None, None
