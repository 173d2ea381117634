"""What importing a file would change, said before anything is."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Member, Switch, System
from rules.errors import Invalid
from rules.opt_out import check_storable
from rules.systems import systems
from rules.systems.members import MOST_MEMBERS
from rules.systems.privacy import LATER_SYSTEM_PRIVACY, SYSTEM_PRIVACY
from rules.transfer.import_file import File, FileMember, count, quote
from rules.transfer.openings import find_openings, tell_openings, without_openings

_MOST_NAMES = 10
_WORDS = {
    **{name: name for name in ("name", "description", "tag", "pronouns", "banner", "color")},
    "avatar_url": "avatar",
    "tz": "time zone",
    **dict.fromkeys((*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY), "privacy"),
}


@dataclass(frozen=True, slots=True)
class Plan:
    """What an import would change: `fields` of the system, names of members, numbers of switches.

    `openings` is what is private here and public in the file, in words: that is changed only where somebody says so.
    `left_out` has a line for each thing in the file that does not fit.
    """

    makes_system: bool
    fields: tuple[str, ...]
    new: tuple[str, ...]
    changed: tuple[str, ...]
    unchanged: int
    new_switches: int
    known_switches: int
    openings: str
    remarks: tuple[str, ...]
    left_out: tuple[str, ...]

    @property
    def is_empty(self) -> bool:
        """Whether all that the file says is so already, but for what it would open."""
        return not (self.makes_system or self.fields or self.new or self.changed or self.new_switches)

    @property
    def sentences(self) -> list[str]:
        """The plan for a person, one finished line each; names are as they were written, so the face escapes them."""
        return [sentence for sentence in (*self._changes(), *self.remarks, *self._left_out()) if sentence]

    def _changes(self) -> list[str]:
        return [
            "You get a new system." if self.makes_system else "",
            f"Your system's {_join(self.fields)} will change." if self.fields and not self.makes_system else "",
            f"{count(len(self.new), 'new member')}: {quote_some(self.new)}." if self.new else "",
            f"{count(len(self.changed), 'changed member')}: {quote_some(self.changed)}." if self.changed else "",
            f"{count(self.unchanged, 'unchanged member')}." if self.unchanged else "",
            f"{count(self.new_switches, 'new switch')}." if self.new_switches else "",
            f"{count(self.known_switches, 'switch')} that you have already." if self.known_switches else "",
            "Nothing would change: you have all of it already." if self.is_empty and not self.openings else "",
            f"Private here and public in the file: {self.openings}. It stays private." if self.openings else "",
        ]

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
    own_members = get_members(session, system)
    matched = match_members(file, file.members, system, own_members)
    check_room(len(own_members) + matched.count(None))
    pairs = [(member, own) for member, own in zip(file.members, matched, strict=True) if own]
    changed = [member.name for member, own in pairs if find_differences(own, without_openings(own, member.values))]
    known = _count_known(session, system, file)
    return Plan(
        makes_system=system is None,
        fields=_name_fields(find_differences(system, without_openings(system, file.system))) if system else (),
        new=tuple(member.name for member, own in zip(file.members, matched, strict=True) if not own),
        changed=tuple(changed),
        unchanged=len(pairs) - len(changed),
        new_switches=len(file.switches) - known,
        known_switches=known,
        openings=tell_openings(
            find_openings(system, file.system),
            [name for member, own in pairs for name in find_openings(own, member.values)],
        ),
        remarks=(*_tell_accounts(session, user_id, system, file), *file.remarks),
        left_out=file.left_out,
    )


def match_members(
    file: File, wanted: Sequence[FileMember], system: System | None, own: Sequence[Member]
) -> list[Member | None]:
    """Which of a system's members each of the file's is: the one with its ID, else one with just its name.

    Nobody is two: the second of a name is the second of that name in the system, or new. In a file of another system
    an ID may be somebody else's here, one in twelve times for a thousand members: there the name comes before it.
    """
    by_hid, by_name = {member.hid: [member] for member in own}, defaultdict(list)
    for member in own:
        by_name[member.name].append(member)
    is_known = system is not None and file.hid in (None, system.hid)
    ways = (lambda member: by_hid.get(member.hid, ())), (lambda member: by_name.get(member.name, ()))
    matched: list[Member | None] = [None] * len(wanted)
    taken: set[int] = set()
    for find in ways if is_known else reversed(ways):
        for number, member in enumerate(wanted):
            found = None if matched[number] else next((one for one in find(member) if one.id not in taken), None)
            if found:
                matched[number] = found
                taken.add(found.id)
    return matched


def get_members(session: Session, system: System | None) -> Sequence[Member]:
    """The members of a system in the order of their making; without a system none."""
    if not system:
        return ()
    return session.scalars(select(Member).where(Member.system_id == system.id).order_by(Member.id)).all()


def check_room(members: int) -> None:
    """Refuse an import after which the system would have so many members. Raises Invalid."""
    if members > MOST_MEMBERS:
        raise Invalid(
            f"A system has at most {MOST_MEMBERS:,} members; with those of the file yours would have {members:,}."
        )


def find_differences(row: System | Member | None, values: Mapping[str, Any]) -> list[str]:
    """Which of these values a row does not have."""
    return [name for name, value in values.items() if getattr(row, name) != value]


def quote_some(names: Sequence[str]) -> str:
    """Up to ten names in a sentence, and how many there are beside."""
    shown = [quote(name) for name in names[:_MOST_NAMES]]
    beside = len(names) - len(shown)
    return ", ".join(shown) + (f" and {beside:,} more" if beside else "")


def _count_known(session: Session, system: System | None, file: File) -> int:
    if not system or not file.switches:
        return 0
    # All times at once: a set of 100 000 numbers costs less than as many look-ups.
    known = set(session.scalars(select(Switch.timestamp).where(Switch.system_id == system.id)))
    return sum(at in known for at, _ in file.switches)


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
