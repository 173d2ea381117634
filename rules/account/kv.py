"""A user's own key/value pairs, each private unless its owner made it public.

Limits of a key and a value: harmy's README, and `rules.lanyard.keys` for what Lanyard's dialect takes; of a user:
Rollcall's own.
"""

from collections.abc import Mapping
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, bindparam, delete, select, update
from sqlalchemy.orm import InstrumentedAttribute, Session

from database.compiled_queries import CompiledQuery, Reader
from models import KeyValue
from rules.errors import Invalid, NotFound, TooLarge
from rules.opt_out import check_storable
from rules.parsing.fields import check_text

KEY_LENGTH = 165
VALUE_LENGTH = 10_000
# A character takes four bytes of UTF-8 at most.
VALUE_BYTES = 4 * VALUE_LENGTH
MOST_PAIRS = 512
MOST_BYTES = 1024 * 1024
PUBLIC, PRIVATE = "public", "private"


class Pair(NamedTuple):
    """A key, its value, and whether anybody may read it."""

    key: str
    value: str
    is_public: bool


class Stored(NamedTuple):
    """What became of a pair: the value that was there before, or None, and whether anybody may read the new one."""

    replaced: str | None
    is_public: bool


def list_pairs(reader: Reader, user_id: int) -> list[Pair]:
    """All pairs of a user, in the order in which the keys were first added."""
    return [Pair(*row) for row in _query_all().all(reader, user_id=user_id)]


def get_pairs(reader: Reader, user_id: int) -> dict[str, str]:
    """All pairs of a user, as their owner alone may see them, in the order in which the keys were first added."""
    return {pair.key: pair.value for pair in _query_all().all(reader, user_id=user_id)}


def get_public_pairs(reader: Reader, user_id: int) -> dict[str, str]:
    """The pairs of a user that anybody may read, in the same order; whether the user is published is asked before."""
    return dict(_query_public().all(reader, user_id=user_id))


def get_visibility(reader: Reader, user_id: int) -> dict[str, str]:
    """Of each of a user's keys, for its owner, whether its pair is `public` or `private`; in the same order."""
    return {pair.key: PUBLIC if pair.is_public else PRIVATE for pair in list_pairs(reader, user_id)}


def find_pair(reader: Reader, user_id: int, key: str) -> Pair | None:
    """One pair, for its owner, or None."""
    found = _query_one().find(reader, user_id=user_id, key=key)
    return found and Pair(*found)


def get_pair(reader: Reader, user_id: int, key: str) -> Pair:
    """One pair, for its owner. Raises NotFound."""
    pair = find_pair(reader, user_id, key)
    if pair is None:
        raise _no_key(key)
    return pair


def get_value(reader: Reader, user_id: int, key: str) -> str:
    """The value of a key, for its owner. Raises NotFound."""
    return get_pair(reader, user_id, key).value


def list_keys(reader: Reader, user_id: int) -> list[str]:
    """All keys of a user, in the order in which they were first added."""
    return [row.key for row in _query_keys().all(reader, user_id=user_id)]


@cache
def _query_all() -> CompiledQuery:
    return CompiledQuery(_select(KeyValue.key, KeyValue.value, KeyValue.is_public))


@cache
def _query_public() -> CompiledQuery:
    return CompiledQuery(_select(KeyValue.key, KeyValue.value).where(KeyValue.is_public))


@cache
def _query_keys() -> CompiledQuery:
    return CompiledQuery(_select(KeyValue.key))


@cache
def _query_one() -> CompiledQuery:
    return CompiledQuery(
        _select(KeyValue.key, KeyValue.value, KeyValue.is_public).where(KeyValue.key == bindparam("key"))
    )


def _select(*columns: InstrumentedAttribute[Any]) -> Select[Any]:
    return select(*columns).where(KeyValue.user_id == bindparam("user_id")).order_by(KeyValue.id)


def suggest_keys(reader: Reader, user_id: int, text: str, most: int, longest: int) -> list[str]:
    """Up to `most` of a user's keys of at most `longest` code points that hold a text; first those it begins."""
    wanted = text.casefold()
    found = [key for key in list_keys(reader, user_id) if wanted in key.casefold() and len(key) <= longest]
    return sorted(found, key=lambda key: not key.casefold().startswith(wanted))[:most]


def set_value(session: Session, user_id: int, key: str, value: str, public: bool | None = None) -> Stored:
    """Add a pair or replace its value; keys of 1 to 165 code points, values of up to 10 000.

    `public` makes the pair public or private; with None it stays what it is, and a new one is private.

    Raises Invalid, TooLarge above 512 pairs or 1 MiB of UTF-8 a user, and NotAllowed for a user who asked to be
    forgotten.
    """
    before = find_pair(session, user_id, key)
    edit_pairs(session, user_id, {key: value})
    if public is not None:
        _set_public(session, user_id, key, public)
    return Stored(before and before.value, bool(before and before.is_public) if public is None else public)


def edit_pairs(session: Session, user_id: int, changes: Mapping[str, str | None]) -> None:
    """Set many pairs at once; None removes one, whether it is there or not. All or nothing.

    Keys of 1 to 165 code points, values of up to 10 000; a longer pair, from Lanyard's dialect, can be removed. A pair
    stays public or private, and a new one is private.

    Raises Invalid, TooLarge above 512 pairs or 1 MiB of UTF-8 a user or 1 024 changes at once, and NotAllowed
    for a user who asked to be forgotten.
    """
    # Twice as many, so that all pairs can be replaced by as many others in one go.
    if len(changes) > 2 * MOST_PAIRS:
        raise TooLarge(f"You can change {2 * MOST_PAIRS:,} keys at once; these are {len(changes):,}.")
    check_storable(session, user_id)
    stored = _find_stored(session, user_id)
    for key, value in changes.items():
        if value is not None or key not in stored:
            _check_pair(key, value)
    _store(session, user_id, stored, changes, new_are_public=False)


def store_pairs(session: Session, user_id: int, pairs: Mapping[str, str], new_are_public: bool) -> None:
    """Set pairs whose keys and values a dialect has checked by its own limits. All or nothing.

    Raises TooLarge above 512 pairs or 1 MiB of UTF-8 a user, and NotAllowed for a user who asked to be forgotten.
    """
    check_storable(session, user_id)
    _store(session, user_id, _find_stored(session, user_id), pairs, new_are_public)


def _find_stored(session: Session, user_id: int) -> dict[str, KeyValue]:
    return {pair.key: pair for pair in session.scalars(select(KeyValue).where(KeyValue.user_id == user_id))}


def _store(
    session: Session,
    user_id: int,
    stored: Mapping[str, KeyValue],
    changes: Mapping[str, str | None],
    new_are_public: bool,
) -> None:
    after = {key: pair.value for key, pair in stored.items()} | dict(changes)
    _check_room({key: value for key, value in after.items() if value is not None})
    for key, value in changes.items():
        if value is None:
            if key in stored:
                session.delete(stored[key])
        elif key in stored:
            stored[key].value = value
        else:
            session.add(KeyValue(user_id=user_id, key=key, value=value, is_public=new_are_public))


def edit_visibility(session: Session, user_id: int, changes: Mapping[str, object]) -> None:
    """Make pairs `public` or `private`, by their keys; the others stay as they are. All or nothing.

    Raises Invalid for any other word, and NotFound.
    """
    for key, level in changes.items():
        if level not in (PUBLIC, PRIVATE):
            raise Invalid(f"The visibility of {_shown(key)} must be public or private.")
        _set_public(session, user_id, key, level == PUBLIC)


def publish_pair(session: Session, user_id: int, key: str) -> None:
    """Let anybody read a pair, over Lanyard's dialect and in streams. Raises NotFound."""
    _set_public(session, user_id, key, True)


def withdraw_pair(session: Session, user_id: int, key: str) -> None:
    """Let nobody but its owner read a pair from now on. Raises NotFound."""
    _set_public(session, user_id, key, False)


def _set_public(session: Session, user_id: int, key: str, public: bool) -> None:
    wanted = update(KeyValue).where(KeyValue.user_id == user_id, KeyValue.key == key)
    if not session.execute(wanted.values(is_public=public)).rowcount:
        raise _no_key(key)


def remove_pair(session: Session, user_id: int, key: str) -> str:
    """Remove one pair; returns its value. Raises NotFound."""
    wanted = delete(KeyValue).where(KeyValue.user_id == user_id, KeyValue.key == key)
    value = session.scalar(wanted.returning(KeyValue.value))
    if value is None:
        raise _no_key(key)
    return value


def clear_pairs(session: Session, user_id: int) -> None:
    """Remove all pairs of a user."""
    session.execute(delete(KeyValue).where(KeyValue.user_id == user_id))


def _check_pair(key: str, value: str | None) -> None:
    check_text("key", key, KEY_LENGTH, least=1)
    if value is not None:
        if not isinstance(value, str):
            raise Invalid(f"The value of {_shown(key)} must be a text, or null to remove the key.")
        check_text(f"value of {_shown(key)}", value, VALUE_LENGTH)


def _check_room(pairs: Mapping[str, str]) -> None:
    if len(pairs) > MOST_PAIRS:
        raise TooLarge(f"You can keep {MOST_PAIRS} key/value pairs; this would make {len(pairs):,}. Remove some first.")
    size = sum(len(key.encode()) + len(value.encode()) for key, value in pairs.items())
    if size > MOST_BYTES:
        raise TooLarge(f"You can keep {MOST_BYTES:,} bytes of keys and values; this would make {size:,}.")


def _no_key(key: str) -> NotFound:
    return NotFound(f"You have no key {_shown(key)}.")


def _shown(key: str) -> str:
    return f"“{key if len(key) <= 60 else key[:57] + '...'}”"
