"""PluralKit's v1 dialect: `/v1/s`, `/v1/m`, `/v1/a`, `/v1/msg`, in the order of its document."""

from typing import Any

from flask import Blueprint, Response, current_app, request

from rules.account.tokens import Caller
from rules.fronting import front_history, switches
from rules.parsing import timestamps
from rules.parsing.fields import get_snowflake
from rules.proxying import message_records
from rules.systems import members, systems
from rules.systems.privacy import MEMBER_PRIVACY, SYSTEM_PRIVACY, V1_MEMBER, V1_SYSTEM, view_member, view_system
from web.auth import find_viewer, get_caller, reading, writing
from web.request_body import read_json_object
from web.responses import done, readable_json, report

bp = Blueprint("pluralkit_v1", __name__, url_prefix="/v1")

# A member with 100 proxy tags of 200 characters, each escaped, and room to spare.
OBJECT_BYTES = 512 * 1024
PRIVACY = frozenset(("privacy", *MEMBER_PRIVACY, *SYSTEM_PRIVACY))


@bp.get("/s")
def own_system() -> Response:
    """The system of the token's owner."""
    with reading() as reader:
        return readable_json(systems.show_own_system(reader, get_caller(reader).user_id))


@bp.patch("/s")
def edit_system() -> Response:
    """Change the system of the token's owner."""
    caller = get_system_owner()
    changes = read_changes(V1_SYSTEM)
    systems.check_changes(changes)
    with writing(caller) as session:
        return report(view_system(systems.edit_system(session, caller.user_id, changes), True), 200)


@bp.get("/s/<system_id>")
def show_system(system_id: str) -> Response:
    """Any system."""
    with reading() as reader:
        return readable_json(systems.show_system(reader, system_id, find_viewer(reader)))


@bp.get("/s/<system_id>/members")
def list_members(system_id: str) -> Response:
    """A system's members."""
    with reading() as reader:
        return readable_json(members.show_members(reader, system_id, find_viewer(reader)))


@bp.get("/s/<system_id>/fronters")
def show_fronters(system_id: str) -> Response:
    """Who fronts now."""
    with reading() as reader:
        return readable_json(switches.show_fronters(reader, system_id, find_viewer(reader)))


@bp.get("/s/<system_id>/switches")
def list_switches(system_id: str) -> Response:
    """A page of the front history."""
    before = request.args.get("before")
    instant = timestamps.read_time("before", before) if before else None
    with reading() as reader:
        return readable_json(front_history.show_switches(reader, system_id, find_viewer(reader), instant))


@bp.post("/s/switches")
def log_switch() -> Response:
    """Log a switch."""
    caller = get_system_owner()
    body = read_json_object(OBJECT_BYTES)
    with writing(caller) as session:
        switches.log_switch(session, caller.user_id, body.get("members"))
    return done()


@bp.post("/m")
def create_member() -> Response:
    """Add a member to the system of the token's owner."""
    caller = get_system_owner()
    changes = read_changes(V1_MEMBER)
    members.check_changes(changes)
    with writing(caller) as session:
        return report(view_member(members.create_member(session, caller.user_id, changes), True), 200)


@bp.get("/m/<member_id>")
def show_member(member_id: str) -> Response:
    """Any member."""
    with reading() as reader:
        return readable_json(members.show_member(reader, member_id, find_viewer(reader)))


@bp.patch("/m/<member_id>")
def edit_member(member_id: str) -> Response:
    """Change a member of one's own."""
    caller = get_member_owner(member_id)
    changes = read_changes(V1_MEMBER)
    members.check_changes(changes)
    with writing(caller) as session:
        return report(view_member(members.edit_member(session, caller.user_id, member_id, changes), True), 200)


@bp.delete("/m/<member_id>")
def delete_member(member_id: str) -> Response:
    """Delete a member of one's own; 200 with an empty body, as the document has it."""
    caller = get_member_owner(member_id)
    with writing(caller) as session:
        members.delete_member(session, caller.user_id, member_id)
    return Response(status=200, mimetype="text/plain")


@bp.get("/a/<user_id>")
def show_account(user_id: str) -> Response:
    """The system that a Discord account is linked to."""
    wanted = get_snowflake(user_id)
    with reading() as reader:
        return readable_json(systems.show_account_system(reader, wanted, find_viewer(reader)))


@bp.get("/msg/<message_id>")
def show_message(message_id: str) -> Response:
    """A proxied message, by either of its IDs."""
    wanted = get_snowflake(message_id, "message")
    with reading() as reader:
        return readable_json(message_records.show_message(reader, wanted, find_viewer(reader)))


def read_changes(known: tuple[str, ...]) -> dict[str, Any]:
    """What the body sets of the keys that v1 knows; others are ignored, as the document has it.

    What is empty and says nothing is ignored too: programs send a new member with all of its fields, those that are
    not set too, and `privacy` as {}.
    """
    body = read_json_object(OBJECT_BYTES)
    return {name: body[name] for name in known if name in body and not is_empty(name, body[name])}


def is_empty(name: str, value: object) -> bool:
    """Whether a value says nothing: an empty one of what is neither a text nor a list, which an empty one clears."""
    if name == "proxy_tags":
        return value in (None, "", {})
    if name == "keep_proxy":
        return value in (None, "", {}, [])
    # Null means public.
    return name in PRIVACY and value in ("", {}, [])


def get_system_owner() -> Caller:
    """The caller, who has a system; found out before the body is read. Raises NotAuthenticated."""
    with current_app.extensions["database"].read() as session:
        caller = get_caller(session)
        systems.get_own_system(session, caller.user_id)
    return caller


def get_member_owner(member_id: str) -> Caller:
    """The caller, who owns this member; found out before the body is read. Raises NotAuthenticated, NotFound."""
    with current_app.extensions["database"].read() as session:
        caller = get_caller(session)
        members.get_own_member(session, caller.user_id, member_id)
    return caller
