"""`/v2/members` and `/v2/systems/<system>/members`."""

from typing import Any

from flask import Blueprint, Response

from rules.systems import members, systems
from web.auth import writing
from web.pluralkit_v2.models import MEMBER_PRIVACY, show_member, show_seen_member
from web.pluralkit_v2.requests import admit_with, flag, looking, read_changes
from web.responses import done, readable_json, report

bp = Blueprint("v2_members", __name__, url_prefix="/v2")

WRITABLE = (
    *("name", "display_name", "color", "birthday", "pronouns", "avatar_url", "webhook_avatar_url", "banner"),
    *("description", "keep_proxy", "tts", "autoproxy_enabled", "proxy_tags"),
)
# Neither can be empty: programs send them so where nothing was set.
YES_OR_NO = ("keep_proxy", "tts", "autoproxy_enabled")


@bp.get("/systems/<system>/members")
def list_members(system: str) -> Response:
    """A system's members, with `?unlisted=true` the owner's custom fronts and archived ones too."""
    with looking() as (session, viewer):
        found = systems.get_referenced(session, system, viewer)
        owner = systems.is_owner(session, viewer, found.id)
        listed = members.list_seen(session, found, viewer, flag("unlisted"))
        return readable_json([show_seen_member(seen, found, owner) for seen in listed])


@bp.post("/members")
def create_member() -> Response:
    """Add a member to one's own system."""
    caller = admit_with(systems.get_own_system)
    changes = read_member()
    members.check_new(changes)
    with writing(caller) as session:
        member = members.create_member(session, caller.user_id, changes)
        return report(show_member(member, systems.get_member_system(session, member), True), 200)


@bp.get("/members/<member>")
def get_member(member: str) -> Response:
    """Any member."""
    with looking() as (session, viewer):
        found = members.get_member(session, member)
        owner = systems.is_owner(session, viewer, found.system_id)
        return readable_json(show_member(found, systems.get_member_system(session, found), owner))


@bp.patch("/members/<member>")
def edit_member(member: str) -> Response:
    """Change a member of one's own."""
    caller = admit_with(lambda session, user_id: members.get_own_member(session, user_id, member))
    changes = read_member()
    members.check_changes(changes)
    with writing(caller) as session:
        edited = members.edit_member(session, caller.user_id, member, changes)
        return report(show_member(edited, systems.get_member_system(session, edited), True), 200)


@bp.delete("/members/<member>")
def delete_member(member: str) -> Response:
    """Delete a member of one's own; what is not there is told to everybody, also without a token."""
    with looking() as (session, _):
        members.get_member(session, member)
    caller = admit_with(lambda session, user_id: members.get_own_member(session, user_id, member))
    with writing(caller) as session:
        members.delete_member(session, caller.user_id, member)
    return done()


def read_member() -> dict[str, Any]:
    """What the body sets of a member; proxy tags without prefix and suffix are left out, as PluralKit does."""
    changes = read_changes(WRITABLE, MEMBER_PRIVACY)
    changes = {name: value for name, value in changes.items() if name not in YES_OR_NO or value not in (None, "")}
    tags = changes.get("proxy_tags")
    if isinstance(tags, list):
        changes["proxy_tags"] = [tag for tag in tags if not is_empty(tag)]
    return changes


def is_empty(tag: object) -> bool:
    return isinstance(tag, dict) and all(tag.get(side) in (None, "") for side in ("prefix", "suffix"))
