"""The history of a system's front, as its owner reads it: each front with its member, the latest first."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Member
from rules.parsing.timestamps import now_us
from rules.parsing.uuids import format_uuid
from rules.systems import systems
from rules.transfer.writing import fronts
from rules.transfer.writing.ids import make_id


@dataclass(frozen=True, slots=True)
class Entry:
    """One member's front; times are in µs, `end` None while it lasts, and `id` never changes."""

    id: str
    name: str
    hid: str
    start: int
    end: int | None
    status: str | None


@dataclass(frozen=True, slots=True)
class History:
    """All fronts of a system, the latest first, as they were at an instant (µs); `zone` is where its owner lives."""

    entries: list[Entry]
    zone: str
    title: str
    at: int


def read_history(session: Session, user_id: int) -> History:
    """The history of the user's own system. Raises NotAuthenticated without one."""
    system = systems.get_own_system(session, user_id)
    own = select(Member.id, Member.uuid, Member.name, Member.hid).where(Member.system_id == system.id)
    members = {number: (format_uuid(uuid), name, hid) for number, uuid, name, hid in session.execute(own)}
    joined = fronts.join(fronts.read_switches(session, system), fronts.read_spans(session, system))
    entries = [_show(front, *members[front.member_id]) for front in reversed(joined)]
    return History(entries, system.tz, system.name or "Front history", now_us())


def at_utc(microseconds: int) -> datetime:
    """An instant to the second, as programs for the desk have it."""
    return datetime.fromtimestamp(microseconds // 1_000_000, UTC)


def with_numbers(entries: list[Entry]) -> Iterator[tuple[Entry, int]]:
    """The entries, each with how many of one ID came before it."""
    seen: dict[str, int] = {}
    for entry in entries:
        yield entry, seen.get(entry.id, 0)
        seen[entry.id] = seen.get(entry.id, 0) + 1


def _show(front: fronts.Front, uuid: str, name: str, hid: str) -> Entry:
    # Not its end, so that a calendar knows it again when it has ended.
    own_id = make_id("front", uuid, front.start, front.source or "")
    return Entry(own_id, name, hid, front.start, front.end, front.status)
