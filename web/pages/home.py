"""The page at `/`, for whoever opens the address in a browser."""

from flask import Blueprint, Response, current_app

from rules.presence import health, publication
from web.auth import reading
from web.pages import frame

bp = Blueprint("home", __name__)


@bp.get("/")
def show() -> Response:
    """What this is, how many are published, and how to be one of them."""
    config = current_app.config["ROLLCALL"]
    prefix = next(iter(config.presence_prefixes), "/")
    with reading() as reader:
        known = {
            "published": health.count_published(reader),
            "problem": health.find_problem(reader),
            "choice": publication.kind_of(publication.get_choice(reader)),
        }
    return frame.show("home.html", here="/", config=config, prefix=prefix, **known)
