"""The fronts of a system as PluralPort's periods and events, with what other apps said beside them."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from typing import Any

from rules.parsing.timestamps import show_time
from rules.transfer.reading.loose_values import find_instant
from rules.transfer.writing.fronts import Front, WrittenSwitch, cut_by_switches, split
from rules.transfer.writing.ids import Ids, is_of_pluralport, make_ref
from rules.transfer.writing.theirs import Record

_PERIODS = "front_periods"
# How it is told that switches alone say so: such a period is read as a part of the events.
_OF_SPANS, _OF_SWITCHES = "interval", "event_pair"


def write_events(
    switches: Sequence[WrittenSwitch], ids: Ids, theirs: Iterable[Any]
) -> tuple[list[Record], list[Record]]:
    """Each switch as an event, with what a file said beside it; and those of theirs that stand at no switch."""
    said = {at: event for event in theirs if isinstance(event, dict) and (at := find_instant(event.get("at")))}
    named = ((at, [ids.members[one] for one in members]) for at, members in switches)
    events = [_write_event(at, members, ids, said.pop(at, {})) for at, members in named]
    return events, list(said.values())


def write_periods(
    switches: Sequence[WrittenSwitch], spans: Sequence[Front], ids: Ids, theirs: Iterable[Any]
) -> tuple[list[Record], list[Front]]:
    """From when to when each member fronted: what came so, as it came; and what only the switches say beyond that.

    Of `theirs`, periods that say more than we hold, all is written.
    """
    whole = [one for one in theirs if isinstance(one, dict)]
    written = {f"{_PERIODS}:{one.get('id')}" for one in whole}
    others = [span for span in spans if not (is_of_pluralport(span.app or "") and span.source in written)]
    members = {own_id: number for number, own_id in ids.members.items()}
    read = [front for place, one in enumerate(whole) for front in _read_theirs(place, one, members)]
    closed, beyond = split(switches, [*others, *read])
    ends = {int(front.source): front.end for front in closed if front.app == ""}
    came = [_close(one, ends[place]) for place, one in enumerate(whole) if place in ends]
    came += [one for place, one in enumerate(whole) if place not in ends and not _is_known(one, members)]
    came += _write_spans([front for front in closed if front.app != ""], ids, {one.get("id") for one in whole})
    return came, beyond


def write_beyond(switches: Sequence[WrittenSwitch], fronts: Iterable[Front], ids: Ids) -> Iterator[Record]:
    """What only the switches say, as periods from one switch to the next, of all who front there together.

    So do PluralKit's converters; a reader that takes periods and events finds the same fronts twice, and no others.
    """
    for rows in cut_by_switches(switches, fronts):
        members = [ids.members[row.member_id] for row in rows]
        yield _write_period(ids.of("front", rows[0].start, *members), rows, ids)


def sort_periods(periods: Iterable[Record]) -> list[Record]:
    """Periods in the order of their starts."""
    return sorted(periods, key=lambda one: (str(one.get("started_at")), str(one.get("id"))))


def _write_event(at: int, members: Sequence[str], ids: Ids, said: Mapping[str, Any]) -> Record:
    event = {"id": ids.of("event", at), "system_id": ids.system, **said, "at": show_time(at)}
    theirs = said.get("assignments")
    listed = [one for one in theirs if isinstance(one, dict)] if isinstance(theirs, list) else []
    here = [own_id for one in listed if (own_id := one.get("member_id")) in members]
    # What it says of each holds as long as the same front in the same order.
    is_same = bool(listed) and here == list(members)
    return {**event, "assignments": listed if is_same else _assign(members)}


def _read_theirs(place: int, period: Mapping[str, Any], members: Mapping[str, int]) -> Iterable[Front]:
    """Whose fronts a period is, by its place; none where its times are no times."""
    start, end = (find_instant(period.get(key)) for key in ("started_at", "ended_at"))
    if start is None or (end is None) != (period.get("ended_at") is None):
        return
    for number in _find_members(period, members):
        yield Front(number, start, end, None, str(place), "")


def _find_members(period: Mapping[str, Any], members: Mapping[str, int]) -> list[int]:
    listed = period.get("assignments")
    named = (one.get("member_id") for one in listed if isinstance(one, dict)) if isinstance(listed, list) else ()
    return [members[own_id] for own_id in named if isinstance(own_id, str) and own_id in members]


def _is_known(period: Mapping[str, Any], members: Mapping[str, int]) -> bool:
    """Whether it was open, of members who are here: then nobody fronts so by any switch."""
    return period.get("ended_at") is None and bool(_find_members(period, members))


def _close(period: Record, end: int | None) -> Record:
    is_open = period.get("ended_at") is None
    return {**period, "ended_at": show_time(end)} if is_open and end is not None else period


def _write_spans(spans: Iterable[Front], ids: Ids, used: set[Any]) -> list[Record]:
    """Spans that came in files, those of one row of a file as one period."""
    together: defaultdict[tuple[Any, ...], list[Front]] = defaultdict(list)
    for span in spans:
        own = None if span.source else span.member_id
        together[span.app, span.source, span.start, span.end, span.status, own].append(span)
    periods = []
    for rows in together.values():
        own_id = _name_span(rows, ids, used)
        used.add(own_id)
        periods.append(_write_period(own_id, rows, ids))
    return periods


def _name_span(rows: Sequence[Front], ids: Ids, used: set[Any]) -> str:
    first = rows[0]
    if first.source and is_of_pluralport(first.app or ""):
        own_id = first.source.removeprefix(f"{_PERIODS}:")
        if own_id not in used:
            return own_id
    whose = first.source or ids.members[first.member_id]
    return ids.of("span", first.app, whose, first.start, first.end, first.status)


def _write_period(own_id: str, rows: Sequence[Front], ids: Ids) -> Record:
    first = rows[0]
    period = {
        "id": own_id,
        "system_id": ids.system,
        "started_at": show_time(first.start),
        "ended_at": None if first.end is None else show_time(first.end),
        "assignments": _assign([ids.members[row.member_id] for row in rows]),
        "source_kind": _OF_SPANS if first.app else _OF_SWITCHES,
    }
    if first.status:
        period["status"] = first.status
    if first.app and first.source and not is_of_pluralport(first.app):
        period["source_refs"] = [make_ref(first.app, first.source)]
    return period


def _assign(members: Iterable[str]) -> list[Record]:
    return [{"member_id": member, "front_role": "member"} for member in members]
