"""The answers of `GET /user/<id>`, harmy's README with `KV` only for its owner, and `fronting`; `GET /users`: many."""

import json
import re
from collections.abc import Callable
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import Select, and_, bindparam, func, select

from database.compiled_queries import CompiledQuery, Reader
from models import Account, GitHub, OptOut, Presence
from rules import names
from rules.account import kv
from rules.errors import Invalid, NotFound
from rules.etags import version_of
from rules.parsing.fields import LARGEST_SNOWFLAKE
from rules.presence import fronting, health, publication, states

MOST_AT_ONCE = 100
EXAMPLE = "/users?ids=80351110224678912,80351110224678913"
_WHO = {
    publication.EVERYONE: "Whoever {} is, unless they hid themselves.",
    publication.OPTIN: "Whoever {} and asks the bot for it with the command `show` is.",
    publication.ROLE: "Whoever {} and has a certain role there is, unless they hid themselves.",
}
_IDS = re.compile("(0|[1-9][0-9]*)(,(0|[1-9][0-9]*))*", re.ASCII)


class Profile(NamedTuple):
    """A finished answer in JSON, and a version that another answer would not have."""

    text: str
    version: str


def get_profile(
    reader: Reader,
    user_id: int,
    viewer: int | None,
    invite_url: str | None = None,
    can_write: Callable[[], bool] | None = None,
) -> Profile:
    """The profile of a published user; `viewer` is whose token came with the request. `can_write`: `health.find_state`.

    Raises NotFound, in the same words for everybody who is not published: nobody learns who has hidden.
    """
    profile = find_profile(reader, user_id, viewer)
    if not profile:
        raise NotFound(tell_why_not(reader, invite_url, can_write))
    return profile


def find_profile(reader: Reader, user_id: int, viewer: int | None) -> Profile | None:
    """What `get_profile` gives, or None."""
    return _find_own(reader, user_id) if viewer == user_id else find_public(reader, user_id)


def tell_why_not(reader: Reader, invite_url: str | None, can_write: Callable[[], bool] | None) -> str:
    """Why somebody is not published here, in the same words for everybody; arguments as of `get_profile`."""
    return _why_not(*health.find_standing(reader, can_write), invite_url)


def find_public(reader: Reader, user_id: int) -> Profile | None:
    """The profile of a published user as everybody else sees it, or None.

    Runs one query, and one more where who fronts may be shown.
    """
    row = _query().find(reader, user_id=user_id)
    return None if row is None else _as_public(row, _find_front(reader, row))


def _find_own(reader: Reader, user_id: int) -> Profile | None:
    row = _query().find(reader, user_id=user_id)
    return None if row is None else _as_own(reader, row, _find_front(reader, row))


def _find_front(reader: Reader, row: Any) -> str | None:
    # Nobody asks about a front who need not: most people have none.
    return None if row.shows_front is None else fronting.find_fronting(reader, row.user_id)


def read_ids(text: str, example: str = EXAMPLE) -> list[str]:
    """The user IDs in a list with commas, each once; at most 100. Raises Invalid, which shows the example."""
    user_ids = list(dict.fromkeys(text.split(",")))
    if len(user_ids) > MOST_AT_ONCE or not _IDS.fullmatch(text):
        raise Invalid(f"Name 1 to {MOST_AT_ONCE} user IDs, in digits and with commas between them, like {example}.")
    return user_ids


def get_profiles(reader: Reader, user_ids: list[str], viewer: int | None) -> Profile:
    """The profiles of many in one answer, in the order of `user_ids`, which are as `read_ids` gives them.

    Whoever `get_profile` does not find for this viewer is named as missing. Runs one query, one more for the
    viewer's own pairs, and one for all who show who fronts.
    """
    found = _find_many(reader, user_ids, viewer)
    users = [f'{{"id":"{user_id}",{found[user_id].text[1:]}' for user_id in user_ids if user_id in found]
    missing = [f'"{user_id}"' for user_id in user_ids if user_id not in found]
    versions = [found[user_id].version if user_id in found else "" for user_id in user_ids]
    text = f'{{"users":[{",".join(users)}],"missing":[{",".join(missing)}]}}'
    return Profile(text, version_of(",".join([*user_ids, *versions])))


def get_named(reader: Reader, name: str, viewer: int | None) -> Profile:
    """The profiles of those whose name this is, as `get_profiles` gives them; nobody's where nobody has it.

    Raises Invalid; for whom a name finds: `names.find_named`.
    """
    return get_profiles(reader, [str(user_id) for user_id in names.find_named(reader, name)], viewer)


def list_published(reader: Reader, most: int) -> list[int]:
    """The IDs of up to `most` of those whose profile everybody may see, the lowest first."""
    return [row.user_id for row in _query_published().all(reader, most=most)]


def _find_many(reader: Reader, user_ids: list[str], viewer: int | None) -> dict[str, Profile]:
    possible = [user_id for user_id in user_ids if len(user_id) <= 19 and int(user_id) <= LARGEST_SNOWFLAKE]
    rows = _query_many().all(reader, user_ids=f"[{','.join(possible)}]")
    fronts = fronting.find_frontings(reader, [row.user_id for row in rows if row.shows_front is not None])
    seen = {
        str(row.user_id): _as_own(reader, row, front) if row.user_id == viewer else _as_public(row, front)
        for row in rows
        for front in [fronts.get(row.user_id)]
    }
    return {user_id: profile for user_id, profile in seen.items() if profile}


def _as_public(row: Any, front: str | None) -> Profile | None:
    if row.hidden is not None:
        return None
    version = row.version if row.github is None else row.version + version_of(row.github)
    if front is not None:
        version += version_of(front)
    return Profile(_compose(row, "null", front), version)


def _as_own(reader: Reader, row: Any, front: str | None) -> Profile:
    text = _compose(row, json.dumps(kv.get_pairs(reader, row.user_id), ensure_ascii=False), front)
    return Profile(text, version_of(text))


def _compose(row: Any, pairs: str, front: str | None) -> str:
    # All four are JSON already; reading and writing them again would cost more than the query.
    return f'{{"presence":{row.presence},"KV":{pairs},"github":{row.github or "null"},"fronting":{front or "null"}}}'


@cache
def _query() -> CompiledQuery:
    return CompiledQuery(_stored().where(Presence.user_id == bindparam("user_id")))


@cache
def _query_many() -> CompiledQuery:
    asked = func.json_each(bindparam("user_ids")).table_valued("value", name="asked")
    return CompiledQuery(_stored().where(Presence.user_id.in_(select(asked.c.value))))


@cache
def _query_published() -> CompiledQuery:
    seen = select(Presence.user_id).where(Presence.user_id.not_in(select(OptOut.user_id)))
    return CompiledQuery(seen.order_by(Presence.user_id).limit(bindparam("most")))


def _stored() -> Select[Any]:
    return (
        select(
            *(Presence.user_id, Presence.body.label("presence"), Presence.version),
            *(GitHub.body.label("github"), OptOut.user_id.label("hidden"), Account.system_id.label("shows_front")),
        )
        .outerjoin(GitHub, GitHub.user_id == Presence.user_id)
        .outerjoin(OptOut, OptOut.user_id == Presence.user_id)
        .outerjoin(Account, and_(Account.user_id == Presence.user_id, Account.show_front.is_(True)))
    )


def _why_not(state: str, choice: str, invite_url: str | None) -> str:
    if state != states.CONNECTED:
        return f"This user is not known here: {states.describe(state)} just now. Try again in a moment."
    join = (
        f"joins the Discord server at {invite_url}"
        if invite_url
        else "is a member of the Discord server of this Rollcall"
    )
    who = _WHO[publication.kind_of(choice)]
    return f"This user is not published here. {who.format(join)}"
