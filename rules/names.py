"""Finding published people by name: by the whole username, display name or name in the home server, in any case.

Never by a part of one: with that anybody could list everybody, which SUBSCRIBE_TO_ALL leaves to whoever runs Rollcall.
"""

import json
import unicodedata
from collections.abc import Iterable, Mapping
from functools import cache

from sqlalchemy import bindparam, select
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery, Reader
from models import OptOut, PresenceName
from rules.errors import Invalid

# Of Discord's names; a few more for an @ and blanks.
LONGEST = 40
# Display names are nobody's own. Who has more than so many namesakes is found by the ID.
MOST_FOUND = 5


def fold(name: str) -> str:
    """A name as it is compared: in lower case, without blanks around it, and each letter in one way."""
    return unicodedata.normalize("NFKC", unicodedata.normalize("NFKC", name).casefold()).strip()


def find_named(reader: Reader, typed: str) -> list[int]:
    """The IDs of up to 5 published users who have a name, with an @ in front or without; the lowest first.

    Who has hidden is not found, as if they had never been here. Raises Invalid for what can be no name.
    """
    wanted = fold(typed).removeprefix("@").strip()
    if not wanted or len(typed) > LONGEST:
        raise Invalid(f"A name has 1 to {LONGEST} characters; write the whole of it.")
    return [row.user_id for row in _query().all(reader, name=wanted, most=MOST_FOUND)]


def store_names(session: Session, named: Mapping[int, Iterable[str | None]]) -> None:
    """By which names these users, who are stored already, are found from now on. They go with the user's presence."""
    if not named:
        return
    connection = session.connection()
    of_these = "DELETE FROM presence_names WHERE user_id IN (SELECT value FROM json_each(?))"
    connection.exec_driver_sql(of_these, (json.dumps([*named]),))
    rows = [(name, user_id) for user_id, names in named.items() for name in {fold(name or "") for name in names} - {""}]
    if rows:
        connection.exec_driver_sql("INSERT INTO presence_names (name, user_id) VALUES (?, ?)", rows)


@cache
def _query() -> CompiledQuery:
    found = select(PresenceName.user_id).where(
        PresenceName.name == bindparam("name"), PresenceName.user_id.not_in(select(OptOut.user_id))
    )
    return CompiledQuery(found.order_by(PresenceName.user_id).limit(bindparam("most")))
