"""Which bytes are a picture: PNG, JPEG, GIF or WebP, the kinds that Discord shows."""

import io
import struct

import imagesize

from rules.errors import Invalid, TooLarge

MOST_BYTES = 4 * 1024 * 1024
MOST_PIXELS = 4096
# So much tells which kind it is.
HEAD_BYTES = 1024
MEDIA_TYPES = {"png": "image/png", "jpg": "image/jpeg", "gif": "image/gif", "webp": "image/webp"}
_BEGINNINGS = {b"\x89PNG\r\n\x1a\n": "png", b"\xff\xd8\xff": "jpg", b"GIF87a": "gif", b"GIF89a": "gif"}
NO_PICTURE = "is no picture that Discord shows; give a PNG, JPEG, GIF or WebP"
_WEB_PAGE = "is a web page and no picture; open the picture itself, and give its own address"


def check_beginning(what: str, head: bytes) -> str:
    """Which kind of picture begins with these bytes, as the ending of a file's name; `what` begins the refusal.

    Raises Invalid for what is none, and says so of a web page, which is what people take for a picture most often.
    """
    if head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        return "webp"
    for beginning, kind in _BEGINNINGS.items():
        if head.startswith(beginning):
            return kind
    page = head.removeprefix(b"\xef\xbb\xbf").lstrip()[:HEAD_BYTES].lower()
    is_page = page.startswith((b"<!doctype html", b"<html", b"<head", b"<body", b"<!--", b"<script"))
    raise Invalid(f"{what} {_WEB_PAGE if is_page else NO_PICTURE}.")


def check_picture(what: str, data: bytes) -> str:
    """The same of a whole picture that is to be kept: at most 4 MiB, and 4 096 pixels wide and high.

    Raises TooLarge, and Invalid for what is none or cannot be read.
    """
    if len(data) > MOST_BYTES:
        raise TooLarge(f"{what} is too large; give one of at most {MOST_BYTES // 1024 // 1024} MB.")
    kind = check_beginning(what, data)
    try:
        # A file and no name, which would be opened, also over HTTP.
        width, height = imagesize.get(io.BytesIO(data), exif_rotation=False)
    except (ValueError, struct.error, OSError, IndexError):
        width = height = -1
    if min(width, height) < 1:
        raise Invalid(f"{what} is damaged; save it again, or give another.")
    if max(width, height) > MOST_PIXELS:
        raise TooLarge(
            f"{what} has {width:,} × {height:,} pixels; give one of at most {MOST_PIXELS:,} × {MOST_PIXELS:,}."
        )
    return kind
