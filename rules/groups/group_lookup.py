"""Which group a word means: as for members, but among groups."""

from sqlalchemy.orm import Session

from models import Group, Member
from rules.groups import groups
from rules.systems import member_lookup
from rules.systems.member_lookup import Found, Kind

GROUPS = Kind(Group, "group", "group list", groups.get_group)


def look_up(session: Session, user_id: int, reference: str, by_id: bool = False, public: bool = False) -> Found:
    """The group that a user means: an own one by name, then by display name, then anybody's by ID or UUID.

    Raises Invalid where several fit, and NoSuchMember, with what is near.
    """
    return member_lookup.look_up(session, user_id, reference, by_id, public, GROUPS)


def get_own_referenced(
    session: Session, user_id: int, references: list[str], by_id: bool = False, public: bool = False
) -> list[str]:
    """The IDs of one's own groups that words mean, in order; refusals are those of `member_lookup`."""
    return member_lookup.get_own_referenced(session, user_id, references, by_id, public, GROUPS)


def find_namesakes(session: Session, user_id: int, name: str) -> list[Group | Member]:
    """The groups of the user's system that are called just this, in any case of letters. Raises NotAuthenticated."""
    return member_lookup.find_namesakes(session, user_id, name, GROUPS)
