"""`GET /events` and `GET /user/<id>/events`: event streams of users and systems.

Here a stream is opened: who asks, about whom, and what it is told first. The front keeps it open; under a server
without one the answer ends there, and a client that comes back with `Last-Event-ID` is told what came since.
"""

import re

from flask import Blueprint, Response, current_app, request

from database.compiled_queries import Reader
from rules import feed
from rules.account.tokens import Caller
from rules.parsing.fields import get_snowflake
from web.auth import ME, find_current, get_caller
from web.live.moment import Moment
from web.live.stream import Stream
from web.live.subjects import Subjects, read_subjects

bp = Blueprint("events", __name__)

MIMETYPE = "text/event-stream"
# Where the front finds a stream that it is to keep open.
STREAM = "rollcall.stream"
_POSITION = re.compile(r"([0-9a-f]{8})-([0-9]{1,18})-((?:[0-9a-f]{8})*)", re.ASCII)


@bp.get("/events")
def of_many() -> Response:
    """What happens to up to 100 users and systems; each event says to whom."""
    users, systems = (",".join(request.args.getlist(name)) for name in ("users", "systems"))
    with _database().read() as session:
        caller = find_current(session)
        subjects = read_subjects(session, users, systems, caller and caller.user_id)
    return _open(subjects, caller)


@bp.get("/user/<user_id>/events")
def of_one(user_id: str) -> Response:
    """What happens to one user."""
    with _database().read_inline() as reader:
        caller = get_caller(reader) if user_id == ME else find_current(reader)
    wanted = caller.user_id if user_id == ME else get_snowflake(user_id)
    return _open(Subjects((wanted,), {}, {}, is_named=False), caller)


def _open(subjects: Subjects, caller: Caller | None) -> Response:
    with _database().read_inline() as reader:
        epoch, newest = feed.find_epoch(reader), feed.find_newest(reader)
        stream = Stream(subjects, caller, epoch, newest)
        with Moment(_database(), reader) as moment:
            known, is_reset = _read_known(reader, stream, epoch)
            opening = stream.open(moment, known, is_reset)
    request.environ[STREAM] = stream
    # Nobody between here and the client may wait for the end of it.
    return Response(opening, mimetype=MIMETYPE, headers={"X-Accel-Buffering": "no"})


def _read_known(reader: Reader, stream: Stream, epoch: str) -> tuple[bytes | None, bool]:
    """What the client knows, None for nothing; and whether what came since cannot be told any more."""
    named = request.headers.get("Last-Event-ID") or request.args.get("since")
    if not named:
        return None, False
    position = _POSITION.fullmatch(named.strip())
    if not position or position[1] != epoch or not stream.may_know(known := bytes.fromhex(position[3])):
        return None, True
    seq = int(position[2])
    is_kept = seq <= stream.seq and feed.find_oldest(reader) <= seq + 1
    return (known, False) if is_kept else (None, True)


def _database():
    return current_app.extensions["database"]
