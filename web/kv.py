"""A user's own key/value pairs: `/user/<id>/kv`, with the owner's token."""

from flask import Blueprint, Flask, Response, request
from werkzeug.routing import BaseConverter

from rules.account import kv
from rules.account.tokens import Caller
from rules.errors import Invalid
from web.auth import get_owner, reading, writing
from web.request_body import read_json_object, read_text
from web.responses import done, readable, readable_json

bp = Blueprint("kv", __name__)

# A byte takes six as a JSON escape at most.
OBJECT_BYTES = 6 * kv.MOST_BYTES


class KeyConverter(BaseConverter):
    """The rest of the path, whatever is in it: a key may hold slashes."""

    regex = r"(?s:.+)"
    part_isolating = False


def init_app(app: Flask) -> None:
    app.url_map.converters["key"] = KeyConverter
    app.register_blueprint(bp)


@bp.before_request
def check_path() -> None:
    """Refuse a path that is not UTF-8, since two such keys would become the same text. Raises Invalid."""
    try:
        request.environ["PATH_INFO"].encode("latin-1").decode()
    except UnicodeDecodeError:
        raise Invalid("The key in this path is not UTF-8 text.") from None


@bp.get("/user/<user_id>/kv")
def show_all(user_id: str) -> Response:
    """All pairs as a JSON object."""
    with reading() as reader:
        pairs = kv.get_pairs(reader, get_owner(reader, user_id).user_id)
    return readable_json(pairs)


@bp.patch("/user/<user_id>/kv")
def edit(user_id: str) -> Response:
    """Merge a JSON object into the pairs; null removes a key. All or nothing."""
    caller = get_writer(user_id)
    changes = read_json_object(OBJECT_BYTES)
    with writing(caller) as session:
        kv.edit_pairs(session, caller.user_id, changes)
    return done()


@bp.delete("/user/<user_id>/kv")
def clear(user_id: str) -> Response:
    """Remove all pairs."""
    caller = get_writer(user_id)
    with writing(caller) as session:
        kv.clear_pairs(session, caller.user_id)
    return done()


@bp.get("/user/<user_id>/kv-visibility")
def show_visibility(user_id: str) -> Response:
    """Which pairs anybody may read, as a JSON object."""
    with reading() as reader:
        levels = kv.get_visibility(reader, get_owner(reader, user_id).user_id)
    return readable_json(levels)


@bp.patch("/user/<user_id>/kv-visibility")
def edit_visibility(user_id: str) -> Response:
    """Let anybody read pairs, or nobody but their owner. All or nothing."""
    caller = get_writer(user_id)
    changes = read_json_object(OBJECT_BYTES)
    with writing(caller) as session:
        kv.edit_visibility(session, caller.user_id, changes)
    return done()


@bp.get("/user/<user_id>/kv/<key:key>")
def show(user_id: str, key: str) -> Response:
    """One value, as plain text."""
    with reading() as reader:
        value = kv.get_value(reader, get_owner(reader, user_id).user_id, key)
    return readable(value, mimetype="text/plain")


@bp.put("/user/<user_id>/kv/<key:key>")
def put(user_id: str, key: str) -> Response:
    """Set one value to the body; a BOM before it, as of a file from Windows, is no part of the text."""
    caller = get_writer(user_id)
    value = read_text(kv.VALUE_BYTES).removeprefix("\ufeff")
    with writing(caller) as session:
        kv.set_value(session, caller.user_id, key, value)
    return done()


@bp.delete("/user/<user_id>/kv/<key:key>")
def remove(user_id: str, key: str) -> Response:
    """Remove one pair."""
    caller = get_writer(user_id)
    with writing(caller) as session:
        kv.remove_pair(session, caller.user_id, key)
    return done()


def get_writer(user_id: str) -> Caller:
    """The owner, found out before the body is read. Raises Invalid, NotAuthenticated, NotAllowed."""
    with reading() as reader:
        return get_owner(reader, user_id)
