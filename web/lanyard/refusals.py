"""How what a rule refuses is told in Lanyard's dialect: codes, statuses and words are its own."""

from flask import Response, current_app

from database.compiled_queries import Reader
from rules import errors
from rules.errors import NotFound, Refused
from rules.lanyard.keys import InvalidBody
from rules.presence import profiles
from web.dialects import LANYARD
from web.responses import STATUS, fault

NOT_MONITORED = "User is not being monitored by Lanyard"


def refuse(error: Refused) -> Response:
    """What cannot be taken is 404 there, and somebody else's is 401."""
    if isinstance(error, errors.NotAllowed | errors.NotAuthenticated):
        return fault(401, LANYARD[401][1])
    if isinstance(error, errors.TooLarge):
        return fault(STATUS[errors.TooLarge], error.sentence)
    if isinstance(error, NotFound):
        return fault(404, error.sentence, code="user_not_monitored", hint=error.told)
    code = "invalid_kv_value" if isinstance(error, InvalidBody) else "kv_validation_failed"
    return fault(404, error.sentence, code=code)


def not_monitored(reader: Reader) -> NotFound:
    """The refusal for whoever is not published: in Lanyard's words, with a hint why that is so."""
    invite_url = current_app.config["ROLLCALL"].invite_url
    can_write = current_app.extensions["database"].can_write
    return NotFound(NOT_MONITORED, profiles.tell_why_not(reader, invite_url, can_write))
