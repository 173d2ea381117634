"""Activities in the full shape in which Discord sends them."""

import time
import zlib

PLAYING, LISTENING, CUSTOM = 0, 2, 4
ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"


def _now() -> int:
    return int(time.time() * 1000)


def _track_id(text: str) -> str:
    number = int.from_bytes(b"".join(zlib.crc32(f"{i}{text}".encode()).to_bytes(4) for i in range(4)))
    letters = []
    for _ in range(22):
        number, index = divmod(number, 62)
        letters.append(ALPHABET[index])
    return "".join(letters)


def spotify(song: str, artist: str = "Somebody", album: str = "Songs", seconds: int = 210) -> dict:
    """A Spotify song that has just begun. Several artists are separated by "; "."""
    now, cover = _now(), f"{zlib.crc32(album.encode()):08x}"
    return {
        "id": "spotify:1",
        "type": LISTENING,
        "name": "Spotify",
        "flags": 48,
        "created_at": now,
        "session_id": f"{zlib.crc32(song.encode()):032x}",
        "sync_id": _track_id(song + artist),
        "details": song,
        "state": artist,
        "party": {"id": "spotify:217648390152847360"},
        "timestamps": {"start": now, "end": now + seconds * 1000},
        "assets": {"large_image": f"spotify:ab67616d0000b273{cover * 3}", "large_text": album},
    }


def custom(text: str | None, emoji: str | None = None) -> dict:
    """A custom status, with an emoji or without."""
    body = {"id": "custom", "type": CUSTOM, "name": "Custom Status", "state": text, "created_at": _now()}
    return body | ({"emoji": {"name": emoji}} if emoji else {})


def game(name: str, details: str | None = None, state: str | None = None) -> dict:
    """A game with rich presence."""
    now, number = _now(), zlib.crc32(name.encode())
    body = {
        "id": f"{number:016x}",
        "type": PLAYING,
        "name": name,
        "created_at": now,
        "session_id": f"{number:032x}",
        "application_id": str(356_869_127_241_072_640 + number),
        "timestamps": {"start": now},
        "assets": {"large_image": str(356_876_590_342_340_608 + number), "large_text": name},
    }
    return body | {k: v for k, v in (("details", details), ("state", state)) if v}
