"""The archive and the text of a PluralPort file, as a careful program takes them."""

import io
import json
import re
import stat
import zipfile

from tests.rules.transfer.second_reader.tables import KEYS


class Unreadable(ValueError):
    """What sinks a file."""


def unzip(data):
    """The entries of a bundle by name, and none of its faults yet; raises Unreadable for what no reader unpacks."""
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
        for entry in archive.infolist():
            parts = entry.filename.split("/")
            if re.search(r"[\\:\x00-\x1f]", entry.filename) or {"", ".", ".."} & set(parts):
                raise Unreadable(f"an entry is named {entry.filename!r}")
            if entry.flag_bits & 1 or entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
                raise Unreadable(f"{entry.filename} is encrypted, or packed in a rare way")
            if stat.S_ISLNK(entry.external_attr >> 16) or entry.file_size > 32 * 2**20:
                raise Unreadable(f"{entry.filename} is a link, or too large")
        names = archive.namelist()
        if len(names) > 10_000 or len({name.casefold() for name in names}) < len(names):
            raise Unreadable("too many entries, or two of one name")
        return {name: archive.read(name) for name in names}, []
    except zipfile.BadZipFile as error:
        raise Unreadable(str(error)) from error


def load_document(data):
    """A document of version 0.1; raises Unreadable."""

    def once(pairs):
        if len(dict(pairs)) < len(pairs):
            raise Unreadable("a key comes twice")
        return dict(pairs)

    def never(name):
        raise Unreadable(f"{name} is no number")

    try:
        document = json.loads(data.decode(), object_pairs_hook=once, parse_constant=never)
        json.dumps(document, ensure_ascii=False).encode()
    except (UnicodeError, json.JSONDecodeError) as error:
        raise Unreadable(str(error)) from error
    versions = {document[key] for key in KEYS if key in document} if isinstance(document, dict) else set()
    if versions != {"0.1"}:
        raise Unreadable(f"versions {versions}")
    return document
