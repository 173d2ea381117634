"""Reading a request's body: whole and bounded in size, before anything is opened that others wait for."""

from typing import Any

from flask import request
from werkzeug.exceptions import BadRequest, HTTPException, UnsupportedMediaType

from rules.errors import Invalid, TooLarge
from rules.parsing.strict_json import read_array, read_object


def read_body(most: int) -> bytes:
    """The whole body, of at most `most` bytes.

    Raises TooLarge, BadRequest when the client hangs up in the middle or sends no proper chunks, and what web/front
    tells by the input of a body that did not come: RequestTimeout after BODY_TIMEOUT, ServiceUnavailable.
    """
    length = request.content_length
    if length is not None and length > most:
        raise TooLarge(f"The body must have at most {most:,} bytes; this one has {length:,}.")
    if length == 0 or (length is None and "chunked" not in request.headers.get("Transfer-Encoding", "")):
        return b""
    body = _read(most + 1 if length is None else length)
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
    return read_object(_read_json(most))


def read_json_array(most: int) -> list[Any]:
    """The same of a JSON array."""
    return read_array(_read_json(most))


def _read_json(most: int) -> str:
    if not (request.is_json or request.mimetype == "text/json"):
        raise UnsupportedMediaType
    return read_text(most)


def _read(size: int) -> bytes:
    try:
        return request.environ["wsgi.input"].read(size)
    except HTTPException:
        raise
    except Exception:
        # Whatever a server makes of half a chunk, or of one that is malformed.
        raise BadRequest from None
