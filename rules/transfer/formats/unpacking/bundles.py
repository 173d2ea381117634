"""What lies in a zip archive: a PluralPort bundle, the folder that a Simply Plural token fetched, or one file."""

import hashlib
import json
from collections.abc import Mapping
from pathlib import PurePosixPath
from typing import Any

from rules.errors import Invalid, TooLarge
from rules.transfer.formats.pluralport.assets import find_path
from rules.transfer.formats.unpacking.files import GZIP, name_beginning, read_json
from rules.transfer.formats.unpacking.zip_archives import ZIP, ZipArchive

ROOTS = ("pluralport.json", "openplural.json")
PICTURES = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif", ".bmp")
# Of the pictures of a bundle so many bytes are taken along, before they are written as text.
MOST_PICTURES = 3 * 1024 * 1024
_SHOWN = 5


def read_root(archive: ZipArchive) -> Any:
    """The JSON of a PluralPort bundle; None for what is none. Raises Invalid where two in it say different things."""
    names = [name for name in ROOTS if name in archive.names]
    if len(names) == 2 and archive.measure(names[0]) != archive.measure(names[1]):
        first, second = (_digest(read_json(archive.read(name), "zip archive")) for name in names)
        if first != second:
            raise Invalid(f"{' and '.join(ROOTS)} in the zip archive say different things; give me the right one.")
    return read_json(archive.read(names[0]), "zip archive") if names else None


def read_pictures(archive: ZipArchive, data: Mapping[str, Any]) -> dict[str, bytes]:
    """The bytes of a bundle's pictures by their paths, as many as there is room for.

    Raises Invalid for a path that leads out of the archive, and for a picture that is not what its record says.
    """
    listed = data.get("assets")
    records = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    pictures, room = {}, MOST_PICTURES
    for record in records:
        path = find_path(record)
        if path is None or path in pictures:
            continue
        _check_path(path)
        if path not in archive.names:
            continue
        size, digest = archive.measure(path)
        _check_picture(path, record, size, digest)
        if size <= room:
            pictures[path], room = archive.read(path), room - size
    return pictures


def read_folder(archive: ZipArchive, most: int) -> dict[str, Any]:
    """The JSON of all files in an archive by their paths, of at most `most` bytes in all. Raises Invalid, TooLarge."""
    files, size = {}, 0
    for name in find_json(archive):
        text = archive.read(name)
        size += len(text)
        if size > most:
            raise TooLarge(f"The files in a zip archive may have at most {most:,} bytes; unpacked, these have more.")
        files[name] = read_json(text, "zip archive")
    return files


def find_json(archive: ZipArchive) -> list[str]:
    """The names of the files in an archive that are JSON, by their endings: here nothing else is there to tell."""
    return [name for name in archive.names if name.lower().endswith(".json")]


def is_of_pictures(archive: ZipArchive) -> bool:
    """Whether it holds pictures and nothing else, as what Simply Plural gave beside its export."""
    return bool(archive.names) and all(_is_picture(archive, name) for name in archive.names)


def find_only_file(archive: ZipArchive) -> str:
    """The one file of an archive that may be what somebody meant. Raises Invalid, with what is in there instead."""
    names = [name for name in archive.names if not _is_picture(archive, name)]
    likely = find_json(archive) or [name for name in names if not name.lower().endswith((".txt", ".md", ".html"))]
    if len(likely) == 1:
        return likely[0]
    stems = {PurePosixPath(name).name.lower() for name in archive.names}
    if {"manifest.json", "data.json"} <= stems:
        raise Invalid("This is PluralSpace's own file, which I do not read; export it there as PluralPort.")
    if names and all(name.lower().endswith(".csv") for name in names):
        raise Invalid("These are tables, such as Lighthouse's, which I do not read; export it there as PluralPort.")
    if not archive.names:
        raise Invalid("The zip archive is empty.")
    shown = ", ".join(f"“{PurePosixPath(name).name[:40]}”" for name in archive.names[:_SHOWN])
    more = f" and {len(archive.names) - _SHOWN:,} more" if len(archive.names) > _SHOWN else ""
    raise Invalid(f"In this zip archive I find no file that I read: it holds {shown}{more}. Give me the file itself.")


def check_not_packed(name: str, data: bytes) -> None:
    """Refuse a file of an archive that is an archive itself. Raises Invalid."""
    if data.startswith((ZIP, GZIP)):
        raise Invalid(f"“{name[-40:]}” in the zip archive is packed again; unpack it first.")
    if what := name_beginning(data):
        raise Invalid(f"“{name[-40:]}” in the zip archive is {what}.")


def _is_picture(archive: ZipArchive, name: str) -> bool:
    if name.lower().endswith(PICTURES):
        return True
    # Simply Plural's have no endings.
    return not PurePosixPath(name).suffix and (name_beginning(archive.peek(name)) or "").startswith("a picture")


def _check_path(path: str) -> None:
    parts = path.split("/")
    if any(part in ("", ".", "..") for part in parts) or any(c in "\\:" or c < " " or c == "\x7f" for c in path):
        raise Invalid("A picture in the file lies at a path that leads out of the zip archive; save it again.")


def _check_picture(path: str, record: Mapping[str, Any], size: int, digest: str) -> None:
    told_size, told_digest = record.get("size_bytes"), record.get("sha256")
    wrong_size = type(told_size) is int and told_size != size
    if wrong_size or (isinstance(told_digest, str) and told_digest and told_digest.strip().lower() != digest):
        raise Invalid(
            f"The picture “{path[-40:]}” in the zip archive is not the one that the file names; save it again."
        )


def _digest(data: Any) -> bytes:
    return hashlib.sha256(json.dumps(data, sort_keys=True).encode()).digest()
