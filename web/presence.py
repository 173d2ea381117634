"""harmy's dialect: `GET /user/<id>`, and the same of many at once."""

from flask import Blueprint, Response, current_app, request

from config import Config
from database import connections
from rules.parsing.fields import get_snowflake
from rules.presence import profiles, publication
from web.auth import ME, find_viewer, get_caller, reading
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


@bp.get("/users")
def show_many() -> Response:
    """Up to 100 users in one answer, in the order asked for, and who of them is not published.

    It counts as one request: a page of many friends is to ask this way, and one query reads them all.
    """
    user_ids = profiles.read_ids(",".join(request.args.getlist("ids")))
    with reading() as reader:
        profile = profiles.get_profiles(reader, user_ids, find_viewer(reader))
    return readable(profile.text, profile.version)
