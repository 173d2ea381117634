"""Which dialect a path speaks, and how each of them writes an error: DESIGN section 5."""

import re
from typing import Any

import msgspec

JSON, TEXT = "application/json", "text/plain"
# What Lanyard itself says, and what its clients compare.
LANYARD = {
    401: ("no_permission", "You do not have permission to access this resource"),
    404: ("not_found", "Route does not exist"),
}
UPGRADE_FAILED = ("upgrade_failed", "Request failed to upgrade")
# What Lanyard does not know, in the same manner; the sentence is ours.
_LANYARD_CODES = {
    400: "bad_request",
    405: "method_not_allowed",
    408: "request_timeout",
    413: "payload_too_large",
    414: "uri_too_long",
    415: "unsupported_media_type",
    429: "rate_limited",
    431: "headers_too_large",
    501: "not_implemented",
    503: "unavailable",
}
_SOCKET = re.compile("/socket/?")
_LANYARD_PATH = re.compile(r"/v1/users(?:/.*)?|/socket/?|/[^/]+\.(?:png|gif|webp|jpe?g)/?", re.DOTALL)
# Pages, and what a browser loads by itself because of one: a page may show many people.
_PAGE = re.compile(
    r"/?|/(?:docs|privacy|moving|u|s|me|static|pictures)(?:/.*)?|/openapi\.json/?|/favicon\.ico"
    r"|/user/[0-9]+\.(?:png|gif|webp|jpe?g)/?"
    r"|/(?:user|v1/s|v2/systems)/[^/]+(?:\.svg|/badge\.json)/?|/api/[^/]+/?",
    re.DOTALL,
)
# What only programs ask for, beside the dialects of others.
_FOR_PROGRAMS = re.compile(
    r"/(?:users?|api|events|health|metrics|openapi\.json|static|pictures|favicon\.ico)(?:/.*)?", re.DOTALL
)
_encode = msgspec.json.Encoder().encode


def is_lanyard(path: str) -> bool:
    """Whether a path belongs to Lanyard's dialect: somebody's presence and pairs, a picture by an ID, the socket."""
    return _LANYARD_PATH.fullmatch(path) is not None


def is_pluralkit(path: str) -> bool:
    """Whether a path belongs to version 1 of PluralKit's dialect."""
    return (path == "/v1" or path.startswith("/v1/")) and not is_lanyard(path)


def is_v2(path: str) -> bool:
    """Whether a path belongs to version 2 of PluralKit's dialect."""
    return path == "/v2" or path.startswith("/v2/")


def is_page(path: str) -> bool:
    """Whether a path is a page, what a browser loads by itself because of one, or a picture that pages embed."""
    return _PAGE.fullmatch(path) is not None


def may_be_page(path: str) -> bool:
    """Whether an error may be a page there, for whoever prefers one: wherever no program asks."""
    return not (_FOR_PROGRAMS.fullmatch(path) or is_pluralkit(path) or is_v2(path) or is_lanyard(path))


def write_error(path: str, status: int, sentence: str, **details: Any) -> tuple[bytes, str]:
    """The body of an error and its media type: JSON, or under /v1 the bare sentence.

    Of `details`, `code` is Lanyard's name for the error, and without it the words are Lanyard's where it has some;
    `hint` is what we have to say beyond them. All of them are more keys under /v2.
    """
    if is_pluralkit(path):
        return sentence.encode(), TEXT
    if is_v2(path):
        return _encode({"message": sentence, "code": 0, **details}), JSON
    if is_lanyard(path):
        code = details.get("code") or (UPGRADE_FAILED[0] if status == 400 and _SOCKET.fullmatch(path) else None)
        return _encode(_name_as_lanyard(status, sentence, code, details.get("hint"))), JSON
    return _encode({"code": status, "message": sentence}), JSON


def write_unread_error(url: bytes, status: int, sentence: str) -> tuple[bytes, str]:
    """The same where a request was refused before all of its head had come: JSON, whatever came of its address.

    Only Lanyard's clients read nothing but their own envelope.
    """
    path = url.partition(b"?")[0].decode("latin-1")
    return write_error(path if is_lanyard(path) else "", status, sentence)


def _name_as_lanyard(status: int, sentence: str, code: str | None, hint: str | None) -> dict[str, Any]:
    if code == UPGRADE_FAILED[0]:
        hint, sentence = sentence, UPGRADE_FAILED[1]
    elif not code:
        code, sentence = LANYARD.get(status) or (_LANYARD_CODES.get(status, "internal_error"), sentence)
    more = {"hint": hint} if hint else {}
    return {"success": False, "error": {"code": code, "message": sentence, **more}}
