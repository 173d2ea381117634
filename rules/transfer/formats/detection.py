"""Telling which program's file somebody gave, where it is none that can be read."""

from collections.abc import Mapping
from typing import Any

READ = "PluralKit, Rollcall and Tupperbox"
_SIMPLY_PLURAL = {
    *("fronthistory", "frontstatuses", "customfronts", "privacybuckets", "private", "privates", "boardmessages"),
}
_BEGINNINGS = {
    b"PK\x03\x04": "a zip archive; unpack it, and give me the file in it",
    b"SQLite format 3": "a database and not an export",
    b"ANDROID BACKUP": "a phone's backup and not an export",
    b"<": "a web page and not the file; open it, and save the file itself",
    b"\x89PNG": "a picture",
}


def name_beginning(data: bytes) -> str | None:
    """What a file is by its first bytes, where they are not those of JSON."""
    return next((what for begin, what in _BEGINNINGS.items() if data.lstrip().startswith(begin)), None)


def name_app(data: Mapping[str, Any]) -> str | None:
    """The program that wrote a JSON object, by the keys on its top; None for PluralKit, Tupperbox and unknown ones."""
    keys = set(data)
    # The order matters: what comes first is the more certain.
    tests = {
        "PluralPort": bool(keys & {"pluralport_version", "openplural_version"}),
        "Ampersand": isinstance(data.get("database"), dict) and bool(keys & {"revision", "config"}),
        "Octocon": {"alters", "fronts", "user"} <= keys,
        "Simply Plural": "members" in {key.lower() for key in keys} and _has_any(keys, _SIMPLY_PLURAL),
        "Prism": {"formatVersion", "headmates"} <= keys,
        "Sheaf": {"version", "system", "fronts"} <= keys,
        "BerryTree": bool(keys & {"front_entries", "custom_statuses"}),
    }
    return next((app for app, is_it in tests.items() if is_it and "tuppers" not in keys), None)


def tell_unreadable(data: Mapping[str, Any]) -> str:
    """What is said of a JSON object that is not one of those that can be read."""
    if app := name_app(data):
        return f"This looks like a file of {app}; I read those of {READ}."
    seen = ", ".join(f"“{key[:20]}”" for key in list(data)[:5])
    begins = f" It begins with {seen}." if seen else ""
    return f"This is no export of {READ.replace(' and ', ' or ')}: it has neither switches nor tuppers.{begins}"


def _has_any(keys: set[str], wanted: set[str]) -> bool:
    return bool({key.lower() for key in keys} & wanted)
