"""Autoproxy: how a system's messages without tags are proxied in one server."""

from collections.abc import Mapping
from functools import cache
from typing import Any

from sqlalchemy import bindparam, select, update
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery, CompiledWrite
from models import Autoproxy, Member
from rules.errors import Invalid, InvalidFields
from rules.parsing.timestamps import show_time
from rules.systems import guild_settings, members, systems

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
    if not session.get(Autoproxy, (system.id, guild_id)):
        guild_settings.check_room(session, Autoproxy.system_id, system.id)
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


def show_mode(session: Session, user_id: int, guild_id: int) -> dict[str, Any]:
    """The mode in a server, its member and when that was latched, as v2's JSON. Raises NotAuthenticated."""
    mode, member = get_mode(session, user_id, guild_id)
    stored = session.get(Autoproxy, (systems.get_own_system(session, user_id).id, guild_id))
    latched_at = stored.latched_at if stored else None
    return {
        "autoproxy_mode": mode,
        "autoproxy_member": member.hid if member else None,
        "last_latch_timestamp": None if latched_at is None else show_time(latched_at),
    }


def patch_mode(session: Session, user_id: int, guild_id: int, changes: Mapping[str, object]) -> None:
    """Change `autoproxy_mode` and `autoproxy_member`, or one of them, in a server.

    The member, an ID or a UUID, is that of the mode member alone; a null one is none. Raises Invalid, NotFound, and
    NotAuthenticated without a system and for somebody else's member.
    """
    mode, member = get_mode(session, user_id, guild_id)
    wanted = changes.get("autoproxy_mode", mode)
    if not isinstance(wanted, str) or wanted not in MODES:
        wrong = Invalid("The autoproxy_mode must be off, front, latch or member.")
        raise InvalidFields({"autoproxy_mode": wrong})
    named = changes.get("autoproxy_member", member.hid if member and wanted == mode == "member" else None)
    if named is not None and (not isinstance(named, str) or wanted != "member"):
        wrong = Invalid("The autoproxy_member goes with the autoproxy_mode member alone.")
        raise InvalidFields({"autoproxy_member": wrong})
    if wanted == "member" and named is None:
        raise Invalid("Name the autoproxy_member that is to speak.", code=40002)
    if (wanted, named) != (mode, member.hid if member and mode == "member" else None):
        set_mode(session, user_id, guild_id, wanted, named)


def renew_latch(session: Session, system_id: int, guild_id: int, member_id: int, now_us: int) -> None:
    """Remember which member was proxied last in a server, if the mode there still is latch."""
    place = {"system_id": system_id, "guild_id": guild_id}
    found = _query_latch().find(session, **place)
    if found and found.member_id == member_id:
        _renew().run(session, **place, now_us=now_us)
    elif found:
        # By the ORM, since another member is told to who listens.
        stored = session.get_one(Autoproxy, (system_id, guild_id))
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


# Both for every message that is proxied.
@cache
def _query_latch() -> CompiledQuery:
    here = Autoproxy.system_id == bindparam("system_id"), Autoproxy.guild_id == bindparam("guild_id")
    return CompiledQuery(select(Autoproxy.member_id).where(*here, Autoproxy.mode == "latch"))


@cache
def _renew() -> CompiledWrite:
    here = Autoproxy.system_id == bindparam("system_id"), Autoproxy.guild_id == bindparam("guild_id")
    return CompiledWrite(update(Autoproxy).where(*here).values(latched_at=bindparam("now_us")))
