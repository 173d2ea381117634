"""Setting pairs by Lanyard's limits, with its refusals in its own words. What is new is public: its users mean that."""

import re
from collections.abc import Collection, Mapping
from contextlib import suppress

from sqlalchemy.orm import Session

from rules.account import kv
from rules.errors import Invalid, NotFound
from rules.parsing.fields import check_text

KEY_LENGTH = 255
VALUE_LENGTH = 30_000
VALUE_TOO_LONG = f"value must be {VALUE_LENGTH} characters or less"
_KEY = re.compile("[a-zA-Z0-9_]+")


class InvalidPair(Invalid):
    """A pair that Lanyard's dialect does not take; the sentence is Lanyard's, whose code is `kv_validation_failed`."""


class InvalidBody(Invalid):
    """No JSON object of texts; the sentence is Lanyard's, whose code is `invalid_kv_value`."""

    def __init__(self) -> None:
        super().__init__("body must be an object")


def put_pair(session: Session, user_id: int, key: str, value: str) -> kv.Stored:
    """Set one pair, public where it is new and else as it was; keys of 1 to 255 of `a-zA-Z0-9_`, values of up to 30 000
    code points.

    Raises InvalidPair, also above 512 pairs, TooLarge above 1 MiB of UTF-8 a user, and NotAllowed for a user who asked
    to be forgotten.
    """
    after = {*kv.list_keys(session, user_id), key}
    _check_count(after, "request would exceed key limit (512), please delete keys first")
    _check_pair(key, value)
    before = kv.find_pair(session, user_id, key)
    kv.store_pairs(session, user_id, {key: value}, new_are_public=True)
    return kv.Stored(before and before.value, before is None or before.is_public)


def merge_pairs(session: Session, user_id: int, pairs: object) -> None:
    """Set many pairs, each as `put_pair` does. All or nothing.

    Raises InvalidBody for what is no object of texts, and what `put_pair` raises.
    """
    if not isinstance(pairs, Mapping) or not all(isinstance(value, str) for value in pairs.values()):
        raise InvalidBody
    for key, value in pairs.items():
        _check_pair(key, value)
    after = {*kv.list_keys(session, user_id), *pairs}
    _check_count(after, "request would exceed the key limit (512), please delete some keys first")
    kv.store_pairs(session, user_id, pairs, new_are_public=True)


def delete_pair(session: Session, user_id: int, key: str) -> None:
    """Remove a pair, whether it is there or not."""
    with suppress(NotFound):
        kv.remove_pair(session, user_id, key)


def _check_pair(key: str, value: str) -> None:
    if len(key) > KEY_LENGTH:
        told = f"The key must have 1 to {KEY_LENGTH} characters; this one has {len(key):,}."
        raise InvalidPair(f"key must be {KEY_LENGTH} characters or less", told)
    if not _KEY.fullmatch(key):
        told = "The key must hold nothing but letters from a to z, digits and _; the command `add` takes others."
        raise InvalidPair("key must be alphanumeric (a-zA-Z0-9_)", told)
    if len(value) > VALUE_LENGTH:
        told = f"The value must have at most {VALUE_LENGTH:,} characters; this one has {len(value):,}."
        raise InvalidPair(VALUE_TOO_LONG, told)
    try:
        check_text("value", value, VALUE_LENGTH)
    except Invalid as refusal:
        raise InvalidPair(refusal.sentence) from None


def _check_count(keys: Collection[str], sentence: str) -> None:
    if len(keys) > kv.MOST_PAIRS:
        told = f"You can keep {kv.MOST_PAIRS} key/value pairs; this would make {len(keys):,}. Remove some first."
        raise InvalidPair(sentence, told)
