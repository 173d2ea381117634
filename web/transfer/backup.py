"""`/user/<id>/backup`: whether the bot sends a system's file by DM, with the owner's token."""

from flask import Blueprint, Response, current_app

from rules.parsing.timestamps import show_time
from rules.transfer.writing import backups
from web.auth import writing
from web.kv import get_writer
from web.request_body import read_json_object
from web.responses import done, readable_json

bp = Blueprint("backup", __name__)

_MOST_BYTES = 1000


@bp.get("/user/<user_id>/backup")
def show(user_id: str) -> Response:
    """How often one comes, when the next is due (null where no more is tried), and since when none arrives."""
    caller = get_writer(user_id)
    with current_app.extensions["database"].read() as session:
        found = backups.find_schedule(session, caller.user_id)
    times = {"next": found.due_at, "failed_since": found.failed_at}
    shown = {name: None if at is None else show_time(at * 1000) for name, at in times.items()}
    return readable_json({"every": found.every, **shown})


@bp.patch("/user/<user_id>/backup")
def edit(user_id: str) -> Response:
    """Ask for one, of which the first comes at once, so that its owner sees that it arrives; or for none."""
    caller = get_writer(user_id)
    every = read_json_object(_MOST_BYTES).get("every")
    with writing(caller) as session:
        backups.schedule(session, caller.user_id, every, first_now=True)
    return done()
