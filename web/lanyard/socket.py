"""`/socket` where no socket is asked for; who asks for one never comes here."""

from flask import Blueprint, Response

from web.responses import fault

bp = Blueprint("lanyard_upgrade", __name__)


@bp.get("/socket")
def refuse_upgrade() -> Response:
    """Say how a socket is asked for."""
    return fault(400, "This is no request for a WebSocket (RFC 6455).")
