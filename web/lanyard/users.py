"""`/v1/users/<id>`: somebody's presence with the pairs that the caller may see, and the caller's own pairs."""

from flask import Blueprint, Response

from rules.account.tokens import Caller
from rules.errors import Invalid, NotAllowed, Refused, TooLarge
from rules.lanyard import keys, shape
from rules.parsing.fields import find_snowflake
from rules.parsing.strict_json import read_object
from web.auth import ME, find_viewer, get_caller, reading, writing
from web.kv import OBJECT_BYTES
from web.lanyard.refusals import not_monitored, refuse
from web.request_body import read_text
from web.responses import done, readable

bp = Blueprint("lanyard_users", __name__)
bp.register_error_handler(Refused, refuse)

# A character takes four bytes of UTF-8 at most.
VALUE_BYTES = 4 * keys.VALUE_LENGTH


@bp.get("/v1/users/<user_id>")
def show(user_id: str) -> Response:
    """A published user's presence; with the owner's token, all pairs in it."""
    with reading() as reader:
        viewer = get_caller(reader).user_id if user_id == ME else find_viewer(reader)
        wanted = viewer if user_id == ME else find_snowflake(user_id)
        answer = None if wanted is None else shape.find_answer(reader, wanted, viewer)
        if answer is None:
            raise not_monitored(reader)
    return readable(answer.text, answer.version)


@bp.put("/v1/users/<user_id>/kv/<key>")
def put(user_id: str, key: str) -> Response:
    """Set one pair to the body."""
    caller = get_writer(user_id)
    try:
        value = read_text(VALUE_BYTES)
    except TooLarge:
        raise keys.InvalidPair(keys.VALUE_TOO_LONG) from None
    with writing(caller) as session:
        keys.put_pair(session, caller.user_id, key, value)
    return done()


@bp.patch("/v1/users/<user_id>/kv")
def merge(user_id: str) -> Response:
    """Set the pairs of a JSON object; the others stay. All or nothing."""
    caller = get_writer(user_id)
    try:
        # Whatever the content type: pages and curl send JSON as text or as a form, and Lanyard takes it all the same.
        pairs = read_object(read_text(OBJECT_BYTES))
    except Invalid:
        raise keys.InvalidBody from None
    with writing(caller) as session:
        keys.merge_pairs(session, caller.user_id, pairs)
    return done()


@bp.delete("/v1/users/<user_id>/kv/<key>")
def remove(user_id: str, key: str) -> Response:
    """Remove one pair, whether it is there or not."""
    caller = get_writer(user_id)
    with writing(caller) as session:
        keys.delete_pair(session, caller.user_id, key)
    return done()


def get_writer(user_id: str) -> Caller:
    """The caller, whom the path must name; found out before a body is read. Raises NotAuthenticated, NotAllowed."""
    with reading() as reader:
        caller = get_caller(reader)
    if user_id not in (ME, str(caller.user_id)):
        raise NotAllowed("These pairs are somebody else's.")
    return caller
