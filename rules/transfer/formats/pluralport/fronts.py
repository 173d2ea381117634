"""Who fronted, in a PluralPort file: periods with their members, and events, which say who fronts from then on."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from rules.fronting.switches import MOST_FRONTERS
from rules.transfer.formats.pluralport.records import keep_rest, take_records, take_without_secrets
from rules.transfer.formats.spans import make_switches
from rules.transfer.import_file import FileSpan, FileSwitch
from rules.transfer.left_out import LeftOut
from rules.transfer.reading.front_rows import FrontRows
from rules.transfer.reading.loose_values import find_age, find_id, find_instant, make_source
from rules.transfer.reading.tally import Tally

_PERIODS = "front_periods"
# Programs round: a period may begin a second before the event that it was made of.
_NEAR_US = 1_000_000
_PERIOD_TAKEN = frozenset(("id", "system_id", "started_at", "ended_at", "assignments", "status", "source_kind"))
_EVENT_TAKEN = frozenset(("id", "system_id", "at", "assignments"))
_ASSIGNMENT_TAKEN = frozenset(("member_id", "front_role"))
_PLAIN_ROLES = ("member", "primary", None)


@dataclass(frozen=True, slots=True)
class Fronts:
    """The switches, the spans that they are made of, if they are, and the records that are kept whole."""

    switches: list[FileSwitch]
    spans: list[FileSpan] = field(default_factory=list)
    kept: dict[str, list[Any]] = field(default_factory=dict)


def read_fronts(data: dict[str, Any], members: Mapping[str, int], left_out: LeftOut, tally: Tally) -> Fronts:
    """What the periods and events of a file say, taken out of it; `members` are its members' places by their IDs.

    Events are switches, one for one. Where they say all that the periods say, they alone count, and of the periods
    those stay beside them that an app keeps so; else both are joined.
    """
    rows, intervals = FrontRows(members, tally), []
    for period in take_records(data, _PERIODS, left_out):
        before = len(rows.spans)
        _read_period(period, rows)
        intervals += rows.spans[before:] if period.get("source_kind") == "interval" else []
    switches, events = _read_events(take_records(data, "front_events", left_out), members, tally)
    kept = {_PERIODS: take_without_secrets(rows.kept[_PERIODS]), "front_events": take_without_secrets(events)}
    told = _fold(switches)
    if switches and _covers(told, rows.spans):
        return Fronts(switches, intervals, kept)
    return Fronts(make_switches([*rows.spans, *told], left_out), rows.spans, kept)


def _read_period(period: Mapping[str, Any], rows: FrontRows) -> None:
    source = make_source(_PERIODS, find_id(period.get("id")))
    assigned = _get_assignments(period)
    times, is_open = (period.get("started_at"), period.get("ended_at")), period.get("ended_at") is None
    for member in dict.fromkeys(find_id(one.get("member_id")) for one in assigned):
        rows.add(_PERIODS, period, member, times, is_open, period.get("status"), source)
    if not assigned or keep_rest(period, _PERIOD_TAKEN) or not _are_plain(assigned):
        rows.keep(_PERIODS, period)


def _read_events(
    events: Iterable[Mapping[str, Any]], members: Mapping[str, int], tally: Tally
) -> tuple[list[FileSwitch], list[Any]]:
    """The switches, rising in time, each of those at one instant 1 µs after the one before; and the records to keep."""
    switches, kept = [], []
    for event in events:
        at = find_instant(event.get("at"))
        wrong = "without_start" if at is None else find_age(at)
        fronting, is_whole = _find_fronting(event, members, tally)
        if wrong:
            tally[wrong] += 1
        else:
            switches.append((at, fronting))
        if wrong or not is_whole:
            kept.append(event)
    risen, latest = [], None
    for at, fronting in sorted(switches, key=lambda switch: switch[0]):
        latest = at if latest is None else max(at, latest + 1)
        risen.append((latest, fronting))
    return risen, kept


def _find_fronting(event: Mapping[str, Any], members: Mapping[str, int], tally: Tally) -> tuple[tuple[int, ...], bool]:
    """Who fronts from an event on, by place; and whether that is all that it says."""
    assigned = _get_assignments(event)
    found = [members.get(find_id(one.get("member_id")) or "") for one in assigned]
    tally["unknown_fronters"] += found.count(None)
    fronting = tuple(dict.fromkeys(number for number in found if number is not None))
    is_whole = None not in found and len(fronting) <= MOST_FRONTERS and not keep_rest(event, _EVENT_TAKEN)
    return fronting[:MOST_FRONTERS], is_whole and _are_plain(assigned)


def _get_assignments(record: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Who is named in a record, the primary one first."""
    listed = record.get("assignments")
    found = [one for one in listed if isinstance(one, dict)] if isinstance(listed, list) else []
    return sorted(found, key=lambda one: one.get("front_role") != "primary")


def _are_plain(assigned: Sequence[Mapping[str, Any]]) -> bool:
    return not any(keep_rest(one, _ASSIGNMENT_TAKEN) or one.get("front_role") not in _PLAIN_ROLES for one in assigned)


def _fold(switches: Sequence[FileSwitch]) -> list[FileSpan]:
    """How long each member fronted by the switches, from the first that has it to the first that has not."""
    begun: dict[int, int] = {}
    spans = []
    for at, fronting in switches:
        for number in begun.keys() - set(fronting):
            spans.append(FileSpan(number, begun.pop(number), at))
        for number in fronting:
            begun.setdefault(number, at)
    return [*spans, *(FileSpan(number, start) for number, start in begun.items())]


def _covers(told: Sequence[FileSpan], spans: Sequence[FileSpan]) -> bool:
    """Whether each of the spans lies within one that is told, but for what programs round."""
    by_member: dict[int, list[FileSpan]] = {}
    for span in sorted(told, key=lambda span: span.start):
        by_member.setdefault(span.member, []).append(span)
    # Both in the order of time: one pass, however many there are.
    places = dict.fromkeys(by_member, 0)
    for span in sorted(spans, key=lambda span: span.start):
        listed = by_member.get(span.member)
        if not listed:
            return False
        at = places[span.member]
        while at + 1 < len(listed) and listed[at + 1].start <= span.start + _NEAR_US:
            at += 1
        places[span.member] = at
        if not _is_within(span, listed[at]):
            return False
    return True


def _is_within(span: FileSpan, told: FileSpan) -> bool:
    if told.start > span.start + _NEAR_US:
        return False
    return told.end is None or (span.end is not None and span.end <= told.end + _NEAR_US)
