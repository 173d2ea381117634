"""A user's GitHub account: connecting it, and keeping its card fresh. The card is harmy's README's."""

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import or_, select
from sqlalchemy.orm import Session

from models import GitHub
from rules.errors import Invalid, NotFound
from rules.opt_out import check_storable
from rules.parsing.timestamps import now_ms

REFRESH_EVERY_MS = 60 * 60 * 1000
RETRY_AFTER_MS = 10 * 60 * 1000
_PROFILE = re.compile(r"(?:https?://)?(?:www\.)?github\.com/", re.IGNORECASE)
# The card's keys, and where GitHub's user object has them.
_CARD = {
    "id": "id",
    "username": "login",
    "avatar_url": "avatar_url",
    "url": "html_url",
    "company": "company",
    "blog": "blog",
    "bio": "bio",
    "public_repos": "public_repos",
}


def read_username(text: str) -> str:
    """The user name in what was typed: `octocat`, `@octocat`, or the address of the profile. Raises Invalid.

    Accounts of the early years may have a hyphen at either end, and those of companies an underscore.
    """
    name = _PROFILE.sub("", text.strip().strip("<>")).removeprefix("@")
    name = re.split("[/?#]", name, maxsplit=1)[0]
    if not re.fullmatch(r"[A-Za-z0-9_-]{1,100}", name, re.ASCII) or not re.search("[A-Za-z0-9]", name):
        raise Invalid("A GitHub user name has letters, digits and hyphens, like `octocat`.")
    return name


def connect(session: Session, user_id: int, account: Mapping[str, Any], etag: str | None) -> None:
    """Show a GitHub account on a user's profile, instead of an earlier one; `account` is GitHub's user object.

    Raises NotAllowed for a user who asked to be forgotten.
    """
    check_storable(session, user_id)
    session.merge(
        GitHub(
            user_id=user_id,
            account_id=account["id"],
            body=_render(account),
            etag=etag,
            due_at=now_ms() + REFRESH_EVERY_MS,
        )
    )


def disconnect(session: Session, user_id: int) -> None:
    """Take the GitHub account off a user's profile. Raises NotFound."""
    row = session.get(GitHub, user_id)
    if not row:
        raise NotFound("No GitHub account is connected.")
    session.delete(row)


def find_username(session: Session, user_id: int) -> str | None:
    """The user name on the connected account's card."""
    row = session.get(GitHub, user_id)
    return json.loads(row.body)["username"] if row and row.body else None


def get_due(session: Session, most: int) -> Sequence[tuple[int, int, str | None]]:
    """Up to `most` users whose card is older than an hour, the oldest first: user ID, account ID, ETag."""
    now = now_ms()
    # What is due later than that was stored by a clock that was ahead.
    is_due = or_(GitHub.due_at <= now, GitHub.due_at > now + REFRESH_EVERY_MS)
    rows = select(GitHub.user_id, GitHub.account_id, GitHub.etag).where(is_due)
    return session.execute(rows.order_by(GitHub.due_at).limit(most)).all()


def keep_card(session: Session, user_id: int, account_id: int, after_ms: int = REFRESH_EVERY_MS) -> None:
    """Keep the card, since nothing changed or GitHub did not answer; it is due again `after_ms` from now."""
    row = _connected(session, user_id, account_id)
    if row:
        row.due_at = now_ms() + after_ms


def replace_card(
    session: Session, user_id: int, account_id: int, account: Mapping[str, Any] | None, etag: str | None
) -> None:
    """Store what GitHub says now; None: the account was deleted, and the profile shows null."""
    row = _connected(session, user_id, account_id)
    if row:
        row.body, row.etag = (None if account is None else _render(account)), etag
        row.due_at = now_ms() + REFRESH_EVERY_MS


def _connected(session: Session, user_id: int, account_id: int) -> GitHub | None:
    # GitHub was asked outside of any transaction: meanwhile the user may have connected another account, or none.
    row = session.get(GitHub, user_id)
    return row if row and row.account_id == account_id else None


def _render(account: Mapping[str, Any]) -> str:
    card = {ours: account.get(theirs) for ours, theirs in _CARD.items()}
    return json.dumps(card, ensure_ascii=False, separators=(",", ":"))
