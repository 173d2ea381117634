"""How Rollcall is: `/health`, for people and for monitors."""

from flask import Blueprint, Response
from sqlalchemy.exc import SQLAlchemyError

from models import db
from rules.presence.health import get_health
from web.responses import report

bp = Blueprint("health", __name__)


@bp.get("/health")
def health() -> Response:
    """200 while the database can be read and the bot is connected, else 503; the body says which."""
    try:
        body = get_health(db.session)
    except SQLAlchemyError:
        unread = {"status": "the database cannot be read", "database": {"readable": False}}
        return report(unread, 503)
    return report(body, 200 if body["bot"]["connected"] else 503)
