"""What an embed shows of a system or a member beside its own fields, as a viewer may see it."""

from typing import Any

from sqlalchemy import func, select
from sqlalchemy.orm import Session

from models import Member, System
from rules.errors import NotAllowed, NotFound
from rules.fronting import switches
from rules.systems import guild_settings, members, systems
from rules.systems.privacy import see_member, see_system


def get_overview(session: Session, system: System, viewer: int | None, guild_id: int | None = None) -> dict[str, Any]:
    """A system with its accounts, the number of its members, its fronters, and `server_name`, its name in a server.

    What is private is None.
    """
    owner = systems.is_owner(session, viewer, system.id)
    here = guild_settings.see_system(session, system, guild_id, viewer) if guild_id else {"display_name": None}
    return {
        **see_system(system, owner),
        "server_name": here["display_name"],
        "accounts": systems.get_accounts(session, system),
        "members": _count_members(session, system, owner),
        "fronters": find_fronters(session, system, viewer),
    }


def find_fronters(session: Session, system: System, viewer: int | None) -> dict[str, Any] | None:
    """Who fronts, as `show_fronters`; None without a switch and where the fronters are private."""
    try:
        return switches.show_fronters(session, system.hid, viewer)
    except (NotAllowed, NotFound):
        return None


def find_own_fronters(session: Session, user_id: int, viewer: int | None) -> dict[str, Any] | None:
    """Who fronts in the user's own system, as a viewer may see it; None where nobody may. Raises NotAuthenticated."""
    return find_fronters(session, systems.get_own_system(session, user_id), viewer)


def get_front_overview(session: Session, system: System, viewer: int | None) -> dict[str, Any]:
    """The newest switch of a system with its members, and `system_name`, as the viewer may see them.

    Raises NotAllowed when who fronts is private, and NotFound without a switch.
    """
    name = see_system(system, systems.is_owner(session, viewer, system.id))["name"]
    return {**switches.show_fronters(session, system.hid, viewer), "system_name": name}


def get_member_overview(session: Session, member: Member, viewer: int | None) -> dict[str, Any]:
    """A member with its system's name, as the viewer may see them."""
    system = session.get_one(System, member.system_id)
    owner = systems.is_owner(session, viewer, system.id)
    seen = see_system(system, owner)
    return {**see_member(member, owner), "system_id": seen["id"], "system_name": seen["name"], "tag": seen["tag"]}


def _count_members(session: Session, system: System, owner: bool) -> int | None:
    if system.member_list_privacy and not owner:
        return None
    counted = select(func.count()).where(Member.system_id == system.id, members.is_listed())
    return session.scalar(counted if owner else counted.where(Member.visibility.is_(False)))
