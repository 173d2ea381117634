"""Reading PluralKit's export: version 2, and the older ones with flat privacy, one tag a member and the zone on top."""

from collections.abc import Iterable, Mapping
from typing import Any

from rules.errors import Invalid
from rules.fronting.switches import MOST_FRONTERS, NO_LIST
from rules.parsing import fields
from rules.parsing.uuids import find_random_uuid
from rules.systems import config as system_config
from rules.systems import systems
from rules.systems.privacy import LATER_SYSTEM_PRIVACY, SYSTEM_PRIVACY
from rules.transfer.formats.pluralkit_members import (
    number_members,
    plain_color,
    read_groups,
    read_id,
    read_members,
    read_privacy,
)
from rules.transfer.import_file import (
    MOST_SWITCHES,
    File,
    FileMember,
    FileSwitch,
    find_past,
    get_objects,
    read_past,
    tell_tags,
)
from rules.transfer.left_out import LeftOut, says_nothing

# One more than v1's document has: PluralKit itself takes it, so its files hold it.
TAG_LENGTH = 79
SYSTEM_LENGTHS = {
    "name": systems.NAME_LENGTH,
    "description": systems.DESCRIPTION_LENGTH,
    "tag": TAG_LENGTH,
    "pronouns": systems.PRONOUNS_LENGTH,
}
_WHOSE = "The system"
_SYSTEM = ("name", "description", "tag", "pronouns", "avatar_url", "banner", "color")
_SYSTEM_PRIVACY = (*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY)


def read(data: Mapping[str, Any]) -> File:
    """A file of PluralKit or of Rollcall; what does not fit is left out.

    Raises Invalid for what makes the whole of it senseless: lists that are none or too long, and no system at all.
    """
    listed, switches = get_objects(data, "members"), get_objects(data, "switches")
    if all(says_nothing(value) for key, value in data.items() if key != "version"):
        raise Invalid("There is no system in this file, so there is nothing to import; export it again.")
    left_out = LeftOut()
    # Whose it is comes first, but what is told of it stands where it stood.
    known = LeftOut().read_one(_WHOSE, "id", data.get("id"), read_id)
    members = read_members(listed, known, left_out)
    switches = _read_switches(switches, members, left_out)
    groups = read_groups(data, members, known, left_out)
    system = _read_system(data, left_out)
    full_texts = left_out.take_full_texts()
    return File(
        members,
        switches,
        groups,
        system,
        left_out.read_one(_WHOSE, "id", data.get("id"), read_id),
        find_past(data.get("created")),
        frozenset(_read_accounts(data.get("accounts"))),
        _tell(data, left_out),
        left_out.lines,
        find_random_uuid(data.get("uuid")),
        archive={"system": [full_texts]} if full_texts else {},
    )


def _read_system(data: Mapping[str, Any], left_out: LeftOut) -> dict[str, Any]:
    config, privacy = (_get_object(data, key, left_out) for key in ("config", "privacy"))
    given = plain_color({name: data.get(name) for name in _SYSTEM})
    read = left_out.read(_WHOSE, given, read_system_changes, SYSTEM_LENGTHS)
    zone = config.get("timezone") or data.get("timezone") or data.get("tz")
    if tz := left_out.read_one(_WHOSE, "timezone", zone, fields.read_time_zone):
        read["tz"] = tz
    read |= read_privacy(_WHOSE, {**data, **privacy}, _SYSTEM_PRIVACY, systems.read_changes, left_out)
    return read | read_config(config, left_out)


def read_system_changes(changes: Mapping[str, object]) -> dict[str, Any]:
    """What of a system's fields can be stored; of a tag one character more than elsewhere. Raises Invalid."""
    if "tag" in changes:
        return {"tag": fields.read_text("tag", changes["tag"], TAG_LENGTH)}
    return systems.read_changes(changes)


def read_config(config: Mapping[str, Any], left_out: LeftOut) -> dict[str, Any]:
    """A system's settings, but for the time zone; what of them does not fit is left out."""
    known = {name: value for name, value in config.items() if name in system_config.NAMES - {"timezone"}}
    # Older files say only whether it was on.
    if isinstance(known.get("proxy_switch"), bool):
        known["proxy_switch"] = "new" if known["proxy_switch"] else "off"
    return left_out.read(_WHOSE, known, system_config.read_config)


def _read_switches(listed: list[Any], members: list[FileMember], left_out: LeftOut) -> list[FileSwitch]:
    """The switches of the file, rising in time; each of those at one instant 1 µs after the one before.

    Files list the newest first, so the last of those at one instant is the earliest.
    """
    if len(listed) > MOST_SWITCHES:
        raise Invalid(f"A file may hold at most {MOST_SWITCHES:,} switches; this one has {len(listed):,}.")
    numbers = number_members(members)
    read = [found for number, data in enumerate(listed, 1) if (found := _read_switch(data, number, numbers, left_out))]
    risen, latest = [], None
    read.reverse()
    for at, fronting in sorted(read, key=lambda switch: switch[0]):
        latest = at if latest is None else max(at, latest + 1)
        risen.append((latest, fronting))
    return risen


def _read_switch(data: Any, number: int, numbers: Mapping[str, int], left_out: LeftOut) -> FileSwitch | None:
    try:
        if not isinstance(data, dict):
            raise Invalid("It is no object.")
        at = read_past("timestamp", data.get("timestamp"))
        if not isinstance(data.get("members"), list):
            raise Invalid(NO_LIST)
    except Invalid as refused:
        left_out.add_switch(number, refused.sentence)
        return None
    found = dict.fromkeys(_find_number(hid, number, numbers, left_out) for hid in data["members"])
    found.pop(None, None)
    if len(found) > MOST_FRONTERS:
        left_out.add_switch(number, f"The members can be at most {MOST_FRONTERS}; these are {len(found):,}.")
    return at, tuple(found)[:MOST_FRONTERS]


def _find_number(hid: object, switch: int, numbers: Mapping[str, int], left_out: LeftOut) -> int | None:
    number = numbers.get(hid.lower()) if isinstance(hid, str) else None
    if number is None:
        shown = f" “{hid[:20]}”" if isinstance(hid, str) else ""
        left_out.add_switch(switch, f"The member{shown} is not in the file.")
    return number


def _read_accounts(accounts: object) -> Iterable[int]:
    for account in accounts if isinstance(accounts, list) else ():
        text = account if isinstance(account, str) else str(account) if type(account) is int else ""
        if text.isascii() and text.isdigit() and len(text) < 20:
            yield int(text)


def _get_object(data: Mapping[str, Any], key: str, left_out: LeftOut) -> Mapping[str, Any]:
    value = data.get(key)
    if isinstance(value, dict):
        return value
    if value:
        left_out.add(_WHOSE, f"The {key} must be an object.")
    return {}


def _tell(data: Mapping[str, Any], left_out: LeftOut) -> tuple[str, ...]:
    told = []
    if data.get("webhook_url"):
        told.append("The webhook address is left out: only the command `system webhook` sets one.")
    return (*told, *tell_tags(left_out))
