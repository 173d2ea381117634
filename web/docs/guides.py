"""`/privacy`, what is stored and who sees it, and `/moving`, for people who come from another service."""

from flask import Blueprint, Response, current_app
from markupsafe import Markup, escape

from config import Config
from rules.account import privacy_statement, stored_data
from rules.presence import publication
from web.auth import reading
from web.docs.commands import prefixes_of
from web.pages.frame import guarded, page
from web.responses import readable

bp = Blueprint("guides", __name__)


@bp.get("/privacy")
def show_privacy() -> Response:
    """What `.privacy` says, and all that is stored, kind by kind."""
    config = current_app.config["ROLLCALL"]
    with reading() as reader:
        choice = publication.kind_of(publication.get_choice(reader))
    kept = config.deleted_messages_kept
    written = _write_commands(config)

    def say(text: str) -> Markup:
        return escape(text).format(**written)

    text = page(
        "docs/privacy.html",
        here="/privacy",
        say=say,
        first=privacy_statement.say_first(choice),
        summary=privacy_statement.summarize(kept),
        people=stored_data.list_people(kept, config.feed_kept),
        others=stored_data.list_others(),
        beside=stored_data.BESIDE,
    )
    return guarded(readable(text, mimetype="text/html"))


@bp.get("/moving")
def show_moving() -> Response:
    """What changes and what does not for whoever comes from Lanyard, harmy or PluralKit."""
    config = current_app.config["ROLLCALL"]
    text = page(
        "docs/moving.html",
        here="/moving",
        url=config.public_url,
        socket_url="ws" + config.public_url.removeprefix("http"),
        subscribes_to_all=config.subscribe_to_all,
        prefixes=prefixes_of(config),
    )
    return guarded(readable(text, mimetype="text/html"))


def _write_commands(config: Config) -> dict[str, Markup]:
    """The commands that the statement names, each as it is typed here."""
    prefixes = prefixes_of(config)
    sides = (("presence", privacy_statement.PRESENCE_COMMANDS), ("systems", privacy_statement.SYSTEM_COMMANDS))
    code = Markup("<code>{}{}</code>")
    return {name: code.format(prefixes[side], text) for side, commands in sides for name, text in commands.items()}
