"""The members and groups of PluralKit's export, in version 2 and in the older ones."""

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from rules.errors import Invalid
from rules.groups import groups
from rules.groups.privacy import GROUP_PRIVACY
from rules.parsing.uuids import find_random_uuid
from rules.systems import members as member_rules
from rules.systems.privacy import LATER_MEMBER_PRIVACY, MEMBER_PRIVACY, WRITTEN_BY_PRIVACY
from rules.transfer.import_file import (
    FileGroup,
    FileMember,
    check_member_count,
    count,
    find_past,
    get_groups,
    name_group,
    name_member,
    only_objects,
    quote,
    read_count,
    read_group,
    read_member,
)
from rules.transfer.left_out import LeftOut, Reader, says_nothing
from rules.transfer.reading.loose_values import make_source

_MEMBER = (
    *("display_name", "description", "color", "birthday", "pronouns", "avatar_url", "webhook_avatar_url", "banner"),
    *("keep_proxy", "tts"),
)
_MEMBER_PRIVACY = (*MEMBER_PRIVACY, *LATER_MEMBER_PRIVACY)
_GROUP = ("display_name", "description", "icon", "banner", "color")
_Named = TypeVar("_Named", FileMember, FileGroup)


def read_members(listed: list[Any], system: str | None, left_out: LeftOut) -> list[FileMember]:
    """The members of a file, `system` being its system's ID. Raises Invalid for more than a system may have."""
    check_member_count(listed)
    objects = only_objects(listed, "member", left_out)
    read = [_read_member(data, number, left_out) for number, data in enumerate(objects)]
    return _with_sources("members", system, _with_own_ids("Member", read, left_out))


def read_groups(
    data: Mapping[str, Any], members: list[FileMember], system: str | None, left_out: LeftOut
) -> list[FileGroup]:
    """The groups of a file, with those of its members who are in them."""
    numbers = number_members(members)
    read = [_read_group(group, n, numbers, left_out) for n, group in enumerate(get_groups(data, left_out))]
    return _with_sources("groups", system, _with_own_ids("Group", read, left_out))


def number_members(members: list[FileMember]) -> dict[str, int]:
    """The places in the file of its members, by their IDs."""
    return {member.hid: number for number, member in enumerate(members) if member.hid}


def plain_color(given: dict[str, Any]) -> dict[str, Any]:
    """Fields of a file, with the colour as we write it."""
    color = given.get("color")
    return {**given, "color": color.strip().removeprefix("#")} if isinstance(color, str) else given


def read_privacy(
    whose: str, data: Mapping[str, Any], names: Iterable[str], reader: Reader, left_out: LeftOut
) -> dict[str, Any]:
    """These settings; one that cannot be read counts as private, the stricter of the two."""
    given = {name: data[name] for name in names if not says_nothing(data.get(name))}
    return dict.fromkeys(given, True) | left_out.read(whose, given, reader)


def read_id(name: str, value: object) -> str:
    """An ID as we write it. Raises Invalid for what is no text."""
    if not isinstance(value, str):
        raise Invalid(f"The {name} must be a text.")
    return value.lower()


def _read_member(data: Mapping[str, Any], number: int, left_out: LeftOut) -> FileMember:
    whose = name_member(data, number)
    given = plain_color({name: data.get(name) for name in _MEMBER})
    # Older files repeat the one picture here.
    if given["webhook_avatar_url"] == given["avatar_url"]:
        del given["webhook_avatar_url"]
    name, values, first_values = read_member(data, number, given, left_out)
    values |= left_out.read_tags(whose, "proxy_tags", _get_tags(data, whose, left_out))
    values |= read_privacy(whose, _flat_privacy(data), _MEMBER_PRIVACY, member_rules.read_changes, left_out)
    return FileMember(
        name,
        values,
        {**first_values, **read_first_values(data, whose, left_out)},
        left_out.read_one(whose, "id", data.get("id"), read_id),
        find_past(data.get("created")),
        find_random_uuid(data.get("uuid")),
        kept=left_out.take_full_texts(),
    )


def read_first_values(data: Mapping[str, Any], whose: str, left_out: LeftOut) -> dict[str, Any]:
    """What goes only into a new member: how many messages it sent and when last, and whether autoproxy takes it."""
    autoproxy = {"autoproxy_enabled": data.get("autoproxy_enabled")}
    return {
        **left_out.read(whose, autoproxy, member_rules.read_changes),
        "message_count": left_out.read_one(whose, "message_count", data.get("message_count"), read_count) or 0,
        "last_message_at": find_past(data.get("last_message_timestamp")),
    }


def _get_tags(data: Mapping[str, Any], whose: str, left_out: LeftOut) -> list[Any]:
    tags = data.get("proxy_tags")
    if isinstance(tags, list):
        return tags
    if not says_nothing(tags):
        left_out.add(whose, "The proxy_tags must be a list of objects with prefix and suffix.")
    sides = {side: data.get(side) for side in ("prefix", "suffix")}
    return [sides] if any(sides.values()) else []


def _flat_privacy(data: Mapping[str, Any]) -> dict[str, Any]:
    privacy = data.get("privacy")
    if isinstance(privacy, dict):
        return {**data, **privacy}
    # Where version 2 has an object, v1 has one setting that stands for four.
    old = dict.fromkeys(WRITTEN_BY_PRIVACY, privacy)
    return {**old, **{name: value for name, value in data.items() if not says_nothing(value)}}


def _read_group(data: Mapping[str, Any], number: int, numbers: Mapping[str, int], left_out: LeftOut) -> FileGroup:
    whose = name_group(data, number)
    given = plain_color({name: data.get(name) for name in _GROUP})
    name, values, first_values = read_group(data, number, given, left_out)
    values |= _read_group_privacy(data.get("privacy"), whose, left_out)
    return FileGroup(
        name,
        values,
        first_values,
        left_out.read_one(whose, "id", data.get("id"), read_id),
        find_past(data.get("created")),
        find_random_uuid(data.get("uuid")),
        _find_members(data.get("members"), whose, numbers, left_out),
        kept=left_out.take_full_texts(),
    )


def _read_group_privacy(privacy: object, whose: str, left_out: LeftOut) -> dict[str, Any]:
    if isinstance(privacy, dict):
        return read_privacy(whose, privacy, GROUP_PRIVACY, groups.read_changes, left_out)
    if says_nothing(privacy):
        return {}
    left_out.add(whose, "The privacy must be an object; the group is taken as private.")
    return dict.fromkeys(GROUP_PRIVACY, True)


def _find_members(listed: object, whose: str, numbers: Mapping[str, int], left_out: LeftOut) -> tuple[int, ...]:
    if not isinstance(listed, list):
        if not says_nothing(listed):
            left_out.add(whose, "The members must be a list of member IDs.")
        return ()
    found = [numbers.get(hid.lower()) if isinstance(hid, str) else None for hid in listed]
    if unknown := found.count(None):
        left_out.add(whose, f"In it {'is' if unknown == 1 else 'are'} {count(unknown, 'member')} not in the file.")
    return tuple(number for number in dict.fromkeys(found) if number is not None)


def _with_sources(collection: str, system: str | None, read: list[_Named]) -> list[_Named]:
    """What was read, each with how it is found again where a file is too old for UUIDs.

    An ID alone may be another's here, so the system's stands before it.
    """
    if system is None:
        return read
    sources = (make_source(collection, f"{system}.{one.hid}") if one.hid and not one.uuid else None for one in read)
    return [replace(one, source=source) for one, source in zip(read, sources, strict=True)]


def _with_own_ids(what: str, read: list[_Named], left_out: LeftOut) -> list[_Named]:
    """What was read, where two of the file have one ID the second without it."""
    seen: set[str] = set()
    found = []
    for one in read:
        if one.hid and one.hid in seen:
            told = f"The ID {one.hid[:20]} is another's in the file too, and left out."
            left_out.add(f"{what} {quote(one.name)}", told)
            one = replace(one, hid=None)
        seen.add(one.hid or "")
        found.append(one)
    return found
