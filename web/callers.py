"""Who is asking: the token of a request, checked on a read connection."""

from collections.abc import Iterator
from contextlib import contextmanager

from flask import current_app, request
from sqlalchemy.orm import Session

import models
from models import db
from rules import tokens
from rules.errors import NotAllowed
from rules.fields import get_snowflake
from rules.tokens import Caller

ME = "@me"


def hold_state() -> None:
    """Before a request that only reads: what it is told about must not change between its queries.

    A request with a body must not, since it would hold the state for as long as its client sends.
    """
    if request.method in ("GET", "HEAD"):
        models.hold_state(db.session)


def find_viewer() -> int | None:
    """Whose token came with the request; a wrong one counts as none."""
    caller = tokens.find_caller(db.session, _token())
    return caller.user_id if caller else None


def get_caller() -> Caller:
    """Whose token came with the request. Raises NotAuthenticated."""
    return tokens.get_caller(db.session, _token())


def get_owner(user_id: str) -> Caller:
    """The caller, who must be the user that the path names. Raises Invalid, NotAuthenticated, NotAllowed."""
    wanted = None if user_id == ME else get_snowflake(user_id)
    caller = get_caller()
    if wanted not in (None, caller.user_id):
        raise NotAllowed("This token belongs to somebody else; key/value pairs open only to their owner.")
    return caller


@contextmanager
def writing(caller: Caller) -> Iterator[Session]:
    """One write transaction for a caller whose token is still the current one. Raises NotAuthenticated, Locked."""
    with current_app.extensions["doors"].write() as session:
        tokens.check_current(session, caller)
        yield session


def _token() -> str | None:
    header = request.headers.get("Authorization", "").strip()
    return header[7:].strip() if header[:7].lower() == "bearer " else header or None
