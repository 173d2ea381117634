"""What a file to import says, read and checked, whichever program wrote it."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from rules.errors import Invalid
from rules.parsing import timestamps
from rules.systems import members

MOST_BYTES = 32 * 1024 * 1024
MOST_SWITCHES = 100_000
MOST_COUNT = 2**31 - 1
DAY_US = 24 * 3600 * 1_000_000
_SHOWN = 40
# When (µs), and the places of its members in the file.
FileSwitch = tuple[int, tuple[int, ...]]


@dataclass(frozen=True, slots=True)
class FileMember:
    """A member in a file; `values` go into any member that it is, `first_values` only into a new one.

    Both are as they are stored. `created` is in µs, and None when the file does not say or lies ahead.
    """

    name: str
    values: dict[str, Any]
    first_values: dict[str, Any]
    hid: str | None = None
    created: int | None = None


@dataclass(frozen=True, slots=True)
class File:
    """A whole file; `hid` is its system's ID. Switches rise in time (µs), and name members by their place."""

    members: list[FileMember]
    switches: list[FileSwitch] = field(default_factory=list)
    system: dict[str, Any] = field(default_factory=dict)
    hid: str | None = None
    created: int | None = None
    accounts: frozenset[int] = frozenset()
    left_out: tuple[str, ...] = ()


@contextmanager
def naming(whose: str) -> Iterator[None]:
    """Let a refusal say whose field it is about."""
    try:
        yield
    except Invalid as refused:
        raise Invalid(f"{whose}: {refused.sentence[0].lower()}{refused.sentence[1:]}") from None


def quote(name: str) -> str:
    """A name in a sentence: on one line, and cut at 40 characters."""
    plain = " ".join(name.split())
    return f"“{plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + '…'}”"


def get_objects(data: Mapping[str, Any], key: str) -> list[dict[str, Any]]:
    """The objects listed under a key; null and nothing are none. Raises Invalid."""
    listed = data.get(key)
    if listed is None:
        return []
    if not isinstance(listed, list) or not all(isinstance(item, dict) for item in listed):
        raise Invalid(f"The {key} in the file must be a list of objects.")
    return listed


def check_member_count(listed: list[Any]) -> None:
    """Refuse a file with more members than a system may have. Raises Invalid."""
    if len(listed) > members.MOST_MEMBERS:
        raise Invalid(f"A system has at most {members.MOST_MEMBERS:,} members; the file has {len(listed):,}.")


def name_member(data: Mapping[str, Any], key: str, number: int) -> str:
    """How a refusal names a member of a file: by its name under `key`, else by its place, from 0."""
    name = data.get(key)
    return f"Member {quote(name) if isinstance(name, str) and name.strip() else number + 1}"


def read_values(changes: Mapping[str, object]) -> dict[str, Any]:
    """A member's fields as they are stored, without `prefix`, `suffix` and `privacy`. Raises Invalid."""
    values = members.read_changes(changes)
    if "proxy_tags" in values:
        values["proxy_tags"] = members.dump_tags(values["proxy_tags"])
    return values


def is_usable_tag(tag: object) -> bool:
    """False for a proxy tag without text and for one with a side of over 100 code points, which are left out."""
    # Nothing is left out in silence but what is named: anything else is refused when it is read.
    if not isinstance(tag, dict):
        return True
    sides = [side for side in (tag.get("prefix"), tag.get("suffix")) if side is not None and side != ""]
    return bool(sides) and all(not isinstance(side, str) or len(side) <= members.TAG_LENGTH for side in sides)


def tell_unusable(tags: int) -> tuple[str, ...]:
    """What is said of proxy tags that are left out: one sentence, or none."""
    said = f"{count(tags, 'proxy tag')} {'is' if tags == 1 else 'are'} left out: empty, or over 100 characters long."
    return (said,) if tags else ()


def count(number: int, what: str) -> str:
    """A number of things, in words for a person."""
    plural = f"{what}es" if what.endswith("ch") else f"{what}s"
    return f"{number:,} {what if number == 1 else plural}"


def read_count(name: str, value: object) -> int:
    """How many messages somebody sent; null is 0. Raises Invalid."""
    if value is None:
        return 0
    if not isinstance(value, int) or isinstance(value, bool) or not 0 <= value <= MOST_COUNT:
        raise Invalid(f"The {name} must be a number from 0 to {MOST_COUNT:,}.")
    return value


def read_past(name: str, value: object) -> int:
    """An instant in µs that lies at most a day ahead, since clocks differ. Raises Invalid."""
    if not isinstance(value, str):
        raise Invalid(f"The {name} must be a time like 2026-11-21T20:15:00Z.")
    at = timestamps.read_time(name, value)
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
