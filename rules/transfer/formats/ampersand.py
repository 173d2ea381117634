"""Reading Ampersand's export; nothing in it was public, so everything new comes in as private."""

from collections.abc import Mapping
from typing import Any

from rules.errors import Invalid
from rules.systems import systems
from rules.transfer.formats.spans import make_switches
from rules.transfer.import_file import (
    File,
    FileGroup,
    FileMember,
    check_member_count,
    find_past,
    get_groups,
    get_objects,
    name_group,
    name_member,
    only_objects,
    read_group,
    read_member,
    tell_tags,
)
from rules.transfer.left_out import LeftOut, says_nothing
from rules.transfer.openings import PRIVATE_GROUP, PRIVATE_MEMBER, PRIVATE_SYSTEM
from rules.transfer.reading.front_rows import FrontRows
from rules.transfer.reading.loose_values import find_id, make_source, number_ids, reduce_color
from rules.transfer.reading.tally import Tally

_APP = "Ampersand"
_MEMBERS, _FRONTS, _TAGS = "members", "frontingEntries", "tags"
_MEMBER = frozenset(
    (
        *("uuid", "name", "system", "pronouns", "description", "color", "dateCreated", "isArchived", "isCustomFront"),
        *("image", "cover"),
    )
)
_FRONT = frozenset(("uuid", "member", "startTime", "endTime", "isMainFronter", "isLocked", "customStatus"))
_TAG = frozenset(("uuid", "name", "type", "description", "color"))
_SYSTEM = ("name", "description")
_WHOSE = "The system"


class _Pictures:
    """Pictures that stand in the file; they are kept apart, so that all else finds room without them."""

    def __init__(self, tally: Tally) -> None:
        self.kept: list[dict[str, Any]] = []
        self._tally = tally

    def find_address(self, row: Mapping[str, Any], key: str) -> object:
        """The address of a picture; None where it stands there itself."""
        picture = row.get(key)
        if says_nothing(picture) or (isinstance(picture, str) and picture.startswith(("http://", "https://"))):
            return picture
        self._tally["pictures_inside"] += 1
        self.kept.append({"uuid": row.get("uuid"), key: picture})
        return None


def read(data: Mapping[str, Any]) -> File:
    """A file of Ampersand: the members of all its systems, member tags as groups, fronting entries as spans.

    What has no place here is kept under its own names. Raises Invalid for a file without a member and over 1 000.
    """
    database = data.get("database")
    if not isinstance(database, dict):
        raise Invalid("The database in the file must be an object.")
    listed = get_objects(database, _MEMBERS)
    check_member_count(listed)
    if not listed:
        raise Invalid("There are no members in this file, so there is nothing to import; export it again.")
    left_out, tally = LeftOut(), Tally()
    rows = only_objects(listed, "member", left_out)
    system = _find_system(data, database)
    numbers = number_ids(find_id(row.get("uuid")) for row in rows)
    pictures = _Pictures(tally)
    members = [_read_member(row, number, numbers, system, pictures, left_out) for number, row in enumerate(rows)]
    fronts = _read_fronts(database, numbers, tally)
    switches = make_switches(fronts.spans, left_out)
    groups = _read_groups(database, rows, left_out)
    return File(
        members,
        switches,
        groups,
        _read_system(system, left_out),
        remarks=(*_tell(rows, system), *tally.sentences, *tell_tags(left_out)),
        left_out=left_out.lines,
        app=_APP,
        first_system=PRIVATE_SYSTEM,
        spans=fronts.spans,
        archive=_keep(database, fronts, pictures),
    )


def _find_system(data: Mapping[str, Any], database: Mapping[str, Any]) -> Mapping[str, Any]:
    """The system that the app opens with, else the first that is within no other."""
    config = data.get("config")
    app_config = config.get("appConfig") if isinstance(config, dict) else None
    default = find_id(app_config.get("defaultSystem")) if isinstance(app_config, dict) else None
    listed = _get_rows(database, "systems")
    chosen = [row for row in listed if default and find_id(row.get("uuid")) == default]
    top = [row for row in listed if says_nothing(row.get("parent"))]
    return next(iter([*chosen, *top, *listed]), {})


def _read_system(system: Mapping[str, Any], left_out: LeftOut) -> dict[str, Any]:
    given = {name: system.get(name) for name in _SYSTEM}
    given["color"] = _reduce_color(system.get("color"), _WHOSE, left_out)
    lengths = {"name": systems.NAME_LENGTH, "description": systems.DESCRIPTION_LENGTH}
    values = left_out.read(_WHOSE, given, systems.read_changes, lengths)
    # The archive has the whole of it.
    left_out.take_full_texts()
    return values


def _read_member(
    row: Mapping[str, Any],
    number: int,
    numbers: Mapping[str, int],
    system: Mapping[str, Any],
    pictures: _Pictures,
    left_out: LeftOut,
) -> FileMember:
    whose, own_id = name_member(row, number), find_id(row.get("uuid"))
    given = {
        **{name: row.get(name) for name in ("pronouns", "description")},
        "color": _reduce_color(row.get("color"), whose, left_out),
        "avatar_url": pictures.find_address(row, "image"),
        "banner": pictures.find_address(row, "cover"),
    }
    name, values, first_values = read_member(row, number, given, left_out)
    values |= {"is_archived": True} if row.get("isArchived") is True else {}
    values |= {"is_custom_front": True} if row.get("isCustomFront") is True else {}
    kept = {key: value for key, value in row.items() if key not in _MEMBER and not says_nothing(value)}
    kept |= {key: row[key] for key in ("pronouns", "color") if key not in values and not says_nothing(row.get(key))}
    kept |= left_out.take_full_texts()
    if row.get("system") not in (None, system.get("uuid")):
        kept["system"] = row["system"]
    return FileMember(
        name,
        values,
        {**first_values, **PRIVATE_MEMBER},
        created=find_past(row.get("dateCreated")),
        source=make_source(_MEMBERS, own_id) if numbers.get(own_id or "") == number else None,
        kept=kept,
    )


def _read_groups(database: Mapping[str, Any], rows: list[dict[str, Any]], left_out: LeftOut) -> list[FileGroup]:
    """The tags of members, each with those who have it."""
    tags = [tag for tag in _get_rows(database, _TAGS) if tag.get("type") in ("member", None)]
    listed = get_groups({"groups": tags}, left_out)
    tagged = [{find_id(tag) for tag in row["tags"]} if isinstance(row.get("tags"), list) else set() for row in rows]
    groups, seen = [], {None}
    for place, tag in enumerate(listed):
        own_id, whose = find_id(tag.get("uuid")), name_group(tag, place)
        own_id = None if own_id in seen else own_id
        seen.add(own_id)
        color = _reduce_color(tag.get("color"), whose, left_out)
        given = {"description": tag.get("description"), "color": color}
        name, values, first_values = read_group(tag, place, given, left_out)
        inside = tuple(number for number, ids in enumerate(tagged) if own_id in ids) if own_id else ()
        kept = {key: value for key, value in tag.items() if key not in _TAG and not says_nothing(value)}
        kept |= left_out.take_full_texts()
        source = make_source(_TAGS, own_id)
        groups.append(FileGroup(name, values, first_values | PRIVATE_GROUP, members=inside, source=source, kept=kept))
    if unknown := sum(tag not in seen for ids in tagged for tag in ids):
        left_out.add("The groups", f"Tags of members that are not in the file: {unknown:,}.")
    return groups


def _read_fronts(database: Mapping[str, Any], numbers: Mapping[str, int], tally: Tally) -> FrontRows:
    fronts = FrontRows(numbers, tally)
    for row in _get_rows(database, _FRONTS):
        end = row.get("endTime")
        fronts.add(
            *(_FRONTS, row, find_id(row.get("member")), (row.get("startTime"), end), end is None),
            status=row.get("customStatus"),
            source=make_source(_FRONTS, find_id(row.get("uuid"))),
        )
        if row.get("isMainFronter") is True or any(not says_nothing(row[key]) for key in row.keys() - _FRONT):
            fronts.keep(_FRONTS, row)
    return fronts


def _keep(database: Mapping[str, Any], fronts: FrontRows, pictures: _Pictures) -> dict[str, list[Any]]:
    """All that is not taken, by its table; the systems whole, and of tags those of other things than members."""
    rest = {name: rows for name, rows in database.items() if name not in (_MEMBERS, _FRONTS, _TAGS)}
    rest = {name: rows if isinstance(rows, list) else [rows] for name, rows in rest.items() if not says_nothing(rows)}
    tags = [tag for tag in _get_rows(database, _TAGS) if tag.get("type") not in ("member", None)]
    kept = {**rest, _FRONTS: fronts.kept[_FRONTS], _TAGS: tags, "pictures": pictures.kept}
    return {name: rows for name, rows in kept.items() if rows}


def _tell(rows: list[dict[str, Any]], system: Mapping[str, Any]) -> list[str]:
    joined = sum(row.get("system") not in (None, system.get("uuid")) for row in rows)
    return [f"Members of other systems in the file, who join yours: {joined:,}."] if joined else []


def _reduce_color(color: object, whose: str, left_out: LeftOut) -> object:
    """A colour in six digits; of eight the first two are its transparency, whatever they are."""
    digits = color.strip().removeprefix("#") if isinstance(color, str) else ""
    return digits[2:] if len(digits) == 8 else reduce_color(color, whose, left_out)


def _get_rows(database: Mapping[str, Any], name: str) -> list[dict[str, Any]]:
    listed = database.get(name)
    return [row for row in listed if isinstance(row, dict)] if isinstance(listed, list) else []
