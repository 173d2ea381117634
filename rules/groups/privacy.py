"""What a viewer sees of a group, and whether they may know who is in it.

Only the owner learns of a membership where the group is hidden, its list or the system's list of groups is private, or
the member is hidden: from the group's side and from the member's alike.
"""

from typing import Any

from sqlalchemy import ColumnElement

from models import Group, System
from rules.errors import NotAllowed
from rules.parsing.timestamps import show_time
from rules.parsing.uuids import format_uuid
from rules.systems.privacy import show_settings

GROUP_PRIVACY = (
    *("name_privacy", "description_privacy", "banner_privacy", "icon_privacy", "list_privacy", "metadata_privacy"),
    "visibility",
)


def see_group(group: Group, is_owner: bool) -> dict[str, Any]:
    """All that a viewer may see of a group itself."""
    hides = not is_owner
    # The display name then stands for the name, so that the group still has one.
    hides_name = hides and group.name_privacy
    return {
        "id": group.hid,
        "uuid": format_uuid(group.uuid),
        "name": (group.display_name or group.name) if hides_name else group.name,
        "display_name": None if hides_name else group.display_name,
        "description": None if hides and group.description_privacy else group.description,
        "icon": None if hides and group.icon_privacy else group.icon,
        "banner": None if hides and group.banner_privacy else group.banner,
        "color": None if hides and group.visibility else group.color,
        "created": None if hides and group.metadata_privacy else show_time(group.created),
        **show_settings(group, GROUP_PRIVACY, is_owner),
    }


def check_groups_visible(system: System, is_owner: bool) -> None:
    """Refuse strangers a list of groups that is private. Raises NotAllowed."""
    if system.group_list_privacy and not is_owner:
        raise NotAllowed("Unauthorized to view group list", "The group list of this system is private.", 30002)


def check_members_visible(system: System, group: Group, is_owner: bool) -> None:
    """Refuse strangers to see who is in a group where that, or the system's member list, is private.

    Raises NotAllowed.
    """
    if is_owner:
        return
    if not is_membership_public(system, group) or system.member_list_privacy:
        raise NotAllowed("Unauthorized to view group member list", "Who is in this group is private.", 30003)


def is_membership_public(system: System, group: Group) -> bool:
    """Whether a stranger may know who is in a group, as far as they may know of the members."""
    return not (system.group_list_privacy or group.list_privacy or group.visibility)


def has_public_members() -> ColumnElement[bool]:
    """`is_membership_public` as a condition, for groups of a system whose list of groups is public."""
    return Group.list_privacy.is_(False) & Group.visibility.is_(False)
