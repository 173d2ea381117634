"""`/<id>.png`: where a published user's avatar is. Nobody waits here for Discord's CDN; the client asks that itself."""

from flask import Blueprint, Response, current_app, request

from rules.errors import Refused
from rules.lanyard import avatars
from rules.parsing.fields import find_snowflake
from rules.presence.cdn import DISCORD_BASE, Cdn
from web.auth import reading
from web.lanyard.refusals import not_monitored, refuse

bp = Blueprint("lanyard_quicklinks", __name__)
bp.register_error_handler(Refused, refuse)

# So long may somebody be shown the avatar before last, or of somebody who has just hidden.
CACHE_CONTROL = "public, max-age=60"


@bp.get("/<user_id>.<any(png, gif, webp, jpg, jpeg):extension>")
def show_avatar(user_id: str, extension: str) -> Response:
    """The way to a user's avatar."""
    cdn = Cdn(current_app.config["ROLLCALL"].discord_cdn_base or DISCORD_BASE)
    wanted = find_snowflake(user_id)
    with reading() as reader:
        url = None if wanted is None else avatars.find_url(reader, wanted, extension, cdn)
        if url is None:
            raise not_monitored(reader)
    request.environ["rollcall.cache_control"] = CACHE_CONTROL
    return Response(status=302, headers={"Location": url})
