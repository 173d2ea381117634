"""Reading PluralKit's export: version 2, and the older ones with flat privacy, one tag a member and the zone on top."""

from collections.abc import Iterable, Mapping
from typing import Any

from rules.errors import Invalid
from rules.parsing import fields
from rules.systems import config as system_config
from rules.systems import systems
from rules.systems.privacy import (
    LATER_MEMBER_PRIVACY,
    LATER_SYSTEM_PRIVACY,
    MEMBER_PRIVACY,
    SYSTEM_PRIVACY,
    WRITTEN_BY_PRIVACY,
)
from rules.systems.switches import MOST_FRONTERS, NO_LIST
from rules.transfer.import_file import (
    MOST_SWITCHES,
    File,
    FileMember,
    FileSwitch,
    check_member_count,
    count,
    find_past,
    get_objects,
    is_usable_tag,
    name_member,
    naming,
    read_count,
    read_past,
    read_values,
    tell_unusable,
)

_SYSTEM = ("name", "description", "tag", "pronouns", "avatar_url", "banner", "color")
_MEMBER = (
    *("name", "display_name", "description", "color", "birthday", "pronouns", "avatar_url", "webhook_avatar_url"),
    "banner",
)
_MEMBER_SWITCHES = ("keep_proxy", "tts")


def read(data: Mapping[str, Any]) -> File:
    """A file of PluralKit or of Rollcall. Raises Invalid, naming what is wrong and where."""
    listed = get_objects(data, "members")
    check_member_count(listed)
    members = [_read_member(member, number) for number, member in enumerate(listed)]
    return File(
        members,
        _read_switches(get_objects(data, "switches"), _number(members)),
        _read_system(data),
        _read_id("id", data.get("id")),
        find_past(data.get("created")),
        frozenset(_read_accounts(data.get("accounts"))),
        _left_out(data, listed),
    )


def _read_system(data: Mapping[str, Any]) -> dict[str, Any]:
    with naming("The system"):
        config, privacy = _get_object(data, "config"), _get_object(data, "privacy")
        known = {name: data[name] for name in _SYSTEM if name in data}
        settings = _pick({**data, **privacy}, (*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY))
        read = systems.read_changes(_plain_color({**known, **settings}))
        if zone := config.get("timezone") or data.get("timezone") or data.get("tz"):
            read["tz"] = fields.read_time_zone("timezone", zone)
        return {**read, **system_config.read_config(_known_config(config))}


def _known_config(config: Mapping[str, Any]) -> dict[str, Any]:
    may_be_null = ("latch_timeout", "name_format")
    known = {name: value for name, value in config.items() if value is not None or name in may_be_null}
    # Older files say only whether it was on.
    if isinstance(known.get("proxy_switch"), bool):
        known["proxy_switch"] = "new" if known["proxy_switch"] else "off"
    return known


def _read_member(data: Mapping[str, Any], number: int) -> FileMember:
    with naming(name_member(data, "name", number)):
        values = read_values({"name": None, **_plain_color({name: data[name] for name in _MEMBER if name in data})})
        values |= read_values({**_pick(data, _MEMBER_SWITCHES), **_read_tags(data), **_read_privacy(data)})
        # Older files repeat the one picture here.
        if values.get("webhook_avatar_url") and values["webhook_avatar_url"] == values.get("avatar_url"):
            del values["webhook_avatar_url"]
        return FileMember(
            values["name"],
            values,
            _read_first_values(data),
            _read_id("id", data.get("id")),
            find_past(data.get("created")),
        )


def _read_first_values(data: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **read_values(_pick(data, ("autoproxy_enabled",))),
        "message_count": read_count("message_count", data.get("message_count")),
        "last_message_at": find_past(data.get("last_message_timestamp")),
    }


def _read_tags(data: Mapping[str, Any]) -> dict[str, Any]:
    tags = _get_tags(data)
    return {} if tags is None else {"proxy_tags": [tag for tag in tags if is_usable_tag(tag)]}


def _get_tags(data: Mapping[str, Any]) -> list[Any] | None:
    if isinstance(data.get("proxy_tags"), list):
        return data["proxy_tags"]
    if data.get("proxy_tags") is not None:
        raise Invalid("The proxy_tags must be a list of objects with prefix and suffix.")
    if "prefix" not in data and "suffix" not in data:
        return None
    sides = {side: data.get(side) for side in ("prefix", "suffix")}
    return [sides] if any(sides.values()) else []


def _read_privacy(data: Mapping[str, Any]) -> dict[str, Any]:
    # Where version 2 has an object, v1 has one setting that stands for four.
    old = data["privacy"] if isinstance(data.get("privacy"), str) else None
    flat = {**data, **({} if old else _get_object(data, "privacy"))}
    singles = _pick(flat, (*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY))
    return {**(dict.fromkeys(WRITTEN_BY_PRIVACY, old) if old else {}), **singles}


def _read_switches(listed: list[dict[str, Any]], numbers: Mapping[str, int]) -> list[FileSwitch]:
    """The switches of the file, rising in time; each of those at one instant 1 µs after the one before.

    Files list the newest first, so the last of those at one instant is the earliest.
    """
    if len(listed) > MOST_SWITCHES:
        raise Invalid(f"A file may hold at most {MOST_SWITCHES:,} switches; this one has {len(listed):,}.")
    read = [_read_switch(switch, number, numbers) for number, switch in enumerate(listed)]
    risen, latest = [], None
    read.reverse()
    for at, fronting in sorted(read, key=lambda switch: switch[0]):
        latest = at if latest is None else max(at, latest + 1)
        risen.append((latest, fronting))
    return risen


def _read_switch(data: Mapping[str, Any], number: int, numbers: Mapping[str, int]) -> FileSwitch:
    with naming(f"Switch {number + 1:,}"):
        at = read_past("timestamp", data.get("timestamp"))
        fronting = data.get("members")
        if not isinstance(fronting, list):
            raise Invalid(NO_LIST)
        found = tuple(dict.fromkeys(_get_number(hid, numbers) for hid in fronting))
        if len(found) > MOST_FRONTERS:
            raise Invalid(f"The members can be at most {MOST_FRONTERS}; these are {len(found):,}.")
        return at, found


def _number(members: list[FileMember]) -> dict[str, int]:
    numbers: dict[str, int] = {}
    for number, member in enumerate(members):
        if member.hid in numbers:
            raise Invalid(f"Two members of the file have the ID {member.hid[:20]}.")
        if member.hid is not None:
            numbers[member.hid] = number
    return numbers


def _get_number(hid: object, numbers: Mapping[str, int]) -> int:
    number = numbers.get(hid.lower()) if isinstance(hid, str) else None
    if number is None:
        shown = f" “{hid[:20]}”" if isinstance(hid, str) else ""
        raise Invalid(f"The member{shown} is not in the file.")
    return number


def _read_id(name: str, value: object) -> str | None:
    if value is None or value == "":
        return None
    if not isinstance(value, str):
        raise Invalid(f"The {name} must be a text.")
    return value.lower()


def _read_accounts(accounts: object) -> Iterable[int]:
    for account in accounts if isinstance(accounts, list) else ():
        text = account if isinstance(account, str) else str(account) if type(account) is int else ""
        if text.isascii() and text.isdigit() and len(text) < 20:
            yield int(text)


def _get_object(data: Mapping[str, Any], key: str) -> Mapping[str, Any]:
    value = data.get(key)
    if value is None:
        return {}
    if not isinstance(value, dict):
        raise Invalid(f"The {key} must be an object.")
    return value


def _pick(data: Mapping[str, Any], names: Iterable[str]) -> dict[str, Any]:
    """Those of these keys that the file has and that are not null: null leaves a field as it is."""
    return {name: data[name] for name in names if data.get(name) is not None}


def _plain_color(changes: dict[str, Any]) -> dict[str, Any]:
    color = changes.get("color")
    return {**changes, "color": color.removeprefix("#")} if isinstance(color, str) else changes


def _left_out(data: Mapping[str, Any], members: list[dict[str, Any]]) -> tuple[str, ...]:
    unusable = sum(not is_usable_tag(tag) for member in members for tag in _get_tags(member) or ())
    left_out = []
    if groups := get_objects(data, "groups"):
        left_out.append(f"{count(len(groups), 'group')} in the file: Rollcall keeps no groups, so they are left out.")
    if data.get("webhook_url"):
        left_out.append("The webhook address is left out: Rollcall calls none.")
    if _get_object(data, "config").get("description_templates"):
        left_out.append("The templates for descriptions are left out: Rollcall keeps none.")
    return (*left_out, *tell_unusable(unusable))
