"""Whose request it is: its token, checked on a read connection."""

import sqlite3
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager

from flask import current_app, request
from sqlalchemy.orm import Session

from database.compiled_queries import Reader
from rules.account import tokens
from rules.account.tokens import Caller
from rules.errors import NotAllowed
from rules.parsing.fields import get_snowflake

ME = "@me"
# A BOM, and blanks without width, which are no whitespace to str.split.
_INVISIBLE = dict.fromkeys(map(ord, "\ufeff\u200b\u200c\u200d\u2060"), " ")


def reading() -> AbstractContextManager[sqlite3.Connection]:
    """A reader for the queries of one request, which all see the same committed state.

    Never to be held while a body is read: that takes as long as its client likes, and pins the WAL.
    """
    return current_app.extensions["database"].read_inline()


def find_viewer(reader: Reader) -> int | None:
    """Whose token came with the request; a wrong one counts as none."""
    caller = find_current(reader)
    return caller.user_id if caller else None


def find_current(reader: Reader) -> Caller | None:
    """The caller, where a valid token came with the request."""
    return tokens.find_caller(reader, _token())


def get_caller(reader: Reader) -> Caller:
    """Whose token came with the request. Raises NotAuthenticated."""
    return tokens.get_caller(reader, _token())


def get_owner(reader: Reader, user_id: str) -> Caller:
    """The caller, who must be the user that the path names. Raises Invalid, NotAuthenticated, NotAllowed."""
    wanted = None if user_id == ME else get_snowflake(user_id)
    caller = get_caller(reader)
    if wanted not in (None, caller.user_id):
        raise NotAllowed("This token belongs to somebody else; key/value pairs open only to their owner.")
    return caller


@contextmanager
def writing(caller: Caller) -> Iterator[Session]:
    """One write transaction for a caller whose token is still the current one. Raises NotAuthenticated, Locked."""
    database = current_app.extensions["database"]
    with database.write() as session:
        tokens.check_current(session, caller)
        yield session
    # Whatever was written may have taken the place of something private.
    database.wal_cutter.soon()


def _token() -> str | None:
    """The Authorization header without `Bearer`, and without what comes along when a token is copied."""
    header = request.headers.get("Authorization", "")
    if not header.isascii():
        header = header.encode("latin-1").decode(errors="replace").translate(_INVISIBLE)
    words = header.split()
    return " ".join(words[1:] if len(words) > 1 and words[0].lower() == "bearer" else words) or None
