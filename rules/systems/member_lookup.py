"""Which member, or group, a word means: one's own by name, display name or ID, anybody's by ID."""

import difflib
import unicodedata
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Group, Member, System
from rules.errors import Invalid, NotAuthenticated, NotFound
from rules.parsing.listed_names import split_names
from rules.systems import members, systems
from rules.systems.config import Display, display_of
from rules.systems.short_ids import is_id

MOST_LISTED = 5
_FIELDS = ("name", "display_name")
Thing = Member | Group


@dataclass(frozen=True)
class Kind:
    """What a word is to mean: a table and what it holds, the command that lists one's own, and what `get`s by ID."""

    table: type[Thing]
    word: str
    lister: str
    get: Callable[[Session, str], Thing]


MEMBERS = Kind(Member, "member", "list", members.get_member)


class NoSuchMember(NotFound):
    """A word that means no member or group; `beginning` is the sentence without the hint at what is near."""

    def __init__(self, reference: str, beginning: str, hint: str) -> None:
        super().__init__(f"{beginning}; {hint}")
        self.reference, self.beginning = reference, beginning


@dataclass
class _Own:
    """What is the user's own, and for names and for display names who has them; folded, since case does not count."""

    kind: Kind
    things: list[Thing]
    display: Display = field(default_factory=Display)
    named: dict[str, dict[str, list[Thing]]] = field(default_factory=dict)


def get_referenced(
    session: Session, user_id: int, reference: str, by_id: bool = False, public: bool = False, kind: Kind = MEMBERS
) -> Thing:
    """The member, or other `kind`, that a user means: an own one by name, then by display name, then anybody's by ID.

    Case counts only between namesakes; hyphens in an ID do not. With `public`, others read the answer, so it names
    nobody whom they must not see. Raises Invalid where several fit, and NoSuchMember, with what is near.
    """
    return _get(session, _get_own(session, user_id, kind), reference, by_id, public)


@dataclass(frozen=True)
class Found:
    """The member or group that a user meant, the system it is part of, and why the user may not change it, if so."""

    thing: Thing
    system: System
    refusal: NotAuthenticated | None


def look_up(
    session: Session, user_id: int, reference: str, by_id: bool = False, public: bool = False, kind: Kind = MEMBERS
) -> Found:
    """The member, or other `kind`, that a user means, as by `get_referenced`, with what a command needs to know.

    Raises Invalid where several fit, and NoSuchMember, with what is near.
    """
    thing = get_referenced(session, user_id, reference, by_id, public, kind)
    return Found(thing, session.get_one(System, thing.system_id), _find_refusal(session, user_id, thing))


def get_own_referenced(
    session: Session,
    user_id: int,
    references: list[str],
    by_id: bool = False,
    public: bool = False,
    kind: Kind = MEMBERS,
) -> list[str]:
    """The IDs of one's own members, or other `kind`, that words mean, in order.

    Raises Invalid where several fit, NoSuchMember, with what is near, and NotAuthenticated without a system and for
    somebody else's.
    """
    system, own = systems.get_own_system(session, user_id), _get_own(session, user_id, kind)
    found = [_get(session, own, reference, by_id, public) for reference in references]
    for thing in found:
        systems.check_part_of(system, thing, thing.hid)
    return [thing.hid for thing in found]


def get_own_listed(
    session: Session, user_id: int, words: list[str], by_id: bool = False, public: bool = False, kind: Kind = MEMBERS
) -> list[str]:
    """The same of words as people write a list, with commas, `&` and “and” between: `Ann, Ben & Cleo`."""
    own = () if by_id else _get_own(session, user_id, kind).things
    names = [name for which in _FIELDS[::-1] for name in _names(own, which)]
    return get_own_referenced(session, user_id, split_names(words, names), by_id, public, kind)


def find_namesakes(session: Session, user_id: int, name: str, kind: Kind = MEMBERS) -> list[Thing]:
    """The members, or other `kind`, of the user's system that are called just this, in any case of letters.

    Raises NotAuthenticated.
    """
    systems.get_own_system(session, user_id)
    # Here, since SQLite folds the case of ASCII alone.
    return [thing for thing in _get_own(session, user_id, kind).things if thing.name.casefold() == name.casefold()]


def find_by_beginning(
    session: Session, user_id: int, text: str, public: bool = False, kind: Kind = MEMBERS
) -> tuple[str, str] | None:
    """The longest name of one's own members, or `kind`, with which a text begins, and what stands behind it.

    Only names of several words count. With `public` it is nobody's whom others must not see.
    """
    own, words = _nameable(_get_own(session, user_id, kind).things, public), text.split()
    names = {_fold(" ".join(name.split())): name for which in _FIELDS[::-1] for name in _names(own, which)}
    for count in range(len(words), 1, -1):
        if found := names.get(_fold(" ".join(words[:count]))):
            return found, " ".join(words[count:])
    return None


def _names(own: Sequence[Thing], which: str) -> list[str]:
    return [name for member in own if (name := getattr(member, which))]


def _find_refusal(session: Session, user_id: int, thing: Thing) -> NotAuthenticated | None:
    try:
        systems.check_part_of(systems.get_own_system(session, user_id), thing, thing.hid)
    except NotAuthenticated as refused:
        return refused
    return None


def _get_own(session: Session, user_id: int, kind: Kind) -> _Own:
    # All of them once for all that a command names; compared here, since SQLite folds the case of ASCII alone.
    system = systems.find_own_system(session, user_id)
    if not system:
        return _Own(kind, [])
    table = kind.table
    things = session.scalars(select(table).where(table.system_id == system.id).order_by(table.id))
    own = _Own(kind, list(things), display_of(system))
    for which in _FIELDS:
        named = own.named[which] = {}
        for member in own.things:
            named.setdefault(_fold(getattr(member, which) or ""), []).append(member)
    return own


def _get(session: Session, own: _Own, reference: str, by_id: bool, public: bool) -> Thing:
    folded = _fold(reference)
    for which in () if by_id or not folded else _FIELDS:
        if found := own.named.get(which, {}).get(folded):
            return _pick(own, reference, found, which, public)
    try:
        return own.kind.get(session, reference)
    except NotFound:
        told = _tell_missing(own.kind, reference, by_id, _nameable(own.things, public))
        raise NoSuchMember(reference, *told) from None


def _pick(own: _Own, reference: str, found: list[Thing], which: str, public: bool) -> Thing:
    if len(found) == 1:
        return found[0]
    exact = [member for member in found if _compose(getattr(member, which)) == _compose(reference)]
    if len(exact) == 1:
        return exact[0]
    hids = ", ".join(f"`{own.display.show_id(member.hid)}`" for member in _nameable(found, public)[:MOST_LISTED])
    those = f": {hids}" if hids else f"; `{own.kind.lister}` shows it"
    raise Invalid(f"Several of your {own.kind.word}s are called “{reference[:40]}”; use the ID{those}.")


def _compose(text: str) -> str:
    return unicodedata.normalize("NFC", text).strip()


def _fold(text: str) -> str:
    return _compose(_compose(text).casefold())


def _nameable(own: list[Thing], public: bool) -> list[Thing]:
    return [member for member in own if not (public and (member.visibility or member.name_privacy))]


def _tell_missing(kind: Kind, reference: str, by_id: bool, own: list[Thing]) -> tuple[str, str]:
    """What a word does not mean, and a hint at what is near."""
    shown = reference[:40]
    if by_id:
        return f"There is no {kind.word} with the ID “{shown}”", f"`{kind.lister}` shows those of yours."
    what = "name or ID" if is_id(reference.replace("-", "")) else "name"
    return f"You have no {kind.word} with the {what} “{shown}”", _hint_at_near(kind, reference, own)


def _hint_at_near(kind: Kind, reference: str, own: list[Thing]) -> str:
    longer = [member.name for member in own if _fold(member.name).startswith(f"{_fold(reference)} ")]
    # Inside its own sign a quote would end too early.
    sign = next((sign for sign in "\"'" if len(longer) == 1 and sign not in longer[0]), None)
    if sign:
        return f"a name with blanks needs quotes: `{sign}{longer[0]}{sign}`."
    names = {_fold(member.name): member.name for member in own}
    near = difflib.get_close_matches(_fold(reference), list(names), 1)
    return f"did you mean “{names[near[0]]}”?" if near else f"`{kind.lister}` shows yours."
