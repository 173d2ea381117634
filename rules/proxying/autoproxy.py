"""Autoproxy: how a system's messages without tags are proxied in one server."""

from sqlalchemy.orm import Session

from models import Autoproxy, Member
from rules.errors import Invalid
from rules.systems import members, systems

MODES = ("off", "front", "latch", "member")


def set_mode(session: Session, user_id: int, guild_id: int, mode: str, hid: str | None = None) -> None:
    """Set how the user's system is autoproxied in a server; a latched member is forgotten.

    `hid` is the member of the mode member. Raises Invalid, NotFound, and NotAuthenticated without a system and for
    somebody else's member.
    """
    system = systems.get_own_system(session, user_id)
    if mode not in MODES:
        raise Invalid("The mode must be off, front, latch or a member.")
    member_id = None
    if mode == "member":
        if hid is None:
            raise Invalid("Name the member that is to speak.")
        member_id = members.get_own_member(session, user_id, hid).id
    session.merge(Autoproxy(system_id=system.id, guild_id=guild_id, mode=mode, member_id=member_id, latched_at=None))


def get_mode(session: Session, user_id: int, guild_id: int) -> tuple[str, Member | None]:
    """The mode in a server, and its member: the one that was set, or the latched one. Raises NotAuthenticated."""
    system = systems.get_own_system(session, user_id)
    stored = session.get(Autoproxy, (system.id, guild_id))
    if not stored:
        return "off", None
    member = session.get(Member, stored.member_id) if stored.member_id else None
    # The member of the mode was deleted.
    return ("off" if stored.mode == "member" and not member else stored.mode), member


def renew_latch(session: Session, system_id: int, guild_id: int, member_id: int, now_us: int) -> None:
    """Remember which member was proxied last in a server, if the mode there still is latch."""
    stored = session.get(Autoproxy, (system_id, guild_id))
    if stored and stored.mode == "latch":
        stored.member_id, stored.latched_at = member_id, now_us


def apply_escape(session: Session, user_id: int, guild_id: int, act: str) -> None:
    """Do what a message's backslashes ask for: `off` ends autoproxy in a server, `unlatch` forgets the latched member.

    Raises NotAuthenticated without a system.
    """
    mode, _ = get_mode(session, user_id, guild_id)
    if act == "off":
        set_mode(session, user_id, guild_id, "off")
    elif mode == "latch":
        set_mode(session, user_id, guild_id, "latch")
