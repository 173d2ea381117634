"""A second reader of PluralPort 0.1, written from the format's rules by somebody who had not seen ours.

It shares nothing with `rules/transfer`. It reads leniently, and lists everything that a stricter program would stumble
over; what it lists of a file of ours is a fault of our writer.
"""

import hashlib
import re
from base64 import b64decode
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta

from tests.rules.transfer.second_reader.bundle import Unreadable, load_document, unzip
from tests.rules.transfer.second_reader.tables import (
    APPS,
    BIRTHDAYS,
    ENVELOPE,
    FORMS,
    KEYS,
    MAGIC,
    MODULES,
    RECORDS,
    ROLES,
    ROOTS,
    TYPES,
    VISIBILITY,
)

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
TEXTS = {str, type(None)}


@dataclass
class Read:
    """A file, as plain records by their kind, and everything in it that breaks a rule."""

    document: dict
    records: dict = field(default_factory=dict)
    problems: list = field(default_factory=list)
    pictures: dict = field(default_factory=dict)

    def named(self, kind):
        """The records of a kind by id."""
        return {record.get("id"): record for record in self.records[kind]}

    def switches(self):
        """Instants in µs, each with the ids of who fronts from then on; from the events where there are any."""
        if events := self.records["front_events"]:
            moments = [(read_time(event["at"]), _ids(event)) for event in events]
            return sorted(moments, key=lambda moment: moment[0])
        return _cut(self.periods())

    def periods(self):
        """(start, end or None, id) of everybody in every period, in the file's order."""
        rows = self.records["front_periods"]
        times = [(read_time(row["started_at"]), row.get("ended_at") and read_time(row["ended_at"])) for row in rows]
        known = self.named("members")
        return [(*time, one) for time, row in zip(times, rows, strict=True) for one in _ids(row) if one in known]


def read(data):
    """Read the bytes of a bundle or of a lone document; raises Unreadable."""
    entries, problems = unzip(data) if data[:2] == b"PK" else ({}, ["no bundle"])
    roots = [load_document(entries[name]) for name in ROOTS if name in entries] if entries else [load_document(data)]
    if not roots or any(root != roots[0] for root in roots):
        raise Unreadable("no root, or two that differ")
    problems += [f"no {name}" for name in ROOTS if entries and name not in entries]
    found = Read(roots[0], {kind: _list(roots[0], kind) for kind in RECORDS}, problems)
    _check_envelope(found.document, problems)
    ids = {kind: {record.get("id") for record in rows} for kind, rows in found.records.items()}
    for kind, rows in found.records.items():
        problems += [f"{kind} share an id"] * (len({str(row.get("id")) for row in rows}) < len(rows))
        for number, row in enumerate(rows):
            problems += [f"{kind}[{number}] {what}" for what in _check_record(row, RECORDS[kind], ids)]
    _check_circles(found, "groups", "parent_group_id")
    _check_circles(found, "systems", "parent_system_id")
    _check_subjects(found, ids)
    _check_fronts(found)
    _read_pictures(found, entries)
    return found


def read_time(text):
    """An instant in µs."""
    return round((datetime.fromisoformat(text) - EPOCH) / timedelta(microseconds=1))


def fold(switches):
    """From which instant until which (None: still) each member fronted, by id."""
    spans, since = {}, {}
    for at, ids in switches:
        for one in since.keys() - set(ids):
            spans.setdefault(one, []).append((since.pop(one), at))
        for one in ids:
            since.setdefault(one, at)
    for one, at in since.items():
        spans.setdefault(one, []).append((at, None))
    return spans


def union(periods):
    """The same from periods: those of one member that overlap or touch are one."""
    spans = {}
    for start, end, one in sorted(periods, key=lambda row: row[0]):
        mine = spans.setdefault(one, [])
        if mine and (mine[-1][1] is None or start <= mine[-1][1]):
            last = mine.pop()
            start, end = last[0], None if None in (end, last[1]) else max(end, last[1])
        mine.append((start, end))
    return spans


def _cut(periods):
    moments = sorted({at for start, end, _ in periods for at in (start, end) if at is not None})
    fronting, switches = [], []
    for at in moments:
        here = {one for start, end, one in periods if start <= at and (end is None or at < end)}
        now = [one for one in fronting if one in here]
        now += dict.fromkeys(one for start, _, one in sorted(periods, key=lambda row: row[0]) if one in here - set(now))
        if now != fronting:
            switches.append((at, now))
        fronting = now
    return switches


def _list(document, kind):
    above, _, key = kind.rpartition(".")
    rows = ((document.get(above) or {}) if above else document).get(key, [])
    if not isinstance(rows, list) or not all(isinstance(row, dict) for row in rows):
        raise Unreadable(f"{kind} is no list of records")
    return rows


def _check_envelope(document, problems):
    problems += [f"no {key}" for key in KEYS if key not in document]
    problems += [f"{key} is no key of the format" for key in document.keys() - ENVELOPE]
    producer, warnings = document.get("producer", {}), document.get("warnings", [])
    for key in ("app", "app_id", "app_version", "exporter_version"):
        problems += [f"producer has no {key}"] * (not isinstance(producer.get(key), str) or not producer[key])
    problems += ["exported_at is no UTC time"] * (not _is("time", document.get("exported_at")))
    modules = document.get("capabilities", {}).get("modules")
    problems += ["strange modules"] * (not isinstance(modules, list) or bool(set(modules) - MODULES))
    problems += ["no system"] * (not document.get("systems"))
    for warning in warnings:
        wrong = not _is("level", warning.get("level")) or {"code", "message"} - warning.keys()
        problems += ["a warning lacks what it must have"] * bool(wrong)
    problems += _check_extensions(document.get("extensions", {}))


def _check_record(record, spec, ids):
    known = {"source_refs", "extensions"}
    for part in spec.split():
        name, _, kind = part.partition(":")
        key = name.rstrip("*")
        known.add(key)
        if record.get(key) is None:
            if name.endswith("*"):
                yield f"has no {key}"
        elif kind.startswith(">"):
            if not isinstance(record[key], str) or record[key] not in ids[kind[1:]]:
                yield f"{key} names nobody"
        elif kind in STRUCTURES:
            yield from (f"{key} {what}" for what in STRUCTURES[kind](record[key], ids))
        elif not _is(kind, record[key]):
            yield f"{key} is no {kind}"
    yield from (f"{key} is no key of the format" for key in record.keys() - known)
    yield from ["has no id"] * (record.get("id") == "")
    yield from _check_extensions(record.get("extensions", {}))
    for ref in record.get("source_refs", []):
        if any(not isinstance(ref.get(key), str) or not ref[key] for key in ("app", "collection", "id")):
            yield "a source_ref lacks what it must have"


def _check_extensions(extensions):
    wrong = [
        app for app, data in extensions.items() if ("." not in app and app not in APPS) or not isinstance(data, dict)
    ]
    return [f"extensions.{app} is no app's object" for app in wrong]


def _check_privacy(privacy, _ids):
    if not isinstance(privacy, dict) or privacy.get("visibility") not in VISIBILITY:
        yield "is no privacy"


def _check_birthday(birthday, _ids):
    value, precision = (
        (birthday.get("value"), birthday.get("precision")) if isinstance(birthday, dict) else (None, None)
    )
    if not isinstance(value, str) or not re.fullmatch(BIRTHDAYS.get(precision, "(?!)"), value):
        yield "is no birthday"
    elif precision in ("day", "month_day") and not _is_day(value.replace("--", "2000-")):
        yield "is no day"


def _is_day(text):
    try:
        return bool(date.fromisoformat(text))
    except ValueError:
        return False


def _check_tags(tags, _ids):
    if not isinstance(tags, list) or any({type(tag.get(end)) for end in ("prefix", "suffix")} - TEXTS for tag in tags):
        yield "are no tags"


def _check_assignments(assignments, ids):
    fronting = [one.get("member_id") for one in assignments]
    if any(one not in ids["members"] for one in fronting):
        yield "name nobody"
    if len(set(fronting)) < len(fronting):
        yield "name one twice"
    if any(one.get("front_role") not in ROLES for one in assignments):
        yield "have a strange role"


STRUCTURES = {
    "privacy": _check_privacy,
    "birthday": _check_birthday,
    "tags": _check_tags,
    "assignments": _check_assignments,
}


def _check_circles(found, kind, parent):
    above = {row.get("id"): row.get(parent) for row in found.records[kind]}
    for start in above:
        seen, at = set(), start
        while at is not None and at not in seen:
            seen.add(at)
            at = above.get(at)
        found.problems += [f"{kind} go in a circle"] * (at is not None)


def _check_subjects(found, ids):
    for kind in ("taxonomy_assignments", "custom_field_values"):
        for row in found.records[kind]:
            among = ids.get(f"{row.get('subject_type')}s")
            found.problems += [f"{kind} name nobody"] * (among is not None and row.get("subject_id") not in among)
    for note in found.records["notes"]:
        authors, pictures = set(note.get("author_member_ids") or ()), set(note.get("attachment_asset_ids") or ())
        found.problems += ["a note names nobody"] * bool(authors - ids["members"] or pictures - ids["assets"])


def _check_fronts(found):
    for row in found.records["front_periods"]:
        found.problems += ["a period of nobody"] * (not row["assignments"])
        ends = row.get("ended_at")
        found.problems += ["a period ends before it starts"] * bool(
            ends and read_time(ends) < read_time(row["started_at"])
        )
    times = [event["at"] for event in found.records["front_events"]]
    found.problems += ["two events at one instant"] * (len({read_time(at) for at in times}) < len(times))
    if found.records["front_periods"] and times and union(found.periods()) != fold(found.switches()):
        found.problems.append("events and periods tell two stories")


def _read_pictures(found, entries):
    named = set()
    for asset in found.records["assets"]:
        inline = asset.get("data_base64") or (asset.get("data_uri") or "").partition(";base64,")[2]
        paths = {asset.get("bundle_path"), (asset.get("extensions") or {}).get("sheaf", {}).get("bundle_path")} - {None}
        named |= paths
        found.problems += [f"an asset names {path}, which is not there" for path in paths - entries.keys()]
        content = b64decode(inline) if inline else next((entries[path] for path in paths & entries.keys()), None)
        if content is None:
            if not paths and not re.match(r"https?://", asset.get("uri") or ""):
                found.problems.append("an asset without a picture")
            continue
        found.pictures[asset["id"]] = content
        told = (asset.get("size_bytes", len(content)), asset.get("sha256", hashlib.sha256(content).hexdigest()))
        if told != (len(content), hashlib.sha256(content).hexdigest()):
            found.problems.append("a size or a sum does not hold")
        if not content.startswith(MAGIC.get(asset.get("mime_type"), b"")):
            found.problems.append(f"a picture is no {asset['mime_type']}")
    found.problems += [f"nobody names {name}" for name in entries.keys() - named - {*ROOTS, "README.txt"}]


def _ids(row):
    """Who fronts, the primary one first."""
    return [one.get("member_id") for one in sorted(row["assignments"], key=lambda a: a.get("front_role") != "primary")]


def _is(kind, value):
    if kind in TYPES:
        return isinstance(value, TYPES[kind]) and (kind == "bool" or not isinstance(value, bool) or kind == "any")
    if not isinstance(value, str) or not re.fullmatch(FORMS[kind], value):
        return False
    try:
        return kind != "time" or bool(datetime.fromisoformat(value))
    except ValueError:
        return False
