"""Which member a word means: one's own by name, display name or ID, anybody's by ID."""

import difflib
import unicodedata
from collections.abc import Callable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Member
from rules import members, systems
from rules.errors import Invalid, NotFound
from rules.ids import is_id

MOST_LISTED = 5


def get_referenced(session: Session, user_id: int, reference: str, by_id: bool = False, public: bool = False) -> Member:
    """The member that a user means: an own one by name, then by display name, then anybody's by ID.

    Case counts only between namesakes; hyphens in an ID do not. With `public`, others read the answer, so it names
    nobody whom they must not see. Raises Invalid where several fit, and NotFound, with what is near.
    """
    own = _get_own(session, user_id)
    if not by_id:
        for names in (_name, _display_name):
            found = _pick(reference, [member for member in own if _is_same(names(member), reference)], names, public)
            if found:
                return found
    try:
        return members.get_member(session, reference.replace("-", ""))
    except NotFound:
        raise NotFound(_tell_missing(reference, by_id, _nameable(own, public))) from None


def get_own_referenced(session: Session, user_id: int, references: list[str], public: bool = False) -> list[str]:
    """The IDs of one's own members that words mean, in order.

    Raises like `get_referenced`, and NotAuthenticated without a system and for somebody else's member.
    """
    systems.get_own_system(session, user_id)
    found = [get_referenced(session, user_id, reference, public=public).hid for reference in references]
    return [members.get_own_member(session, user_id, hid).hid for hid in found]


def _get_own(session: Session, user_id: int) -> list[Member]:
    system = systems.find_own_system(session, user_id)
    if not system:
        return []
    return list(session.scalars(select(Member).where(Member.system_id == system.id).order_by(Member.id)))


def _name(member: Member) -> str | None:
    return member.name


def _display_name(member: Member) -> str | None:
    return member.display_name


def _fold(text: str) -> str:
    return unicodedata.normalize("NFC", text).casefold().strip()


def _is_same(name: str | None, reference: str) -> bool:
    return name is not None and _fold(name) == _fold(reference)


def _pick(reference: str, found: list[Member], names: Callable[[Member], str | None], public: bool) -> Member | None:
    if len(found) < 2:
        return found[0] if found else None
    exact = [member for member in found if names(member) == reference]
    if len(exact) == 1:
        return exact[0]
    hids = ", ".join(f"`{member.hid}`" for member in _nameable(found, public)[:MOST_LISTED])
    those = f": {hids}" if hids else "; `list` shows it"
    raise Invalid(f"Several of your members are called “{reference[:40]}”; use the ID{those}.")


def _nameable(own: list[Member], public: bool) -> list[Member]:
    return [member for member in own if not (public and (member.visibility or member.name_privacy))]


def _tell_missing(reference: str, by_id: bool, own: list[Member]) -> str:
    shown = reference[:40]
    if by_id:
        return f"There is no member with the ID “{shown}”."
    what = "name or ID" if is_id(reference.replace("-", "")) else "name"
    longer = [member.name for member in own if _fold(member.name).startswith(f"{_fold(reference)} ")]
    if len(longer) == 1:
        return f'You have no member with the {what} “{shown}”; a name with blanks needs quotes: `"{longer[0]}"`.'
    names = {_fold(member.name): member.name for member in own}
    near = difflib.get_close_matches(_fold(reference), list(names), 1)
    hint = f"did you mean “{names[near[0]]}”?" if near else "`list` shows yours."
    return f"You have no member with the {what} “{shown}”; {hint}"
