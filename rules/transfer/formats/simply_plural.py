"""Reading Simply Plural, which closed in 2026: its export, what its token API gave, and what a phone still had of it.

Nothing in it was ever public, so everything comes in as private.
"""

from collections.abc import Mapping, Sequence
from pathlib import PurePosixPath
from typing import Any

from rules.errors import Invalid
from rules.systems import systems
from rules.systems.members import NAME_LENGTH
from rules.transfer.formats.simply_plural_collections import Collections, Row, is_wrapper, read_collections
from rules.transfer.formats.simply_plural_fronts import FRONTERS, HISTORY, find_unknown, read_fronts
from rules.transfer.formats.simply_plural_members import (
    CUSTOM_FRONTS,
    GROUPS,
    MEMBERS,
    RowReader,
    count_unknown_fields,
    find_birthday,
)
from rules.transfer.formats.simply_plural_remarks import (
    APP,
    count_encrypted,
    find_exported,
    tell_age,
    tell_beside,
    tell_birthdays,
    tell_missing,
    tell_unknown,
)
from rules.transfer.formats.spans import make_switches
from rules.transfer.import_file import File, FileMember, check_member_count
from rules.transfer.left_out import LeftOut, says_nothing
from rules.transfer.openings import PRIVATE_SYSTEM
from rules.transfer.reading.kept import keep
from rules.transfer.reading.loose_values import number_ids
from rules.transfer.reading.tally import Tally

_LENGTHS = {"name": systems.NAME_LENGTH, "description": systems.DESCRIPTION_LENGTH}
_USERS, _FIELDS = "users", "customFields"
# What becomes something here; every other collection is kept whole.
_READ = (MEMBERS, CUSTOM_FRONTS, GROUPS, HISTORY, FRONTERS, _USERS)
_OF_MEMBERS = {"pronouns", "info", "archived", "pkId", "preventsFrontNotifs"}


def read(data: dict[str, Any], *, adds_unknown: bool = False, takes_birthdays: bool = False) -> File:
    """Its export, a phone's cache, or one object with collections of its token API, each told by its own shape.

    The data is emptied meanwhile, since a long history holds much memory. `adds_unknown` makes a member for each who
    fronts and is defined nowhere, where otherwise those fronts are kept aside; `takes_birthdays` fills birthdays from
    custom fields. What does not fit is left out and told; raises Invalid where no member can be read, and for more than
    1 000 members or 100 000 fronts.
    """
    tally = Tally()
    return _read(read_collections(data, tally), tally, (), adds_unknown, takes_birthdays)


def read_folder(files: dict[str, Any], *, adds_unknown: bool = False, takes_birthdays: bool = False) -> File:
    """The same of what a token fetched, one file a collection; `files`, which is emptied, has each by its path."""
    tally = Tally()
    found, missing = Collections(tally), ()
    for path in sorted(files):
        name = PurePosixPath(path.replace("\\", "/"))
        if name.stem.lower() == "manifest":
            missing = (*missing, *tell_missing(files[path]))
        else:
            found.add("notes" if name.parent.name.lower() == "notes" else name.stem, files.pop(path))
    return _read(found, tally, missing, adds_unknown, takes_birthdays)


def read_wrappers(listed: Sequence[Any], *, takes_birthdays: bool = False) -> File:
    """The same of members.json alone. Raises Invalid for a list of anything else."""
    contents = [item["content"] for item in listed if is_wrapper(item) and isinstance(item["content"], dict)]
    if not any("name" in content and _OF_MEMBERS & set(content) for content in contents):
        raise Invalid("This is a list of one kind of thing, and not of members; give me members.json, or all in a zip.")
    return read_folder({"members.json": listed}, takes_birthdays=takes_birthdays)


def _read(found: Collections, tally: Tally, missing: Sequence[str], adds_unknown: bool, takes_birthdays: bool) -> File:
    left_out = LeftOut()
    rows = _list_members(found, adds_unknown)
    numbers = number_ids(row["_id"] for _, row in rows)
    names = {own_id: name for own_id, number in numbers.items() if (name := _find_name(rows[number][1]))}
    reader = RowReader(names, left_out, tally)
    members = [reader.read_member(row, number, is_custom) for number, (is_custom, row) in enumerate(rows)]
    groups = reader.read_groups(found[GROUPS], numbers)
    exported_at = find_exported(found)
    age = tuple(tell_age(found, exported_at))
    fronts = read_fronts(found, numbers, names, tally)
    user = _find_user(found, tally)
    system, user_kept = _read_user(user, found, reader, left_out)
    custom_fields = _find_fields(found, user)
    birthdays = _find_birthdays(rows, custom_fields)
    tally["unknown_fields"] += count_unknown_fields((row for _, row in rows), custom_fields)
    tally["encrypted_messages"] += count_encrypted(found["chatMessages"])
    if takes_birthdays:
        members = [_with_birthday(member, birthdays.get(number)) for number, member in enumerate(members)]
    beside = {GROUPS: found[GROUPS][len(groups) :], _USERS: [user_kept], "pictures": reader.pictures.kept}
    return File(
        members,
        make_switches(fronts.spans, left_out),
        groups,
        {name: value for name, value in system.items() if name != "name"},
        remarks=(
            *age,
            *tally.sentences,
            *tell_unknown(fronts),
            *(() if takes_birthdays else tell_birthdays(members, birthdays)),
            *tell_beside(found),
            *missing,
        ),
        left_out=left_out.lines,
        app=APP,
        exported_at=exported_at,
        first_system={**PRIVATE_SYSTEM, **({"name": system["name"]} if "name" in system else {})},
        spans=fronts.spans,
        archive=_archive(found, beside | fronts.kept),
        unknown=len(fronts.unknown),
        birthdays=0 if takes_birthdays else len(birthdays),
    )


def _list_members(found: Collections, adds_unknown: bool) -> list[tuple[bool, Row]]:
    """The rows of all members and whether each is a custom front. Raises Invalid for none, and for too many."""
    rows = [*((False, row) for row in found[MEMBERS]), *((True, row) for row in found[CUSTOM_FRONTS])]
    if adds_unknown:
        rows += find_unknown(found, {row["_id"]: "" for _, row in rows if row["_id"]})
    check_member_count(rows)
    if not rows:
        raise Invalid("There is no member in this file of Simply Plural that I can read; is it the whole file?")
    return rows


def _find_name(row: Row) -> str | None:
    name = row.get("name")
    return name.strip()[:NAME_LENGTH] if isinstance(name, str) and name.strip() else None


def _find_user(found: Collections, tally: Tally) -> Row:
    """The row of the account whose file it is; a phone may have kept others', which are nobody's business."""
    rows = found[_USERS]
    own = next((row for row in rows if row["_id"] == found.own_id), rows[0] if rows else {})
    tally["of_others"] += sum(row is not own for row in rows)
    return own


def _read_user(
    user: Row, found: Collections, reader: RowReader, left_out: LeftOut
) -> tuple[dict[str, Any], dict[str, Any]]:
    """What the system is, and what of it has no place here."""
    whose = "The system"
    named = next((name for row in found["settings"] if (name := row.get("systemName"))), None)
    given = {
        "name": named or user.get("username"),
        **reader.read_common(user, whose),
        "avatar_url": reader.pictures.find_address(user, "avatarUrl"),
    }
    read = left_out.read(whose, given, systems.read_changes, _LENGTHS)
    carried = {
        "username": read.get("name"),
        "desc": read.get("description"),
        "color": read.get("color"),
        "avatarUrl": read.get("avatar_url"),
    }
    return read, keep(user, carried)


def _find_fields(found: Collections, user: Row) -> dict[str, Row]:
    """The custom fields by their IDs; those of accounts that were never moved are with the account."""
    old = user.get("fields")
    old = {key: value for key, value in old.items() if isinstance(value, dict)} if isinstance(old, dict) else {}
    return {**old, **{row["_id"]: row for row in found[_FIELDS] if row["_id"]}}


def _find_birthdays(rows: Sequence[tuple[bool, Row]], custom_fields: Mapping[str, Row]) -> dict[int, tuple[str, str]]:
    found = ((number, find_birthday(row, custom_fields)) for number, (_, row) in enumerate(rows))
    return {number: birthday for number, birthday in found if birthday}


def _with_birthday(member: FileMember, birthday: tuple[str, str] | None) -> FileMember:
    if birthday:
        member.values["birthday"] = birthday[1]
    return member


def _archive(found: Collections, beside: Mapping[str, Sequence[Any]]) -> dict[str, list[Any]]:
    """What has no place here, by the names of its collections."""
    archive = {name: list(found[name]) for name in found.names if name not in _READ}
    for name, rows in (*beside.items(), *found.doubles.items(), *found.others.items()):
        if said := [row for row in rows if not says_nothing(row)]:
            archive[name] = [*archive.get(name, []), *said]
    return archive
