"""Reading PluralPort 0.1, which was OpenPlural: what has a place here, and all else kept for whoever reads it next."""

from collections.abc import Mapping, Sequence
from typing import Any

from rules.errors import Invalid
from rules.transfer.formats.pluralport.assets import Assets
from rules.transfer.formats.pluralport.fronts import read_fronts
from rules.transfer.formats.pluralport.groups import read_groups
from rules.transfer.formats.pluralport.members import is_named_by_display_name, read_members
from rules.transfer.formats.pluralport.records import (
    find_hid,
    find_uuid,
    get_records,
    is_own,
    keep_rest,
    read_own,
    without_secrets,
)
from rules.transfer.formats.pluralport.system import FoundSystem, find_system, keep_systems, read_system
from rules.transfer.import_file import (
    File,
    FileMember,
    check_member_count,
    count,
    find_past,
    get_objects,
    only_objects,
    tell_tags,
)
from rules.transfer.left_out import LeftOut, says_nothing
from rules.transfer.reading.loose_values import find_id
from rules.transfer.reading.tally import Tally

VERSION = "0.1"
VERSION_KEYS = ("pluralport_version", "openplural_version")
# What of the envelope becomes something; all else in it is kept.
_TAKEN = frozenset(
    (
        *(*VERSION_KEYS, "exported_at", "producer", "capabilities", "systems", "members", "groups"),
        *("group_memberships", "front_periods", "front_events", "assets"),
    )
)
_MOST_APP = 40


def read(data: dict[str, Any], bundle: Mapping[str, bytes] | None = None) -> File:
    """A file of PluralPort; `bundle` has the bytes of pictures by their paths, where they come beside it in an archive.

    The fronts are taken out of the data. What has no place here is kept: in the archive under PluralPort's own keys,
    whole, or with its member or group. Raises Invalid for another version, members that are no list, over 1 000 of
    them, and a file without any and without a system.
    """
    check_version(data)
    left_out, tally = LeftOut(), Tally()
    listed = get_objects(data, "members")
    check_member_count(listed)
    rows, system = only_objects(listed, "member", left_out), find_system(data, left_out)
    if not rows and not system.record:
        raise Invalid("There is no system in this file, so there is nothing to import; export it again.")
    assets = Assets(get_records(data, "assets", left_out), bundle or {}, tally, is_own(data.get("producer")))
    values, first_values = read_system(system.record, assets, left_out)
    members, numbers = read_members(rows, system.others, assets, left_out)
    groups, of_groups = read_groups(data, numbers, assets, left_out, tally)
    fronts = read_fronts(data, numbers, left_out, tally)
    archive = {
        **_keep_envelope(data),
        **keep_systems(data, assets),
        **of_groups,
        **fronts.kept,
        "assets": assets.dump(),
    }
    return File(
        members,
        fronts.switches,
        groups,
        values,
        find_hid(system.record),
        find_past(read_own(system.record).get("created")),
        remarks=(*_tell(rows, system, members), *tally.sentences, *assets.tell(), *tell_tags(left_out)),
        left_out=left_out.lines,
        uuid=find_uuid(system.record),
        app=_name_app(data.get("producer")),
        exported_at=find_past(data.get("exported_at")),
        first_system=first_values,
        spans=fronts.spans,
        archive={kind: things for kind, things in archive.items() if things},
    )


def check_version(data: Mapping[str, Any]) -> None:
    """Refuse a file that names two versions or another than 0.1. Raises Invalid."""
    versions = [data[key] for key in VERSION_KEYS if key in data] or [None]
    if any(version != versions[0] for version in versions):
        raise Invalid("The file names two versions of PluralPort that are not one; export it again.")
    if versions[0] != VERSION:
        shown = versions[0][:20] if isinstance(versions[0], str) else str(versions[0])[:20]
        raise Invalid(f"This is version {shown or 'none'} of PluralPort; I read version {VERSION}, written as a text.")


def _keep_envelope(data: Mapping[str, Any]) -> dict[str, list[Any]]:
    """What has no place here, a list for each key; what is no list there is the one thing in it."""
    rest = keep_rest(data, _TAKEN | {"extensions"})
    if not says_nothing(extensions := data.get("extensions")):
        # What we wrote there ourselves is what others' files had.
        rest["extensions"] = without_secrets(extensions)
    return {key: value if isinstance(value, list) else [value] for key, value in rest.items()}


def _name_app(producer: object) -> str:
    name = producer.get("app") if isinstance(producer, dict) else None
    plain = " ".join(name.split())[:_MOST_APP] if isinstance(name, str) else ""
    return f"{plain} (PluralPort)" if plain else "PluralPort"


def _tell(rows: Sequence[Mapping[str, Any]], system: FoundSystem, members: Sequence[FileMember]) -> list[str]:
    told = []
    if system.others:
        others, joined = len(system.others), sum(find_id(row.get("system_id")) in system.others for row in rows)
        told.append(f"{count(others, 'other system')} in the file: {count(joined, 'member')} from there join yours.")
    if named := sum(map(is_named_by_display_name, rows)):
        told.append(f"{count(named, 'member')} without a name: the display name is taken for it.")
    if aside := sum("birthday" in member.kept and "birthday" not in member.values for member in members):
        told.append(f"{count(aside, 'birthday')} without a day: kept aside.")
    return told
