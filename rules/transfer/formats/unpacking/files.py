"""Getting at the JSON in a file by its bytes alone: whether it is packed, how its text is written, what it is else."""

import codecs
import gzip
import io
import json
import re
import zlib
from collections.abc import Iterator
from typing import Any

from rules.errors import Invalid, TooLarge
from rules.parsing.strict_json import MOST_DEPTH, read_value
from rules.transfer.formats.unpacking.zip_archives import ZIP, ZipArchive

# PluralPort's records nest deeper: each may carry what another app thought of.
MOST_PLURALPORT_DEPTH = 64
# Python holds a list or an object in 50 times the bytes that it may have in a file.
MOST_OBJECTS = 1_200_000
MOST_VALUES = 2_500_000
GZIP = b"\x1f\x8b"
_MOST_LAYERS = 3
_BEGINNINGS = {
    b"PK\x05\x06": "an empty zip archive",
    b"SQLite format 3": "a database and not an export; of Simply Plural's it holds only pictures (images.db), and what"
    " is wanted is simply.db",
    b"ANDROID BACKUP": "a phone's backup and not an export; take app_flutter/simply.db out of it, and give me that",
    b"<": "a web page and not the file; open it, and save the file itself",
    b"\x89PNG": "a picture",
    b"\xff\xd8\xff": "a picture",
    b"GIF8": "a picture",
    b"RIFF": "a picture or a sound",
    b"%PDF": "a PDF document and not an export",
    b"7z\xbc\xaf": "a 7z archive; unpack it, and give me the file in it",
    b"Rar!": "a RAR archive; unpack it, and give me the file in it",
    b"BZh": "a file packed by bzip2; unpack it, and give me the file in it",
    b"\xfd7zXZ": "a file packed by xz; unpack it, and give me the file in it",
    b"\x28\xb5\x2f\xfd": "a file packed by zstd; unpack it, and give me the file in it",
}
_PLURALPORT = [
    name.encode(code) for name in ("pluralport_", "openplural_") for code in ("utf-8", "utf-16-le", "utf-16-be")
]
_CHUNK, _RARE = 1024 * 1024, 16
_WIDE, _WIDEST = re.compile("[^\0-\xff]"), re.compile("[\U00010000-\U0010ffff]")
_TAR = (257, b"ustar")
_UTF_16 = {
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
    **{begin.encode("utf-16-le"): "utf-16-le" for begin in "{["},
    **{begin.encode("utf-16-be"): "utf-16-be" for begin in "{["},
}


def unpack(data: bytes, most: int) -> bytes | ZipArchive:
    """A file out of gzip; or the zip archive that it is, whose files are unpacked one by one.

    Raises Invalid for what is neither packed so nor may be JSON, named as what it seems to be, and TooLarge for one
    that has more than `most` bytes, unpacked or not; zip archives have their own limits.
    """
    for _ in range(_MOST_LAYERS):
        if data.startswith(ZIP):
            return ZipArchive(data)
        if not data.startswith(GZIP):
            break
        data = _unpack_gzip(data, most)
    if data.startswith((GZIP, ZIP)):
        raise Invalid("The file is packed again and again; unpack it first.")
    if len(data) > most:
        raise TooLarge(f"The file must have at most {most:,} bytes; this one has {len(data):,}.")
    if what := name_beginning(data):
        raise Invalid(f"This is {what}.")
    return data


def name_beginning(data: bytes) -> str | None:
    """What a file is by its first bytes, where they are not those of JSON."""
    if data.startswith(_TAR[1], _TAR[0]):
        return "a tar archive; unpack it, and give me the file in it"
    begins = data[:64].lstrip()
    return next((what for begin, what in _BEGINNINGS.items() if begins.startswith(begin)), None)


def read_json(data: bytes, what: str = "file") -> Any:
    """The JSON of a file in UTF-8 or UTF-16, with a byte order mark or without. Raises Invalid, and TooLarge."""
    is_pluralport = any(name in data for name in _PLURALPORT)
    # Nothing here may hold the text while what is in it is looked at: either may have 100 MB.
    return read_value(_read_text(data, what), what, MOST_PLURALPORT_DEPTH if is_pluralport else MOST_DEPTH)


def _unpack_gzip(packed: bytes, most: int) -> bytes:
    """A file out of gzip, but no more of it than shows that it is too large."""
    try:
        with gzip.open(io.BytesIO(packed)) as file:
            # A few kB may unpack to many GB.
            data = file.read(most + 1)
    except (OSError, EOFError, zlib.error):
        raise Invalid("The packed file is damaged; export it again, or unpack it first.") from None
    if len(data) > most:
        raise TooLarge(f"The file must have at most {most:,} bytes; unpacked, this one has more.")
    return data


def _read_text(data: bytes, what: str) -> str:
    encoding = next((name for begin, name in _UTF_16.items() if data.startswith(begin) and len(data) > 2), None)
    try:
        # Some editors put a byte order mark in front.
        text = "".join(_decode(data, encoding or "utf-8-sig"))
    except UnicodeDecodeError:
        raise Invalid(f"The {what} is not {'UTF-16' if encoding else 'UTF-8'} text.") from None
    # A little too high: signs within texts count too.
    objects, values = text.count("{") + text.count("["), text.count(",")
    if objects > MOST_OBJECTS or values > MOST_VALUES:
        raise TooLarge(f"The {what} holds more than can be read at once: {objects:,} objects, {values:,} values.")
    return text


def _decode(data: bytes, encoding: str) -> Iterator[str]:
    """The text of a file in parts, in which signs beyond Latin are escaped as JSON does it, where they are rare.

    One of them would else make Python hold the whole text in two bytes a sign, and an emoji in four.
    """
    decoder = codecs.getincrementaldecoder(encoding)()
    for begin in range(0, len(data) or 1, _CHUNK):
        part = decoder.decode(data[begin : begin + _CHUNK], begin + _CHUNK >= len(data))
        if part.isascii():
            yield part
            continue
        wide = len(part) - len(part.encode("latin-1", "ignore"))
        yield (_WIDE if wide < len(part) // _RARE else _WIDEST).sub(_escape, part)


def _escape(sign: re.Match[str]) -> str:
    return json.dumps(sign[0])[1:-1]
