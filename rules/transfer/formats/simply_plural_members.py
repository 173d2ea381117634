"""Simply Plural's members, custom fronts and groups: all private, since nothing there was ever public."""

import re
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from rules.errors import Invalid
from rules.parsing import fields
from rules.parsing.birthdays import NO_YEAR
from rules.transfer.formats.simply_plural_collections import Row
from rules.transfer.import_file import (
    FileGroup,
    FileMember,
    get_groups,
    name_group,
    name_member,
    read_group,
    read_member,
)
from rules.transfer.left_out import LeftOut, says_nothing
from rules.transfer.openings import PRIVATE_GROUP, PRIVATE_MEMBER
from rules.transfer.reading.kept import Pictures, count_cut, keep
from rules.transfer.reading.loose_values import find_id, make_source, name_mentioned, reduce_color
from rules.transfer.reading.nesting import find_members, find_parents
from rules.transfer.reading.tally import Tally

MEMBERS, CUSTOM_FRONTS, GROUPS = "members", "frontStatuses", "groups"
_PLURALKIT_ID = re.compile("[a-z]{5,6}")
_BIRTHDAY = re.compile("birth ?day|b-?day", re.IGNORECASE)
# The types of a custom field that has a day in it: a date, and a month with its day.
_DATE, _MONTH_AND_DAY = 2, 7


class RowReader:
    """Reads members and groups; `names` are those of the members by their IDs, for mentions."""

    def __init__(self, names: Mapping[str, str], left_out: LeftOut, tally: Tally) -> None:
        self._names, self._left_out, self._tally = names, left_out, tally
        self.pictures = Pictures(tally)

    def read_member(self, row: Row, number: int, is_custom_front: bool) -> FileMember:
        """A member or a custom front, at its place in the file."""
        whose = name_member(row, number)
        given = {
            **self.read_common(row, whose),
            "display_name": row.get("displayName"),
            "pronouns": row.get("pronouns"),
            "avatar_url": self.pictures.find_address(row, "avatarUrl"),
        }
        name, values, first_values = read_member(row, number, given, self._left_out)
        archived = self._left_out.read_one(whose, "archived", row.get("archived"), fields.read_bool)
        count_cut(given["description"], values.get("description"), self._tally)
        carried = {
            "name": name,
            "displayName": values.get("display_name"),
            "pronouns": values.get("pronouns"),
            "archived": archived,
            **self._carry(values),
        }
        values |= {} if archived is None else {"is_archived": archived}
        values |= {"is_custom_front": True} if is_custom_front else {}
        hid = str(row.get("pkId")).strip().lower()
        return FileMember(
            name,
            values,
            {**first_values, **PRIVATE_MEMBER},
            hid if _PLURALKIT_ID.fullmatch(hid) and not says_nothing(row.get("pkId")) else None,
            source=make_source(CUSTOM_FRONTS if is_custom_front else MEMBERS, row["_id"]),
            kept=keep(row, carried),
        )

    def read_groups(self, rows: Sequence[Row], numbers: Mapping[str, int]) -> list[FileGroup]:
        """The groups, of which at most 250 are taken, with those of the file's members who are in them."""
        taken = get_groups({"groups": list(rows)}, self._left_out)
        parents = find_parents([row["_id"] for row in taken], [_find_parent(row) for row in taken], self._tally)
        return [self._read_group(row, place, numbers, parents[place]) for place, row in enumerate(taken)]

    def read_common(self, row: Row, whose: str) -> dict[str, object]:
        """What every kind of row calls by the same name."""
        return {
            "description": name_mentioned(row.get("desc"), self._names),
            "color": reduce_color(row.get("color"), whose, self._left_out),
        }

    def _read_group(self, row: Row, place: int, numbers: Mapping[str, int], parent: int | None) -> FileGroup:
        whose = name_group(row, place)
        given = self.read_common(row, whose)
        name, values, first_values = read_group(row, place, given, self._left_out)
        count_cut(given["description"], values.get("description"), self._tally)
        members = find_members(row.get("members"), whose, numbers, self._left_out, self._tally)
        return FileGroup(
            name,
            values,
            {**first_values, **PRIVATE_GROUP},
            members=members,
            source=make_source(GROUPS, row["_id"]),
            kept=keep(
                row, {"name": name, "parent": row.get("parent"), "members": row.get("members")} | self._carry(values)
            ),
            parent=parent,
        )

    def _carry(self, values: Mapping[str, Any]) -> dict[str, object]:
        return {"desc": values.get("description"), "color": values.get("color"), "avatarUrl": values.get("avatar_url")}


def find_birthday(row: Row, custom_fields: Mapping[str, Row]) -> tuple[str, str] | None:
    """The custom field of a member that looks like a birthday, by its name, and what it would be here."""
    info = row.get("info")
    for own_id, value in info.items() if isinstance(info, dict) else ():
        field = custom_fields.get(own_id, {})
        name, kind = field.get("name"), field.get("type")
        if isinstance(name, str) and _BIRTHDAY.search(name) and isinstance(value, str):
            # The year beside a month and its day is of no meaning.
            date = {_DATE: value[:10], _MONTH_AND_DAY: f"{NO_YEAR:04}{value[4:10]}"}.get(
                kind if type(kind) is int else 0
            )
            if date and _is_date(date):
                return name.strip(), date
    return None


def count_unknown_fields(rows: Iterable[Row], custom_fields: Mapping[str, Row]) -> int:
    """How many values members have of custom fields that nobody defines."""
    infos = [info for row in rows if isinstance(info := row.get("info"), dict)]
    return sum(
        own_id not in custom_fields and not says_nothing(value) for info in infos for own_id, value in info.items()
    )


def _find_parent(row: Row) -> str | None:
    parent = find_id(row.get("parent"))
    return None if parent == "root" else parent


def _is_date(text: str) -> bool:
    try:
        return bool(fields.read_birthday("birthday", text))
    except Invalid:
        return False
