"""`/v2/groups`, `/v2/systems/<system>/groups`, and who is in which."""

from flask import Blueprint, Response

from rules.groups import groups, listing, membership
from rules.groups.privacy import GROUP_PRIVACY, see_group
from rules.systems import members, systems
from web.auth import writing
from web.pluralkit_v2.models import show_seen_group, show_seen_member
from web.pluralkit_v2.requests import admit_with, flag, looking, read_changes, read_references
from web.rate_limit import count_rows
from web.responses import done, readable_json, report

bp = Blueprint("v2_groups", __name__, url_prefix="/v2")

WRITABLE = ("name", "display_name", "description", "icon", "banner", "color")
HOW = f"<any({', '.join(membership.CHANGES)}):how>"


@bp.get("/systems/<system>/groups")
def list_groups(system: str) -> Response:
    """A system's groups, `?with_members=true` with the UUIDs of those who are in them."""
    with looking() as (session, viewer):
        found = systems.get_referenced(session, system, viewer)
        owner = systems.is_owner(session, viewer, found.id)
        listed = listing.show_groups(session, found, viewer, flag("with_members"))
        shown = [show_seen_group(seen, found, owner) for seen in listed]
    # Up to 10 MB, which are written without holding the file.
    count_rows(sum(len(seen.get("members", ())) for seen in listed))
    return readable_json(shown)


@bp.post("/groups")
def create_group() -> Response:
    """Add a group to one's own system."""
    caller = admit_with(systems.get_own_system)
    changes = read_changes(WRITABLE, GROUP_PRIVACY)
    groups.check_new(changes)
    with writing(caller) as session:
        group = groups.create_group(session, caller.user_id, changes)
        system = systems.get_own_system(session, caller.user_id)
        return report(show_seen_group(see_group(group, True), system, True), 200)


@bp.get("/groups/<group>")
def get_group(group: str) -> Response:
    """Any group."""
    with looking() as (session, viewer):
        found = groups.get_group(session, group)
        system = groups.get_group_system(session, found)
        owner = systems.is_owner(session, viewer, system.id)
        return readable_json(show_seen_group(see_group(found, owner), system, owner))


@bp.patch("/groups/<group>")
def edit_group(group: str) -> Response:
    """Change a group of one's own."""
    caller = admit_with(lambda session, user_id: groups.get_own_group(session, user_id, group))
    changes = read_changes(WRITABLE, GROUP_PRIVACY)
    groups.check_changes(changes)
    with writing(caller) as session:
        edited = groups.edit_group(session, caller.user_id, group, changes)
        system = groups.get_group_system(session, edited)
        return report(show_seen_group(see_group(edited, True), system, True), 200)


@bp.delete("/groups/<group>")
def delete_group(group: str) -> Response:
    """Delete a group of one's own."""
    caller = admit_with(lambda session, user_id: groups.get_own_group(session, user_id, group))
    with writing(caller) as session:
        groups.delete_group(session, caller.user_id, group)
    return done()


@bp.get("/groups/<group>/members")
def list_members(group: str) -> Response:
    """Who is in a group."""
    with looking() as (session, viewer):
        found = groups.get_group(session, group)
        system = groups.get_group_system(session, found)
        owner = systems.is_owner(session, viewer, system.id)
        listed = listing.show_members(session, found, viewer)
        return readable_json([show_seen_member(seen, system, owner) for seen in listed])


@bp.post(f"/groups/<group>/members/{HOW}")
def change_members(group: str, how: str) -> Response:
    """Add members to a group of one's own, remove them, or overwrite who is in it."""
    caller = admit_with(lambda session, user_id: groups.get_own_group(session, user_id, group))
    references = read_references()
    with writing(caller) as session:
        membership.change_members(session, caller.user_id, group, references, how)
    return done()


@bp.get("/members/<member>/groups")
def list_groups_of(member: str) -> Response:
    """The groups that a member is in."""
    with looking() as (session, viewer):
        # The document's code here is that of a member in a list.
        found = members.get_member(session, member, 20003)
        system = systems.get_member_system(session, found)
        owner = systems.is_owner(session, viewer, system.id)
        listed = listing.show_groups_of(session, found, viewer)
        return readable_json([show_seen_group(seen, system, owner) for seen in listed])


@bp.post(f"/members/<member>/groups/{HOW}")
def change_groups(member: str, how: str) -> Response:
    """Add a member of one's own to groups, remove it, or overwrite those that it is in."""
    caller = admit_with(lambda session, user_id: members.get_own_member(session, user_id, member))
    references = read_references()
    with writing(caller) as session:
        membership.change_groups(session, caller.user_id, member, references, how)
    return done()
