"""What all requests of v2 have in common: who asks, and what the body sets."""

from collections.abc import Callable, Collection, Iterator
from contextlib import contextmanager
from typing import Any

from flask import current_app, request
from sqlalchemy.orm import Session

from rules.account.tokens import Caller
from rules.errors import Invalid
from rules.parsing.timestamps import read_time
from rules.systems import systems
from web.auth import find_viewer, get_caller
from web.request_body import read_json_array, read_json_object

# A member with 100 proxy tags of 200 characters, each escaped, and room to spare.
OBJECT_BYTES = 512 * 1024
NOTHING_SENT = "The body sets nothing that can be changed here."


@contextmanager
def looking() -> Iterator[tuple[Session, int | None]]:
    """A session to read by, and whose token came along: nobody's where that is missing or wrong."""
    with current_app.extensions["database"].read() as session:
        yield session, find_viewer(session)


def admit(system: str) -> Caller:
    """The caller, whose own this system is; found out before the body is read.

    Raises NotAuthenticated for `@me` without a token, NotFound, and NotAllowed for anybody else's.
    """
    with current_app.extensions["database"].read() as session:
        if system == systems.ME:
            caller = get_caller(session)
            systems.get_own_system(session, caller.user_id)
            return caller
        systems.get_own_referenced(session, system, find_viewer(session))
        return get_caller(session)


def admit_with(check: Callable[[Session, int], object]) -> Caller:
    """The caller, after a check with their user ID; both before the body is read. Raises NotAuthenticated."""
    with current_app.extensions["database"].read() as session:
        caller = get_caller(session)
        check(session, caller.user_id)
    return caller


def read_changes(known: Collection[str], privacy: Collection[str] = ()) -> dict[str, Any]:
    """What the body sets of the keys that are known, with those of its `privacy` beside them.

    Unknown keys, an empty `privacy` and what programs send empty for what cannot be empty are ignored; a null in
    `privacy` means public, an empty text private. Raises Invalid where nothing is left, and as `read_json_object`.
    """
    body = read_json_object(OBJECT_BYTES)
    changes = {name: body[name] for name in known if name in body}
    inner = body.get("privacy")
    if privacy and inner is not None and not isinstance(inner, dict):
        raise Invalid("The privacy must be an object.")
    changes |= {name: inner[name] or _meant(inner[name]) for name in privacy if inner and name in inner}
    if not changes and not (privacy and inner == {}):
        raise Invalid(NOTHING_SENT)
    return changes


def read_references() -> list[Any]:
    """The body, which must be a JSON array. Raises Invalid, and as `read_json_object`."""
    return read_json_array(OBJECT_BYTES)


def read_object() -> dict[str, Any]:
    """The body, which must be a JSON object. Raises as `read_json_object`."""
    return read_json_object(OBJECT_BYTES)


def read_instant(name: str, text: object) -> int:
    """An instant in µs. Raises Invalid."""
    if not isinstance(text, str):
        raise Invalid(f"The {name} must be a time like 2026-11-21T20:15:00Z.")
    return read_time(name, text)


def flag(name: str) -> bool:
    """Whether a query parameter says yes."""
    return request.args.get(name, "").lower() in ("true", "1", "yes")


def _meant(empty: object) -> object:
    return "private" if empty == "" else empty
