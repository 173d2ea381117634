"""The pictures of a person's card: only those that the card names just now, so that nobody fetches anything by us."""

import msgspec
from flask import Blueprint, Response, current_app, render_template, request

from rules.errors import NotFound
from rules.etags import version_of
from rules.parsing.fields import find_snowflake
from rules.presence import profiles
from web.auth import reading
from web.pages import static_files
from web.pages.cards import Json, find_pictures, make_card
from web.pictures import POLICY
from web.responses import readable

bp = Blueprint("person_pictures", __name__)

# So long may somebody see the picture of what just ended, or of somebody who has just hidden.
KEPT = "private, max-age=300"


@bp.get("/u/<user_id>/pictures/<name>")
def show(user_id: str, name: str) -> Response:
    """One picture, by its name in the card; the address may carry its version, so that another has another address."""
    card, address = _find(user_id, name)
    if address is None:
        raise NotFound("There is no such picture on this card.")
    picture = current_app.extensions["pictures"].find(address)
    if picture is None:
        return _stand_in(card, name)
    answer = readable(picture.data, mimetype=picture.media_type)
    answer.headers["Content-Security-Policy"] = POLICY
    if request.args.get("v") == version_of(address)[:8]:
        request.environ["rollcall.cache_control"] = KEPT
    return answer


def _stand_in(card: Json, name: str) -> Response:
    # What is there cannot be reached, or not from here; a browser would show that something is broken.
    if name != "avatar":
        return static_files.show("picture.svg" if name.startswith("activity") else "none.svg")
    answer = readable(render_template("initials.svg", name=card["name"]), mimetype="image/svg+xml")
    answer.headers["Content-Security-Policy"] = POLICY
    return answer


def _find(user_id: str, name: str) -> tuple[Json, str | None]:
    wanted = find_snowflake(user_id)
    with reading() as reader:
        profile = None if wanted is None else profiles.find_public(reader, wanted)
    if profile is None:
        return {}, None
    return make_card(wanted, profile), find_pictures(msgspec.json.decode(profile.text)["presence"]).get(name)
