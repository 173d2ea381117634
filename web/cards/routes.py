"""`/user/<id>.svg` and its siblings: what a README shows. All of them are for strangers, whoever asks.

A card that cannot be shown says so with 200: GitHub's proxy, and others, show no picture of another status, and then
nobody would read how it is done right. shields.io wants its badges so too.
"""

import msgspec
from flask import Blueprint, Flask, Response, current_app, request

from database.compiled_queries import Reader
from rules.fronting import public_front
from rules.fronting.public_front import PublicFront
from rules.parsing.fields import find_snowflake
from rules.parsing.timestamps import now_ms
from rules.presence import card as cards
from rules.presence import profiles
from rules.presence.card import Card
from rules.presence.cdn import DISCORD_BASE, Cdn
from web.auth import reading
from web.cards import badges
from web.cards.notice import draw_notice
from web.cards.options import BadOption, Options, read_options
from web.cards.person import draw_person
from web.cards.rendering import RenderedCards, answer, show_direction, show_px
from web.cards.selection import select
from web.cards.system import draw_system, tell_name
from web.responses import readable_json

bp = Blueprint("cards", __name__)

NO_SYSTEM = "There is no system with this ID here, or no longer."
PRIVATE = "Who fronts in this system is not public."
# Where lanyard-profile-readme has its cards, they are dark unless told otherwise.
USUAL_THEMES = {"cards.show_moved": "dark"}
_encode = msgspec.json.Encoder().encode


def init_app(app: Flask) -> None:
    """Serve cards and badges."""
    app.extensions["cards"] = RenderedCards()
    app.add_template_filter(show_px, "px")
    app.add_template_filter(show_direction, "direction")
    app.register_blueprint(bp)


@bp.errorhandler(BadOption)
def tell_bad_option(bad: BadOption) -> Response:
    """A card that says what an option takes."""
    return _notice("This card cannot be drawn", f"The option {bad.name} takes {bad.takes}.", Options())


@bp.get("/user/<user_id>.svg")
def show_person(user_id: str) -> Response:
    """A person's card."""
    return _answer_person(user_id)


@bp.get("/api/<user_id>")
def show_moved(user_id: str) -> Response:
    """The same where lanyard-profile-readme has it, so that only the host of an address changes."""
    return _answer_person(user_id)


@bp.get("/v1/s/<system_id>.svg")
def show_system(system_id: str) -> Response:
    """Who fronts in a system."""
    options = _read_options()
    with reading() as reader:
        front = public_front.find_by_hid(reader, system_id)
    return _answer_system(front, options)


@bp.get("/v2/systems/<system>.svg")
def show_system_v2(system: str) -> Response:
    """The same by any reference of v2's; nobody is `@me` in a picture."""
    options = _read_options()
    with current_app.extensions["database"].read() as session:
        front = public_front.find_by_reference(session, system)
    return _answer_system(front, options)


@bp.get("/user/<user_id>/badge.json")
def show_badge(user_id: str) -> Response:
    """A person's status, song, activity or fronters for shields.io."""
    with reading() as reader:
        card = _find_card(reader, user_id)
    try:
        badge = badges.badge_of_person(card, request.args) if card else badges.badge_that_says("not published here")
    except badges.BadBadge as bad:
        badge = badges.badge_that_says(str(bad))
    return readable_json(badge)


@bp.get("/v1/s/<system_id>/badge.json")
def show_system_badge(system_id: str) -> Response:
    """Who fronts in a system, for shields.io."""
    with reading() as reader:
        front = public_front.find_by_hid(reader, system_id)
    return _answer_badge(front)


@bp.get("/v2/systems/<system>/badge.json")
def show_system_badge_v2(system: str) -> Response:
    """The same by any reference of v2's."""
    with current_app.extensions["database"].read() as session:
        front = public_front.find_by_reference(session, system)
    return _answer_badge(front)


def _answer_person(user_id: str) -> Response:
    options = _read_options()
    with reading() as reader:
        card = _find_card(reader, user_id)
        why_not = "" if card else _tell_why_not(reader)
    if card is None:
        return _notice("Nobody to show", why_not, options)
    shown = select(card, options)
    return answer(_encode(shown), options, lambda: draw_person(shown, options, _cdn()))


def _answer_system(front: PublicFront | None, options: Options) -> Response:
    if front is None:
        return _notice("No system to show", NO_SYSTEM, options)
    if front.members is None:
        return _notice(tell_name(front), PRIVATE, options)
    now = now_ms()
    drawing = draw_system(front, now, options, _cdn())
    return answer(_encode(drawing), options, lambda: drawing)


def _answer_badge(front: PublicFront | None) -> Response:
    if front is None or front.members is None:
        return readable_json(badges.badge_that_says("no such system" if front is None else "not public"))
    try:
        return readable_json(badges.badge_of_system(front, tell_name(front), request.args))
    except badges.BadBadge as bad:
        return readable_json(badges.badge_that_says(str(bad)))


def _notice(title: str, sentence: str, options: Options) -> Response:
    return answer(_encode([title, sentence]), options, lambda: draw_notice(title, sentence, options))


def _find_card(reader: Reader, user_id: str) -> Card | None:
    wanted = find_snowflake(user_id)
    return None if wanted is None else cards.find_card(reader, wanted, now_ms())


def _tell_why_not(reader: Reader) -> str:
    can_write = current_app.extensions["database"].can_write
    return profiles.tell_why_not(reader, current_app.config["ROLLCALL"].invite_url, can_write)


def _read_options() -> Options:
    query = request.query_string.decode("utf-8", "replace")
    return read_options(query, USUAL_THEMES.get(request.endpoint, "auto"))


def _cdn() -> Cdn:
    return Cdn(current_app.config["ROLLCALL"].discord_cdn_base or DISCORD_BASE)
