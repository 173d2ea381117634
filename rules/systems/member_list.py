"""Lists of members: searched, sorted, and never by what the viewer must not see."""

import random
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import Group, Member, SwitchMember, System
from rules.errors import NotAllowed
from rules.fronting import front_history
from rules.systems import members, systems
from rules.systems.privacy import see_member

SORTS = ("name", "display_name", "id", "message_count", "created", "last_fronted", "last_message", "birthday", "random")


@dataclass(frozen=True)
class Options:
    """What to list. `all` are hidden members, archived ones and custom fronts too; `sort` is one of SORTS.

    With `descriptions` those are searched as well.
    """

    search: str = ""
    descriptions: bool = False
    all: bool = False
    private_only: bool = False
    sort: str = "name"
    reverse: bool = False
    last_fronted: bool = False


def list_members(
    session: Session, system: System, viewer: int | None, options: Options, among: Select[tuple[int]] | None = None
) -> list[dict[str, Any]]:
    """The members of a system, or those with row IDs `among` these, as `see_member` shows them.

    They have `last_fronted` (µs) where it is asked for or sorted by. Hidden members are left out even for the owner
    unless `all` or `private_only`, custom fronts and archived ones unless `all`; strangers never get them. Nobody is
    found by what the viewer must not see. The busiest come first, and those who spoke and fronted last; whoever lacks
    what is sorted by comes last, also in reverse. Raises NotAllowed when the member list is private, for
    `last_fronted` when the front history is, and for `private_only` to strangers.
    """
    owner = systems.is_owner(session, viewer, system.id)
    members.check_list_visible(system, owner)
    if options.private_only and not owner:
        raise NotAllowed("Only the owner of a system can list what is private.")
    fronted = options.last_fronted or options.sort == "last_fronted"
    times = _find_last_fronted(session, system, viewer) if fronted else {}
    listed = select(Member).where(Member.system_id == system.id).order_by(Member.id)
    if among is not None:
        listed = listed.where(Member.id.in_(among))
    seen = [
        {**see_member(member, owner), "last_fronted": times.get(member.id)}
        for member in session.scalars(listed)
        if _is_wanted(member, owner, options)
    ]
    return sort([member for member in seen if _is_found(member, options)], options.sort, options.reverse)


def suggest_members(session: Session, user_id: int, typed: str, most: int) -> list[tuple[str, str]]:
    """IDs and names of up to `most` of the user's own members whose names hold a text; first those it begins."""
    system = systems.find_own_system(session, user_id)
    return suggest(session.scalars(select(Member).where(Member.system_id == system.id)) if system else (), typed, most)


def suggest(things: Iterable[Member | Group], typed: str, most: int) -> list[tuple[str, str]]:
    """IDs and names of up to `most` of these whose names hold a text; first those it begins."""
    wanted = typed.casefold().strip()
    found = []
    for member in things:
        names = [name.casefold() for name in (member.name, member.display_name or "") if name]
        if member.hid == wanted or any(wanted in name for name in names):
            found.append((not any(name.startswith(wanted) for name in names), member.name.casefold(), member))
    found.sort(key=lambda entry: entry[:2])
    return [(member.hid, member.name) for _, _, member in found[:most]]


def _is_wanted(member: Member, owner: bool, options: Options) -> bool:
    if (member.is_custom_front or member.is_archived) and not (owner and options.all):
        return False
    if not owner:
        return not member.visibility
    return bool(member.visibility) if options.private_only else options.all or not member.visibility


def _is_found(member: dict[str, Any], options: Options) -> bool:
    in_text = options.descriptions and fold(options.search) in fold(member["description"] or "")
    return in_text or is_named(member, options.search)


def is_named(seen: dict[str, Any], search: str) -> bool:
    """Whether a text stands in a name of what is seen; the empty one does."""
    return any(fold(search) in fold(seen[name] or "") for name in ("name", "display_name"))


def fold(text: str) -> str:
    """A text as it is compared and sorted: without the difference of upper and lower case."""
    # Folding may take composed letters apart again.
    return unicodedata.normalize("NFC", unicodedata.normalize("NFC", text).casefold())


_KEYS: dict[str, Callable[[dict[str, Any]], Any]] = {
    "name": lambda member: fold(member["name"]),
    "display_name": lambda member: fold(member["display_name"] or member["name"]),
    "id": lambda member: member["id"],
    "message_count": lambda member: None if member["message_count"] is None else -member["message_count"],
    "created": lambda member: member["created"],
    "last_fronted": lambda member: member["last_fronted"] and -member["last_fronted"],
    "last_message": lambda member: member["last_message_at"] and -member["last_message_at"],
    "birthday": lambda member: member["birthday"] and member["birthday"][5:],
    "random": lambda member: random.random(),
}


def sort(listed: list[dict[str, Any]], by: str, reverse: bool) -> list[dict[str, Any]]:
    """What is seen of members or groups, by one of SORTS; what lacks that comes last, also in reverse."""
    # Sorting is stable: where the keys are the same, the names decide, also in reverse.
    by_name = sorted(listed, key=_KEYS["name"])
    keyed = [(_KEYS[by](member), member) for member in by_name]
    known = sorted((pair for pair in keyed if pair[0] is not None), key=lambda pair: pair[0], reverse=reverse)
    return [member for _, member in known] + [member for key, member in keyed if key is None]


def _find_last_fronted(session: Session, system: System, viewer: int | None) -> dict[int, int]:
    visible = front_history.select_switches(session, system, viewer).subquery()
    latest = (
        select(SwitchMember.member_id, func.max(visible.c.timestamp))
        .join(visible, visible.c.id == SwitchMember.switch_id)
        .group_by(SwitchMember.member_id)
    )
    return dict(session.execute(latest).all())
