"""Lists of groups, of who is in one, and of those that a member is in: as a viewer may see them."""

from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Select, func, select
from sqlalchemy.orm import Session

from models import Group, GroupMember, Member, System
from rules.errors import NotAllowed
from rules.fronting import front_breakdown
from rules.groups import groups
from rules.groups.privacy import (
    check_groups_visible,
    check_members_visible,
    has_public_members,
    is_membership_public,
    see_group,
)
from rules.parsing.uuids import format_uuid
from rules.systems import member_list, members, overviews, systems
from rules.systems.member_list import Options
from rules.systems.privacy import see_member, see_system

SORTS = ("name", "display_name", "id", "created", "random")


@dataclass(frozen=True)
class GroupOptions:
    """What to list; `all` are hidden groups too, `private_only` those alone; `sort` is one of SORTS."""

    search: str = ""
    all: bool = False
    private_only: bool = False
    sort: str = "display_name"
    reverse: bool = False


def list_groups(session: Session, system: System, viewer: int | None, options: GroupOptions) -> list[dict[str, Any]]:
    """The groups of a system, as `see_group` shows them, with `count`: how many of its members are seen.

    Hidden groups are left out even for the owner unless `all` or `private_only`; strangers never get them, and `count`
    is None where they may not see who is in one. Nothing is found by what the viewer must not see. Raises NotAllowed
    when the group list is private.
    """
    owner = systems.is_owner(session, viewer, system.id)
    check_groups_visible(system, owner)
    counts = _count_members(session, system, owner)
    seen = [
        {**see_group(group, owner), "count": counts.get(group.id, 0) if _is_seen(system, group, owner) else None}
        for group in session.scalars(_of(system, owner))
        if not owner or _is_wanted(group, options)
    ]
    found = [group for group in seen if member_list.is_named(group, options.search)]
    return member_list.sort(found, options.sort, options.reverse)


def show_groups(
    session: Session, system: System, viewer: int | None, with_members: bool = False
) -> list[dict[str, Any]]:
    """All groups of a system that the viewer may see, in the order of their making.

    With `with_members` each has `members`, the UUIDs of those whom the viewer may see; where who is in it is private,
    there are none. Raises NotAllowed when the group list is private.
    """
    owner = systems.is_owner(session, viewer, system.id)
    check_groups_visible(system, owner)
    listed = session.scalars(_of(system, owner)).all()
    if not with_members:
        return [see_group(group, owner) for group in listed]
    # Each once: the same thousand may be in 250 groups.
    rows = session.execute(select(Member.id, Member.uuid).where(Member.system_id == system.id))
    shown = {member_id: format_uuid(uuid) for member_id, uuid in rows}
    uuids: dict[int, list[str]] = defaultdict(list)
    for group_id, member_id in session.execute(_members_of(system, owner, GroupMember.group_id, Member.id)):
        uuids[group_id].append(shown[member_id])
    return [
        {**see_group(group, owner), "members": uuids[group.id] if _is_seen(system, group, owner) else []}
        for group in listed
    ]


def show_group(session: Session, group: Group, viewer: int | None) -> dict[str, Any]:
    """A group with `count` as `list_groups` has it, and its system's ID and name, as the viewer may see them."""
    system = session.get_one(System, group.system_id)
    owner = systems.is_owner(session, viewer, system.id)
    seen = see_system(system, owner)
    count = _count_members(session, system, owner, group).get(group.id, 0) if _is_seen(system, group, owner) else None
    return {**see_group(group, owner), "count": count, "system_id": seen["id"], "system_name": seen["name"]}


def list_members(session: Session, group: Group, viewer: int | None, options: Options) -> list[dict[str, Any]]:
    """The members of a group, as `member_list.list_members` lists those of a system.

    Raises NotAllowed when who is in the group is private, and as that does.
    """
    system = session.get_one(System, group.system_id)
    check_members_visible(system, group, systems.is_owner(session, viewer, system.id))
    return member_list.list_members(session, system, viewer, options, _ids_in(group))


def show_members(session: Session, group: Group, viewer: int | None) -> list[dict[str, Any]]:
    """All members of a group that the viewer may see, as `see_member` shows them, in the order of their making.

    Raises NotAllowed when who is in the group is private.
    """
    system = session.get_one(System, group.system_id)
    owner = systems.is_owner(session, viewer, system.id)
    check_members_visible(system, group, owner)
    listed = select(Member).where(Member.id.in_(_ids_in(group)), members.is_listed()).order_by(Member.id)
    return [see_member(one, owner) for one in session.scalars(listed) if owner or not one.visibility]


def show_groups_of(session: Session, member: Member, viewer: int | None) -> list[dict[str, Any]]:
    """The groups that a member is in and the viewer may know of, in the order of their making.

    Of a hidden member a stranger learns none. Raises NotAllowed when the group list is private.
    """
    system = session.get_one(System, member.system_id)
    owner = systems.is_owner(session, viewer, system.id)
    check_groups_visible(system, owner)
    if member.visibility and not owner:
        return []
    its = select(Group).join(GroupMember, GroupMember.group_id == Group.id).where(GroupMember.member_id == member.id)
    # An import puts members into groups that are out of reach until its end.
    its = its.where(Group.system_id == system.id)
    seen = its if owner else its.where(has_public_members())
    return [see_group(group, owner) for group in session.scalars(seen.order_by(Group.id))]


def get_member_card(session: Session, hid: str, viewer: int | None) -> dict[str, Any]:
    """`overviews.get_member_overview` of the member with an ID, and its `groups`: none where they are private.

    Raises NotFound.
    """
    member = members.get_member(session, hid)
    seen = overviews.get_member_overview(session, member, viewer)
    try:
        return {**seen, "groups": show_groups_of(session, member, viewer)}
    except NotAllowed:
        return {**seen, "groups": []}


def get_group_breakdown(
    session: Session, hid: str, viewer: int | None, since_us: int, now_us: int, **options: bool
) -> dict[str, Any]:
    """How long each member of a group that the viewer may see fronted, as `front_breakdown` has it for a system.

    Raises NotFound, NotAllowed when who is in the group is private, and as that does.
    """
    group = groups.get_group(session, hid)
    system = session.get_one(System, group.system_id)
    owner = systems.is_owner(session, viewer, system.id)
    check_members_visible(system, group, owner)
    seen = _members_of(system, owner, Member.id).where(Group.id == group.id)
    return front_breakdown.get_front_breakdown(session, system, viewer, since_us, now_us, among=seen, **options)


def suggest_groups(session: Session, user_id: int, typed: str, most: int) -> list[tuple[str, str]]:
    """IDs and names of up to `most` of the user's own groups whose names hold a text; first those it begins."""
    system = systems.find_own_system(session, user_id)
    own = session.scalars(_of(system, True)) if system else ()
    return member_list.suggest(own, typed, most)


def _of(system: System, owner: bool) -> Select[tuple[Group]]:
    listed = select(Group).where(Group.system_id == system.id).order_by(Group.id)
    return listed if owner else listed.where(Group.visibility.is_(False))


def _is_wanted(group: Group, options: GroupOptions) -> bool:
    return bool(group.visibility) if options.private_only else options.all or not group.visibility


def _is_seen(system: System, group: Group, owner: bool) -> bool:
    return owner or (is_membership_public(system, group) and not system.member_list_privacy)


def _members_of(system: System, owner: bool, *columns: object) -> Select[object]:
    joined = select(*columns).select_from(GroupMember).join(Group, Group.id == GroupMember.group_id)
    joined = joined.join(Member, Member.id == GroupMember.member_id)
    joined = joined.where(Group.system_id == system.id, members.is_listed())
    return joined.order_by(Group.id, Member.id) if owner else joined.where(Member.visibility.is_(False))


def _count_members(session: Session, system: System, owner: bool, group: Group | None = None) -> dict[int, int]:
    counted = _members_of(system, owner, GroupMember.group_id, func.count()).order_by(None)
    if group:
        counted = counted.where(GroupMember.group_id == group.id)
    return dict(session.execute(counted.group_by(GroupMember.group_id)).all())


def _ids_in(group: Group) -> Select[tuple[int]]:
    return select(GroupMember.member_id).where(GroupMember.group_id == group.id)
