"""`/s/<id>`: a system's public page, as a stranger sees it, whoever asks."""

from typing import Any, TypeVar

from flask import Blueprint, Response, current_app, request
from sqlalchemy.orm import Session

from models import System
from rules.errors import NotAllowed
from rules.fronting import public_history
from rules.groups import listing
from rules.parsing.timestamps import now_us
from rules.systems import members
from rules.systems.privacy import see_member, see_system
from rules.systems.short_ids import find_by_reference
from web.pages import frame, timeline

bp = Blueprint("systems", __name__)

MEMBERS_A_PAGE = 60
T = TypeVar("T")


@bp.get("/s/<system>")
def show(system: str) -> Response:
    """A system by its ID or UUID, never by an account: whose it is, is not shown here."""
    with current_app.extensions["database"].read() as session:
        found = find_by_reference(session, System, system)
        if found is None:
            return frame.show("no_system.html", 404)
        seen = _see(session, found)
    return frame.show("system.html", **seen)


def _see(session: Session, system: System) -> dict[str, Any]:
    number = _read_page()
    listed = _unless_private(lambda: members.list_seen(session, system, None), [])
    pages = max(1, -(-len(listed) // MEMBERS_A_PAGE))
    number = min(number, pages)
    front = public_history.find_front(session, system)
    fronting = [see_member(member, False) for member in front.members] if front else []
    groups = _unless_private(lambda: listing.list_groups(session, system, None, listing.GroupOptions()), [])
    drawn = _unless_private(lambda: timeline.draw(session, system, timeline.read_days(), now_us()), None)
    return {
        "system": see_system(system, False),
        "front": {"since": front.start // 1000, "members": fronting} if front else None,
        "members": listed[(number - 1) * MEMBERS_A_PAGE : number * MEMBERS_A_PAGE],
        "member_count": len(listed),
        "page": number,
        "pages": pages,
        "groups": groups,
        "timeline": drawn,
        "days": timeline.read_days(),
    }


def _unless_private(find: Any, otherwise: T) -> T:
    # What is private is left out as if there were none.
    try:
        return find()
    except NotAllowed:
        return otherwise


def _read_page() -> int:
    text = request.args.get("page", "")
    return max(1, int(text)) if text.isascii() and text.isdigit() and len(text) < 5 else 1
