"""harmy's dialect: `GET /user/<id>`, the same of many at once, and a person's avatar beside it."""

from flask import Blueprint, Response, current_app, request

from config import Config
from database import connections
from rules.errors import NotFound
from rules.parsing.fields import get_snowflake
from rules.presence import avatars, profiles, publication
from rules.presence.cdn import DISCORD_BASE, Cdn
from web.auth import ME, find_viewer, get_caller, reading
from web.pictures import show_remote
from web.responses import readable

bp = Blueprint("presence", __name__)


def withdraw(config: Config) -> None:
    """Withdraw whoever PUBLISH keeps out, before the first answer: the bot may start later, or never."""
    # A file of its own opening: what is open here would be shared by the workers.
    database = connections.open_database(config.database_url)
    try:
        with database.read_inline() as connection:
            is_other = publication.get_choice(connection) != config.publish
        if is_other:
            with database.write() as session:
                publication.narrow_choice(session, config.publish)
    finally:
        database.close()


@bp.get("/user/<user_id>")
def show(user_id: str) -> Response:
    """A published user's presence and GitHub card; with the owner's token, the key/value pairs too."""
    with reading() as reader:
        if user_id == ME:
            viewer = wanted = get_caller(reader).user_id
        else:
            wanted, viewer = get_snowflake(user_id), find_viewer(reader)
        invite_url = current_app.config["ROLLCALL"].invite_url
        can_write = current_app.extensions["database"].can_write
        profile = profiles.get_profile(reader, wanted, viewer, invite_url, can_write)
    return readable(profile.text, profile.version)


@bp.get("/user/<user_id>.<any(png, gif, webp, jpg, jpeg):extension>")
def show_avatar(user_id: str, extension: str) -> Response:
    """A published user's avatar, `size` pixels wide; where it cannot be fetched in time, the way to it."""
    config, wanted = current_app.config["ROLLCALL"], get_snowflake(user_id)
    cdn, size = Cdn(config.discord_cdn_base or DISCORD_BASE), avatars.read_size(request.args.get("size"))
    with reading() as reader:
        url = avatars.find_url(reader, wanted, extension, cdn, size)
        if url is None:
            can_write = current_app.extensions["database"].can_write
            raise NotFound(profiles.tell_why_not(reader, config.invite_url, can_write))
    return show_remote(url)


@bp.get("/users")
def show_many() -> Response:
    """Up to 100 users in one answer, in the order asked for, and who of them is not published.

    It counts as one request: a page of many friends is to ask this way, and one query reads them all.
    """
    user_ids = profiles.read_ids(",".join(request.args.getlist("ids")))
    with reading() as reader:
        profile = profiles.get_profiles(reader, user_ids, find_viewer(reader))
    return readable(profile.text, profile.version)


@bp.get("/users/search")
def search() -> Response:
    """Who has a name, in the form of `show_many`: a few people at most, and only by the whole of it."""
    with reading() as reader:
        profile = profiles.get_named(reader, request.args.get("name", ""), find_viewer(reader))
    return readable(profile.text, profile.version)
