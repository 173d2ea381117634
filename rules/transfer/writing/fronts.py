"""Who fronted from when to when: by what came as spans, and for all else by the switches."""

from collections import defaultdict, deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import FrontSpan, Import, Member, Switch, SwitchMember, System

# When (µs), and the numbers of those who front from then on, in order.
WrittenSwitch = tuple[int, list[int]]


@dataclass(frozen=True, slots=True)
class Front:
    """How long a member fronted, in µs; `end` is None while it lasts.

    `app` names the program in whose file it came so, with its `status` and its ID there; None where switches say it.
    """

    member_id: int
    start: int
    end: int | None
    status: str | None = None
    source: str | None = None
    app: str | None = None


def read_switches(session: Session, system: System) -> list[WrittenSwitch]:
    """All switches, the oldest first: rows and no objects, since there may be 100 000."""
    fronting = (
        select(SwitchMember.switch_id, SwitchMember.member_id)
        .join(Switch, Switch.id == SwitchMember.switch_id)
        .where(Switch.system_id == system.id)
        .order_by(SwitchMember.switch_id, SwitchMember.position)
    )
    members: dict[int, list[int]] = defaultdict(list)
    for switch_id, member_id in session.execute(fronting):
        members[switch_id].append(member_id)
    own = select(Switch.id, Switch.timestamp).where(Switch.system_id == system.id).order_by(Switch.timestamp)
    return [(at, members.get(number, [])) for number, at in session.execute(own)]


def read_spans(session: Session, system: System) -> list[Front]:
    """What came as spans, as it came, in the order of time."""
    rows = (
        select(FrontSpan, Import.app)
        .join(Import, Import.id == FrontSpan.import_id)
        .join(Member, Member.id == FrontSpan.member_id)
        .where(Import.system_id == system.id, Member.system_id == system.id)
        .order_by(FrontSpan.start, FrontSpan.id)
    )
    columns = (FrontSpan.member_id, FrontSpan.start, FrontSpan.end, FrontSpan.status, FrontSpan.source, Import.app)
    return [Front(*row) for row in session.execute(rows.with_only_columns(*columns))]


def fold(switches: Iterable[WrittenSwitch]) -> list[Front]:
    """How long each member fronted by the switches, from the first that has them to the first that has not."""
    begun: dict[int, int] = {}
    fronts = []
    for at, fronting in switches:
        now = set(fronting)
        for member in [member for member in begun if member not in now]:
            fronts.append(Front(member, begun.pop(member), at))
        for member in fronting:
            begun.setdefault(member, at)
    fronts += [Front(member, start, None) for member, start in begun.items()]
    return sorted(fronts, key=lambda front: front.start)


def join(switches: Sequence[WrittenSwitch], spans: Sequence[Front]) -> list[Front]:
    """The spans, and what the switches say beyond them, in the order of time; as `split`."""
    closed, beyond = split(switches, spans)
    return sorted([*closed, *beyond], key=lambda front: front.start)


def split(switches: Sequence[WrittenSwitch], spans: Sequence[Front]) -> tuple[list[Front], list[Front]]:
    """The spans, rising in their starts, and what the switches say beyond them.

    A span without an end lasts as long as its member fronts by the switches; where they do not say so at all, somebody
    has deleted them, and it goes.
    """
    told: defaultdict[int, list[Front]] = defaultdict(list)
    for front in fold(switches):
        told[front.member_id].append(front)
    rising = sorted(spans, key=lambda span: span.start)
    closed = [found for span in rising if (found := _close(span, told[span.member_id]))]
    covering: defaultdict[int, list[Front]] = defaultdict(list)
    for span in closed:
        covering[span.member_id].append(span)
    beyond = [piece for member, fronts in told.items() for piece in _subtract(fronts, covering[member])]
    return closed, beyond


def cut_by_switches(switches: Sequence[WrittenSwitch], fronts: Iterable[Front]) -> Iterator[list[Front]]:
    """What the switches say of these fronts, cut at each switch: together who fronts from and until the same instants.

    The fronts are as `split` gives what lies beyond spans; those who front come in the order of their switch.
    """
    waiting: defaultdict[int, deque[Front]] = defaultdict(deque)
    for front in fronts:
        waiting[front.member_id].append(front)
    for (at, members), until in zip(switches, [*(at for at, _ in switches[1:]), None], strict=False):
        together: defaultdict[tuple[int, int | None], list[Front]] = defaultdict(list)
        for member in members:
            for front in _take_until(waiting[member], until):
                start, end = max(front.start, at), _get_earlier(front.end, until)
                together[start, end].append(Front(member, start, end))
        yield from together.values()


def _take_until(fronts: deque[Front], until: int | None) -> Iterator[Front]:
    """Of one member's fronts those that begin before an instant; what ends by then is taken away."""
    while fronts and _is_before(fronts[0].start, until):
        yield fronts[0]
        if fronts[0].end is None or (until is not None and fronts[0].end > until):
            return
        fronts.popleft()


def _get_earlier(end: int | None, until: int | None) -> int | None:
    return until if end is None else end if until is None else min(end, until)


def _close(span: Front, told: Sequence[Front]) -> Front | None:
    if span.end is not None:
        return span
    around = (front for front in told if front.start <= span.start and _is_before(span.start, front.end))
    found = next(around, None)
    return found and replace(span, end=found.end)


def _subtract(fronts: Sequence[Front], spans: Sequence[Front]) -> Iterable[Front]:
    """What of these fronts of one member lies in none of the spans; both rise in their starts."""
    at, reached = 0, 0
    for front in fronts:
        start = front.start
        while at < len(spans) and _is_before(spans[at].start, front.end):
            if spans[at].start > max(start, reached):
                yield replace(front, start=max(start, reached), end=spans[at].start)
            if spans[at].end is None:
                return
            reached = max(reached, spans[at].end)
            at += 1
        if _is_before(max(start, reached), front.end):
            yield replace(front, start=max(start, reached))


def _is_before(instant: int, end: int | None) -> bool:
    return end is None or instant < end
