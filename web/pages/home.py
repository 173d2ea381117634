"""The page at `/`, for whoever opens the address in a browser."""

from flask import Blueprint, Response, current_app

from database.compiled_queries import Reader
from rules.presence import health, profiles
from web.auth import reading
from web.pages import cards, frame
from web.pages.people import explain_publication

bp = Blueprint("home", __name__)


@bp.get("/")
def show() -> Response:
    """What this is, a box to look somebody up, how many are published, and how to be one of them."""
    with reading() as reader:
        known = {
            "published": health.count_published(reader),
            "problem": health.find_problem(reader),
            "card": _find_featured(reader),
            **explain_publication(reader),
        }
    return frame.show("home.html", sends_forms=True, here="/", open_use=True, **known)


def _find_featured(reader: Reader) -> cards.Json | None:
    user_id = current_app.config["ROLLCALL"].featured_user_id
    profile = user_id and profiles.find_public(reader, user_id)
    return cards.make_card(user_id, profile) if profile else None
