"""Where a system's events are sent: one address, and the token that the program behind it knows them by.

Only the owner may see the address: whoever knows it could send there what looks like an event.
"""

import secrets
from urllib.parse import urlsplit

from sqlalchemy import select, update
from sqlalchemy.orm import Session

from models import Account, System
from rules.dispatch import outbox
from rules.dispatch.changes import write_events
from rules.errors import Invalid, NotAuthenticated
from rules.parsing import fields

_NO_SYSTEM = "This account has no system; the bot's command `system new` makes one."
_ONLY_HTTPS = "The webhook's address must start with https://; it is sent a secret with every event."


def read_url(url: str) -> str:
    """The address of a webhook: https, at most 256 characters, without a password. Raises Invalid.

    http is taken here too where it leads to this very machine; whether that may be is for whoever opens it to say.
    """
    read = fields.read_url("webhook's address", url)
    if read is None:
        raise Invalid("Give the address of your webhook, which starts with https://.")
    if not read.startswith("https://") and urlsplit(read).hostname not in ("localhost", "127.0.0.1", "::1"):
        raise Invalid(_ONLY_HTTPS)
    return read


def make_token() -> str:
    """Something that is no system's signing token yet."""
    return secrets.token_urlsafe(48)


def keep_token(session: Session, user_id: int) -> str:
    """The signing token of the user's system, made where there is none yet. Raises NotAuthenticated.

    It comes before the webhook is set, since the program behind that must know it when it is checked.
    """
    system = _get_own(session, user_id)
    system.webhook_token = system.webhook_token or make_token()
    return system.webhook_token


def set_webhook(session: Session, user_id: int, url: str, token: str) -> None:
    """Send the events of the user's system to an address from now on; what still waits goes there too.

    Whether the program there refuses a wrong token is to be found out before. Raises Invalid, NotAuthenticated.
    """
    system = _get_own(session, user_id)
    system.webhook_url, system.webhook_token = read_url(url), token
    # Or it would wait behind a program that may never answer.
    outbox.take_from_former(session, system.id)


def clear_webhook(session: Session, user_id: int) -> bool:
    """Send no events any more; returns whether any were sent. Raises NotAuthenticated."""
    system = _get_own(session, user_id)
    was_set = system.webhook_url is not None
    system.webhook_url = system.webhook_token = None
    return was_set


def retire_webhook(session: Session, system: System) -> bool:
    """Send a webhook what the transaction changed so far, and nothing later; returns whether there was one.

    Its address and token are the system's no longer: whoever may not reach the system any more knows both.
    """
    url, token = system.webhook_url, system.webhook_token
    if url:
        write_events(session)
        outbox.hand_to_former(session, system.id, url, token)
    system.webhook_url = system.webhook_token = None
    return url is not None


def find_url(session: Session, user_id: int) -> str | None:
    """Where the events of the user's own system go. Raises NotAuthenticated."""
    return _get_own(session, user_id).webhook_url


def end_webhook(session: Session, system_id: int, url: str) -> list[int]:
    """Send no events to an address that does not take them; returns whom to tell: the system's accounts.

    Nobody, where the owner chose another one meanwhile.
    """
    which = (System.id == system_id) & (System.webhook_url == url)
    ended = update(System).where(which).values(webhook_url=None)
    if not session.execute(ended).rowcount:
        return []
    return list(session.scalars(select(Account.user_id).where(Account.system_id == system_id)))


def _get_own(session: Session, user_id: int) -> System:
    system = session.scalar(select(System).join(Account).where(Account.user_id == user_id))
    if not system:
        raise NotAuthenticated(_NO_SYSTEM)
    return system
