"""`/u/<id>`: a person's card as a page; `/u?q=` leads to it by an ID or a name."""

from flask import Blueprint, Response, current_app, redirect, request

from database.compiled_queries import Reader
from rules import names
from rules.errors import Refused
from rules.parsing.fields import find_snowflake
from rules.presence import profiles, publication
from web.auth import reading
from web.pages import cards, frame

bp = Blueprint("people", __name__)


@bp.get("/u/<user_id>")
def show(user_id: str) -> Response:
    """A published person, as anyone may see them; else how to become one, in the same words for everybody."""
    wanted = find_snowflake(user_id)
    with reading() as reader:
        profile = None if wanted is None else profiles.find_public(reader, wanted)
        if profile is None:
            return _show_missing(reader)
    card = cards.make_card(wanted, profile)
    return frame.show("person.html", card=card, sentence=cards.describe(card))


@bp.get("/u")
def find() -> Response:
    """The way to the page of whom an ID or a whole name means; a choice where several have the name."""
    typed = request.args.get("q", "").strip()
    if not typed:
        return _lead_to("/")
    if typed.isascii() and typed.isdigit():
        return _lead_to(f"/u/{typed[:20]}")
    with reading() as reader:
        try:
            found = names.find_named(reader, typed)
        except Refused as refusal:
            return frame.show("found.html", 400, sends_forms=True, typed=typed, cards=[], sentence=refusal.sentence)
        if len(found) == 1:
            return _lead_to(f"/u/{found[0]}")
        shown = [(user_id, profiles.find_public(reader, user_id)) for user_id in found]
    choices = [cards.make_card(user_id, profile) for user_id, profile in shown if profile]
    status = 200 if choices else 404
    return frame.show("found.html", status, sends_forms=True, typed=typed, cards=choices, sentence=None)


def explain_publication(reader: Reader) -> dict[str, object]:
    """What pages say of who is published here, and how one is."""
    config = current_app.config["ROLLCALL"]
    return {
        "choice": publication.kind_of(publication.get_choice(reader)),
        "prefix": next(iter(config.presence_prefixes), "/"),
        "invite_url": config.invite_url,
    }


def _show_missing(reader: Reader) -> Response:
    config, can_write = current_app.config["ROLLCALL"], current_app.extensions["database"].can_write
    why = profiles.tell_why_not(reader, config.invite_url, can_write)
    return frame.show("missing.html", 404, sends_forms=True, why=why, **explain_publication(reader))


def _lead_to(path: str) -> Response:
    return frame.guarded(redirect(frame.get_root() + path))
