"""The read that is asked for most, `GET /user/<id>` by a stranger: from the stored body to the socket, before Flask."""

import re
import sqlite3
from collections.abc import Iterable
from typing import Any

from flask import Flask
from sqlalchemy.exc import DatabaseError
from werkzeug.http import parse_etags

from database.connections import Database
from rules.presence import profiles
from rules.presence.profiles import Profile
from web.rate_limit import Limiter
from web.responses import COMMON_HEADERS

_PATH = re.compile("/user/(0|[1-9][0-9]{0,18})")
# A host that has labels of 64 characters or more, or empty ones, is refused by Werkzeug.
_HOST = re.compile(r"[\w-]{1,63}(\.[\w-]{1,63}){0,9}(:[0-9]{1,5})?", re.ASCII)
_UNUSUAL = frozenset({"HTTP_AUTHORIZATION", "HTTP_UPGRADE"})
_COMMON = tuple(COMMON_HEADERS.items())


def init_app(app: Flask, limiter: Limiter) -> None:
    """Put the hot read before the app. The app must have its database."""
    app.wsgi_app = HotRead(app.wsgi_app, app.extensions["database"], limiter)


class HotRead:
    """A WSGI layer that answers what is found and allowed, and leaves the rest, refusals too, to the app behind it.

    It says byte for byte what the app would say.
    """

    def __init__(self, app: Any, database: Database, limiter: Limiter) -> None:
        self.app, self._doors, self._limiter = app, database, limiter

    def __call__(self, environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        profile = self._find(environ)
        if profile is None:
            return self.app(environ, start_response)
        counted = self._limiter.count(environ)
        if counted is None:
            headers = _COMMON
        elif counted.refused:
            # A refusal is counted by nobody, so the app may count it again.
            return self.app(environ, start_response)
        else:
            headers = (*_COMMON, *counted.headers())
        return _answer(profile, headers, environ, start_response)

    def _find(self, environ: dict[str, Any]) -> Profile | None:
        path = _PATH.fullmatch(environ["PATH_INFO"])
        if (
            path is None
            or environ["REQUEST_METHOD"] not in ("GET", "HEAD")
            or not _UNUSUAL.isdisjoint(environ)
            or not _HOST.fullmatch(environ.get("HTTP_HOST", "none"))
        ):
            return None
        try:
            return profiles.find_public(self._doors.own_connection(), int(path[1]))
        except (sqlite3.Error, DatabaseError, OverflowError):
            return None


def _answer(
    profile: Profile, headers: tuple[tuple[str, str], ...], environ: dict[str, Any], start_response: Any
) -> Iterable[bytes]:
    etag = f'"{profile.version}"'
    known = environ.get("HTTP_IF_NONE_MATCH")
    if known is not None and (known == etag or parse_etags(known).contains_weak(profile.version)):
        start_response("304 NOT MODIFIED", [("ETag", etag), *headers])
        return []
    body = profile.text.encode()
    described = [("Content-Type", "application/json"), ("Content-Length", str(len(body))), ("ETag", etag)]
    start_response("200 OK", [*described, *headers])
    return [] if environ["REQUEST_METHOD"] == "HEAD" else [body]
