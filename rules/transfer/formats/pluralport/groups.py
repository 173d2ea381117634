"""The groups of a PluralPort file, who is in them, and what of either has no place here."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from typing import Any

from rules.groups import groups as group_rules
from rules.transfer.formats.pluralkit_members import read_privacy
from rules.transfer.formats.pluralport.assets import Assets
from rules.transfer.formats.pluralport.records import (
    find_hid,
    find_source,
    find_uuid,
    get_records,
    keep_rest,
    number_records,
    read_own,
    read_visibility,
    without_secrets,
)
from rules.transfer.import_file import FileGroup, count, find_past, get_groups, name_group, read_group
from rules.transfer.left_out import LeftOut
from rules.transfer.openings import PRIVATE_GROUP
from rules.transfer.reading.loose_values import find_id, reduce_color
from rules.transfer.reading.nesting import find_parents
from rules.transfer.reading.tally import Tally

_TAKEN = frozenset(
    ("id", "system_id", "name", "display_name", "description", "color", "parent_group_id", "created_at", "privacy")
)
_MEMBERSHIP_TAKEN = frozenset(("id", "system_id", "group_id", "member_id", "sort_order"))
_OWN = ("display_name", "icon", "banner")


def read_groups(
    data: Mapping[str, Any], members: Mapping[str, int], assets: Assets, left_out: LeftOut, tally: Tally
) -> tuple[list[FileGroup], dict[str, list[Any]]]:
    """The groups, with the places of their members; and the records to keep, since they say more or do not fit."""
    rows = get_groups(data, left_out)
    numbers = number_records("Group", rows, left_out)
    names = [name_group(row, number) for number, row in enumerate(rows)]
    inside, kept = _read_memberships(data, numbers, members, names, left_out)
    ids, within = ([find_id(row.get(key)) for row in rows] for key in ("id", "parent_group_id"))
    parents = find_parents(ids, within, tally)
    read = [
        _read(row, number, numbers, tuple(dict.fromkeys(inside[number])), parents[number], assets, left_out)
        for number, row in enumerate(rows)
    ]
    beyond = get_records(data, "groups", LeftOut())[len(rows) :]
    return read, {"group_memberships": without_secrets(kept), "groups": without_secrets(beyond)}


def _read_memberships(
    data: Mapping[str, Any], groups: Mapping[str, int], members: Mapping[str, int], names: list[str], left_out: LeftOut
) -> tuple[dict[int, list[int]], list[Any]]:
    inside: dict[int, list[int]] = defaultdict(list)
    unknown: Counter[int] = Counter()
    kept, without_group = [], 0
    for record in get_records(data, "group_memberships", left_out):
        group, member = (find_id(record.get(key)) for key in ("group_id", "member_id"))
        known = group in groups and member in members
        if known:
            inside[groups[group]].append(members[member])
        elif group in groups:
            unknown[groups[group]] += 1
        else:
            without_group += 1
        if not known or keep_rest(record, _MEMBERSHIP_TAKEN):
            kept.append(record)
    for number, many in sorted(unknown.items()):
        left_out.add(names[number], f"In it {'is' if many == 1 else 'are'} {count(many, 'member')} not in the file.")
    if without_group:
        left_out.add("The groups", f"Members of groups that are not in the file: {without_group:,}.")
    return inside, kept


def _read(
    row: Mapping[str, Any],
    number: int,
    numbers: Mapping[str, int],
    inside: tuple[int, ...],
    parent: int | None,
    assets: Assets,
    left_out: LeftOut,
) -> FileGroup:
    own, whose = read_own(row), name_group(row, number)
    given = {
        "description": row.get("description"),
        "color": reduce_color(row.get("color"), whose, left_out),
        **{key: own.get(key) for key in _OWN},
    }
    given["display_name"] = row.get("display_name") or given["display_name"]
    given["icon"] = given["icon"] or assets.find_address(row.get("avatar_asset_id"))
    name, values, first_values = read_group(row, number, given, left_out)
    told = {}
    if isinstance(by_field := own.get("privacy"), dict):
        told = read_privacy(whose, by_field, PRIVATE_GROUP, group_rules.read_changes, left_out)
    visible = read_visibility(row.get("privacy"))
    all_of_it = {} if visible is None else dict.fromkeys(PRIVATE_GROUP, not visible)
    return FileGroup(
        name,
        values | all_of_it | told,
        first_values | (PRIVATE_GROUP if visible is None else {}) | told,
        find_hid(row),
        find_past(own.get("created") or row.get("created_at")),
        find_uuid(row),
        inside,
        find_source("groups", row, number, numbers),
        {**keep_rest(row, _TAKEN), **left_out.take_full_texts()},
        parent,
    )
