"""What a file to import says, read and checked, whichever program wrote it."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rules.errors import Invalid
from rules.groups import groups
from rules.parsing import timestamps
from rules.systems import members
from rules.transfer.left_out import LeftOut, says_nothing

MOST_BYTES = 32 * 1024 * 1024
MOST_SWITCHES = 100_000
MOST_COUNT = 2**31 - 1
DAY_US = 24 * 3600 * 1_000_000
# Texts that are longer are cut; PluralKit's limits, as are those of everything else.
MEMBER_LENGTHS = {
    **dict.fromkeys(("name", "display_name", "pronouns"), members.NAME_LENGTH),
    "description": members.DESCRIPTION_LENGTH,
}
GROUP_LENGTHS = {
    **dict.fromkeys(("name", "display_name"), groups.NAME_LENGTH),
    "description": groups.DESCRIPTION_LENGTH,
}
# Rollcall's own files are PluralKit's.
_PUBLIC_APPS = ("PluralKit",)
_SHOWN = 40
_MOST_NAMES = 10
_CAPITAL_WITHIN = re.compile("(?<=[a-z])[A-Z]")
_WITHOUT_ZONE = re.compile(r"\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d:\d\d(\.\d{1,9})?", re.ASCII)
# When (µs), and the places of its members in the file.
FileSwitch = tuple[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class FileMember:
    """A member in a file; `values` go into any member that it is, `first_values` only into a new one.

    Both are as they are stored, and hold only what the file says. `created` is in µs, and None when the file does not
    say or lies ahead. `source` is its ID in the app that wrote the file, such as `members:65f0…`, by which a later
    import finds it again; `kept` is what of it has no place here, such as a text that was cut, under the app's names.
    """

    name: str
    values: dict[str, Any]
    first_values: dict[str, Any]
    hid: str | None = None
    created: int | None = None
    uuid: bytes | None = None
    source: str | None = None
    kept: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class FileGroup:
    """A group in a file, as `FileMember`; `members` are the places in the file of those who are in it.

    `parent` is the place in the file of the group that it is within; there is no circle.
    """

    name: str
    values: dict[str, Any]
    first_values: dict[str, Any]
    hid: str | None = None
    created: int | None = None
    uuid: bytes | None = None
    members: tuple[int, ...] = ()
    source: str | None = None
    kept: dict[str, Any] = field(default_factory=dict)
    parent: int | None = None


@dataclass(frozen=True, slots=True)
class FileSpan:
    """How long a member fronted, for apps that keep it so; `member` is a place in the file, times are in µs.

    `end` is None while it lasts, `status` a text beside it, `source` its ID in the app that wrote the file.
    """

    member: int
    start: int
    end: int | None = None
    status: str | None = None
    source: str | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A whole file; `hid` is its system's ID. Switches rise in time (µs), and name members by their place.

    `remarks` are about what Rollcall does not keep, `left_out` has a line for each thing that does not fit. `app` names
    the program that wrote the file, `exported_at` (µs) when. `first_system` goes only into a system that the import
    makes. `spans` are what the switches were made of, where the app keeps fronts so. `archive` is what has no place
    here, whole and under the app's own names, each key a kind with a list of its things. `unknown` is how many front
    and are defined nowhere, `birthdays` how many fields may be birthdays: either is taken by reading anew.
    """

    members: list[FileMember]
    switches: list[FileSwitch] = field(default_factory=list)
    groups: list[FileGroup] = field(default_factory=list)
    system: dict[str, Any] = field(default_factory=dict)
    hid: str | None = None
    created: int | None = None
    accounts: frozenset[int] = frozenset()
    remarks: tuple[str, ...] = ()
    left_out: tuple[str, ...] = ()
    uuid: bytes | None = None
    app: str = "PluralKit"
    exported_at: int | None = None
    first_system: dict[str, Any] = field(default_factory=dict)
    spans: list[FileSpan] = field(default_factory=list)
    archive: dict[str, list[Any]] = field(default_factory=dict)
    unknown: int = 0
    birthdays: int = 0
    # The archive as it is stored; reading packs it, since that takes longer than anybody may wait for.
    packed: Any = field(default=None, compare=False, repr=False)

    @property
    def is_public(self) -> bool:
        """Whether strangers could see members and fronts in the app that wrote the file."""
        return self.app in _PUBLIC_APPS


def quote(name: str) -> str:
    """A name in a sentence: on one line, and cut at 40 characters."""
    plain = " ".join(name.split())
    return f"“{plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + '…'}”"


def quote_some(names: Sequence[str]) -> str:
    """Up to ten names in a sentence, and how many there are beside."""
    shown = [quote(name) for name in names[:_MOST_NAMES]]
    beside = len(names) - len(shown)
    return ", ".join(shown) + (f" and {beside:,} more" if beside else "")


def get_objects(data: Mapping[str, Any], key: str) -> list[Any]:
    """What is listed under a key; null and nothing are none. Raises Invalid for what is no list."""
    listed = data.get(key)
    if listed is None:
        return []
    if not isinstance(listed, list):
        raise Invalid(f"The {key} in the file must be a list of objects.")
    return listed


def only_objects(listed: list[Any], what: str, left_out: LeftOut) -> list[dict[str, Any]]:
    """The objects of a list; what else is in it is left out. Raises Invalid where nothing remains."""
    found = [item for item in listed if isinstance(item, dict)]
    if listed and not found:
        raise Invalid(f"The {what}s in the file must be a list of objects.")
    for number, item in enumerate(listed, 1):
        if not isinstance(item, dict):
            left_out.add(f"{what.title()} {number:,}", "It is no object, and left out.")
    return found


def check_member_count(listed: list[Any]) -> None:
    """Refuse a file with more members than a system may have. Raises Invalid."""
    if len(listed) > members.MOST_MEMBERS:
        raise Invalid(f"A system has at most {members.MOST_MEMBERS:,} members; the file has {len(listed):,}.")


def get_groups(data: Mapping[str, Any], left_out: LeftOut) -> list[dict[str, Any]]:
    """The groups that are listed in a file; what else is in the list, and what is over 250, is left out."""
    listed = data.get("groups")
    if not isinstance(listed, list):
        if not says_nothing(listed):
            left_out.add("The file", "The groups must be a list of objects.")
        return []
    for number, item in enumerate(listed[: groups.MOST_GROUPS], 1):
        if not isinstance(item, dict):
            left_out.add(f"Group {number}", "It is no object, and left out.")
    if len(listed) > groups.MOST_GROUPS:
        told = f"A system has at most {groups.MOST_GROUPS}; the first of {len(listed):,} are taken."
        left_out.add("The groups", told)
    return [item for item in listed[: groups.MOST_GROUPS] if isinstance(item, dict)]


def name_member(data: Mapping[str, Any], number: int) -> str:
    """How a member of a file is named: by its name, else by its place, from 0."""
    return _name("Member", data, number)


def name_group(data: Mapping[str, Any], number: int) -> str:
    """The same of a group."""
    return _name("Group", data, number)


def read_member(
    data: Mapping[str, Any], number: int, given: Mapping[str, object], left_out: LeftOut
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """A member's name, values and first values, from its fields under our names.

    One without a name is called by its place in the file, and keeps the name that it has here.
    """
    given = {"name": data.get("name"), **given}
    values = left_out.read(name_member(data, number), given, members.read_changes, MEMBER_LENGTHS)
    return _with_name("Member", data, number, values, left_out)


def read_group(
    data: Mapping[str, Any], number: int, given: Mapping[str, object], left_out: LeftOut
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    """The same of a group."""
    given = {"name": data.get("name"), **given}
    values = left_out.read(name_group(data, number), given, groups.read_changes, GROUP_LENGTHS)
    return _with_name("Group", data, number, values, left_out)


def tell_tags(left_out: LeftOut) -> tuple[str, ...]:
    """What is said of proxy tags that are left out: one sentence, or none."""
    tags = left_out.tags
    said = f"{count(tags, 'proxy tag')} {'is' if tags == 1 else 'are'} left out: empty, or over 100 characters long."
    return (said,) if tags else ()


def count(number: int, what: str) -> str:
    """A number of things, in words for a person."""
    plural = f"{what}es" if what.endswith("ch") else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"


def tell_kinds(counts: Mapping[str, int]) -> str:
    """How many there are of each kind; called as their app calls them, in words: “boardMessages” are board messages."""
    return ", ".join(f"{_CAPITAL_WITHIN.sub(_split, kind)} ({number:,})" for kind, number in counts.items())


def _split(found: re.Match[str]) -> str:
    return f" {found[0].lower()}"


def read_count(name: str, value: object) -> int:
    """How many messages somebody sent. Raises Invalid."""
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_COUNT:
        raise Invalid(f"The {name} must be a number from 0 to {MOST_COUNT:,}.")
    return value


def read_past(name: str, value: object) -> int:
    """An instant in µs that lies at most a day ahead, since clocks differ; without a zone it is UTC. Raises Invalid."""
    if not isinstance(value, str):
        raise Invalid(f"The {name} must be a time like 2026-11-21T20:15:00Z.")
    at = timestamps.read_time(name, f"{value}Z" if _WITHOUT_ZONE.fullmatch(value) else value)
    # An offset may carry the year 1 to before it.
    if at < timestamps.EARLIEST_US:
        raise Invalid(f"The {name} is too long ago.")
    if at > timestamps.now_us() + DAY_US:
        raise Invalid(f"The {name} lies in the future.")
    return at


def find_past(value: object) -> int | None:
    """An instant in µs up to now; None where the file does not tell a possible one."""
    try:
        at = read_past("time", value)
    except Invalid:
        return None
    return at if at <= timestamps.now_us() else None


def _name(what: str, data: Mapping[str, Any], number: int) -> str:
    name = data.get("name")
    return f"{what} {quote(name) if isinstance(name, str) and name.strip() else number + 1}"


def _with_name(
    what: str, data: Mapping[str, Any], number: int, values: dict[str, Any], left_out: LeftOut
) -> tuple[str, dict[str, Any], dict[str, Any]]:
    if "name" in values:
        return values["name"], values, {}
    name = f"Unnamed {number + 1}"
    left_out.add(_name(what, data, number), f"The name is missing; a new {what.lower()} is called “{name}”.")
    return name, values, {"name": name}
