"""harmy's dialect: `GET /user/<id>`."""

from flask import Blueprint, Response, current_app

from rules.parsing.fields import get_snowflake
from rules.presence import profiles
from web.auth import ME, find_viewer, get_caller, reading
from web.responses import readable

bp = Blueprint("presence", __name__)


@bp.get("/user/<user_id>")
def show(user_id: str) -> Response:
    """A published user's presence and GitHub card; with the owner's token, the key/value pairs too."""
    with reading() as reader:
        if user_id == ME:
            viewer = wanted = get_caller(reader).user_id
        else:
            wanted, viewer = get_snowflake(user_id), find_viewer(reader)
        profile = profiles.get_profile(reader, wanted, viewer, current_app.config["ROLLCALL"].invite_url)
    return readable(profile.text, profile.version)
