"""`/v2/systems/@me/export`: a system as a file, for its owner alone; Rollcall's own, which PluralKit does not have."""

from flask import Blueprint, Response, current_app, request

from rules.pictures import kept_files
from rules.systems import systems
from rules.transfer.writing import formats
from web.auth import get_caller
from web.rate_limit import count_bytes
from web.responses import readable

bp = Blueprint("v2_exports", __name__, url_prefix="/v2/systems")


@bp.get(f"/{systems.ME}/export")
def export_system() -> Response:
    """Everything of one's own system, in the format that the query names."""
    form = request.args.get("format", formats.PLURALKIT)
    folder = kept_files.get_folder(current_app.config["ROLLCALL"].database_url)
    with current_app.extensions["database"].read() as session:
        make = formats.read(session, get_caller(session).user_id, form, folder)
    # Outside the session, since it may take seconds.
    made = make(None)
    count_bytes(len(made.data))
    answer = readable(made.data, mimetype=made.media_type)
    answer.headers["Content-Disposition"] = f'attachment; filename="{made.name}"'
    return answer
