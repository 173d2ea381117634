"""What the front says by itself where it refuses: in our own words, what was sent is never repeated."""

from web.dialects import write_unread_error
from web.front.wsgi import Answer
from web.responses import COMMON_HEADERS, RETRY_AFTER_S, SENTENCES

REFUSALS = {
    **SENTENCES,
    400: "This is not an HTTP request that can be read.",
    408: "The request did not arrive in time.",
    414: "The address is too long.",
    431: "The headers are too large.",
    501: "This transfer coding is not understood.",
    503: "Too many connections, or requests in one; try again in a moment.",
}


def refuse(status: int, url: bytes, sentence: str | None = None, wait_s: int = RETRY_AFTER_S) -> Answer:
    """The whole answer, in the dialect of the path that was asked for; without a sentence, the usual one.

    `wait_s` goes with 429 and 503.
    """
    body, mimetype = write_unread_error(url, status, sentence or REFUSALS[status])
    headers = {**COMMON_HEADERS, "Content-Type": mimetype, "Content-Length": str(len(body))}
    if status in (429, 503):
        headers["Retry-After"] = str(wait_s)
    return Answer(status, [(name.encode(), value.encode()) for name, value in headers.items()], body)
