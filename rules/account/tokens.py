"""Tokens: what opens a user's own data. DESIGN section 6; made by the bot, never stored in clear."""

import hashlib
import hmac
import re
import secrets
from dataclasses import dataclass
from functools import cache

from passlib.hash import pbkdf2_sha256
from sqlalchemy import bindparam, delete, select
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery, Reader
from models import Token
from rules.errors import NotAuthenticated
from rules.opt_out import check_storable
from rules.parsing.fields import LARGEST_SNOWFLAKE

# 256 random bits cannot be guessed, so the hash need not be slow: a slow one is a gift to whoever floods us.
_hasher = pbkdf2_sha256.using(rounds=1000)
_PATTERN = re.compile(r"rc_(0|[1-9][0-9]{0,18})_[A-Za-z0-9_-]{43}", re.ASCII)
# What is checked for a user without a token, so that the time taken does not say who has one.
_NOBODY = _hasher.hash("nobody")
# Stored hash → SHA-256 of the token that this process found to be its own. The row is read each time, so whoever's
# token was replaced or revoked has another hash, or none, and finds nothing here.
_VERIFIED: dict[str, bytes] = {}
MOST_VERIFIED = 4096


@dataclass(frozen=True, slots=True)
class Caller:
    """Who a token belongs to, and the hash that it was checked against."""

    user_id: int
    hash: str


def make_token(user_id: int) -> str:
    """A new token that names its owner; worth nothing until `store_token` has kept its hash."""
    return f"rc_{user_id}_{secrets.token_urlsafe(32)}"


def hash_token(token: str) -> str:
    """The hash to store for a token, as a passlib string."""
    return _hasher.hash(token)


def store_token(session: Session, user_id: int, hashed: str) -> None:
    """Make this the user's one token; an older one stops working at once.

    Raises NotAllowed for a user who asked to be forgotten.
    """
    check_storable(session, user_id)
    session.merge(Token(user_id=user_id, hash=hashed))


def has_token(session: Session, user_id: int) -> bool:
    """Whether a user has a token, which nobody can be shown again."""
    return session.get(Token, user_id) is not None


def find_caller(reader: Reader, token: str | None) -> Caller | None:
    """Whose token this is, or None; reads one row. A wrong one takes equally long for users without a token."""
    match = _PATTERN.fullmatch(token or "")
    if not match or int(match[1]) > LARGEST_SNOWFLAKE:
        return None
    user_id = int(match[1])
    row = _query().find(reader, user_id=user_id)
    good = _is_token_of(row.hash if row else _NOBODY, token)
    return Caller(user_id, row.hash) if row and good else None


def _is_token_of(hashed: str, token: str) -> bool:
    digest = hashlib.sha256(token.encode()).digest()
    if hmac.compare_digest(_VERIFIED.get(hashed, b""), digest):
        return True
    if not _hasher.verify(token, hashed):
        return False
    # Emptied as a whole: keeping an order would need a lock among the threads, and a full check costs 0.3 ms.
    if len(_VERIFIED) >= MOST_VERIFIED:
        _VERIFIED.clear()
    _VERIFIED[hashed] = digest
    return True


@cache
def _query() -> CompiledQuery:
    return CompiledQuery(select(Token.hash).where(Token.user_id == bindparam("user_id")))


def get_caller(reader: Reader, token: str | None) -> Caller:
    """Whose token this is. Raises NotAuthenticated without a token and with a wrong one."""
    caller = find_caller(reader, token)
    if caller:
        return caller
    if not token:
        raise NotAuthenticated("This needs your token in the Authorization header; the bot's `token` command sends it.")
    raise NotAuthenticated("This token is not valid; the bot's `token` command sends you a new one.")


def is_current(reader: Reader, caller: Caller) -> bool:
    """Whether a caller's token was neither replaced nor revoked since it was checked."""
    row = _query().find(reader, user_id=caller.user_id)
    return row is not None and row.hash == caller.hash


def check_current(session: Session, caller: Caller) -> None:
    """Refuse a caller whose token was replaced or revoked since it was checked. Raises NotAuthenticated."""
    # It was checked before the body was read, which takes as long as its client likes.
    if not is_current(session, caller):
        raise NotAuthenticated("This token was replaced or revoked a moment ago.")


def find_tokens(text: str) -> list[str]:
    """Everything in a text that has the form of a token, valid or not."""
    return [match[0] for match in _PATTERN.finditer(text)]


def find_owners(reader: Reader, tokens: list[str]) -> list[Caller]:
    """Whose tokens these are; what is no valid token is left out."""
    return [caller for token in tokens if (caller := find_caller(reader, token))]


def revoke_tokens(session: Session, callers: list[Caller]) -> None:
    """Delete the tokens that `find_owners` found; one that was replaced meanwhile stays."""
    for caller in callers:
        # By its hash as well: the owner may have made a new one since the message was read.
        session.execute(delete(Token).where(Token.user_id == caller.user_id, Token.hash == caller.hash))
