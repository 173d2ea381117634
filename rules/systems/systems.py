"""Systems and the Discord accounts linked to them. Limits: PluralKit's v1 document."""

import re
from collections.abc import Mapping
from functools import cache, partial
from typing import Any

from sqlalchemy import ColumnElement, Select, bindparam, exists, select
from sqlalchemy.orm import InstrumentedAttribute, Session, aliased

from database.compiled_queries import CompiledQuery, Reader
from models import Account, Group, Member, System
from rules.dispatch.webhooks import retire_webhook
from rules.errors import Invalid, NotAllowed, NotAuthenticated, NotFound
from rules.opt_out import check_storable
from rules.parsing import fields
from rules.parsing.timestamps import now_us
from rules.systems.privacy import LATER_SYSTEM_PRIVACY, SYSTEM_PRIVACY, view_system
from rules.systems.short_ids import find_by_reference, is_id, make_id
from rules.systems.soft_delete import put_out_of_reach

NAME_LENGTH = 100
DESCRIPTION_LENGTH = 1000
TAG_LENGTH = 78
# PluralKit's v2 takes one more.
LATER_TAG_LENGTH = 79
PRONOUNS_LENGTH = 100
# The caller's own system, where a reference names one.
ME = "@me"
_ACCOUNT = re.compile("[0-9]{17,19}", re.ASCII)
_NO_SUCH_SYSTEM = ("System not found.", "There is no such system.", 20001)
_NO_SUCH_ACCOUNT = ("Account not found.", "This account has no system.", 20001)
NO_SYSTEM = "This account has no system; the bot's command `system new` makes one."

_READERS: fields.Readers = {
    "name": partial(fields.read_text, most=NAME_LENGTH),
    "description": partial(fields.read_text, most=DESCRIPTION_LENGTH),
    "tag": partial(fields.read_text, most=TAG_LENGTH),
    "avatar_url": fields.read_url,
    "banner": fields.read_url,
    "color": fields.read_color,
    "pronouns": partial(fields.read_text, most=PRONOUNS_LENGTH),
    "tz": fields.read_time_zone,
    **dict.fromkeys((*SYSTEM_PRIVACY, *LATER_SYSTEM_PRIVACY), fields.read_privacy),
}


def create_system(session: Session, user_id: int, changes: Mapping[str, object] | None = None) -> System:
    """Make a system for an account that has none, with the same fields as `edit_system`.

    Raises Invalid when the account has a system or a field is wrong, and NotAllowed for a forgotten user.
    """
    check_storable(session, user_id)
    _check_unlinked(session, user_id)
    system = System(hid=make_id(session, System.hid), created=now_us(), **read_changes(changes or {}))
    session.add(system)
    # The account refers to the number that the row gets here.
    session.flush()
    session.add(Account(user_id=user_id, system_id=system.id))
    session.flush()
    return system


def check_changes(changes: Mapping[str, object], tag_length: int = TAG_LENGTH) -> None:
    """Refuse what `edit_system` would refuse, before anybody waits for the write lock. Raises Invalid."""
    read_changes(changes, tag_length)


def edit_system(session: Session, user_id: int, changes: Mapping[str, object], tag_length: int = TAG_LENGTH) -> System:
    """Change what is given of the user's system and nothing else; unknown and read-only keys are ignored.

    All or nothing. Name and pronouns 100 code points, description 1 000, `tag_length` of a tag, addresses 256; null and
    blank clear a text, a null `tz` is UTC, a null privacy is public. Raises Invalid, and NotAuthenticated without a
    system.
    """
    system = get_own_system(session, user_id)
    for name, value in read_changes(changes, tag_length).items():
        setattr(system, name, value)
    return system


def delete_system(session: Session, user_id: int) -> None:
    """Delete the user's system with its members, switches, messages and links. Raises NotAuthenticated.

    Nobody finds any of it from now on; the rows themselves go with `soft_delete.purge_some`.
    """
    put_out_of_reach(session, get_own_system(session, user_id))


def link_account(session: Session, user_id: int, other_id: int) -> None:
    """Link one more account to the user's system; the other must have agreed.

    Raises Invalid when the other has a system, NotAllowed when it cannot be linked, and NotAuthenticated when the user
    has none.
    """
    system = check_linkable(session, user_id, other_id)
    session.add(Account(user_id=other_id, system_id=system.id))


def check_linkable(session: Session, user_id: int, other_id: int) -> System:
    """The user's system, to which the other account could be linked.

    Raises Invalid when the other has a system, NotAllowed when it cannot be linked, and NotAuthenticated when the user
    has none.
    """
    system = get_own_system(session, user_id)
    if is_owner(session, other_id, system.id):
        raise Invalid("This account is linked to your system already.")
    _check_unlinked(session, other_id)
    try:
        check_storable(session, other_id)
    except NotAllowed:
        # That somebody asked to be forgotten is nobody else's business.
        raise NotAllowed("This account cannot be linked.") from None
    return system


def unlink_account(session: Session, user_id: int, other_id: int) -> list[int]:
    """Take a link to the user's system away, but never the last one, and the system's webhook with it.

    That may be a program of whoever is unlinked, who would go on to hear who fronts; its last event is
    UNLINK_ACCOUNT. Returns whose webhook it was: the accounts that are left, or nobody where there was none. Raises
    NotFound when there is no link, NotAllowed for the last one, and NotAuthenticated without a system.
    """
    return unlink(session, check_unlinkable(session, user_id, other_id))


def unlink(session: Session, account: Account) -> list[int]:
    """The same for an account's own link, which somebody else's must be beside."""
    system = session.get_one(System, account.system_id)
    session.delete(account)
    session.flush()
    return get_accounts(session, system) if retire_webhook(session, system) else []


def check_unlinkable(session: Session, user_id: int, other_id: int) -> Account:
    """The link of an account to the user's system, which could be taken away.

    Raises NotFound when there is none, NotAllowed for the last one, and NotAuthenticated without a system.
    """
    system = get_own_system(session, user_id)
    account = session.get(Account, other_id)
    if not account or account.system_id != system.id:
        raise NotFound("This account is not linked to your system.")
    if len(get_accounts(session, system)) == 1:
        raise NotAllowed("This is the last account linked to your system; without it nobody could reach the system.")
    return account


def get_member_system(session: Session, member: Member) -> System:
    """The system that a member belongs to."""
    return session.get_one(System, member.system_id)


def get_accounts(session: Session, system: System) -> list[int]:
    """The accounts linked to a system."""
    return list(session.scalars(select(Account.user_id).where(Account.system_id == system.id)))


def get_system(session: Session, hid: str) -> System:
    """The system with an ID, in any case of letters. Raises NotFound."""
    system = session.scalar(select(System).where(System.hid == hid.lower())) if is_id(hid) else None
    if not system:
        raise NotFound(*_NO_SUCH_SYSTEM)
    return system


def get_account_system(session: Session, user_id: int) -> System:
    """The system that an account is linked to. Raises NotFound."""
    system = find_own_system(session, user_id)
    if not system:
        raise NotFound(*_NO_SUCH_ACCOUNT)
    return system


def get_referenced(session: Session, reference: str, viewer: int | None) -> System:
    """The system that a reference of v2's names: `@me`, an ID, a UUID, or an account by its Discord ID.

    Raises NotFound, and NotAuthenticated for `@me` without a token and without a system.
    """
    if reference == ME and viewer is None:
        raise NotAuthenticated("This needs your token in the Authorization header; the bot's `token` command sends it.")
    if reference == ME:
        return get_own_system(session, viewer)
    if _ACCOUNT.fullmatch(reference) and int(reference) <= fields.LARGEST_SNOWFLAKE:
        return get_account_system(session, int(reference))
    system = find_by_reference(session, System, reference)
    if not system:
        raise NotFound(*_NO_SUCH_SYSTEM)
    return system


def get_own_referenced(session: Session, reference: str, viewer: int | None) -> System:
    """The same, if it is the viewer's own. Raises NotAllowed for anybody else's, also without a token."""
    system = get_referenced(session, reference, viewer)
    if not is_owner(session, viewer, system.id):
        raise NotAllowed("This system is not yours; only its owner's token can change it.")
    return system


def find_own_system(session: Session, user_id: int | None) -> System | None:
    """The system that an account is linked to, or None; nobody has none."""
    if user_id is None:
        return None
    return session.scalar(select(System).join(Account).where(Account.user_id == user_id))


def get_own_system(session: Session, user_id: int | None) -> System:
    """The caller's own system. Raises NotAuthenticated: without a system, a token opens none."""
    system = find_own_system(session, user_id)
    if not system:
        raise NotAuthenticated(NO_SYSTEM)
    return system


def check_part_of(system: System, thing: Member | Group, reference: str) -> None:
    """Refuse another system's member or group, which was named by `reference`. Raises NotAuthenticated."""
    if thing.system_id != system.id:
        kind = type(thing).__name__
        raise NotAuthenticated(
            f"{kind} '{reference}' is not part of your system.",
            f"“{reference[:40]}” is not part of your system; you can change only your own {kind.lower()}s.",
            30006 if kind == "Member" else 30007,
        )


def is_owner(session: Session, viewer: int | None, system_id: int) -> bool:
    """Whether the viewer's account is linked to this system."""
    if viewer is None:
        return False
    account = session.get(Account, viewer)
    return account is not None and account.system_id == system_id


def is_own(system_id: InstrumentedAttribute[int]) -> ColumnElement[bool]:
    """The column `own` of a query with the parameter `viewer`: what `is_owner` says, in the same statement."""
    # An alias: the query around it may join accounts itself, and these must not be the same rows.
    linked = aliased(Account)
    return exists().where(linked.system_id == system_id, linked.user_id == bindparam("viewer")).label("own")


def get_seen_system(reader: Reader, hid: str, viewer: int | None) -> Any:
    """The columns of the system with an ID, in any case of letters, and `own`. Raises NotFound."""
    found = _query().find(reader, hid=hid.lower(), viewer=viewer) if is_id(hid) else None
    if found is None:
        raise NotFound(*_NO_SUCH_SYSTEM)
    return found


def show_system(reader: Reader, hid: str, viewer: int | None) -> dict[str, Any]:
    """A system as the viewer may see it. Raises NotFound."""
    system = get_seen_system(reader, hid, viewer)
    return view_system(system, system.own)


def show_account_system(reader: Reader, user_id: int, viewer: int | None) -> dict[str, Any]:
    """The system that an account is linked to, as the viewer may see it. Raises NotFound."""
    system = _query_by_account().find(reader, user_id=user_id, viewer=viewer)
    if system is None:
        raise NotFound(*_NO_SUCH_ACCOUNT)
    return view_system(system, system.own)


def show_own_system(reader: Reader, user_id: int) -> dict[str, Any]:
    """The caller's own system. Raises NotAuthenticated."""
    system = _query_by_account().find(reader, user_id=user_id, viewer=user_id)
    if system is None:
        raise NotAuthenticated(NO_SYSTEM)
    return view_system(system, system.own)


def _seen() -> Select[Any]:
    return select(*System.__table__.columns, is_own(System.id))


@cache
def _query() -> CompiledQuery:
    return CompiledQuery(_seen().where(System.hid == bindparam("hid")))


@cache
def _query_by_account() -> CompiledQuery:
    linked = _seen().join(Account, Account.system_id == System.id)
    return CompiledQuery(linked.where(Account.user_id == bindparam("user_id")))


def _check_unlinked(session: Session, user_id: int) -> None:
    if session.get(Account, user_id):
        raise Invalid("This account already has a system.")


def read_changes(changes: Mapping[str, object], tag_length: int = TAG_LENGTH) -> dict[str, Any]:
    """What of these can be stored, as it is read. Raises Invalid."""
    return fields.read_fields({**_READERS, "tag": partial(fields.read_text, most=tag_length)}, changes)
