"""A system, its members and its groups as records of PluralPort, with all that other apps keep of them."""

import json
from collections.abc import Callable, Iterable, Mapping
from typing import Any

from rules.parsing.birthdays import NO_YEAR
from rules.transfer.formats.pluralport.assets import Assets
from rules.transfer.formats.pluralport.groups import read_groups
from rules.transfer.formats.pluralport.members import read_members
from rules.transfer.formats.pluralport.records import OWN_APP
from rules.transfer.formats.pluralport.system import UNNAMED, read_system
from rules.transfer.left_out import LeftOut
from rules.transfer.reading.tally import Tally
from rules.transfer.writing.ids import Ids

Record = dict[str, Any]
# What of a record may say more in the file that it came from than it can here.
_INEXACT = (
    *("name", "display_name", "description", "pronouns", "tag", "birthday", "color", "proxy_tags", "privacy"),
    *("avatar_asset_id", "banner_asset_id"),
)
_OF_MEMBER = (
    *("keep_proxy", "tts", "autoproxy_enabled", "message_count", "last_message_timestamp", "webhook_avatar_url"),
    "privacy",
)
_OF_GROUP = ("display_name", "icon", "banner", "created", "privacy")
_OF_SYSTEM = ("name", "pronouns", "created", "config", "privacy")


def write_system(exported: Mapping[str, Any], ids: Ids, pictures: Mapping[str, str]) -> Record:
    """A system, from what PluralKit's file says of it; `pictures` has the IDs of its pictures by their addresses."""
    record = {
        "id": ids.system,
        "name": exported["name"] or UNNAMED,
        "description": exported["description"],
        "tag": exported["tag"],
        "color": _show_color(exported["color"]),
        **_show_pictures(exported, pictures),
        "privacy": _show_privacy(exported["privacy"]),
        "source_refs": [_own_ref("systems", exported)],
        "extensions": {OWN_APP: {key: exported[key] for key in _OF_SYSTEM}},
    }
    if exported["pronouns"]:
        # PluralPort has no place for them; this is where others look.
        record["extensions"]["pluralkit"] = {"pronouns": exported["pronouns"]}
    return record


def write_member(
    exported: Mapping[str, Any], own_id: str, ids: Ids, pictures: Mapping[str, str], flags: Mapping[str, bool]
) -> Record:
    """A member likewise; `flags` are PluralPort's own that PluralKit does not know."""
    return {
        "id": own_id,
        "system_id": ids.system,
        **{key: exported[key] for key in ("name", "display_name", "pronouns", "description")},
        "birthday": _show_birthday(exported["birthday"]),
        "color": _show_color(exported["color"]),
        **_show_pictures(exported, pictures),
        "proxy_tags": exported["proxy_tags"],
        **flags,
        "created_at": exported["created"],
        "privacy": _show_privacy(exported["privacy"]),
        "source_refs": [_own_ref("members", exported)],
        "extensions": {OWN_APP: {key: exported[key] for key in _OF_MEMBER}},
    }


def write_group(exported: Mapping[str, Any], own_id: str, parent: str | None, ids: Ids) -> Record:
    """A group likewise, within the group `parent`."""
    return {
        "id": own_id,
        "system_id": ids.system,
        **{key: exported[key] for key in ("name", "description")},
        "color": _show_color(exported["color"]),
        "parent_group_id": parent,
        "privacy": _show_privacy(exported["privacy"]),
        "source_refs": [_own_ref("groups", exported)],
        "extensions": {OWN_APP: {key: exported[key] for key in _OF_GROUP}},
    }


def add_refs(record: Record, refs: Iterable[Mapping[str, Any]]) -> None:
    """Say where a record came from, before what it is here."""
    known = record["source_refs"]
    record["source_refs"] = [*(ref for ref in refs if ref not in known and ref["id"] != record["id"]), *known]


def add_kept(record: Record, kept: Mapping[str, Any], read: Callable[[Record], Any], assets: Iterable[str]) -> None:
    """Say in a record what else the file that it came from said, and what said it better where that still holds.

    `read` is what comes of a record here; `assets` are the IDs of pictures that the file has.
    """
    refs, extensions = kept.get("source_refs"), kept.get("extensions")
    if isinstance(refs, list):
        record["source_refs"] = _join_refs(refs, record["source_refs"])
    if isinstance(extensions, dict):
        record["extensions"] = _join_extensions(extensions, record["extensions"])
    before = read(record)
    for key, value in kept.items():
        if key in ("id", "source_refs", "extensions"):
            continue
        if key in _INEXACT and record.get(key) != value:
            changed = {**record, key: value}
            if (key.endswith("asset_id") and value not in assets) or read(changed) != before:
                continue
        if key in _INEXACT or key not in record or key == "system_id":
            record[key] = value


def read_member_back(assets: Assets) -> Callable[[Record], Any]:
    """What comes of a member's record when it is imported here."""

    def read(record: Record) -> Any:
        [member], _ = read_members([record], set(), assets, LeftOut())
        return member.name, _said(member.values)

    return read


def read_group_back(record: Record) -> Any:
    """The same of a group's."""
    [group], _ = read_groups({"groups": [record]}, {}, Assets([], {}, Tally()), LeftOut(), Tally())
    return group.name, _said(group.values)


def read_system_back(assets: Assets) -> Callable[[Record], Any]:
    """The same of a system's."""
    return lambda record: _said(read_system(record, assets, LeftOut())[0])


def _said(values: Mapping[str, Any]) -> str:
    return json.dumps({key: value for key, value in values.items() if value is not None}, sort_keys=True)


def _own_ref(collection: str, exported: Mapping[str, Any]) -> Record:
    return {"app": OWN_APP, "collection": collection, "id": exported["id"], "uuid": exported["uuid"]}


def _join_refs(theirs: list[Any], ours: list[Any]) -> list[Any]:
    others = [ref for ref in theirs if not (isinstance(ref, dict) and ref.get("app") == OWN_APP)]
    return [*others, *(ref for ref in ours if ref not in others)]


def _join_extensions(theirs: Mapping[str, Any], ours: Mapping[str, Any]) -> Record:
    joined = {app: value for app, value in theirs.items() if app != OWN_APP}
    for app, value in ours.items():
        before = joined.get(app)
        joined[app] = {**before, **value} if isinstance(before, dict) else value
    return joined


def _show_color(color: str | None) -> str | None:
    return color and f"#{color}"


def _show_birthday(birthday: str | None) -> Record | None:
    if not birthday:
        return None
    year, _, day = birthday.partition("-")
    if year == f"{NO_YEAR:04}":
        return {"value": f"--{day}", "precision": "month_day", "year_visible": False}
    return {"value": birthday, "precision": "day", "year_visible": True}


def _show_pictures(exported: Mapping[str, Any], pictures: Mapping[str, str]) -> Record:
    keys = {"avatar_asset_id": "avatar_url", "banner_asset_id": "banner"}
    return {theirs: pictures.get(exported[ours]) for theirs, ours in keys.items()}


def _show_privacy(by_field: Mapping[str, str]) -> Record:
    """One word for all fields: public only where nothing at all is private."""
    is_public = all(level == "public" for level in by_field.values())
    return {"visibility": "public" if is_public else "private"}
