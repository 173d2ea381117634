"""Finished answers: reads with an ETag, the headers of every answer, refusals and faults in the path's dialect."""

import logging
import re
import sqlite3
from collections.abc import Callable, Iterable
from typing import Any

import msgspec
from flask import Flask, Response, current_app, request
from sqlalchemy.exc import DatabaseError, OperationalError
from werkzeug.exceptions import HTTPException

from database.faults import Locked, is_locked, is_unwritable
from rules import errors
from rules.etags import version_of
from web.dialects import JSON, is_v2, may_be_page, write_error

Environ = dict[str, Any]
Headers = list[tuple[str, str]]
WsgiApp = Callable[[Environ, Callable[..., Any]], Iterable[bytes]]

log = logging.getLogger(__name__)

STATUS = {
    errors.Invalid: 400,
    errors.NotAuthenticated: 401,
    errors.NotAllowed: 403,
    errors.NotFound: 404,
    errors.TooLarge: 413,
}
# By the first digit of v2's codes.
V2_STATUS = {2: 404, 3: 403, 4: 400, 5: 501}
SENTENCES = {
    400: "This request cannot be read.",
    404: "There is nothing at this path; GET /user/<id> is a person.",
    405: "This path does not take this method.",
    408: "The body did not arrive in time.",
    413: "The body is too large.",
    415: "The body must be JSON: send it with Content-Type: application/json.",
    500: "Something went wrong here; it has been logged.",
    503: "Too busy, or the database cannot be read; try again in a moment.",
}
HTML = "text/html"
READING = ("GET", "HEAD")
UNWRITABLE = (
    "Nothing can be stored now: the server's disk is full or fails, or its database is gone. Nothing was changed; tell"
    " whoever runs it."
)
# The file cannot be used just now. Their siblings, such as a constraint that fails, are faults of ours.
FILE_FAULTS = (Locked, DatabaseError, OperationalError, sqlite3.DatabaseError, sqlite3.OperationalError)
RETRY_AFTER_S = 2
# In the environ, where the front is before the app: an event that is set when the server ends without the answer.
STOPPED = "rollcall.stopped"
ALLOWED_METHODS = "GET, HEAD, POST, PUT, PATCH, DELETE, OPTIONS"
ALLOWED_HEADERS = {name.lower(): name for name in ("Authorization", "Content-Type", "If-None-Match")}
READABLE_HEADERS = "ETag, Retry-After, X-RateLimit-Limit, X-RateLimit-Remaining, X-RateLimit-Reset, X-RateLimit-Scope"

COMMON_HEADERS = {
    "Access-Control-Allow-Origin": "*",
    "Access-Control-Expose-Headers": READABLE_HEADERS,
    "Vary": "Authorization",
    "Cache-Control": "no-cache",
    "X-Content-Type-Options": "nosniff",
}
_COMMON = list(COMMON_HEADERS.items())
_PRIVATE = list({**COMMON_HEADERS, "Cache-Control": "private, no-store"}.items())
# Of what depends on nothing but its address, with a token or without; how long it may be kept comes beside them.
_SHARED = [(name, value) for name, value in _COMMON if name not in ("Vary", "Cache-Control")]
# A header's name (RFC 9110, 5.6.2).
_NAME = re.compile(r"[\w!#$%&'*+.^`|~-]+", re.ASCII)


def init_app(app: Flask) -> None:
    """Turn every refusal and fault into a sentence, and put the common headers on every answer."""
    for kind in (errors.Refused, HTTPException, Exception):
        app.register_error_handler(kind, refuse)
    app.wsgi_app = with_headers(app.wsgi_app, _common_headers)


def refuse(error: Exception) -> Response:
    """One finished sentence with its status, as DESIGN section 5 has it for each dialect; never a stack trace."""
    if isinstance(error, errors.Refused):
        if is_v2(request.path):
            return _refuse_in_v2(error)
        return fault(_status_of(error), error.sentence)
    if isinstance(error, HTTPException) and error.code:
        answer = fault(error.code, SENTENCES.get(error.code, f"{error.name}."))
        kept = ("Allow", "Location", "Retry-After")
        answer.headers.extend(header for header in error.get_headers() if header[0] in kept)
        return answer
    if type(error) in FILE_FAULTS:
        if type(error) is not Locked and not is_locked(error):
            log.error("the database failed: %s", getattr(error, "orig", error))
        sentence = UNWRITABLE if request.method not in READING and is_unwritable(error) else SENTENCES[503]
        return fault(503, sentence, {"Retry-After": str(RETRY_AFTER_S)})
    log.exception("%s %s failed", request.method, request.path, exc_info=error)
    return fault(500, SENTENCES[500])


def fault(status: int, sentence: str, headers: dict[str, str] | None = None, **details: Any) -> Response:
    """An error in the dialect of the path, or as a page for a browser; `details`: `write_error`."""
    if _wants_page():
        body, more = current_app.extensions["error_page"](status, sentence)
        answer = Response(body, status, {**more, **(headers or {})}, mimetype="text/html")
    else:
        body, mimetype = write_error(request.path, status, sentence, **details)
        answer = Response(body, status, headers, mimetype=mimetype)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _wants_page() -> bool:
    # Of two that are equally welcome, as with curl, the first is taken.
    return may_be_page(request.path) and request.accept_mimetypes.best_match([JSON, HTML]) == HTML


def _status_of(error: errors.Refused) -> int:
    return next(STATUS[kind] for kind in type(error).__mro__ if kind in STATUS)


def _refuse_in_v2(error: errors.Refused) -> Response:
    status = V2_STATUS.get(error.code // 10_000) or _status_of(error)
    body: dict[str, Any] = {"message": error.sentence, "code": error.code}
    if isinstance(error, errors.InvalidFields):
        body["errors"] = {name: [_tell_field(wrong)] for name, wrong in error.fields.items()}
    answer = report(body, status)
    if status == 401:
        answer.headers["WWW-Authenticate"] = "Bearer"
    return answer


def _tell_field(wrong: errors.Invalid) -> dict[str, Any]:
    lengths = {"actual_length": wrong.actual, "max_length": wrong.most} if isinstance(wrong, errors.WrongLength) else {}
    return {"message": wrong.sentence, **lengths}


def readable(body: str | bytes, version: str | None = None, mimetype: str = "application/json") -> Response:
    """A read, with its version as ETag; answers 304 to whoever has it already."""
    etag = version or version_of(body)
    if request.if_none_match.contains_weak(etag):
        answer = Response(status=304)
    else:
        answer = Response(body, mimetype=mimetype)
    answer.set_etag(etag)
    return answer


def readable_json(value: Any) -> Response:
    """A read of a value that is not yet JSON text."""
    return readable(_dump(value))


def report(value: Any, status: int) -> Response:
    """JSON that is no read to come back to: an error, what a write made, how things are just now."""
    return Response(_dump(value), status, mimetype="application/json")


def done() -> Response:
    """A write that has nothing to say."""
    return Response(status=204)


def with_headers(app: WsgiApp, more: Callable[[Environ, str], Headers]) -> WsgiApp:
    """A WSGI app whose every answer has more headers, after its own: what `more` makes of a request and a status.

    As `after_request` of Flask the same takes a seventh of a whole read.
    """

    def answer(environ: Environ, start_response: Callable[..., Any]) -> Iterable[bytes]:
        def start(status: str, headers: Headers, *rest: Any) -> Any:
            return start_response(status, headers + more(environ, status), *rest)

        return app(environ, start)

    return answer


def _common_headers(environ: Environ, _status: str) -> Headers:
    """CORS for everybody, and what keeps a cache from mixing people's answers."""
    if "rollcall.cache_control" in environ:
        return [*_SHARED, ("Cache-Control", environ["rollcall.cache_control"])]
    headers = _PRIVATE if "HTTP_AUTHORIZATION" in environ else _COMMON
    return _add_leave(headers, environ) if environ["REQUEST_METHOD"] == "OPTIONS" else headers


def _add_leave(headers: Headers, environ: Environ) -> Headers:
    """Leave for a page's request with whatever headers it names: what traces pages adds some that nobody here reads."""
    asked = environ.get("HTTP_ACCESS_CONTROL_REQUEST_HEADERS", "")
    names = [name for word in asked.split(",") if _NAME.fullmatch(name := word.strip())]
    allowed = dict(zip(map(str.lower, names), names, strict=True)) | ALLOWED_HEADERS
    leave = {
        "Access-Control-Allow-Methods": ALLOWED_METHODS,
        "Access-Control-Allow-Headers": ", ".join(allowed.values()),
        "Access-Control-Max-Age": "86400",
    }
    varies = {"Vary": "Authorization, Access-Control-Request-Headers"} if asked else {}
    return list({**dict(headers), **varies, **leave}.items())


# An eighth of what `json` takes, byte for byte the same.
_dump = msgspec.json.Encoder().encode
