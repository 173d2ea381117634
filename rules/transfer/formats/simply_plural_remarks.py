"""What is said of a file of Simply Plural as a whole: when it was written, and what there is beside its numbers."""

import base64
import binascii
from collections.abc import Iterable, Iterator, Mapping, Sequence

from rules.parsing.birthdays import show_birthday
from rules.parsing.timestamps import now_us, show_time
from rules.transfer.formats.simply_plural_collections import Collections, Row
from rules.transfer.formats.simply_plural_members import GROUPS
from rules.transfer.import_file import FileMember, quote
from rules.transfer.reading.front_rows import FrontRows
from rules.transfer.reading.loose_values import find_id, find_instant
from rules.transfer.reading.withheld import TOLD

APP = "Simply Plural"
_CIPHER_BYTES = 16
_MOST_NAMED = 10


def tell_age(found: Collections, exported_at: int | None) -> Iterator[str]:
    """How old a file is that does not say when it was exported, by what is newest in it."""
    if exported_at is None:
        rows = (row for name in found.names for row in found[name])
        times = [at for row in rows if (at := find_instant(row.get("lastOperationTime"))) and 0 < at <= now_us()]
        newest = f"; what is newest in it is of {show_time(max(times))[:10]}" if times else ""
        yield f"The file does not say when it was exported{newest}."


def tell_unknown(fronts: FrontRows) -> Iterator[str]:
    """The offer to make members of those who front and are defined nowhere, if there are any."""
    if fronts.unknown:
        named = next(iter(fronts.unknown))
        yield f"Those who front and are not in the file can be made members, such as {quote(f'Unknown {named}')}."


def tell_birthdays(members: Sequence[FileMember], birthdays: Mapping[int, tuple[str, str]]) -> Iterator[str]:
    """Which custom fields may be birthdays, by name and date, for at most ten members."""
    for number, (field, date) in list(birthdays.items())[:_MOST_NAMED]:
        name = quote(members[number].name)
        yield f"The field {quote(field)} of {name} may be a birthday ({show_birthday(date)}); it is kept aside."
    if len(birthdays) > _MOST_NAMED:
        yield f"So may those of {len(birthdays) - _MOST_NAMED:,} more members."


def tell_beside(found: Collections) -> Iterator[str]:
    """What holds for the whole file: that it comes in as private, and what is not in it or not taken."""
    yield f"{APP} had nothing that everybody could see, so what is new comes in as private."
    if found.withheld:
        yield TOLD
    if found.is_cache and not found[GROUPS]:
        yield "A phone keeps no groups, notes and comments; if you have an export too, import that as well."


def tell_missing(manifest: object) -> tuple[str, ...]:
    """What the program that made a folder could not fetch, from its list of errors: there, empty says nothing."""
    errors = manifest.get("errors") if isinstance(manifest, dict) else None
    listed = [error for error in errors if isinstance(error, dict)] if isinstance(errors, list) else []
    names = [quote(name) for error in listed if (name := find_id(error.get("filename") or error.get("endpoint")))]
    shown = ", ".join(names[:_MOST_NAMED])
    return (f"Empty may mean that it was not fetched: whoever made this folder had no {shown}.",) if names else ()


def find_exported(found: Collections) -> int | None:
    """When the file was written, in µs, where it says so."""
    at = find_instant(found.exported)
    return at if at is not None and 0 < at <= now_us() else None


def count_encrypted(rows: Iterable[Row]) -> int:
    """How many chat messages are still as the server kept them, so that nobody can read them."""
    return sum(_is_encrypted(row) for row in rows)


def _is_encrypted(row: Row) -> bool:
    """Whether a message is still as the server kept it: a block cipher's blocks, and what it was begun with."""
    if len(_decode(row.get("iv"))) != _CIPHER_BYTES:
        return False
    blocks = _decode(row.get("message"))
    return bool(blocks) and len(blocks) % _CIPHER_BYTES == 0


def _decode(text: object) -> bytes:
    try:
        return base64.b64decode(text, validate=True) if isinstance(text, str) else b""
    except (binascii.Error, ValueError):
        return b""
