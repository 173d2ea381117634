"""What importing a file would change, said before anything is."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Group, GroupMember, Member, System
from rules.groups.groups import MOST_GROUPS
from rules.opt_out import check_storable
from rules.systems import systems
from rules.systems.privacy import LATER_SYSTEM_PRIVACY, SYSTEM_PRIVACY
from rules.transfer.import_file import File, FileGroup, FileMember, count, quote, quote_some, tell_kinds
from rules.transfer.matching import check_room, find_differences, find_nestings, find_room, get_rows, match
from rules.transfer.openings import find_openings, tell_openings, without_openings
from rules.transfer.past_imports import archive
from rules.transfer.preview.plan_switches import Overlap, plan_switches, show_day
from rules.transfer.preview.visible import find_visible

_ARCHIVE = "archive of 8 MB"
# Nobody can tell them apart, and nobody has to.
_SAME = {"PluralKit": "PluralKit or Rollcall"}
_WORDS = {
    **{name: name for name in ("name", "description", "tag", "pronouns", "banner", "color")},
    "avatar_url": "avatar",
    "tz": "time zone",
    **dict.fromkeys((*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY), "privacy"),
}


@dataclass(frozen=True, slots=True)
class Rows:
    """What of a file's members or groups would be new and changed, by name; and how many would stay as they are."""

    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int

    def tell(self, what: str) -> list[str]:
        """One finished line each for a person."""
        return [
            f"{count(len(self.new), f'new {what}')}: {quote_some(self.new)}." if self.new else "",
            f"{count(len(self.changed), f'changed {what}')}: {quote_some(self.changed)}." if self.changed else "",
            f"{count(self.unchanged, f'unchanged {what}')}." if self.unchanged else "",
        ]


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would change: `fields` of the system, names of members and groups, numbers of switches.

    `openings` is what is private here and public in the file, in words: that is changed only where somebody says so;
    `visible` is what is new and would be seen by anybody. `left_out` has a line for each thing in the file that does
    not fit. `kept` is what would be kept aside, by kind, and `no_room` what would not. `overlap` is there where the
    switches would mix with others: then somebody chooses one of `known_switches.WAYS`. `fronting` names who fronts last
    in the file: whether they do so now is asked. `unknown` and `birthdays` are what of the file may be taken too, as in
    `File`.
    """

    makes_system: bool
    fields: tuple[str, ...]
    members: Rows
    groups: Rows
    new_switches: int
    known_switches: int
    openings: str
    remarks: tuple[str, ...]
    left_out: tuple[str, ...]
    app: str = "PluralKit"
    exported_at: int | None = None
    visible: str = ""
    new_spans: int = 0
    kept: Mapping[str, int] = field(default_factory=dict)
    no_room: Mapping[str, int] = field(default_factory=dict)
    overlap: Overlap | None = None
    fronting: tuple[str, ...] = ()
    unknown: int = 0
    birthdays: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether all that the file says is so already, but for what it would open."""
        rows = any(rows.new or rows.changed for rows in (self.members, self.groups))
        return not (self.makes_system or self.fields or rows or self.new_switches or self.new_spans or self.kept)

    @property
    def sentences(self) -> list[str]:
        """The plan for a person, one finished line each; names are as they were written, so the face escapes them."""
        told = (*self._begin(), *self._changes(), *self.remarks, *self._left_out())
        return [sentence for sentence in told if sentence]

    def _begin(self) -> list[str]:
        when = f", exported on {show_day(self.exported_at)}" if self.exported_at is not None else ""
        return [f"A file of {_SAME.get(self.app, self.app)}{when}."]

    def _changes(self) -> list[str]:
        return [
            "You get a new system." if self.makes_system else "",
            f"Your system's {_join(self.fields)} will change." if self.fields and not self.makes_system else "",
            *self.members.tell("member"),
            *self.groups.tell("group"),
            f"{count(self.new_switches, 'new switch')}." if self.new_switches else "",
            f"{count(self.known_switches, 'switch')} that you have already." if self.known_switches else "",
            f"{count(self.new_spans, 'front')} kept beside as they are in the file." if self.new_spans else "",
            f"Kept aside for you alone: {tell_kinds(self.kept)}." if self.kept else "",
            f"Not kept, since your {_ARCHIVE} would be full: {tell_kinds(self.no_room)}." if self.no_room else "",
            "Nothing would change: you have all of it already." if self.is_empty and not self.openings else "",
            f"Private here and public in the file: {self.openings}. It stays private." if self.openings else "",
            f"New, and anybody could see it: {self.visible}." if self.visible else "",
            self.overlap.sentence if self.overlap else "",
            self._tell_front(),
        ]

    def _tell_front(self) -> str:
        if not self.fronting or not self.new_switches:
            return ""
        shown = quote_some(self.fronting)
        return f"Fronting at the end of the file: {shown}. Autoproxy speaks as them only if you say they front now."

    def _left_out(self) -> list[str]:
        if not self.left_out:
            return []
        lines = [f"• {line}" for line in self.left_out]
        does = f"{count(len(lines), 'thing')} in the file {'does' if len(lines) == 1 else 'do'} not fit"
        return [f"{does}, and {'is' if len(lines) == 1 else 'are'} left out, or cut where that is said:", *lines]


def plan(session: Session, user_id: int, file: File) -> Plan:
    """What importing a file into the user's system would change now; nothing is changed.

    Raises Invalid when the system would have more than 1 000 members, and NotAllowed for a forgotten user.
    """
    check_storable(session, user_id)
    system = systems.find_own_system(session, user_id)
    own_members, own_groups = (get_rows(session, table, system) for table in (Member, Group))
    members = match(session, file, Member, system, own_members)
    check_room(len(own_members) + members.count(None))
    groups = match(session, file, Group, system, own_groups)
    changed_beside = _find_changed_groups(session, file, groups, members, own_groups)
    room = find_room(own_groups)
    switches = plan_switches(session, system, file, members)
    packed = archive.find_new(session, system, file)
    return Plan(
        makes_system=system is None,
        fields=_name_fields(find_differences(system, without_openings(system, file.system))) if system else (),
        members=_compare(file.members, members, [False] * len(members)),
        groups=_compare(file.groups, groups, changed_beside, room),
        new_switches=len(switches.new),
        known_switches=switches.known,
        openings=tell_openings(
            find_openings(system, file.system),
            _find_all_openings(file.members, members),
            _find_all_openings(file.groups, groups),
        ),
        remarks=(*_tell_accounts(session, user_id, system, file), *_tell_unlisted(file.members), *file.remarks),
        left_out=(*file.left_out, *_tell_no_room(file, groups, room)),
        app=file.app,
        exported_at=file.exported_at,
        visible=find_visible(file, system, members, groups, room, len(switches.new)),
        new_spans=switches.new_spans,
        kept=packed.counts if packed else {},
        no_room=packed.left_out if packed else {},
        overlap=switches.overlap,
        fronting=tuple(file.members[place].name for place in file.switches[-1][1]) if file.switches else (),
        unknown=file.unknown,
        birthdays=file.birthdays,
    )


def _tell_unlisted(members: Sequence[FileMember]) -> list[str]:
    told = []
    for name, what in (("is_custom_front", "custom front"), ("is_archived", "archived member")):
        if names := tuple(member.name for member in members if member.values.get(name)):
            told.append(f"{count(len(names), what)} ({quote_some(names)})")
    return [f"In no list but yours, and not proxied: {', '.join(told)}."] if told else []


def _compare(
    listed: Sequence[FileMember] | Sequence[FileGroup],
    matched: Sequence[Member | Group | None],
    changed_beside: Sequence[bool],
    room: int | None = None,
) -> Rows:
    """What of a file's would be new, as far as there is `room`, changed in its fields or beside, and as it is."""
    changed = [
        one.name
        for one, own, beside in zip(listed, matched, changed_beside, strict=True)
        if own and (beside or find_differences(own, without_openings(own, one.values)))
    ]
    new = _find_new(listed, matched)[:room]
    return Rows(tuple(one.name for one in new), tuple(changed), len(matched) - matched.count(None) - len(changed))


def _find_changed_groups(
    session: Session,
    file: File,
    groups: Sequence[Group | None],
    members: Sequence[Member | None],
    own: Sequence[Group],
) -> list[bool]:
    """For each of the file's groups whether it is one here and would have more members, or be within another."""
    here = select(GroupMember.group_id, GroupMember.member_id)
    here = here.where(GroupMember.group_id.in_([own.id for own in groups if own]))
    known = {tuple(row) for row in session.execute(here)}
    found = [member and member.id for member in members]
    # New groups have no numbers yet; any that nothing else has will do.
    rows = [group.id if group else -place for place, group in enumerate(groups, 1)]
    nested = {child for child, _ in find_nestings(file, rows, {group.id: group.parent_id for group in own})}
    return [
        bool(own) and (own.id in nested or any((own.id, found[number]) not in known for number in group.members))
        for group, own in zip(file.groups, groups, strict=True)
    ]


def _find_all_openings(
    listed: Sequence[FileMember] | Sequence[FileGroup], matched: Sequence[Member | Group | None]
) -> list[str]:
    return [name for one, own in zip(listed, matched, strict=True) for name in find_openings(own, one.values)]


def _find_new(
    listed: Sequence[FileMember] | Sequence[FileGroup], matched: Sequence[Member | Group | None]
) -> list[FileMember | FileGroup]:
    return [one for one, own in zip(listed, matched, strict=True) if not own]


def _tell_no_room(file: File, groups: Sequence[Group | None], room: int) -> list[str]:
    told = f"a system has at most {MOST_GROUPS} groups, so this one is left out."
    return [f"Group {quote(group.name)}: {told}" for group in _find_new(file.groups, groups)[room:]]


def _name_fields(names: Sequence[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(_WORDS.get(name, "settings") for name in names))


def _tell_accounts(session: Session, user_id: int, system: System | None, file: File) -> list[str]:
    own = {user_id, *(systems.get_accounts(session, system) if system else ())}
    others = file.accounts - own
    if not others:
        return []
    whose = "" if own & file.accounts else " The file lists none of yours: make sure that it is your own."
    return [f"{count(len(others), 'other account')} in the file will not be linked.{whose}"]


def _join(words: Sequence[str]) -> str:
    return " and ".join([", ".join(words[:-1]), words[-1]] if len(words) > 1 else words)
