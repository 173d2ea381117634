"""`/v2/systems/<system>/switches`, and who fronts."""

from flask import Blueprint, Response, request
from sqlalchemy.orm import Session

from rules.account.tokens import Caller
from rules.errors import Invalid, InvalidFields
from rules.fronting import past_switches
from rules.fronting.front_history import PAGE
from rules.fronting.past_switches import Past
from rules.systems import systems
from web.auth import writing
from web.pluralkit_v2.models import show_full_switch, show_switch
from web.pluralkit_v2.requests import admit, looking, read_instant, read_object, read_references
from web.responses import done, readable_json, report

bp = Blueprint("v2_switches", __name__, url_prefix="/v2/systems/<system>")


@bp.get("/fronters")
def get_fronters(system: str) -> Response:
    """The newest switch with its members in full; 204 where none is logged."""
    with looking() as (session, viewer):
        found = systems.get_referenced(session, system, viewer)
        latest = past_switches.find_seen_latest(session, found, viewer)
        if latest is None:
            return done()
        return readable_json(show_full_switch(latest, found, systems.is_owner(session, viewer, found.id)))


@bp.get("/switches")
def list_switches(system: str) -> Response:
    """Up to `?limit=` switches, the newest first, from before the instant `?before=`; their members by ID."""
    limit, before = read_limit(), read_before()
    with looking() as (session, viewer):
        found = systems.get_referenced(session, system, viewer)
        page = past_switches.list_seen(session, found, viewer, before, limit)
        return readable_json([show_switch(switch) for switch in page])


@bp.post("/switches")
def log_switch(system: str) -> Response:
    """Log a switch, now or at a `timestamp`."""
    caller = admit(system)
    body = read_object()
    timestamp = body.get("timestamp")
    instant = None if timestamp in (None, "") else read_instant("timestamp", timestamp)
    with writing(caller) as session:
        logged = past_switches.log_switch(session, caller.user_id, body.get("members"), instant)
        return changed(session, caller, logged)


@bp.get("/switches/<switch>")
def get_switch(system: str, switch: str) -> Response:
    """One switch with its members in full."""
    with looking() as (session, viewer):
        found = systems.get_referenced(session, system, viewer)
        seen = past_switches.get_seen(session, found, viewer, switch)
        return readable_json(show_full_switch(seen, found, systems.is_owner(session, viewer, found.id)))


@bp.patch("/switches/<switch>")
def move_switch(system: str, switch: str) -> Response:
    """Give a switch another time."""
    caller = admit_owner(system, switch)
    body = read_object()
    if not body.get("timestamp"):
        raise InvalidFields({"timestamp": Invalid("The timestamp must be given, like 2026-11-21T20:15:00Z.")})
    instant = read_instant("timestamp", body["timestamp"])
    with writing(caller) as session:
        return changed(session, caller, past_switches.move_switch(session, caller.user_id, switch, instant))


@bp.patch("/switches/<switch>/members")
def replace_members(system: str, switch: str) -> Response:
    """Give a switch other members."""
    caller = admit_owner(system, switch, past_switches.MISSING_FOR_MEMBERS)
    references = read_references()
    with writing(caller) as session:
        return changed(session, caller, past_switches.replace_members(session, caller.user_id, switch, references))


@bp.delete("/switches/<switch>")
def delete_switch(system: str, switch: str) -> Response:
    """Delete a switch."""
    caller = admit_owner(system, switch)
    with writing(caller) as session:
        past_switches.delete_switch(session, caller.user_id, switch)
    return done()


def changed(session: Session, caller: Caller, switch: Past) -> Response:
    return report(show_full_switch(switch, systems.get_own_system(session, caller.user_id), True), 200)


def admit_owner(system: str, switch: str, code: int = past_switches.MISSING) -> Caller:
    """The caller, whose system's switch this is; found out before the body is read."""
    caller = admit(system)
    with looking() as (session, _):
        past_switches.check_own(session, caller.user_id, switch, code)
    return caller


def read_limit() -> int:
    """How many are asked for: 100 without a word, and at most. Raises Invalid."""
    text = request.args.get("limit") or str(PAGE)
    if not (text.isascii() and text.isdigit()) or not int(text[:9]) >= 1:
        raise Invalid("The limit must be a number from 1 to 100.")
    return min(int(text[:9]), PAGE)


def read_before() -> int | None:
    """The instant from before which switches are asked for. Raises Invalid."""
    text = request.args.get("before")
    return read_instant("before", text) if text else None
