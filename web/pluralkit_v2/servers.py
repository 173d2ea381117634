"""What a system and a member want in one server alone: its settings, and autoproxy."""

from typing import Any

from flask import Blueprint, Response, request

from rules.account.tokens import Caller
from rules.errors import Refused
from rules.parsing.fields import get_snowflake
from rules.proxying import autoproxy
from rules.systems import guild_settings, members
from web.auth import writing
from web.pluralkit_v2.requests import admit, admit_with, looking, read_changes
from web.responses import readable_json, report

bp = Blueprint("v2_servers", __name__, url_prefix="/v2")

SYSTEM = ("proxying_enabled", "tag", "tag_enabled", "avatar_url", "display_name", "name_format")
MEMBER = ("display_name", "avatar_url", "keep_proxy")


@bp.get("/systems/<system>/guilds/<guild>")
def get_system_guild(system: str, guild: str) -> Response:
    """What one's own system set in a server."""
    caller, guild_id = admit(system), read_guild(guild)
    with looking() as (session, _):
        return readable_json(show_system(guild_settings.get_own_system(session, caller.user_id, guild_id)))


@bp.patch("/systems/<system>/guilds/<guild>")
def edit_system_guild(system: str, guild: str) -> Response:
    """Change that; what was never set there is set then."""
    caller, guild_id = admit(system), read_guild(guild)
    changes = read_changes(SYSTEM)
    with writing(caller) as session:
        guild_settings.edit_system(session, caller.user_id, guild_id, changes)
        return report(show_system(guild_settings.get_own_system(session, caller.user_id, guild_id)), 200)


@bp.get("/members/<member>/guilds/<guild>")
def get_member_guild(member: str, guild: str) -> Response:
    """What was set for a member of one's own in a server."""
    caller, guild_id = admit_owner(member), read_guild(guild)
    with looking() as (session, _):
        return readable_json(show_member(guild_settings.get_own_member(session, caller.user_id, member, guild_id)))


@bp.patch("/members/<member>/guilds/<guild>")
def edit_member_guild(member: str, guild: str) -> Response:
    """Change that; what was never set there is set then."""
    caller, guild_id = admit_owner(member), read_guild(guild)
    changes = read_changes(MEMBER)
    with writing(caller) as session:
        guild_settings.edit_member(session, caller.user_id, member, guild_id, changes)
        return report(show_member(guild_settings.get_own_member(session, caller.user_id, member, guild_id)), 200)


@bp.get("/systems/<system>/autoproxy")
def get_autoproxy(system: str) -> Response:
    """How one's own system is autoproxied in the server `?guild_id=`."""
    caller, guild_id = admit(system), read_place()
    with looking() as (session, _):
        return readable_json(autoproxy.show_mode(session, caller.user_id, guild_id))


@bp.patch("/systems/<system>/autoproxy")
def edit_autoproxy(system: str) -> Response:
    """Change that."""
    caller, guild_id = admit(system), read_place()
    changes = read_changes(("autoproxy_mode", "autoproxy_member"))
    with writing(caller) as session:
        autoproxy.patch_mode(session, caller.user_id, guild_id, changes)
        session.flush()
        return report(autoproxy.show_mode(session, caller.user_id, guild_id), 200)


def admit_owner(member: str) -> Caller:
    """The caller, whose member this is."""
    return admit_with(lambda session, user_id: members.get_own_member(session, user_id, member))


def read_guild(guild: str) -> int:
    return get_snowflake(guild, "server")


def read_place() -> int:
    """The server that the query names. Raises Refused where it names none, or a channel: Rollcall has no such modes."""
    if "guild_id" not in request.args or "channel_id" in request.args:
        raise Refused("Autoproxy is set for each server: name one in ?guild_id=, and no channel.", code=50001)
    return read_guild(request.args["guild_id"])


def show_system(row: Any) -> dict[str, Any]:
    return {
        "proxying_enabled": row.proxy_enabled,
        **{name: getattr(row, name) for name in ("tag", "tag_enabled", "avatar_url", "display_name", "name_format")},
    }


def show_member(row: Any) -> dict[str, Any]:
    return {name: getattr(row, name) for name in MEMBER}
