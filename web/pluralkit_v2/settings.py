"""`/v2/systems/<system>/settings`: what the bot's `config` shows."""

from flask import Blueprint, Response

from rules.systems import config, systems
from web.auth import writing
from web.pluralkit_v2.requests import admit, looking, read_changes
from web.responses import readable_json, report

bp = Blueprint("v2_settings", __name__, url_prefix="/v2/systems/<system>/settings")


@bp.get("")
def get_settings(system: str) -> Response:
    """All settings for the owner; for others those that change how the system proxies."""
    with looking() as (session, viewer):
        found = systems.get_referenced(session, system, viewer)
        return readable_json(config.see_config(found, systems.is_owner(session, viewer, found.id)))


@bp.patch("")
def edit_settings(system: str) -> Response:
    """Change settings of one's own system."""
    caller = admit(system)
    changes = read_changes(config.NAMES)
    config.check_changes(changes)
    with writing(caller) as session:
        return report(config.see_config(config.patch_config(session, caller.user_id, changes), True), 200)
