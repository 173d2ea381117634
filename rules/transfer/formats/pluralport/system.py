"""The system of a PluralPort file, of several the first; the members of the others join it."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from rules.parsing import fields
from rules.systems import systems
from rules.transfer.formats.pluralkit import SYSTEM_LENGTHS, read_config, read_system_changes
from rules.transfer.formats.pluralport.assets import Assets
from rules.transfer.formats.pluralport.records import (
    get_records,
    is_plain_privacy,
    keep_rest,
    read_own,
    read_visibility,
    without_secrets,
)
from rules.transfer.left_out import LeftOut, says_nothing
from rules.transfer.openings import PRIVATE_SYSTEM
from rules.transfer.reading.loose_values import find_id, reduce_color

# What a system without a name is called in our files, since PluralPort insists on one.
UNNAMED = "Unnamed system"
# What of a system is taken whole, or is of no use to anybody.
_TAKEN = frozenset(("id", "name", "description", "tag", "color", "archived", "privacy"))
_WHOSE = "The system"


@dataclass(frozen=True, slots=True)
class FoundSystem:
    """The record of the system that the members go into, empty where there is none, and the IDs of the others."""

    record: Mapping[str, Any]
    others: frozenset[str]


def find_system(data: Mapping[str, Any], left_out: LeftOut) -> FoundSystem:
    """Of several systems the first that is within no other."""
    listed = get_records(data, "systems", left_out)
    top = [system for system in listed if says_nothing(system.get("parent_system_id"))]
    first = next(iter([*top, *listed]), {})
    ids = (find_id(system.get("id")) for system in listed if system is not first)
    return FoundSystem(first, frozenset(own_id for own_id in ids if own_id is not None))


def read_system(system: Mapping[str, Any], assets: Assets, left_out: LeftOut) -> tuple[dict[str, Any], dict[str, Any]]:
    """A system's values, and those that go only into one that the import makes."""
    own = read_own(system)
    given = {
        **{key: system.get(key) for key in ("description", "tag")},
        "name": _find_name(system),
        "color": reduce_color(system.get("color"), _WHOSE, left_out),
        "pronouns": _find_pronouns(system),
        "avatar_url": assets.find_address(system.get("avatar_asset_id")),
        "banner": assets.find_address(system.get("banner_asset_id")),
    }
    values = left_out.read(_WHOSE, given, read_system_changes, SYSTEM_LENGTHS)
    # The archive has the whole of it.
    left_out.take_full_texts()
    config = _get_object(own, "config")
    values |= read_config(config, left_out)
    if zone := left_out.read_one(_WHOSE, "timezone", config.get("timezone"), fields.read_time_zone):
        values["tz"] = zone
    by_field = {name: value for name, value in _get_object(own, "privacy").items() if name in PRIVATE_SYSTEM}
    told = left_out.read(_WHOSE, by_field, systems.read_changes)
    visible = read_visibility(system.get("privacy"))
    if visible is None:
        return values | told, PRIVATE_SYSTEM | told
    return values | dict.fromkeys(PRIVATE_SYSTEM, not visible) | told, {}


def keep_systems(data: Mapping[str, Any], assets: Assets) -> dict[str, list[Any]]:
    """All systems as they are, where there is more to them than can be taken."""
    listed = data.get("systems")
    if not isinstance(listed, list):
        return {"systems": [] if says_nothing(listed) else [listed]}
    is_plain = len(listed) == 1 and isinstance(listed[0], dict) and not _has_more(listed[0], assets)
    return {"systems": [] if is_plain else without_secrets(listed)}


def _has_more(system: Mapping[str, Any], assets: Assets) -> bool:
    texts = {key: value for key in SYSTEM_LENGTHS if isinstance(value := system.get(key), str)}
    is_cut = any(len(text) > SYSTEM_LENGTHS[key] for key, text in texts.items())
    return (
        is_cut or bool(assets.without_plain(keep_rest(system, _TAKEN))) or not is_plain_privacy(system.get("privacy"))
    )


def _find_name(system: Mapping[str, Any]) -> object:
    own = read_own(system)
    if system.get("name") == UNNAMED and "name" in own and own["name"] is None:
        return None
    names = (system.get(key) for key in ("name", "display_name"))
    return next((name for name in names if isinstance(name, str) and name.strip()), system.get("name"))


def _find_pronouns(system: Mapping[str, Any]) -> object:
    """The pronouns of a system, for which PluralPort has no place: those that any app adds."""
    parts = [system, *_get_object(system, "extensions").values()]
    told = (part.get("pronouns") for part in parts if isinstance(part, dict))
    return next((pronouns for pronouns in told if isinstance(pronouns, str) and pronouns.strip()), None)


def _get_object(data: Mapping[str, Any], key: str) -> dict[str, Any]:
    value = data.get(key)
    return value if isinstance(value, dict) else {}
