"""PluralKit's v1 dialect: `/v1/s`, `/v1/m`, `/v1/a`, `/v1/msg`, in the order of its document."""

from flask import Blueprint, Response, request

from models import db
from rules import members, messages, switches, systems, times
from rules.fields import get_snowflake
from web.answers import done, readable_json, report
from web.bodies import read_json_object
from web.callers import find_viewer, get_caller, writing

bp = Blueprint("pluralkit_v1", __name__, url_prefix="/v1")

# A member with 100 proxy tags of 200 characters, each escaped, and room to spare.
OBJECT_BYTES = 512 * 1024


@bp.get("/s")
def own_system() -> Response:
    """The system of the token's owner."""
    caller = get_caller()
    system = systems.get_own_system(db.session, caller.user_id)
    return readable_json(systems.show_system(db.session, system, caller.user_id))


@bp.patch("/s")
def edit_system() -> Response:
    """Change the system of the token's owner."""
    caller = get_caller()
    systems.get_own_system(db.session, caller.user_id)
    changes = read_json_object(OBJECT_BYTES)
    with writing(caller) as session:
        system = systems.edit_system(session, systems.get_own_system(session, caller.user_id), changes)
        return report(systems.show_system(session, system, caller.user_id), 200)


@bp.get("/s/<system_id>")
def show_system(system_id: str) -> Response:
    """Any system."""
    system = systems.get_system(db.session, system_id)
    return readable_json(systems.show_system(db.session, system, find_viewer()))


@bp.get("/s/<system_id>/members")
def list_members(system_id: str) -> Response:
    """A system's members."""
    system = systems.get_system(db.session, system_id)
    return readable_json(members.show_members(db.session, system, find_viewer()))


@bp.get("/s/<system_id>/fronters")
def show_fronters(system_id: str) -> Response:
    """Who fronts now."""
    system = systems.get_system(db.session, system_id)
    return readable_json(switches.show_fronters(db.session, system, find_viewer()))


@bp.get("/s/<system_id>/switches")
def list_switches(system_id: str) -> Response:
    """A page of the front history."""
    before = request.args.get("before")
    instant = times.read_time("before", before) if before else None
    system = systems.get_system(db.session, system_id)
    return readable_json(switches.show_switches(db.session, system, find_viewer(), instant))


@bp.post("/s/switches")
def log_switch() -> Response:
    """Log a switch."""
    caller = get_caller()
    systems.get_own_system(db.session, caller.user_id)
    body = read_json_object(OBJECT_BYTES)
    with writing(caller) as session:
        switches.log_switch(session, systems.get_own_system(session, caller.user_id), body.get("members"))
    return done()


@bp.post("/m")
def create_member() -> Response:
    """Add a member to the system of the token's owner."""
    caller = get_caller()
    systems.get_own_system(db.session, caller.user_id)
    changes = read_json_object(OBJECT_BYTES)
    with writing(caller) as session:
        member = members.create_member(session, systems.get_own_system(session, caller.user_id), changes)
        return report(members.show_member(session, member, caller.user_id), 200)


@bp.get("/m/<member_id>")
def show_member(member_id: str) -> Response:
    """Any member."""
    member = members.get_member(db.session, member_id)
    return readable_json(members.show_member(db.session, member, find_viewer()))


@bp.patch("/m/<member_id>")
def edit_member(member_id: str) -> Response:
    """Change a member of one's own."""
    caller = get_caller()
    members.get_own_member(db.session, caller.user_id, member_id)
    changes = read_json_object(OBJECT_BYTES)
    with writing(caller) as session:
        member = members.get_own_member(session, caller.user_id, member_id)
        members.edit_member(session, member, changes)
        return report(members.show_member(session, member, caller.user_id), 200)


@bp.delete("/m/<member_id>")
def delete_member(member_id: str) -> Response:
    """Delete a member of one's own; 200 with an empty body, as the document has it."""
    caller = get_caller()
    members.get_own_member(db.session, caller.user_id, member_id)
    with writing(caller) as session:
        members.delete_member(session, members.get_own_member(session, caller.user_id, member_id))
    return Response(status=200, mimetype="text/plain")


@bp.get("/a/<user_id>")
def show_account(user_id: str) -> Response:
    """The system that a Discord account is linked to."""
    system = systems.get_account_system(db.session, get_snowflake(user_id))
    return readable_json(systems.show_system(db.session, system, find_viewer()))


@bp.get("/msg/<message_id>")
def show_message(message_id: str) -> Response:
    """A proxied message, by either of its IDs."""
    return readable_json(messages.show_message(db.session, get_snowflake(message_id, "message"), find_viewer()))
