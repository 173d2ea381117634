"""Reading Octocon's two exports: the full one, and the short one in PluralKit's shape, which has no fronts.

Neither says who may see an alter, and there nobody may unless it is opened: so it is here.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from rules.errors import Invalid
from rules.groups.groups import MOST_GROUPS
from rules.systems import systems
from rules.transfer.formats.octocon_rows import Row, RowReader, as_list
from rules.transfer.formats.spans import make_switches
from rules.transfer.import_file import File, check_member_count, get_groups, get_objects, only_objects, tell_tags
from rules.transfer.left_out import LeftOut, says_nothing
from rules.transfer.openings import PRIVATE_SYSTEM
from rules.transfer.reading.front_rows import FrontRows
from rules.transfer.reading.kept import Pictures, keep
from rules.transfer.reading.loose_values import find_id, make_source
from rules.transfer.reading.tally import Tally
from rules.transfer.reading.withheld import TOLD, is_withheld, without_withheld

APP = "Octocon"
_LENGTHS = {"name": systems.NAME_LENGTH, "description": systems.DESCRIPTION_LENGTH}
_FULL = {"user", "alters", "fronts", "tags"}
_SHORT = {"version", "name", "description", "avatar_url", "switches", "members", "groups"}
_PRIVATE = "Octocon's files do not say who may see an alter, so new members come in as private."
_FULL_KIND = "This is the full export, which does not say when it was made."
_SHORT_KIND = "This is the short export, which does not say when it was made."
_NO_FRONTS = "There is no front history in this kind of file; import the full export for it, octocon_export_full.json."


def read_full(data: Mapping[str, Any]) -> File:
    """The full export: alters become members, tags become groups, and fronts switches.

    What does not fit is left out and told. Raises Invalid where no alter can be read, and for more than 1 000 alters or
    100 000 fronts.
    """
    left_out, tally = LeftOut(), Tally()
    rest = _without_withheld(data)
    user = rest["user"] if isinstance(rest.get("user"), dict) else {}
    alters = _get_members(rest, "alters", left_out)
    reader = RowReader(alters, left_out, tally)
    account = find_id(user.get("id"))
    members = [reader.read_alter(alter, number, account) for number, alter in enumerate(alters)]
    groups = reader.read_tags(get_groups({"groups": rest.get("tags")}, left_out))
    fronts = _read_fronts(rest.get("fronts"), reader.numbers, tally)
    tally["unknown_fields"] += _count_unknown_fields(alters, as_list(user.get("fields")))
    system, first_system, user_kept = _read_system(user, "username", reader.pictures, left_out)
    beside = {"fields": user.get("fields"), "user": user_kept, "pictures": reader.pictures.kept, **fronts.kept}
    return File(
        members,
        make_switches(fronts.spans, left_out),
        groups,
        system,
        remarks=(_FULL_KIND, _PRIVATE, *tally.sentences, *tell_tags(left_out), *_tell_withheld(data)),
        left_out=left_out.lines,
        app=APP,
        first_system=first_system,
        spans=fronts.spans,
        archive=_archive(rest, _FULL, {**beside, "tags": as_list(rest.get("tags"))[MOST_GROUPS:]}),
    )


def read_short(data: Mapping[str, Any]) -> File:
    """The short export. Its IDs are numbers within the file, and nobody is found again by them.

    What does not fit is left out and told. Raises Invalid where no member can be read, and for more than 1 000.
    """
    left_out, tally = LeftOut(), Tally()
    rest = _without_withheld(data)
    rows = _get_members(rest, "members", left_out)
    reader = RowReader(rows, left_out, tally)
    members = [reader.read_member(row, number) for number, row in enumerate(rows)]
    groups = [reader.read_group(row, place, "members") for place, row in enumerate(get_groups(rest, left_out))]
    user = {key: rest.get(key) for key in ("name", "description", "avatar_url")}
    system, first_system, user_kept = _read_system(user, "name", reader.pictures, left_out)
    return File(
        members,
        groups=groups,
        system=system,
        remarks=(_SHORT_KIND, _NO_FRONTS, _PRIVATE, *tally.sentences, *tell_tags(left_out), *_tell_withheld(data)),
        left_out=left_out.lines,
        app=APP,
        first_system=first_system,
        archive=_archive(
            rest,
            _SHORT,
            {"user": user_kept, "pictures": reader.pictures.kept, "groups": as_list(rest.get("groups"))[MOST_GROUPS:]},
        ),
    )


def _without_withheld(data: Mapping[str, Any]) -> dict[str, Any]:
    return {key: without_withheld(value) for key, value in data.items() if not is_withheld(key)}


def _tell_withheld(data: Mapping[str, Any]) -> tuple[str, ...]:
    return (TOLD,) if any(is_withheld(key) and not says_nothing(value) for key, value in data.items()) else ()


def _get_members(data: Mapping[str, Any], key: str, left_out: LeftOut) -> list[Row]:
    listed = get_objects(data, key)
    check_member_count(listed)
    if not listed:
        raise Invalid(f"There are no {key} in this file of {APP}, so there is nothing to import; export it again.")
    return only_objects(listed, key.removesuffix("s"), left_out)


def _read_system(
    user: Row, name_key: str, pictures: Pictures, left_out: LeftOut
) -> tuple[dict[str, Any], dict[str, Any], dict[str, Any]]:
    """What the system is, what only a new one is, and what has no place here."""
    given = {
        "name": user.get(name_key),
        "description": user.get("description"),
        "avatar_url": pictures.find_address(user, "avatar_url"),
    }
    read = left_out.read("The system", given, systems.read_changes, _LENGTHS)
    kept = keep(user, {**read, name_key: read.get("name"), "fields": user.get("fields")})
    name = {"name": read.pop("name")} if "name" in read else {}
    return read, {**PRIVATE_SYSTEM, **name}, kept


def _read_fronts(listed: object, numbers: Mapping[str, int], tally: Tally) -> FrontRows:
    fronts = FrontRows(numbers, tally)
    rows = [row for row in as_list(listed) if isinstance(row, dict)]
    tally["unreadable"] += len(as_list(listed)) - len(rows) + (not isinstance(listed, list | None))
    for row in rows:
        times = row.get("time_start"), row.get("time_end")
        # Without the key nothing says that it lasts.
        is_open = "time_end" in row and times[1] is None
        source = make_source("fronts", find_id(row.get("id")))
        fronts.add("fronts", row, find_id(row.get("alter_id")), times, is_open, row.get("comment"), source)
    return fronts


def _count_unknown_fields(alters: Sequence[Row], definitions: Sequence[Any]) -> int:
    known = {find_id(field.get("id")) for field in definitions if isinstance(field, dict)}
    values = [value for alter in alters for value in as_list(alter.get("fields")) if isinstance(value, dict)]
    return sum(find_id(value.get("id")) not in known and not says_nothing(value.get("value")) for value in values)


def _archive(data: Mapping[str, Any], read: set[str], beside: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What has no place here, each kind as a list of its things."""
    rest = {key: value for key, value in data.items() if key not in read}
    kinds = {key: value for key, value in {**rest, **beside}.items() if not says_nothing(value)}
    return {key: value if isinstance(value, list) else [value] for key, value in kinds.items()}
