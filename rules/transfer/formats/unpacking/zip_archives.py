"""Zip archives that somebody gave: each entry is checked, and counted as it is unpacked; the directory may lie."""

import hashlib
import io
import zipfile
import zlib
from collections.abc import Iterator
from itertools import pairwise

from rules.errors import Invalid, TooLarge

MIB = 1024 * 1024
# The limits of PluralPort's other readers.
MOST_PACKED = 128 * MIB
MOST_UNPACKED = 256 * MIB
MOST_ENTRIES = 10_000
MOST_ENTRY = 32 * MIB
ZIP = b"PK\x03\x04"
_END, _LISTED, _HEADER_BYTES, _END_BYTES = b"PK\x05\x06", b"PK\x01\x02", 30, 22
_CHUNK = 64 * 1024
_ENCRYPTED = 0x1
_SYMLINK, _KIND = 0o120000, 0o170000
_DAMAGED = "The zip archive is damaged; save it again."
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError, RuntimeError)


class ZipArchive:
    """An archive whose directory has been checked; `names` are those of its files.

    Of all its entries together at most 256 MiB are unpacked, of each at most 32. What macOS adds is not there.
    """

    def __init__(self, data: bytes) -> None:
        """Raises Invalid for one that is damaged or holds what no app puts in, and TooLarge."""
        if len(data) > MOST_PACKED:
            raise TooLarge(f"A zip archive must have at most {MOST_PACKED:,} bytes; this one has {len(data):,}.")
        _check_count(data)
        self._unpacked = 0
        try:
            self._file = zipfile.ZipFile(io.BytesIO(data))
        except _BROKEN:
            raise Invalid(_DAMAGED) from None
        entries = self._file.infolist()
        for entry in entries:
            _check_entry(entry)
        _check_apart(entries)
        self._entries = {entry.filename: entry for entry in entries if not _is_beside(entry)}
        if len(self._entries) < sum(not _is_beside(entry) for entry in entries):
            raise Invalid("Two files in the zip archive have one name; save it again.")

    @property
    def names(self) -> list[str]:
        """The names of the files in it, with their folders, in the archive's order."""
        return list(self._entries)

    @property
    def size(self) -> int:
        """How many bytes its files have in all, by the directory; more of them are never unpacked."""
        return sum(entry.file_size for entry in self._entries.values())

    def read(self, name: str) -> bytes:
        """A file of the archive. Raises Invalid for one that is damaged or not as large as is said, and TooLarge."""
        return b"".join(self._chunks(name))

    def peek(self, name: str) -> bytes:
        """How a file of the archive begins; empty for one that is damaged."""
        try:
            with self._file.open(self._entries[name]) as file:
                return file.read(16)
        except _BROKEN:
            return b""

    def measure(self, name: str) -> tuple[int, str]:
        """How many bytes a file has, and their SHA-256 in hexadecimal, without holding it. Raises as `read`."""
        size, digest = 0, hashlib.sha256()
        for chunk in self._chunks(name):
            size += len(chunk)
            digest.update(chunk)
        return size, digest.hexdigest()

    def _chunks(self, name: str) -> Iterator[bytes]:
        entry, size = self._entries[name], 0
        try:
            with self._file.open(entry) as file:
                while chunk := file.read(_CHUNK):
                    size += len(chunk)
                    self._count(len(chunk), size)
                    yield chunk
        except _BROKEN:
            raise Invalid(f"{_name(name)} in the zip archive is damaged; save it again.") from None
        if size != entry.file_size:
            raise Invalid(f"{_name(name)} in the zip archive is not as large as the archive says; save it again.")

    def _count(self, more: int, size: int) -> None:
        self._unpacked += more
        if size > MOST_ENTRY:
            raise TooLarge(f"A file in a zip archive may have at most {MOST_ENTRY:,} bytes; one has more.")
        if self._unpacked > MOST_UNPACKED:
            raise TooLarge(f"A zip archive may hold at most {MOST_UNPACKED:,} bytes; unpacked, this one has more.")


def _check_count(data: bytes) -> None:
    """Count the entries before an object is made of each: millions fit into a small archive."""
    at = data.rfind(_END, max(0, len(data) - 65_535 - _END_BYTES))
    if at < 0 or len(data) < at + _END_BYTES:
        raise Invalid(_DAMAGED)
    size, begin = (int.from_bytes(data[at + place : at + place + 4], "little") for place in (12, 16))
    if 0xFFFFFFFF in (size, begin) or size > at:
        raise Invalid(_DAMAGED)
    if (listed := data.count(_LISTED, at - size, at)) > MOST_ENTRIES:
        raise TooLarge(f"A zip archive may hold at most {MOST_ENTRIES:,} files; this one has {listed:,}.")


def _check_entry(entry: zipfile.ZipInfo) -> None:
    # Python cuts a name at a NUL and turns separators round; what was written is what counts.
    name = entry.orig_filename
    parts = name.removesuffix("/").split("/")
    if any(part in ("", ".", "..") for part in parts) or any(c in "\\:" or c < " " or c == "\x7f" for c in name):
        raise Invalid(f"{_name(name)} in the zip archive is no name that a file may have; save it again.")
    if (entry.external_attr >> 16) & _KIND == _SYMLINK:
        raise Invalid(f"{_name(name)} in the zip archive is a link and not a file; save it again without links.")
    if entry.flag_bits & _ENCRYPTED:
        raise Invalid("The zip archive is encrypted; save it again without a password.")
    if entry.compress_type not in (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED):
        raise Invalid("The zip archive is packed in a way that I do not read; save it again as an ordinary zip.")


def _check_apart(entries: list[zipfile.ZipInfo]) -> None:
    """Refuse entries that share their bytes, as those of a bomb do."""
    spans = sorted(
        (entry.header_offset, entry.header_offset + _HEADER_BYTES + entry.compress_size) for entry in entries
    )
    if any(end > begin for (_, end), (begin, _) in pairwise(spans)):
        raise Invalid(_DAMAGED)


def _is_beside(entry: zipfile.ZipInfo) -> bool:
    """Whether it is a folder, or what macOS adds."""
    parts = entry.filename.split("/")
    return entry.is_dir() or parts[0] == "__MACOSX" or parts[-1] == ".DS_Store"


def _name(name: str) -> str:
    shown = "".join(character if character.isprintable() else "?" for character in name)
    return f"“{shown if len(shown) <= 40 else shown[:39] + '…'}”"
