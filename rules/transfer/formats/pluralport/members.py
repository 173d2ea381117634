"""The members of a PluralPort file, each with what of it has no place here."""

import re
from collections.abc import Mapping, Sequence, Set
from types import NoneType
from typing import Any

from rules.parsing.birthdays import NO_YEAR
from rules.systems import members as member_rules
from rules.transfer.formats.pluralkit_members import read_first_values, read_privacy
from rules.transfer.formats.pluralport.assets import Assets
from rules.transfer.formats.pluralport.records import (
    find_hid,
    find_source,
    find_uuid,
    is_plain_privacy,
    keep_rest,
    number_records,
    read_own,
    read_visibility,
)
from rules.transfer.import_file import FileMember, find_past, name_member, read_member
from rules.transfer.left_out import LeftOut, says_nothing
from rules.transfer.openings import PRIVATE_MEMBER
from rules.transfer.reading.loose_values import find_id, reduce_color

_TAKEN = frozenset(
    (
        *("id", "system_id", "name", "display_name", "pronouns", "description", "birthday", "color", "proxy_tags"),
        *("is_custom_front", "archived", "created_at", "privacy"),
    )
)
_TEXTS = ("display_name", "pronouns", "description")
_OWN = ("keep_proxy", "tts", "webhook_avatar_url")
_FLAGS = {"archived": "is_archived", "is_custom_front": "is_custom_front"}
_DATE = re.compile(r"(?:(\d{4})-|-?-?)(\d\d)-(\d\d)(?:[T ].*)?", re.ASCII)
_WITHOUT_DAY = re.compile(r"\d{4}(-\d\d)?", re.ASCII)


def read_members(
    rows: Sequence[Mapping[str, Any]], others: Set[str], assets: Assets, left_out: LeftOut
) -> tuple[list[FileMember], dict[str, int]]:
    """The members, and their places by the file's IDs; `others` are the IDs of systems whose members join."""
    numbers = number_records("Member", rows, left_out)
    return [_read(row, number, numbers, others, assets, left_out) for number, row in enumerate(rows)], numbers


def read_birthday(birthday: object) -> tuple[object, bool]:
    """A birthday as we write it, None where it has no day; and whether that says all that the file says."""
    whole = birthday if isinstance(birthday, dict) else {"value": birthday}
    text, precision = whole.get("value"), whole.get("precision")
    if not isinstance(text, str) or _WITHOUT_DAY.fullmatch(text.strip()):
        return None, says_nothing(birthday)
    found = _DATE.fullmatch(text.strip())
    if not found or precision in ("year", "month"):
        return (None, False) if found else (text, False)
    year, month, day = found.groups()
    hidden = year and (whole.get("year_visible") is False or precision == "month_day" or year == "0000")
    shown = f"{NO_YEAR:04}" if hidden or not year else year
    return f"{shown}-{month}-{day}", not hidden


def is_named_by_display_name(row: Mapping[str, Any]) -> bool:
    """Whether a member has no name but a display name, which is then its name."""
    name, display_name = row.get("name"), row.get("display_name")
    is_nameless = name is None or (isinstance(name, str) and not name.strip())
    return is_nameless and isinstance(display_name, str) and bool(display_name.strip())


def _read(
    row: Mapping[str, Any],
    number: int,
    numbers: Mapping[str, int],
    others: Set[str],
    assets: Assets,
    left_out: LeftOut,
) -> FileMember:
    own = read_own(row)
    named = row
    if is_named_by_display_name(row):
        named = {**row, "name": row["display_name"], "display_name": None}
    whose = name_member(named, number)
    birthday, is_whole = read_birthday(row.get("birthday"))
    given = {
        **{key: named.get(key) for key in _TEXTS},
        **{key: own.get(key) for key in _OWN},
        "color": reduce_color(row.get("color"), whose, left_out),
        "birthday": birthday,
        "avatar_url": assets.find_address(row.get("avatar_asset_id")),
        "banner": assets.find_address(row.get("banner_asset_id")),
    }
    name, values, first_values = read_member(named, number, given, left_out)
    tags, dropped = row.get("proxy_tags"), left_out.tags
    values |= left_out.read_tags(whose, "proxy_tags", tags if isinstance(tags, list) else [])
    refused = [key for key in (*_TEXTS, "color", "birthday") if key not in values]
    refused += [] if dropped == left_out.tags and isinstance(tags, list | NoneType) else ["proxy_tags"]
    values |= {ours: True for theirs, ours in _FLAGS.items() if row.get(theirs) is True}
    told, first_told = _read_privacy(row, own, whose, left_out)
    kept = {key: row[key] for key in refused if not says_nothing(row.get(key))}
    kept |= {
        **assets.without_plain(keep_rest(row, _TAKEN)),
        **_keep_inexact(row, is_whole),
        **left_out.take_full_texts(),
    }
    if (system := find_id(row.get("system_id"))) in others:
        kept["system_id"] = system
    return FileMember(
        name,
        values | told,
        {**first_values, **read_first_values(own, whose, left_out), **first_told},
        find_hid(row),
        find_past(row.get("created_at")),
        find_uuid(row),
        find_source("members", row, number, numbers),
        kept,
    )


def _read_privacy(
    row: Mapping[str, Any], own: Mapping[str, Any], whose: str, left_out: LeftOut
) -> tuple[dict[str, Any], dict[str, Any]]:
    """Who may see a member, as the file says; and where it does not, what a new one gets."""
    by_field = own.get("privacy")
    told = {}
    if isinstance(by_field, dict):
        told = read_privacy(whose, by_field, PRIVATE_MEMBER, member_rules.read_changes, left_out)
    visible = read_visibility(row.get("privacy"))
    if visible is None:
        return told, PRIVATE_MEMBER | told
    return dict.fromkeys(PRIVATE_MEMBER, not visible) | told, {}


def _keep_inexact(row: Mapping[str, Any], is_whole: bool) -> dict[str, Any]:
    """What is taken, but says more in the file than it does here."""
    kept: dict[str, Any] = {} if is_whole else {"birthday": row.get("birthday")}
    color, privacy = row.get("color"), row.get("privacy")
    if isinstance(color, str) and len(color.strip().removeprefix("#")) not in (0, 6):
        kept["color"] = color
    if not is_plain_privacy(privacy):
        kept["privacy"] = privacy
    if is_named_by_display_name(row):
        kept["display_name"] = row["display_name"]
    return kept
