"""A user's own key/value pairs. Limits of a key and a value: harmy's README; of a user: Rollcall's own."""

from collections.abc import Mapping
from functools import cache

from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

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


def get_pairs(reader: Reader, user_id: int) -> dict[str, str]:
    """All pairs of a user, in the order in which the keys were first added."""
    return dict(_query_all().all(reader, user_id=user_id))


def get_value(reader: Reader, user_id: int, key: str) -> str:
    """The value of a key. Raises NotFound."""
    found = _query_one().find(reader, user_id=user_id, key=key)
    if found is None:
        raise _no_key(key)
    return found.value


@cache
def _query_all() -> CompiledQuery:
    return CompiledQuery(
        select(KeyValue.key, KeyValue.value).where(KeyValue.user_id == bindparam("user_id")).order_by(KeyValue.id)
    )


@cache
def _query_one() -> CompiledQuery:
    return CompiledQuery(
        select(KeyValue.value).where(KeyValue.user_id == bindparam("user_id"), KeyValue.key == bindparam("key"))
    )


def suggest_keys(reader: Reader, user_id: int, text: str, most: int, longest: int) -> list[str]:
    """Up to `most` of a user's keys of at most `longest` code points that hold a text; first those it begins."""
    wanted = text.casefold()
    found = [key for key in get_pairs(reader, user_id) if wanted in key.casefold() and len(key) <= longest]
    return sorted(found, key=lambda key: not key.casefold().startswith(wanted))[:most]


def set_value(session: Session, user_id: int, key: str, value: str) -> str | None:
    """Add a pair or replace its value, which is then returned; keys of 1 to 165 code points, values of up to 10 000.

    Raises Invalid, TooLarge above 512 pairs or 1 MiB of UTF-8 a user, and NotAllowed for a user who asked to be
    forgotten.
    """
    replaced = session.scalar(select(KeyValue.value).where(KeyValue.user_id == user_id, KeyValue.key == key))
    edit_pairs(session, user_id, {key: value})
    return replaced


def edit_pairs(session: Session, user_id: int, changes: Mapping[str, str | None]) -> None:
    """Set many pairs at once; None removes one, whether it is there or not. All or nothing.

    Keys of 1 to 165 code points, values of up to 10 000.

    Raises Invalid, TooLarge above 512 pairs or 1 MiB of UTF-8 a user or 1 024 changes at once, and NotAllowed
    for a user who asked to be forgotten.
    """
    # Twice as many, so that all pairs can be replaced by as many others in one go.
    if len(changes) > 2 * MOST_PAIRS:
        raise TooLarge(f"You can change {2 * MOST_PAIRS:,} keys at once; these are {len(changes):,}.")
    check_storable(session, user_id)
    for key, value in changes.items():
        _check_pair(key, value)
    stored = {pair.key: pair for pair in session.scalars(select(KeyValue).where(KeyValue.user_id == user_id))}
    after = {key: pair.value for key, pair in stored.items()} | dict(changes)
    _check_room({key: value for key, value in after.items() if value is not None})
    for key, value in changes.items():
        if value is None:
            if key in stored:
                session.delete(stored[key])
        elif key in stored:
            stored[key].value = value
        else:
            session.add(KeyValue(user_id=user_id, key=key, value=value))


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
