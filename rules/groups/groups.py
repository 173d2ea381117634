"""Groups of a system. Limits: PluralKit's v2 document."""

from collections.abc import Mapping
from functools import partial
from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Group, System
from rules.errors import Invalid, InvalidFields, NotFound
from rules.groups.privacy import GROUP_PRIVACY
from rules.parsing import fields
from rules.parsing.timestamps import now_us
from rules.systems import systems
from rules.systems.short_ids import find_by_reference, make_id

MOST_GROUPS = 250
NAME_LENGTH = 100
DESCRIPTION_LENGTH = 1000
_NO_SUCH_GROUP = ("Group not found.", "There is no such group.", 20004)

_READERS: fields.Readers = {
    "name": partial(fields.read_needed_text, most=NAME_LENGTH, whose="group"),
    "display_name": partial(fields.read_text, most=NAME_LENGTH),
    "description": partial(fields.read_text, most=DESCRIPTION_LENGTH),
    "icon": fields.read_url,
    "banner": fields.read_url,
    "color": fields.read_color,
    **dict.fromkeys(GROUP_PRIVACY, fields.read_privacy),
}


def check_changes(changes: Mapping[str, object]) -> None:
    """Refuse what `edit_group` would refuse, before anybody waits for the write lock. Raises Invalid."""
    read_changes(changes)


def check_new(changes: Mapping[str, object]) -> None:
    """Refuse what `create_group` would refuse of a group's fields. Raises Invalid."""
    if "name" not in changes:
        raise InvalidFields({"name": Invalid("Group name must be specified.")})
    read_changes(changes)


def create_group(session: Session, user_id: int, changes: Mapping[str, object]) -> Group:
    """Add a group to the user's system, with the fields of `edit_group`; `name` is needed.

    At most 250 a system. Raises Invalid, and NotAuthenticated without a system.
    """
    system = systems.get_own_system(session, user_id)
    check_new(changes)
    read = read_changes(changes)
    count = count_groups(session, system)
    if count >= MOST_GROUPS:
        raise Invalid(
            f"Group limit reached ({count} / {MOST_GROUPS}).",
            f"A system has at most {MOST_GROUPS} groups, and yours has {count}; delete one first.",
            40008,
        )
    group = Group(system_id=system.id, hid=make_id(session, Group.hid), created=now_us(), **read)
    session.add(group)
    session.flush()
    return group


def edit_group(session: Session, user_id: int, reference: str, changes: Mapping[str, object]) -> Group:
    """Change what is given of a group of the user's system and nothing else; unknown keys are ignored.

    All or nothing. Names 100 code points, description 1 000, addresses 256; null and blank clear a text, a null
    privacy is public. Raises Invalid, NotFound, and NotAuthenticated without a system and for somebody else's group.
    """
    group = get_own_group(session, user_id, reference)
    for name, value in read_changes(changes).items():
        setattr(group, name, value)
    return group


def delete_group(session: Session, user_id: int, reference: str) -> None:
    """Delete a group of the user's system; its members stay.

    Raises NotFound, and NotAuthenticated without a system and for somebody else's group.
    """
    session.delete(get_own_group(session, user_id, reference))
    session.flush()


def get_group(session: Session, reference: str) -> Group:
    """The group with an ID, in any case of letters, or a UUID. Raises NotFound."""
    group = find_by_reference(session, Group, reference)
    if not group:
        raise NotFound(*_NO_SUCH_GROUP)
    return group


def get_own_group(session: Session, user_id: int, reference: str) -> Group:
    """A group of the user's own system.

    Raises NotAuthenticated without a system and for somebody else's group, and NotFound.
    """
    system, group = systems.get_own_system(session, user_id), get_group(session, reference)
    systems.check_part_of(system, group, reference)
    return group


def get_group_system(session: Session, group: Group) -> System:
    """The system that a group belongs to."""
    return session.get_one(System, group.system_id)


def count_groups(session: Session, system: System) -> int:
    """How many groups a system has, private ones included."""
    return session.scalar(select(func.count()).where(Group.system_id == system.id))


def read_changes(changes: Mapping[str, object]) -> dict[str, Any]:
    """What of these can be stored, as it is read. Raises Invalid."""
    return fields.read_fields(_READERS, changes)
