"""What is kept aside of other apps' files, as it goes out again: PluralPort's under its own keys, all else whole."""

import json
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Import, ImportSource, System
from rules.parsing.timestamps import show_time
from rules.transfer.formats.pluralport.records import OWN_APP
from rules.transfer.formats.pluralport.system import find_system
from rules.transfer.left_out import LeftOut
from rules.transfer.past_imports import archive
from rules.transfer.writing import simply_plural_things
from rules.transfer.writing.ids import Ids, is_of_pluralport, make_ref, name_app

Record = dict[str, Any]
# The kinds and rows of what an import brought, by their kinds and IDs there.
Known = Mapping[tuple[str, str], tuple[str, int]]
LISTS = (
    *("systems", "members", "groups", "group_memberships", "taxonomy_terms", "taxonomy_assignments", "custom_fields"),
    *("custom_field_values", "front_periods", "front_events", "front_comments", "notes", "assets"),
)
OBJECTS = ("chat", "boards", "relationships", "polls")
_ARCHIVES = "archives"
_KINDS = ("member", "group")
# These name things of their own apps.
_THEIR_OWN = ("extensions", "source_refs", "source", "id", "value")


@dataclass(slots=True)
class Theirs:
    """What other apps' files said beside what has a place here; members and groups by the numbers of their rows.

    `lists` and `objects` are PluralPort's own, `rest` what else stood at the top of a file; `archives` are of other
    formats, and what two files say differently. `refs` are where members, groups and the system (0) came from.
    """

    members: defaultdict[int, Record] = field(default_factory=lambda: defaultdict(dict))
    groups: defaultdict[int, Record] = field(default_factory=lambda: defaultdict(dict))
    system: Record = field(default_factory=dict)
    lists: defaultdict[str, list[Any]] = field(default_factory=lambda: defaultdict(list))
    objects: dict[str, Record] = field(default_factory=dict)
    rest: Record = field(default_factory=dict)
    extensions: Record = field(default_factory=dict)
    warnings: list[Any] = field(default_factory=list)
    archives: list[Record] = field(default_factory=list)
    refs: defaultdict[tuple[str, int], list[Record]] = field(default_factory=lambda: defaultdict(list))


def collect(session: Session, user_id: int, system: System, ids: Ids) -> Theirs:
    """All of it for a system's owner, from the first import to the last."""
    found = Theirs()
    known = _read_sources(session, system, found)
    kept = select(Import.id).where(Import.system_id == system.id, Import.archive_bytes > 0).order_by(Import.id)
    for number in session.scalars(kept).all():
        one = archive.get_archive(session, user_id, number)
        if is_of_pluralport(one["app"]):
            _Joining(found, ids, known[number]).add(one)
        else:
            _add_foreign(found, one, ids, known[number])
    return found


def _read_sources(
    session: Session, system: System, found: Theirs
) -> defaultdict[int, dict[tuple[str, str], tuple[str, int]]]:
    """The kinds and rows of what each import brought, by their kinds and IDs there."""
    rows = (
        select(ImportSource, Import.app)
        .join(Import, Import.id == ImportSource.import_id)
        .where(Import.system_id == system.id, ImportSource.source.is_not(None))
        .order_by(ImportSource.import_id, ImportSource.place)
    )
    known: defaultdict[int, dict[tuple[str, str], tuple[str, int]]] = defaultdict(dict)
    for row, app in session.execute(rows):
        number = row.member_id or row.group_id
        ref = make_ref(app, row.source)
        known[row.import_id][row.kind, ref["id"]] = row.kind, number
        refs = found.refs[row.kind, number]
        refs += [] if ref in refs else [ref]
    return known


def _add_foreign(found: Theirs, one: Record, ids: Ids, known: Known) -> None:
    """An archive of another format: beside its members and groups what is kept of each, and the rest whole."""
    if one["app"] == simply_plural_things.APP:
        _add_simply_plural(found, one, ids, known)
    app = name_app(one["app"])
    for rows, section in ((found.members, "members"), (found.groups, "groups")):
        for number, kept in one[section].items():
            extensions = rows[number].setdefault("extensions", {})
            extensions[app] = {**extensions.get(app, {}), **kept}
    if one["things"]:
        _add_archive(found, one, one["things"])


def _add_simply_plural(found: Theirs, one: Record, ids: Ids, known: Known) -> None:
    members = {own_id: ids.members[number] for (kind, own_id), (_, number) in known.items() if kind == _KINDS[0]}
    details = {ids.members[number]: kept for number, kept in one["members"].items()}
    things = simply_plural_things.Things(one["things"], members, details, ids)
    for key, listed in things.list_records().items():
        _add_new(found.lists[key], listed)
    for key, lists in things.list_objects().items():
        for name, listed in lists.items():
            _add_new(found.objects.setdefault(key, {}).setdefault(name, []), listed)


def _add_archive(found: Theirs, one: Record, things: Record) -> None:
    times = {key: None if one[key] is None else show_time(one[key]) for key in ("exported_at", "at")}
    found.archives.append({"app": one["app"], **times, "things": things})


class _Joining:
    """Adding what is kept of one file of PluralPort, its own IDs of members and groups being ours from now on."""

    def __init__(self, found: Theirs, ids: Ids, known: Known) -> None:
        self._found, self._ids = found, ids
        numbers = {"member": ids.members, "group": ids.groups}
        self._own = {key: numbers[kind].get(number, key[1]) for key, (kind, number) in known.items()}
        self._others: set[str] = set()
        self._differs: defaultdict[str, list[Any]] = defaultdict(list)

    def add(self, one: Record) -> None:
        """Add an archive."""
        things = dict(one["things"])
        self._add_systems(things.pop("systems", []), one["app"])
        for section, rows in (("members", self._found.members), ("groups", self._found.groups)):
            for number, kept in one[section].items():
                self._join_record(rows[number], self.relabel(kept))
        self._add_extensions(things.pop("extensions", []))
        self._found.warnings += [told for told in things.pop("warnings", []) if told not in self._found.warnings]
        for key, listed in things.items():
            self._add_things(key, self.relabel(listed))
        if self._differs:
            _add_archive(self._found, one, dict(self._differs))

    def relabel(self, value: Any) -> Any:
        """A record with our IDs of the system and of what is known of it, where it names them."""
        if isinstance(value, list):
            return [self.relabel(item) for item in value]
        if not isinstance(value, dict):
            return value
        return {key: self._relabel_field(value, key, item) for key, item in value.items()}

    def _relabel_field(self, record: Record, key: str, item: Any) -> Any:
        if key in _THEIR_OWN:
            return item
        if key.endswith("_ids") and isinstance(item, list):
            return [self._find_own(record, key, one) for one in item]
        return self._find_own(record, key, item) if key.endswith("_id") else self.relabel(item)

    def _find_own(self, record: Record, key: str, own_id: Any) -> Any:
        if not isinstance(own_id, str | int) or isinstance(own_id, bool):
            return own_id
        if key == "system_id" or (key == "subject_id" and record.get("subject_type") == "system"):
            return own_id if own_id in self._others else self._ids.system
        what = str(record.get("subject_type")) if key == "subject_id" else key
        kind = next((kind for kind in _KINDS if kind in what), None)
        return self._own.get((kind, str(own_id)), own_id) if kind and "membership" not in key else own_id

    def _add_systems(self, listed: list[Any], app: str) -> None:
        main = find_system({"systems": listed}, LeftOut())
        self._others = set(main.others)
        if isinstance(own_id := main.record.get("id"), str):
            self._found.refs["system", 0].append(make_ref(app, f"systems:{own_id}"))
        self._join_record(self._found.system, {key: value for key, value in main.record.items() if key != "id"})
        self._add_list("systems", [one for one in listed if one is not main.record])

    def _add_extensions(self, listed: list[Any]) -> None:
        for app, value in ((app, value) for one in listed if isinstance(one, dict) for app, value in one.items()):
            if app == OWN_APP:
                archives = value.get(_ARCHIVES) if isinstance(value, dict) else None
                _add_new(self._found.archives, archives if isinstance(archives, list) else [])
            elif self._found.extensions.setdefault(app, value) != value:
                self._differs["extensions"].append({app: value})

    def _add_things(self, key: str, listed: list[Any]) -> None:
        if key in LISTS:
            self._add_list(key, listed)
        elif key in OBJECTS and all(isinstance(one, dict) for one in listed):
            for one in listed:
                self._add_object(key, one)
        else:
            # What was no list at the top of the file is kept as the one thing in it.
            value = listed[0] if len(listed) == 1 else listed
            if self._found.rest.setdefault(key, value) != value:
                self._differs[key] += listed

    def _add_list(self, key: str, listed: Iterable[Any]) -> None:
        self._differs_or(key, _add_new(self._found.lists[key], listed))

    def _add_object(self, key: str, one: Record) -> None:
        joined = self._found.objects.setdefault(key, {})
        for name, value in one.items():
            if isinstance(value, list) and isinstance(joined.setdefault(name, []), list):
                self._differs_or(key, [{name: [item]} for item in _add_new(joined[name], value)])
            elif joined.setdefault(name, value) != value:
                self._differs[key].append({name: value})

    def _differs_or(self, key: str, differing: list[Any]) -> None:
        if differing:
            self._differs[key] += differing

    @staticmethod
    def _join_record(joined: Record, kept: Record) -> None:
        """Add what a later file says of one thing: where both say something, the later is right."""
        refs, extensions = joined.get("source_refs"), joined.get("extensions")
        joined |= kept
        if isinstance(refs, list) and isinstance(kept.get("source_refs"), list):
            joined["source_refs"] = [*refs, *(ref for ref in kept["source_refs"] if ref not in refs)]
        if isinstance(extensions, dict) and isinstance(kept.get("extensions"), dict):
            joined["extensions"] = {**extensions, **kept["extensions"]}


def _add_new(known: list[Any], listed: Iterable[Any]) -> list[Any]:
    """Add what is not there; returns what is there under the same ID and says something else."""
    by_id = {one["id"]: one for one in known if isinstance(one, dict) and isinstance(one.get("id"), str)}
    texts = {_dump(one) for one in known}
    differing = []
    for one in listed:
        own_id = one.get("id") if isinstance(one, dict) else None
        if (text := _dump(one)) in texts:
            continue
        if isinstance(own_id, str) and own_id in by_id:
            differing.append(one)
            continue
        texts.add(text)
        known.append(one)
        if isinstance(own_id, str):
            by_id[own_id] = one
    return differing


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, sort_keys=True)
