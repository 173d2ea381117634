"""Reading a request's body: whole, bounded in size and time, before anything is opened that others wait for."""

import socket
import threading
from typing import Any

from flask import current_app, request
from werkzeug.exceptions import BadRequest, RequestTimeout, ServiceUnavailable, UnsupportedMediaType

from rules.errors import Invalid, TooLarge
from rules.parsing.strict_json import read_object
from web.responses import RETRY_AFTER_S

# For so many bodies a process waits at once. Its server says how many, and keeps threads for everybody else.
places = threading.BoundedSemaphore(24)


def read_body(most: int) -> bytes:
    """The whole body, of at most `most` bytes.

    Raises TooLarge, RequestTimeout when it takes longer than BODY_TIMEOUT seconds, BadRequest when the client hangs
    up in the middle, and ServiceUnavailable when too many others are waited for.
    """
    length = request.content_length
    if length is not None and length > most:
        raise TooLarge(f"The body must have at most {most:,} bytes; this one has {length:,}.")
    if length == 0 or (length is None and "chunked" not in request.headers.get("Transfer-Encoding", "")):
        return b""
    body = _read_in_time(most + 1 if length is None else length)
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
    return read_object(read_text(most))


def _read_in_time(size: int) -> bytes:
    if not places.acquire(blocking=False):
        raise ServiceUnavailable(retry_after=RETRY_AFTER_S)
    try:
        with _Deadline(current_app.config["ROLLCALL"].body_timeout) as deadline:
            body = request.environ["wsgi.input"].read(size)
    except Exception:
        # Whatever the server makes of half a chunk, or of one that is malformed.
        body = None
    finally:
        places.release()
    if deadline.passed:
        raise RequestTimeout
    if body is None:
        raise BadRequest
    return body


class _Deadline:
    """Ends the reading half of the client's socket when the time is up, since a read has no total time-out.

    Of granian there is no socket to be had: there web/granian_watchdog.py ends the connection, later.
    """

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
