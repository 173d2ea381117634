"""Pictures without what they tell beside the picture: a place, a time, a camera, a name. The picture stays as it is."""

import re
import struct
from collections.abc import Iterator

from rules.errors import Invalid

_PNG_METADATA = {b"eXIf", b"tEXt", b"zTXt", b"iTXt", b"tIME"}
_WEBP_PICTURE = {b"VP8 ", b"VP8L", b"VP8X", b"ALPH", b"ANIM", b"ANMF", b"ICCP"}
_WEBP_FLAGS = 0x08 | 0x04
# JFIF and Adobe tell how the colors are meant; APP2 does where it holds a color profile.
_JPEG_KEPT = {0xE0, 0xEE}
_JPEG_APPS, _COMMENT, _EXIF, _PROFILE = range(0xE0, 0xF0), 0xFE, 0xE1, 0xE2
_SCAN, _END = 0xDA, 0xD9
_ORIENTATION = 0x0112
# Where a scan ends: FF 00 is a byte of it, and the restart markers are within.
_AFTER_SCAN = re.compile(rb"\xff+[^\x00\xd0-\xd7\xff]")
_LOOPS = {b"NETSCAPE2.0", b"ANIMEXTS1.0", b"ICCRGBG1012"}
_EXTENSION, _FRAME, _TRAILER = 0x21, 0x2C, 0x3B
_GIF_COMMENT, _GIF_APP = 0xFE, 0xFF


def strip_metadata(what: str, data: bytes, kind: str) -> bytes:
    """A picture of one of the kinds of `check_picture` without its metadata, in one pass and without encoding it again.

    Color profiles, how a JPEG is turned and how often a GIF runs stay; whatever follows the picture's end goes, too.
    Raises Invalid for what is not built as its kind is. `what` begins the refusal.
    """
    walk = {"png": _walk_png, "jpg": _walk_jpeg, "gif": _walk_gif, "webp": _walk_webp}[kind]
    try:
        stripped = b"".join(walk(data))
    except (struct.error, IndexError, ValueError):
        raise Invalid(f"{what} is damaged; save it again, or give another.") from None
    if kind == "webp":
        return b"RIFF" + struct.pack("<I", len(stripped) + 4) + b"WEBP" + stripped
    return stripped


def _take(data: bytes, at: int, size: int) -> bytes:
    """Bytes that must be there. Raises ValueError."""
    if at + size > len(data):
        raise ValueError
    return data[at : at + size]


def _walk_png(data: bytes) -> Iterator[bytes]:
    yield data[:8]
    at, name = 8, b""
    while name != b"IEND":
        size, name = struct.unpack_from(">I4s", data, at)
        chunk = _take(data, at, size + 12)
        if name not in _PNG_METADATA:
            yield chunk
        at += len(chunk)


def _walk_webp(data: bytes) -> Iterator[bytes]:
    at, end = 12, min(len(data), 8 + struct.unpack_from("<I", data, 4)[0])
    while at < end:
        name, size = struct.unpack_from("<4sI", data, at)
        chunk = _take(data, at, size + 8)
        if name == b"VP8X":
            chunk = chunk[:8] + bytes([chunk[8] & ~_WEBP_FLAGS]) + chunk[9:]
        if name in _WEBP_PICTURE:
            yield chunk + b"\x00" * (size % 2)
        at += len(chunk) + size % 2


def _walk_jpeg(data: bytes) -> Iterator[bytes]:
    yield data[:2]
    at = 2
    while True:
        marker = _take(data, at, 2)[1]
        if data[at] != 0xFF:
            raise ValueError
        if marker == 0xFF:
            # A marker may stand behind any number of them.
            at += 1
            continue
        if marker == _END:
            yield data[at : at + 2]
            return
        segment = _take(data, at, 2 + struct.unpack_from(">H", data, at + 2)[0])
        at += len(segment)
        yield from _keep_segment(marker, segment)
        if marker == _SCAN:
            found = _AFTER_SCAN.search(data, at)
            if not found:
                raise ValueError
            yield data[at : found.start()]
            at = found.start()


def _keep_segment(marker: int, segment: bytes) -> Iterator[bytes]:
    if marker == _EXIF and (turned := _find_orientation(segment[10:])):
        entry = struct.pack(">HHIHH", _ORIENTATION, 3, 1, turned, 0)
        body = b"Exif\x00\x00MM\x00*\x00\x00\x00\x08\x00\x01" + entry + b"\x00" * 4
        yield b"\xff\xe1" + struct.pack(">H", len(body) + 2) + body
    is_profile = marker == _PROFILE and segment[4:].startswith(b"ICC_PROFILE\x00")
    is_metadata = marker in _JPEG_APPS or marker == _COMMENT
    if not is_metadata or marker in _JPEG_KEPT or is_profile:
        yield segment


def _find_orientation(tiff: bytes) -> int | None:
    """How the picture is turned, of 1 to 8; None where it is not said, or not readable."""
    order = {b"II*\x00": "<", b"MM\x00*": ">"}.get(tiff[:4])
    if not order:
        return None
    try:
        (at,) = struct.unpack_from(f"{order}I", tiff, 4)
        (count,) = struct.unpack_from(f"{order}H", tiff, at)
        entries = [struct.unpack_from(f"{order}HHIH", tiff, at + 2 + 12 * number) for number in range(count)]
    except struct.error:
        return None
    return next((value for tag, kind, _, value in entries if (tag, kind) == (_ORIENTATION, 3) and value <= 8), None)


def _walk_gif(data: bytes) -> Iterator[bytes]:
    at = 13 + _size_of_colors(data[10])
    yield _take(data, 0, at)
    while data[at] != _TRAILER:
        if data[at] == _EXTENSION:
            end = _end_of_blocks(data, at + 2)
            is_app = data[at + 1] == _GIF_APP and data[at + 3 : at + 14] not in _LOOPS
            if data[at + 1] != _GIF_COMMENT and not is_app:
                yield data[at:end]
        elif data[at] == _FRAME:
            # Its place and size, its colors, and how many bits begin its data.
            end = _end_of_blocks(data, at + 11 + _size_of_colors(data[at + 9]))
            yield data[at:end]
        else:
            raise ValueError
        at = end
    yield data[at : at + 1]


def _size_of_colors(flags: int) -> int:
    return 3 << (flags & 7) + 1 if flags & 0x80 else 0


def _end_of_blocks(data: bytes, at: int) -> int:
    """Where a row of blocks, each with its length in front, ends with an empty one."""
    while data[at]:
        at += data[at] + 1
    return at + 1
