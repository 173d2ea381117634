"""Who is in which group: changed from the group's side and from the member's, by the same rules."""

from collections.abc import Iterable

from sqlalchemy import delete, insert, select
from sqlalchemy.orm import Session

from models import Group, GroupMember, Member, System
from rules.dispatch import changes
from rules.errors import Invalid, NotAuthenticated, NotFound
from rules.groups import groups
from rules.systems import members, systems
from rules.systems.short_ids import find_by_reference

CHANGES = ("add", "remove", "overwrite")
MOST_REFERENCES = 1000
_Pairs = set[tuple[int, int]]


def change_members(session: Session, user_id: int, group: str, references: object, how: str) -> int:
    """Add members to a group of the user's, remove them, or overwrite all that were in it; returns how many changed.

    `group` and the list of `references` are IDs or UUIDs; `how` is one of CHANGES. What is so already stays so. Raises
    NotFound for the group and, naming it, for a member that is not there; NotAuthenticated without a system, for
    somebody else's group and, naming it, for somebody else's member; Invalid for what is no list of references.
    """
    found = groups.get_own_group(session, user_id, group)
    wanted = {(found.id, one.id) for one in _get_all(session, user_id, Member, references, how)}
    return _change(session, GroupMember.group_id == found.id, wanted, how)


def change_groups(session: Session, user_id: int, member: str, references: object, how: str) -> int:
    """Add a member of the user's to groups, remove it, or overwrite all that it was in; returns how many changed.

    As `change_members`, from the other side.
    """
    found = members.get_own_member(session, user_id, member)
    wanted = {(one.id, found.id) for one in _get_all(session, user_id, Group, references, how)}
    # An import puts members into groups that are out of reach until its end.
    own = select(Group.id).where(Group.system_id == found.system_id)
    return _change(session, (GroupMember.member_id == found.id) & GroupMember.group_id.in_(own), wanted, how)


def _get_all(
    session: Session, user_id: int, table: type[Group] | type[Member], references: object, how: str
) -> list[Group | Member]:
    if not isinstance(references, list) or not all(isinstance(reference, str) for reference in references):
        raise Invalid("The body must be a list of IDs or UUIDs.")
    if not references and how != "overwrite":
        raise Invalid("The body must name at least one.")
    if len(references) > MOST_REFERENCES:
        raise Invalid(f"A list has at most {MOST_REFERENCES:,} references; this one has {len(references):,}.")
    system = systems.get_own_system(session, user_id)
    return [_get_own(session, system, table, reference) for reference in dict.fromkeys(references)]


def _get_own(session: Session, system: System, table: type[Group] | type[Member], reference: str) -> Group | Member:
    found = find_by_reference(session, table, reference)
    if not found:
        raise NotFound(f"{table.__name__} '{reference[:40]}' not found.", code=20003 if table is Member else 20005)
    if found.system_id != system.id:
        raise NotAuthenticated(
            f"{table.__name__} '{reference[:40]}' is not part of your system.", code=30008 if table is Member else 30009
        )
    return found


def _change(session: Session, side: object, wanted: _Pairs, how: str) -> int:
    if how not in CHANGES:
        raise ValueError(how)
    here = select(GroupMember.group_id, GroupMember.member_id).where(side)
    before = {tuple(row) for row in session.execute(here)}
    after = {"add": before | wanted, "remove": before - wanted, "overwrite": wanted}[how]
    _delete(session, before - after)
    if new := after - before:
        session.execute(insert(GroupMember), [{"group_id": group, "member_id": member} for group, member in new])
    changes.note_group_members(session, {group for group, _ in before ^ after})
    return len(before ^ after)


def _delete(session: Session, pairs: Iterable[tuple[int, int]]) -> None:
    for group, member in pairs:
        session.execute(delete(GroupMember).where(GroupMember.group_id == group, GroupMember.member_id == member))
