"""What every record of PluralPort may carry: privacy, references to where it comes from, and what apps add."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from rules.parsing.uuids import find_random_uuid
from rules.systems.short_ids import is_id
from rules.transfer.left_out import LeftOut, says_nothing
from rules.transfer.reading.loose_values import find_id, make_source

# The names under which what PluralKit knows and PluralPort does not is written, in PluralKit's own shape.
OWN_APP = "app.rollcall"
_OF_PLURALKIT = "pluralkit"
_APPS = (OWN_APP, "rollcall", _OF_PLURALKIT)
_SECRET = re.compile(r"token|passw|secret|e-?mail|api_?key|webhook_?url", re.IGNORECASE)
_PLAIN_PRIVACY = [
    *({"visibility": told, **source} for told in ("public", "private") for source in ({}, {"source": {}})),
    *("public", "private"),
]


def get_records(data: Mapping[str, Any], key: str, left_out: LeftOut) -> list[dict[str, Any]]:
    """The objects that are listed under a key; a list that is none is told."""
    listed = data.get(key)
    if isinstance(listed, list):
        return [item for item in listed if isinstance(item, dict)]
    if not says_nothing(listed):
        left_out.add("The file", f"The {key} must be a list of objects.")
    return []


def take_records(data: dict[str, Any], key: str, left_out: LeftOut) -> Iterator[dict[str, Any]]:
    """The same, taken out of the file one by one, where there may be so many that they hold much memory."""
    listed = get_records(data, key, left_out)[::-1]
    data.pop(key, None)
    while listed:
        yield listed.pop()


def number_records(what: str, rows: Sequence[Mapping[str, Any]], left_out: LeftOut) -> dict[str, int]:
    """The places of these records by their IDs; of two that share one the first has it, which is told."""
    numbers: dict[str, int] = {}
    for number, row in enumerate(rows):
        own_id = find_id(row.get("id"))
        if own_id is not None and numbers.setdefault(own_id, number) != number:
            left_out.add(f"{what} {number + 1:,}", "Its ID is another's in the file too, and left out.")
    return numbers


def find_source(collection: str, row: Mapping[str, Any], number: int, numbers: Mapping[str, int]) -> str | None:
    """How a later import finds the record again; None where its ID is another's."""
    own_id = find_id(row.get("id"))
    return make_source(collection, own_id) if numbers.get(own_id or "") == number else None


def keep_rest(row: Mapping[str, Any], taken: frozenset[str]) -> dict[str, Any]:
    """What of a record has no place here: whatever says something and is not taken, but for keys to accounts.

    What we wrote ourselves of it is read, and not kept.
    """
    rest = {key: value for key, value in row.items() if key not in taken and not says_nothing(value)}
    return without_secrets(_without_own(rest)) if rest else rest


def _without_own(rest: dict[str, Any]) -> dict[str, Any]:
    extensions, refs = rest.get("extensions"), rest.get("source_refs")
    if isinstance(extensions, dict) and isinstance(own := extensions.get(OWN_APP), dict):
        written = {OWN_APP: own, _OF_PLURALKIT: {"pronouns": own.get("pronouns")}}
        rest["extensions"] = {app: part for app, part in extensions.items() if written.get(app) != part}
    if isinstance(refs, list):
        rest["source_refs"] = [ref for ref in refs if not (isinstance(ref, dict) and ref.get("app") == OWN_APP)]
    return {key: value for key, value in rest.items() if not says_nothing(value)}


def without_secrets(value: Any) -> Any:
    """The same without tokens, passwords, e-mail addresses and webhooks, at any depth: all else is passed on."""
    if isinstance(value, dict):
        return {key: without_secrets(item) for key, item in value.items() if not _SECRET.search(key)}
    return [without_secrets(item) for item in value] if isinstance(value, list) else value


def take_without_secrets(records: list[Any]) -> list[Any]:
    """The same of many records, whose list is emptied."""
    records.reverse()
    return [without_secrets(records.pop()) for _ in range(len(records))]


def read_visibility(privacy: object) -> bool | None:
    """Whether a record is public: only where it says just that; None where it says nothing."""
    told = privacy
    if isinstance(privacy, dict):
        told = privacy.get("visibility", "public" if privacy.get("public") is True else None)
    if told in (None, "") or (isinstance(told, str) and told.strip().lower() == "unknown"):
        return None
    return isinstance(told, str) and told.strip().lower() == "public"


def is_plain_privacy(privacy: object) -> bool:
    """Whether a privacy says no more than our own words for it do."""
    return says_nothing(privacy) or privacy in _PLAIN_PRIVACY


def is_own(producer: object) -> bool:
    """Whether we wrote the file."""
    return isinstance(producer, dict) and producer.get("app_id") == OWN_APP


def read_own(record: Mapping[str, Any]) -> dict[str, Any]:
    """What of a record is written in PluralKit's shape: `privacy` by field, `keep_proxy` and such."""
    extensions = record.get("extensions")
    if not isinstance(extensions, dict):
        return {}
    return next((part for app in _APPS if isinstance(part := extensions.get(app), dict)), {})


def find_uuid(record: Mapping[str, Any]) -> bytes | None:
    """The UUID that a record has here or with PluralKit."""
    return next((uuid for ref in _get_refs(record) if (uuid := find_random_uuid(ref.get("uuid")))), None)


def find_hid(record: Mapping[str, Any]) -> str | None:
    """The short ID that it has there."""
    ids = (ref.get("id") for ref in _get_refs(record))
    return next((hid.lower() for hid in ids if isinstance(hid, str) and is_id(hid.lower())), None)


def _get_refs(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    listed = record.get("source_refs")
    refs = [ref for ref in listed if isinstance(ref, dict)] if isinstance(listed, list) else []
    return [ref for app in _APPS for ref in refs if ref.get("app") == app]
