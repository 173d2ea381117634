"""The reads that are asked for most, by strangers: from the stored body to the socket, before Flask.

They are `GET /user/<id>` and, in Lanyard's dialect, `GET /v1/users/<id>`.
"""

import re
import sqlite3
import time
from collections.abc import Callable, Iterable
from typing import NamedTuple

from sqlalchemy.exc import DatabaseError
from werkzeug.http import parse_etags

from database.compiled_queries import Reader
from database.turn_reader import TurnReader
from rules.lanyard import shape
from rules.presence import profiles
from rules.presence.profiles import Profile
from web import request_log
from web.client_address import claims_of_head
from web.rate_limit import Limiter
from web.responses import COMMON_HEADERS

_PATH = re.compile(rb"/(user|v1/users)/(0|[1-9][0-9]{0,18})(?:\?.*)?", re.DOTALL)
# By what their paths begin with.
FIND = {b"user": profiles.find_public, b"v1/users": shape.find_answer}
# A host that has labels of 64 characters or more, or empty ones, is refused by Werkzeug.
_HOST = re.compile(rb"[\w-]{1,63}(\.[\w-]{1,63}){0,9}(:[0-9]{1,5})?")
# What makes it another request: somebody's own, one with a body, one for another protocol.
_UNUSUAL = frozenset({b"authorization", b"upgrade", b"content-length", b"transfer-encoding", b"expect"})


class Head(NamedTuple):
    """The head of a request as far as the hot read looks at it; each header once, names in lower case."""

    method: bytes
    url: bytes
    headers: dict[bytes, bytes]
    client: str


class HotRead:
    """Answers what is found and allowed, and leaves the rest, refusals too, to the app.

    It says byte for byte what the app would say. To be asked on one thread only, which it never lets wait.
    """

    def __init__(self, reader: TurnReader, limiter: Limiter) -> None:
        self._reader, self._limiter = reader, limiter
        self._common = _lines(COMMON_HEADERS.items())

    def answer(self, head: Head) -> tuple[bytes, bytes, bytes] | None:
        """The first line, the headers without the empty line behind, and the body; None where the app is to answer."""
        path = _PATH.fullmatch(head.url)
        if path is None or head.method not in (b"GET", b"HEAD"):
            return None
        if not _UNUSUAL.isdisjoint(head.headers) or not _HOST.fullmatch(head.headers.get(b"host", b"none")):
            return None
        profile = self._find(FIND[path[1]], int(path[2]))
        if profile is None:
            return None
        return self._compose(head, profile)

    def _find(self, find: Callable[[Reader, int], Profile | None], user_id: int) -> Profile | None:
        try:
            return find(self._reader.begin(), user_id)
        except (sqlite3.Error, DatabaseError, OverflowError):
            return None

    def _compose(self, head: Head, profile: Profile) -> tuple[bytes, bytes, bytes] | None:
        etag, known = f'"{profile.version}"', head.headers.get(b"if-none-match")
        unchanged = known is not None and (
            known == etag.encode() or parse_etags(known.decode("latin-1")).contains_weak(profile.version)
        )
        counted = self._limiter.count(head.client, claims_of_head(head.headers))
        if counted is not None and counted.refused:
            # A refusal costs nothing, so the app may ask again.
            return None
        if counted is not None and unchanged:
            counted = self._limiter.give_back(counted)
        limit = b"" if counted is None else _lines(counted.headers())
        if unchanged:
            return b"HTTP/1.1 304 Not Modified\r\n", _lines([("ETag", etag)]) + self._common + limit, b""
        body = profile.text.encode()
        described = f"content-type: application/json\r\ncontent-length: {len(body)}\r\netag: {etag}\r\n".encode()
        return b"HTTP/1.1 200 OK\r\n", described + self._common + limit, b"" if head.method == b"HEAD" else body

    def note_refusal(self, status: int) -> None:
        """A head was refused before it was whole; only the log cares."""


class LoggedHotRead(HotRead):
    """The same for REQUEST_LOG; a class of its own, so that without it a read pays nothing."""

    def answer(self, head: Head) -> tuple[bytes, bytes, bytes] | None:
        began = time.perf_counter()
        answer = super().answer(head)
        if answer is not None:
            route = request_log.HOT_ROUTES[head.url[:3]]
            request_log.note(head.method.decode(), route, answer[0][9:12].decode(), began)
        return answer

    def note_refusal(self, status: int) -> None:
        request_log.note("unread", "no route", str(status), time.perf_counter())


def _lines(headers: Iterable[tuple[str, str]]) -> bytes:
    return "".join([f"{name.lower()}: {value}\r\n" for name, value in headers]).encode("latin-1")
