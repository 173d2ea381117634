"""Which of a file's switches and fronts would be new, and whether they would come among others."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FrontSpan, Import, Member, Switch, System
from rules.transfer.import_file import File, FileSwitch, count
from rules.transfer.known_switches import find_known

_AT_ONCE = 1000


@dataclass(frozen=True, slots=True)
class Overlap:
    """That new switches of a file would come among those that are there.

    `new` ones from `since` to `until`, of which `before` are from before the first that is there; and `own` ones in
    that time, of a log from `own_since` to `own_until`. Times are in µs.
    """

    new: int
    before: int
    since: int
    until: int
    own: int
    own_since: int
    own_until: int

    @property
    def sentence(self) -> str:
        """One finished line for a person."""
        own = f"{count(self.own, 'switch')} of its own in that time"
        return (
            f"The file's new switches are from {_show_days(self.since, self.until)}; your log, which is from"
            f" {_show_days(self.own_since, self.own_until)}, has {own}: both would mix. {self.before:,} of the file's"
            f" {self.new:,} are from before your first."
        )


@dataclass(frozen=True, slots=True)
class SwitchPlan:
    """The switches of a file that would be `new`, how many are `known`, and how many fronts would be kept beside."""

    new: list[FileSwitch]
    known: int
    new_spans: int
    overlap: Overlap | None


def plan_switches(session: Session, system: System | None, file: File, members: Sequence[Member | None]) -> SwitchPlan:
    """What of a file's switches and spans is new to a system, where its members are these."""
    if not system:
        return SwitchPlan(file.switches, 0, len(file.spans), None)
    rows = {place: member.id for place, member in enumerate(members) if member}
    claimed: set[int] = set()
    new = []
    for start in range(0, len(file.switches), _AT_ONCE):
        chunk = file.switches[start : start + _AT_ONCE]
        known = find_known(session, system.id, chunk, rows, claimed)
        new += [switch for place, switch in enumerate(chunk) if place not in known]
    overlap = _find_overlap(session, system, new, claimed)
    return SwitchPlan(new, len(file.switches) - len(new), _count_spans(session, system, file, rows), overlap)


def show_day(at: int) -> str:
    """The day of an instant in µs, in UTC."""
    return datetime.fromtimestamp(at / 1_000_000, UTC).strftime("%Y-%m-%d")


def _find_overlap(session: Session, system: System, new: list[FileSwitch], claimed: set[int]) -> Overlap | None:
    if not new:
        return None
    rows = session.execute(select(Switch.timestamp, Switch.id).where(Switch.system_id == system.id)).all()
    own = sorted(at for at, number in rows if number not in claimed)
    first, last = new[0][0], new[-1][0]
    if not own or first > own[-1] or last < own[0]:
        return None
    earliest = min(at for at, _ in rows)
    return Overlap(
        new=len(new),
        before=sum(at < earliest for at, _ in new),
        since=first,
        until=last,
        own=sum(first <= at <= last for at in own),
        own_since=own[0],
        own_until=own[-1],
    )


def _show_days(since: int, until: int) -> str:
    return f"{show_day(since)} to {show_day(until)}"


def _count_spans(session: Session, system: System, file: File, rows: dict[int, int]) -> int:
    if not file.spans:
        return 0
    imports = select(Import.id).where(Import.system_id == system.id)
    columns = (FrontSpan.member_id, FrontSpan.start, FrontSpan.end, FrontSpan.status, FrontSpan.source)
    known = {tuple(row) for row in session.execute(select(*columns).where(FrontSpan.import_id.in_(imports)))}
    return sum(
        (rows.get(span.member), span.start, span.end, span.status, span.source) not in known for span in file.spans
    )
