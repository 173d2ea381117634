"""`/v2/systems/<system>`."""

from flask import Blueprint, Response

from rules.systems import systems
from web.auth import writing
from web.pluralkit_v2.models import SYSTEM_PRIVACY, show_system
from web.pluralkit_v2.requests import admit, looking, read_changes
from web.responses import readable_json, report

bp = Blueprint("v2_systems", __name__, url_prefix="/v2/systems")

WRITABLE = ("name", "description", "tag", "pronouns", "avatar_url", "banner", "color")


@bp.get("/<system>")
def get_system(system: str) -> Response:
    """Any system."""
    with looking() as (session, viewer):
        found = systems.get_referenced(session, system, viewer)
        return readable_json(show_system(found, systems.is_owner(session, viewer, found.id)))


@bp.patch("/<system>")
def edit_system(system: str) -> Response:
    """Change one's own system."""
    caller = admit(system)
    changes = read_changes(WRITABLE, SYSTEM_PRIVACY)
    systems.check_changes(changes, systems.LATER_TAG_LENGTH)
    with writing(caller) as session:
        edited = systems.edit_system(session, caller.user_id, changes, systems.LATER_TAG_LENGTH)
        session.flush()
        return report(show_system(edited, True), 200)
