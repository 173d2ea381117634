"""The page at `/`, for whoever opens the address in a browser."""

from flask import Blueprint, current_app, render_template

from rules.presence import health, publication
from web.auth import reading

bp = Blueprint("pages", __name__)


@bp.get("/")
def home() -> str:
    """What this is, how many are published, and how to be one of them."""
    config = current_app.config["ROLLCALL"]
    prefix = next(iter(config.presence_prefixes), "/")
    with reading() as reader:
        known = {
            "published": health.count_published(reader),
            "problem": health.find_problem(reader),
            "choice": publication.kind_of(publication.get_choice(reader)),
        }
    return render_template("home.html", config=config, prefix=prefix, **known)
