"""The page at `/me`: one's own presence, pairs and system, in the browser alone.

Nothing of a person is on it: its scripts ask the API as everybody's programs do, with a token that is typed into it.
"""

from flask import Blueprint, Response, current_app

from web.pages import frame
from web.responses import readable

bp = Blueprint("me", __name__)

# By the name of its file in web/static/me, which is loaded when a section is first shown.
SECTIONS = (
    ("front", "Front"),
    ("members", "Members"),
    ("groups", "Groups"),
    ("system", "System"),
    ("import", "Import"),
    ("pairs", "Key/value pairs"),
    ("presence", "Presence"),
)


@bp.get("/me")
def show() -> Response:
    """The page, which is the same for everybody."""
    config = current_app.config["ROLLCALL"]
    prefix, system_prefix = (next(iter(found), "/") for found in (config.presence_prefixes, config.system_prefixes))
    html = frame.page("me.html", here="/me", sections=SECTIONS, prefix=prefix, system_prefix=system_prefix)
    return frame.guarded(readable(html, mimetype="text/html"))
