"""How Rollcall is: `/health`, for people and for monitors, and `/metrics`, for Prometheus."""

import sqlite3

from flask import Blueprint, Response, current_app
from sqlalchemy.exc import SQLAlchemyError

from rules.presence import states
from rules.presence.health import get_health
from web.auth import reading
from web.responses import report

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> Response:
    """200 while the file is there and what is published is as Discord has it, else 503; the body says what is wrong."""
    problem = current_app.extensions["database"].find_fault()
    try:
        with reading() as reader:
            body = get_health(reader, current_app.extensions["database"].can_write)
    except (SQLAlchemyError, sqlite3.Error):
        body = {"status": "the database cannot be read", "database": {"readable": False}}
    body["database"]["problem"] = problem
    if problem:
        body["status"] = "the database cannot be written"
        body |= {"state": states.CANNOT_WRITE} if "state" in body else {}
    if body["database"]["readable"]:
        body["live"] = current_app.extensions["live_counts"].total()
    fine = body["database"]["readable"] and not problem and body["state"] not in states.STALE
    return report(body, 200 if fine else 503)


@bp.get("/metrics")
def metrics() -> Response:
    """What can be counted, as Prometheus reads it (text format 0.0.4); nothing about anybody."""
    with reading() as reader:
        body = get_health(reader, current_app.extensions["database"].can_write)
    live = current_app.extensions["live_counts"].total()
    found = {
        "rollcall_connected": ("gauge", "whether the bot is connected to Discord", int(body["bot"]["connected"])),
        "rollcall_published": ("gauge", "people who are published", body["published"]),
        "rollcall_live_sockets": ("gauge", "WebSockets that listen", live["sockets"]),
        "rollcall_live_streams": ("gauge", "event streams that listen", live["streams"]),
        "rollcall_live_events_total": ("counter", "changes that were sent to them", live["events"]),
        "rollcall_live_dropped_total": ("counter", "listeners cut off since they did not read", live["dropped"]),
    }
    lines = [
        f"# HELP {name} {what}\n# TYPE {name} {kind}\n{name} {value}\n" for name, (kind, what, value) in found.items()
    ]
    return Response("".join(lines), mimetype="text/plain; version=0.0.4")
