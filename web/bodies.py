"""Reading a request's body: whole, bounded in size and time, before anything is opened that others wait for."""

import json
import socket
import threading
from typing import Any

from flask import current_app, request
from werkzeug.exceptions import BadRequest, RequestTimeout, UnsupportedMediaType

from rules.errors import Invalid, TooLarge

MOST_DEPTH = 32


def read_body(most: int) -> bytes:
    """The whole body, of at most `most` bytes.

    Raises TooLarge, RequestTimeout when it takes longer than BODY_TIMEOUT seconds, and BadRequest when the
    client hangs up in the middle.
    """
    length = request.content_length
    if length is not None and length > most:
        raise TooLarge(f"The body must have at most {most:,} bytes; this one has {length:,}.")
    if length == 0 or (length is None and "chunked" not in request.headers.get("Transfer-Encoding", "")):
        return b""
    with _Deadline(current_app.config["ROLLCALL"].body_timeout) as deadline:
        try:
            body = request.environ["wsgi.input"].read(most + 1 if length is None else length)
        except Exception:
            # Whatever the server makes of half a chunk, or of one that is malformed.
            body = None
    if deadline.passed:
        raise RequestTimeout
    if body is None:
        raise BadRequest
    if length is None and len(body) > most:
        raise TooLarge(f"The body must have at most {most:,} bytes.")
    if length is not None and len(body) < length:
        raise BadRequest
    return body


def read_text(most: int) -> str:
    """The body as UTF-8 text. Raises Invalid, and like `read_body`."""
    try:
        return read_body(most).decode()
    except UnicodeDecodeError:
        raise Invalid("The body is not UTF-8 text.") from None


def read_json_object(most: int) -> dict[str, Any]:
    """The body as a JSON object, without anything that would break later.

    Raises UnsupportedMediaType unless the content type is JSON; Invalid for what is no object, is nested more
    than 32 deep, or holds NaN, a key twice, NUL or half a surrogate pair; and like `read_body`.
    """
    if not (request.is_json or request.mimetype == "text/json"):
        raise UnsupportedMediaType
    text = read_text(most)
    try:
        value = json.loads(text, object_pairs_hook=_object, parse_constant=_refuse_constant)
    except RecursionError:
        raise _too_deep() from None
    except json.JSONDecodeError as error:
        raise Invalid(f"The body is not JSON: {error}.") from None
    except ValueError:
        raise Invalid("The body holds a number that is too long.") from None
    if not isinstance(value, dict):
        raise Invalid("The body must be a JSON object.")
    _check_value(value, MOST_DEPTH)
    return value


class _Deadline:
    """Ends the reading half of the client's socket when the time is up, since a read has no total time-out."""

    def __init__(self, seconds: float) -> None:
        self.passed = False
        self._socket: socket.socket | None = request.environ.get("gunicorn.socket")
        self._timer = threading.Timer(seconds, self._expire)
        self._timer.daemon = True

    def __enter__(self) -> "_Deadline":
        self._timer.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._timer.cancel()

    def _expire(self) -> None:
        self.passed = True
        if self._socket:
            try:
                self._socket.shutdown(socket.SHUT_RD)
            except OSError:
                pass


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    value: dict[str, Any] = {}
    for key, item in pairs:
        if key in value:
            raise Invalid(f"The body names the key {json.dumps(key)[:60]} twice.")
        value[key] = item
    return value


def _refuse_constant(name: str) -> None:
    raise Invalid(f"The body holds {name}, which is not JSON.")


def _too_deep() -> Invalid:
    return Invalid(f"The body is nested more than {MOST_DEPTH} deep.")


def _check_value(value: Any, depth: int) -> None:
    if depth < 0:
        raise _too_deep()
    if isinstance(value, str):
        if "\0" in value:
            raise Invalid("The body holds a NUL character.")
        if not value.isascii() and any("\ud800" <= character <= "\udfff" for character in value):
            raise Invalid("The body holds half of a surrogate pair, which is not valid Unicode.")
    elif isinstance(value, list):
        for item in value:
            _check_value(item, depth - 1)
    elif isinstance(value, dict):
        for key, item in value.items():
            _check_value(key, depth)
            _check_value(item, depth - 1)
