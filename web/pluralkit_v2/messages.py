"""`/v2/messages/<message>`."""

from flask import Blueprint, Response

from rules.parsing.fields import get_snowflake
from rules.proxying import message_records
from rules.systems import systems
from web.pluralkit_v2.models import show_member, show_system
from web.pluralkit_v2.requests import looking
from web.responses import readable_json

bp = Blueprint("v2_messages", __name__, url_prefix="/v2/messages")


@bp.get("/<message>")
def get_message(message: str) -> Response:
    """A proxied message, by its own ID or the original's, with system and member; for a while, a deleted one too."""
    wanted = get_snowflake(message, "message", 20006)
    with looking() as (session, viewer):
        record = message_records.get_record(session, wanted)
        member = message_records.get_record_member(session, record)
        system = systems.get_member_system(session, member)
        owner = systems.is_owner(session, viewer, system.id)
        return readable_json(
            {
                **message_records.show_record(record),
                "system": show_system(system, owner),
                "member": show_member(member, system, owner),
            }
        )
