"""Which member a word means: one's own by name, display name or ID, anybody's by ID."""

import difflib
import unicodedata
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Member, System
from rules.errors import Invalid, NotAuthenticated, NotFound
from rules.systems import members, systems
from rules.systems.short_ids import is_id

MOST_LISTED = 5
_FIELDS = ("name", "display_name")


class NoSuchMember(NotFound):
    """A word that means no member; `beginning` is the sentence without the hint at what is near."""

    def __init__(self, reference: str, beginning: str, hint: str) -> None:
        super().__init__(f"{beginning}; {hint}")
        self.reference, self.beginning = reference, beginning


@dataclass
class _OwnMembers:
    """The user's own members, and for names and for display names who has them; folded, since case does not count."""

    members: list[Member]
    named: dict[str, dict[str, list[Member]]] = field(default_factory=dict)


def get_referenced(session: Session, user_id: int, reference: str, by_id: bool = False, public: bool = False) -> Member:
    """The member that a user means: an own one by name, then by display name, then anybody's by ID.

    Case counts only between namesakes; hyphens in an ID do not. With `public`, others read the answer, so it names
    nobody whom they must not see. Raises Invalid where several fit, and NoSuchMember, with what is near.
    """
    return _get(session, _get_own(session, user_id), reference, by_id, public)


@dataclass(frozen=True)
class FoundMember:
    """The member that a user meant, the system it is part of, and why the user may not change it, if that is so."""

    member: Member
    system: System
    refusal: NotAuthenticated | None


def look_up(session: Session, user_id: int, reference: str, by_id: bool = False, public: bool = False) -> FoundMember:
    """The member that a user means, as by `get_referenced`, with what a command needs to know about it.

    Raises Invalid where several members fit, and NoSuchMember, with what is near.
    """
    member = get_referenced(session, user_id, reference, by_id, public)
    return FoundMember(member, systems.get_member_system(session, member), _find_refusal(session, user_id, member))


def get_own_referenced(
    session: Session, user_id: int, references: list[str], by_id: bool = False, public: bool = False
) -> list[str]:
    """The IDs of one's own members that words mean, in order.

    Raises Invalid where several fit, NoSuchMember, with what is near, and NotAuthenticated without a system and for
    somebody else's member.
    """
    system, own = systems.get_own_system(session, user_id), _get_own(session, user_id)
    found = [_get(session, own, reference, by_id, public) for reference in references]
    for member in found:
        members.check_part_of(system, member, member.hid)
    return [member.hid for member in found]


def find_by_beginning(session: Session, user_id: int, text: str, public: bool = False) -> tuple[str, str] | None:
    """The longest name of one's own members with which a text of several words begins, and what stands behind it.

    With `public` it is nobody's whom others must not see.
    """
    own, words = _nameable(_get_own(session, user_id).members, public), text.split()
    names = {_fold(" ".join(name.split())): name for which in _FIELDS[::-1] for name in _names(own, which)}
    for count in range(len(words), 1, -1):
        if found := names.get(_fold(" ".join(words[:count]))):
            return found, " ".join(words[count:])
    return None


def _names(own: list[Member], which: str) -> list[str]:
    return [name for member in own if (name := getattr(member, which))]


def _find_refusal(session: Session, user_id: int, member: Member) -> NotAuthenticated | None:
    try:
        members.check_part_of(systems.get_own_system(session, user_id), member, member.hid)
    except NotAuthenticated as refused:
        return refused
    return None


def _get_own(session: Session, user_id: int) -> _OwnMembers:
    # All of them once for all that a command names; compared here, since SQLite folds the case of ASCII alone.
    system = systems.find_own_system(session, user_id)
    if not system:
        return _OwnMembers([])
    own = _OwnMembers(list(session.scalars(select(Member).where(Member.system_id == system.id).order_by(Member.id))))
    for which in _FIELDS:
        named = own.named[which] = {}
        for member in own.members:
            named.setdefault(_fold(getattr(member, which) or ""), []).append(member)
    return own


def _get(session: Session, own: _OwnMembers, reference: str, by_id: bool, public: bool) -> Member:
    folded = _fold(reference)
    for which in () if by_id or not folded else _FIELDS:
        if found := own.named.get(which, {}).get(folded):
            return _pick(reference, found, which, public)
    try:
        return members.get_member(session, reference.replace("-", ""))
    except NotFound:
        raise NoSuchMember(reference, *_tell_missing(reference, by_id, _nameable(own.members, public))) from None


def _pick(reference: str, found: list[Member], which: str, public: bool) -> Member:
    if len(found) == 1:
        return found[0]
    exact = [member for member in found if _compose(getattr(member, which)) == _compose(reference)]
    if len(exact) == 1:
        return exact[0]
    hids = ", ".join(f"`{member.hid}`" for member in _nameable(found, public)[:MOST_LISTED])
    those = f": {hids}" if hids else "; `list` shows it"
    raise Invalid(f"Several of your members are called “{reference[:40]}”; use the ID{those}.")


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _fold(text: str) -> str:
    return _compose(_compose(text).casefold())


def _nameable(own: list[Member], public: bool) -> list[Member]:
    return [member for member in own if not (public and (member.visibility or member.name_privacy))]


def _tell_missing(reference: str, by_id: bool, own: list[Member]) -> tuple[str, str]:
    """What a word does not mean, and a hint at what is near."""
    shown = reference[:40]
    if by_id:
        return f"There is no member with the ID “{shown}”", "`list` shows those of yours."
    what = "name or ID" if is_id(reference.replace("-", "")) else "name"
    return f"You have no member with the {what} “{shown}”", _hint_at_near(reference, own)


def _hint_at_near(reference: str, own: list[Member]) -> str:
    longer = [member.name for member in own if _fold(member.name).startswith(f"{_fold(reference)} ")]
    # Inside its own sign a quote would end too early.
    sign = next((sign for sign in "\"'" if len(longer) == 1 and sign not in longer[0]), None)
    if sign:
        return f"a name with blanks needs quotes: `{sign}{longer[0]}{sign}`."
    names = {_fold(member.name): member.name for member in own}
    near = difflib.get_close_matches(_fold(reference), list(names), 1)
    return f"did you mean “{names[near[0]]}”?" if near else "`list` shows yours."
