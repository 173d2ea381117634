"""Who fronts, as anyone sees it with a person's presence: the `fronting` of `GET /user/<id>`.

It is shown where an account chose it and its system's front is public; a front that is private looks like none. A
private member is left out, though PluralKit's own paths name it as a fronter. What is left looks like any other front,
also in its time: a stranger cannot tell that somebody is missing, came or went.
"""

import json
from collections import namedtuple
from collections.abc import Collection, Sequence
from functools import cache
from typing import Any

import msgspec
from sqlalchemy import ColumnElement, Select, and_, bindparam, func, select
from sqlalchemy.orm import Session, aliased

from database.compiled_queries import CompiledQuery, Reader
from models import Account, Member, Presence, Switch, SwitchMember, System
from rules import opt_out
from rules.fronting.seen_switches import since_public
from rules.parsing.fields import read_bool
from rules.parsing.timestamps import show_time
from rules.parsing.uuids import format_uuid
from rules.systems import systems
from rules.systems.privacy import see_member_face, see_system_face

# Why nobody sees it though the account chose it.
PRIVATE, HIDDEN, UNPUBLISHED = "private", "hidden", "unpublished"

# No more than is looked at: whole rows take twice as long, and the hot read waits for this.
_OF_SYSTEM = (
    *(System.hid, System.uuid, System.name, System.tag, System.pronouns, System.avatar_url, System.color),
    *(System.name_privacy, System.pronoun_privacy, System.avatar_privacy),
)
_OF_MEMBER = (
    *(Member.hid, Member.uuid, Member.name, Member.display_name, Member.color, Member.pronouns, Member.avatar_url),
    *(Member.visibility, Member.name_privacy, Member.pronoun_privacy, Member.avatar_privacy),
)
_encode = msgspec.json.Encoder().encode
_SystemRow = namedtuple("_SystemRow", [column.key for column in _OF_SYSTEM])


def find_fronting(reader: Reader, user_id: int) -> str | None:
    """Who fronts in a published user's system as anyone may see it, in JSON; None where that is not shown, and where
    nobody whom they may see ever fronted.

    Whether the user is published is for the caller to know.
    """
    rows = _query().all(reader, user_id=user_id, most=1)
    return _compose(rows) if rows else None


def find_frontings(reader: Reader, user_ids: Sequence[int]) -> dict[int, str]:
    """`find_fronting` of many, by user, without those of whom nothing is shown; runs one query, for nobody none."""
    fronts = {}
    rows = _query_many().all(reader, user_ids=json.dumps(user_ids), most=len(user_ids)) if user_ids else ()
    for row in rows:
        fronts.setdefault(row.user_id, []).append(row)
    return {user_id: front for user_id, rows in fronts.items() if (front := _compose(rows))}


def find_showing(reader: Reader, system_ids: Collection[int]) -> list[int]:
    """Whose profiles change with these systems, by the rows' numbers: the accounts that show who fronts in them.

    Runs one query, for no systems none.
    """
    if not system_ids:
        return []
    return [row.user_id for row in _query_showing().all(reader, system_ids=json.dumps([*system_ids]))]


def set_shown(session: Session, user_id: int, shown: object) -> None:
    """Say whether who fronts is shown with this one account's presence. Raises Invalid, NotAuthenticated."""
    systems.get_own_system(session, user_id)
    session.get_one(Account, user_id).show_front = read_bool("setting", shown)


def is_shown(session: Session, user_id: int) -> bool:
    """Whether this one account chose it; False without a system."""
    account = session.get(Account, user_id)
    return account is not None and account.show_front


def find_obstacles(session: Session, user_id: int) -> list[str]:
    """What keeps it from being shown beside the account's choice: of PRIVATE, HIDDEN, UNPUBLISHED.

    Raises NotAuthenticated without a system.
    """
    found = {
        PRIVATE: systems.get_own_system(session, user_id).front_privacy,
        HIDDEN: opt_out.is_hidden(session, user_id),
        UNPUBLISHED: session.get(Presence, user_id) is None,
    }
    return [name for name, holds in found.items() if holds]


def _compose(rows: list[Any]) -> str | None:
    # A switch to nobody is one row without a member, and so is one to a member who is private.
    fronting = sorted((row for row in rows if row.hid is not None), key=lambda row: row.position)
    since = rows[0].since
    if not fronting and since is None:
        return None
    system = _SystemRow._make(rows[0][-len(_OF_SYSTEM) :])
    shown = {
        "system": _identify(see_system_face(system, False), system.uuid),
        "members": [_identify(see_member_face(member, False), member.uuid) for member in fronting],
        "since": None if since is None else show_time(since),
    }
    return _encode(shown).decode()


def _identify(face: dict[str, Any], uuid: bytes) -> dict[str, Any]:
    # In v2's order.
    return {"id": face["id"], "uuid": format_uuid(uuid), **face}


@cache
def _query() -> CompiledQuery:
    return CompiledQuery(_fronts(Account.user_id == bindparam("user_id")))


@cache
def _query_many() -> CompiledQuery:
    asked = func.json_each(bindparam("user_ids")).table_valued("value", name="asked")
    return CompiledQuery(_fronts(Account.user_id.in_(select(asked.c.value))))


@cache
def _query_showing() -> CompiledQuery:
    asked = func.json_each(bindparam("system_ids")).table_valued("value", name="asked")
    showing = select(Account.user_id).where(Account.system_id.in_(select(asked.c.value)))
    return CompiledQuery(showing.where(Account.show_front.is_(True)))


def _fronts(is_asked: ColumnElement[bool]) -> Select[Any]:
    other = aliased(Switch)
    own = select(other.id).where(other.system_id == System.id)
    latest = own.order_by(other.timestamp.desc()).limit(1).scalar_subquery()
    of_system = [column.label(f"system_{column.key}") for column in _OF_SYSTEM]
    # With a limit it is put together before it is joined: else since when is found out once for each fronter.
    page = (
        select(Account.user_id, Switch.id.label("switch_id"), since_public(Switch).label("since"), *of_system)
        .join(System, and_(System.id == Account.system_id, System.front_privacy.is_(False)))
        .join(Switch, Switch.id == latest)
        .where(Account.show_front.is_(True), is_asked)
        .limit(bindparam("most"))
        .subquery("page")
    )
    return (
        select(page.c.user_id, page.c.since, SwitchMember.position, *_OF_MEMBER, *page.c[3:])
        .select_from(page)
        .outerjoin(SwitchMember, SwitchMember.switch_id == page.c.switch_id)
        .outerjoin(Member, and_(Member.id == SwitchMember.member_id, Member.visibility.is_(False)))
    )
