"""How Rollcall is: `/health`, for people and for monitors."""

import sqlite3

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from rules.presence.health import get_health
from web.auth import reading
from web.responses import report

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> Response:
    """200 while the database can be read and the bot is connected, else 503; the body says which."""
    try:
        with reading() as reader:
            body = get_health(reader)
    except (SQLAlchemyError, sqlite3.Error):
        unread = {"status": "the database cannot be read", "database": {"readable": False}}
        return report(unread, 503)
    return report(body, 200 if body["bot"]["connected"] else 503)
