"""Reading Tupperbox's export: its tuppers and groups become members and groups, which are found again by their name."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from rules.errors import Invalid
from rules.parsing import fields
from rules.parsing.birthdays import NO_YEAR
from rules.systems.members import TagDict
from rules.transfer.import_file import (
    File,
    FileGroup,
    FileMember,
    check_member_count,
    find_past,
    get_groups,
    get_objects,
    name_group,
    name_member,
    only_objects,
    read_count,
    read_group,
    read_member,
    tell_tags,
)
from rules.transfer.left_out import LeftOut, says_nothing
from rules.transfer.openings import PRIVATE_GROUP, PRIVATE_MEMBER
from rules.transfer.reading.loose_values import find_id, make_source

# What is taken whole. An account's number is nobody's business.
_TUPPER = frozenset(
    (
        *("id", "user_id", "name", "nick", "description", "avatar_url", "banner", "brackets", "show_brackets"),
        *("birthday", "posts", "last_used", "created_at", "group_id"),
    )
)
_GROUP = frozenset(("id", "user_id", "name", "description", "banner"))
PRIVATE = "Tupperbox's file does not say who may see a tupper, so what is new comes in as private."
_BRACKETS = "The brackets must be a list of texts in pairs: one before what is said, one after."


def read(data: Mapping[str, Any]) -> File:
    """A file of Tupperbox; what of a tupper does not fit is left out. Raises Invalid for one without any tupper."""
    listed = get_objects(data, "tuppers")
    check_member_count(listed)
    if not listed:
        raise Invalid("There are no tuppers in this file, so there is nothing to import; export it again.")
    left_out = LeftOut()
    tuppers = only_objects(listed, "tupper", left_out)
    members = [_read_tupper(tupper, number, left_out) for number, tupper in enumerate(tuppers)]
    members = _with_own_sources(members)
    listed = get_groups(data, left_out)
    groups = _read_groups(listed, tuppers, left_out)
    return File(
        members,
        groups=groups,
        remarks=_tell([*tuppers, *listed], left_out),
        left_out=left_out.lines,
        app="Tupperbox",
    )


def _read_tupper(tupper: Mapping[str, Any], number: int, left_out: LeftOut) -> FileMember:
    whose = name_member(tupper, number)
    name, values, first_values = read_member(tupper, number, _translate(tupper, whose, left_out), left_out)
    values |= left_out.read_tags(whose, "brackets", _read_brackets(tupper.get("brackets"), whose, left_out))
    kept = left_out.read_one(whose, "show_brackets", tupper.get("show_brackets"), fields.read_bool)
    first_values |= {
        "message_count": left_out.read_one(whose, "posts", tupper.get("posts"), read_count) or 0,
        "last_message_at": find_past(tupper.get("last_used")),
    }
    values |= {} if kept is None else {"keep_proxy": kept}
    return FileMember(
        name,
        values,
        first_values | PRIVATE_MEMBER,
        created=find_past(tupper.get("created_at")),
        source=make_source("tuppers", find_id(tupper.get("id"))),
        kept=_keep(tupper, _TUPPER, left_out),
    )


def _with_own_sources(members: list[FileMember]) -> list[FileMember]:
    """The members, where two of the file have one ID the second without it."""
    seen: set[str | None] = set()
    found = []
    for member in members:
        found.append(replace(member, source=None) if member.source in seen else member)
        seen.add(member.source)
    return found


def _read_groups(listed: list[dict[str, Any]], tuppers: list[dict[str, Any]], left_out: LeftOut) -> list[FileGroup]:
    """The groups of a file, each with those tuppers that name its number."""
    numbers = [_read_number(tupper.get("group_id")) for tupper in tuppers]
    read, known = [], {None}
    for place, group in enumerate(listed):
        whose, own = name_group(group, place), _read_number(group.get("id"))
        given = {
            **{name: group.get(name) for name in ("description", "banner")},
            "icon": group.get("avatar"),
            "display_name": _display_name(group, whose, left_out),
        }
        inside = () if own in known else tuple(at for at, number in enumerate(numbers) if number == own)
        name, values, first_values = read_group(group, place, given, left_out)
        first_values |= PRIVATE_GROUP
        source = None if own in known else make_source("groups", own)
        kept = _keep(group, _GROUP, left_out)
        read.append(FileGroup(name, values, first_values, members=inside, source=source, kept=kept))
        known.add(own)
    for at, number in enumerate(numbers):
        if number not in known:
            left_out.add(name_member(tuppers[at], at), "Its group is not in the file.")
    return read


def _keep(row: Mapping[str, Any], taken: frozenset[str], left_out: LeftOut) -> dict[str, Any]:
    """What of a tupper or group has no place here, or is cut."""
    cut = left_out.take_full_texts()
    # What is shown is made of several.
    names = (*cut, *(("tag", "nick") if "display_name" in cut else ()))
    return {key: value for key, value in row.items() if (key not in taken or key in names) and not says_nothing(value)}


def _read_number(number: object) -> str | None:
    return str(number) if isinstance(number, str | int) and not says_nothing(number) else None


def _translate(tupper: Mapping[str, Any], whose: str, left_out: LeftOut) -> dict[str, object]:
    return {
        **{name: tupper.get(name) for name in ("avatar_url", "banner", "description")},
        "birthday": _date(tupper.get("birthday")),
        "display_name": _display_name(tupper, whose, left_out),
    }


def _display_name(tupper: Mapping[str, Any], whose: str, left_out: LeftOut) -> object:
    tag = tupper.get("tag")
    if isinstance(tag, str) and tag:
        return f"{tupper.get('name') or ''} {tag}".strip()
    if not says_nothing(tag):
        left_out.add(whose, "The tag must be a text.")
    return tupper.get("nick")


def _date(birthday: object) -> object:
    if not isinstance(birthday, str):
        return birthday
    # An instant: the date is what comes before its T. The year 0000 is none, and no date of the calendar.
    date = birthday.split("T")[0]
    return f"{NO_YEAR:04}{date[4:]}" if date.startswith("0000-") else date


def _read_brackets(brackets: object, whose: str, left_out: LeftOut) -> list[TagDict]:
    if says_nothing(brackets):
        return []
    sides = brackets if isinstance(brackets, list) else []
    if brackets != sides or len(sides) % 2:
        left_out.add(whose, _BRACKETS)
    return [{"prefix": sides[at], "suffix": sides[at + 1]} for at in range(0, len(sides) - 1, 2)]


def _tell(rows: list[dict[str, Any]], left_out: LeftOut) -> tuple[str, ...]:
    told = [PRIVATE]
    if any(row.get("tag") for row in rows):
        told.append(
            "Tupperbox's tags become a part of the display names: Rollcall keeps one tag, for the whole system."
        )
    return (*told, *tell_tags(left_out))
