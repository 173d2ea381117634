"""What else is asked under `/v2`: cards for chats, and paths that belong to version 1 or to nothing."""

from typing import NoReturn

from flask import Blueprint, Response, current_app, request

from rules.errors import Invalid
from rules.groups import groups
from rules.groups.privacy import see_group
from rules.systems import members, systems
from rules.systems.privacy import see_member, see_system
from web.dialects import is_v2
from web.pluralkit_v2.requests import looking
from web.responses import readable_json

bp = Blueprint("v2_paths", __name__, url_prefix="/v2")

OF_VERSION_1 = "<any(s, m, a, msg):_kind>"
METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")


@bp.get("/systems/<system>/oembed.json")
def embed_system(system: str) -> Response:
    """A system as oEmbed."""
    with looking() as (session, viewer):
        seen = see_system(systems.get_referenced(session, system, viewer), False)
        return show(seen["name"] or seen["id"])


@bp.get("/members/<member>/oembed.json")
def embed_member(member: str) -> Response:
    """A member as oEmbed."""
    with looking() as (session, _):
        seen = see_member(members.get_member(session, member), False)
        return show(seen["display_name"] or seen["name"])


@bp.get("/groups/<group>/oembed.json")
def embed_group(group: str) -> Response:
    """A group as oEmbed."""
    with looking() as (session, _):
        seen = see_group(groups.get_group(session, group), False)
        return show(seen["display_name"] or seen["name"])


@bp.route(f"/{OF_VERSION_1}", methods=METHODS)
@bp.route(f"/{OF_VERSION_1}/<path:_rest>", methods=METHODS)
def refuse(**_: str) -> NoReturn:
    """What is a path of version 1."""
    raise Invalid("Invalid path for API version: in version 2 it is /v2/systems, /v2/members or /v2/messages.")


@bp.before_app_request
def allow_pages() -> Response | None:
    """Answer a page's OPTIONS where no route is, too; a route for all other paths would hide what a path takes."""
    if request.method == "OPTIONS" and request.routing_exception and is_v2(request.path):
        return Response()
    return None


def show(title: str) -> Response:
    """The title of a card, as a stranger may see it."""
    address = current_app.config["ROLLCALL"].public_url
    return readable_json({"type": "rich", "provider_name": "Rollcall", "provider_url": address, "title": title})
