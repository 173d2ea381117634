"""How Rollcall is: `/health`, for people and for monitors."""

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
    fine = body["database"]["readable"] and not problem and body["state"] not in states.STALE
    return report(body, 200 if fine else 503)
