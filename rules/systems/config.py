"""How a system wants things done: what PluralKit's `config` command sets, without the time zone."""

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

from sqlalchemy.orm import Session

from models import Account, System
from rules.errors import Invalid
from rules.parsing import fields
from rules.systems import systems

# More is never, as PluralKit has it.
MOST_LATCH_S = 100_000 * 3600
NAME_FORMAT_LENGTH = 100
PROXY_SWITCHES = ("off", "new", "add")


def _read_latch_timeout(name: str, value: object) -> int | None:
    if value is None:
        return None
    if not isinstance(value, int) or isinstance(value, bool) or value < 0:
        raise Invalid(f"The {name} must be a number of seconds; 0 is never.")
    return value if value <= MOST_LATCH_S else 0


def _read_proxy_switch(name: str, value: object) -> str:
    if value not in PROXY_SWITCHES or not isinstance(value, str):
        raise Invalid(f"The {name} must be off, new or add.")
    return value


_READERS: dict[str, Callable[[str, object], Any]] = {
    "pings_enabled": fields.read_bool,
    "latch_timeout": _read_latch_timeout,
    "member_default_private": fields.read_bool,
    "group_default_private": fields.read_bool,
    "show_private_info": fields.read_bool,
    "case_sensitive_proxy_tags": fields.read_bool,
    "proxy_error_message_enabled": fields.read_bool,
    "proxy_switch": _read_proxy_switch,
    "name_format": partial(fields.read_text, most=NAME_FORMAT_LENGTH),
}
NAMES = frozenset(_READERS)


def edit_config(session: Session, user_id: int, changes: Mapping[str, object]) -> System:
    """Change what is given and nothing else; unknown keys are ignored. All or nothing.

    `latch_timeout` in seconds, 0 for never, null for 6 hours; more than 100 000 hours is never. `name_format` has
    at most 100 code points. Raises Invalid, and NotAuthenticated without a system.
    """
    system = systems.get_own_system(session, user_id)
    for name, value in read_config(changes).items():
        setattr(system, name, value)
    return system


def read_config(changes: Mapping[str, object]) -> dict[str, Any]:
    """What of these can be stored, as it is stored. Raises Invalid."""
    return {name: read(name, changes[name]) for name, read in _READERS.items() if name in changes}


def show_config(system: System) -> dict[str, Any]:
    """What a system set, for its owner."""
    return {name: getattr(system, name) for name in _READERS}


def allow_autoproxy(session: Session, user_id: int, allowed: object) -> None:
    """Say whether what this one account writes is autoproxied. Raises Invalid, NotAuthenticated without a system."""
    _get_account(session, user_id).allow_autoproxy = fields.read_bool("setting", allowed)


def is_autoproxy_allowed(session: Session, user_id: int) -> bool:
    """Whether what this one account writes is autoproxied. Raises NotAuthenticated without a system."""
    return _get_account(session, user_id).allow_autoproxy


def _get_account(session: Session, user_id: int) -> Account:
    systems.get_own_system(session, user_id)
    return session.get_one(Account, user_id)
