"""`/<id>.png`: a published user's avatar, always in full size, as Lanyard serves it."""

from flask import Blueprint, Response, current_app

from rules.errors import Refused
from rules.parsing.fields import find_snowflake
from rules.presence import avatars
from rules.presence.cdn import DISCORD_BASE, Cdn
from web.auth import reading
from web.lanyard.refusals import not_monitored, refuse
from web.pictures import show_remote

bp = Blueprint("lanyard_quicklinks", __name__)
bp.register_error_handler(Refused, refuse)


@bp.get("/<user_id>.<any(png, gif, webp, jpg, jpeg):extension>")
def show_avatar(user_id: str, extension: str) -> Response:
    """A user's avatar, or where it cannot be fetched in time the way to it."""
    cdn = Cdn(current_app.config["ROLLCALL"].discord_cdn_base or DISCORD_BASE)
    wanted = find_snowflake(user_id)
    with reading() as reader:
        url = None if wanted is None else avatars.find_url(reader, wanted, extension, cdn)
        if url is None:
            raise not_monitored(reader)
    return show_remote(url)
