"""`/s/<id>`: a system's public page, as a stranger sees it, whoever asks."""

from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, request
from sqlalchemy.orm import Session

from models import System
from rules.errors import NotAllowed
from rules.fronting import public_front
from rules.groups import listing
from rules.parsing.timestamps import now_us
from rules.systems import members
from rules.systems.privacy import see_system
from rules.systems.short_ids import find_by_reference
from web.pages import frame, timeline

bp = Blueprint("systems", __name__)

# Members, and groups.
A_PAGE = 60
T = TypeVar("T")


@bp.get("/s/<system>")
def show(system: str) -> Response:
    """A system by its ID or UUID, never by an account: whose it is, is not shown here."""
    with current_app.extensions["database"].read() as session:
        found = find_by_reference(session, System, system)
        if found is None:
            prefixes = current_app.config["ROLLCALL"].system_prefixes
            return frame.show("no_system.html", 404, system_prefix=next(iter(prefixes), "/"))
        seen = _see(session, found)
    return frame.show("system.html", **seen)


def _see(session: Session, system: System) -> dict[str, Any]:
    listed = _unless_private(lambda: members.list_seen(session, system, None), [])
    page, pages = _read_page("page", listed)
    front = public_front.find(session, system)
    groups = _unless_private(lambda: listing.list_groups(session, system, None, listing.GroupOptions()), [])
    group_page, group_pages = _read_page("groups", groups)
    drawn = _unless_private(lambda: timeline.draw(session, system, timeline.read_days(), now_us()), None)
    return {
        "system": see_system(system, False),
        "front": front,
        "members": listed[(page - 1) * A_PAGE : page * A_PAGE],
        "member_count": len(listed),
        "page": page,
        "pages": pages,
        "groups": groups[(group_page - 1) * A_PAGE : group_page * A_PAGE],
        "group_count": len(groups),
        "group_page": group_page,
        "group_pages": group_pages,
        "timeline": drawn,
        "days": timeline.read_days(),
    }


def _unless_private(find: Any, otherwise: T) -> T:
    # What is private is left out as if there were none.
    try:
        return find()
    except NotAllowed:
        return otherwise


def _read_page(name: str, listed: list[Any]) -> tuple[int, int]:
    """Which page of a list was asked for, and how many it has."""
    text, pages = request.args.get(name, ""), max(1, -(-len(listed) // A_PAGE))
    asked = int(text) if text.isascii() and text.isdigit() and len(text) < 5 else 1
    return min(max(1, asked), pages), pages
