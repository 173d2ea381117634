"""What an event stream is about: users and systems, as a request names them."""

from typing import NamedTuple

from sqlalchemy.orm import Session

from rules.errors import Invalid, NotFound
from rules.parsing.fields import LARGEST_SNOWFLAKE
from rules.presence import profiles
from rules.systems import systems
from web.auth import ME

MOST = 100
EXAMPLE = "/events?users=80351110224678912&systems=abcde"


class Subjects(NamedTuple):
    """Users by ID, and systems by the row's number with what the request called them.

    `accounts`: by which account a system was named, if by one: where that is unlinked, it is not there any more.
    `missing`: the systems that are not there. `is_named`: each event says whom it is about, since it may be several.
    """

    users: tuple[int, ...]
    systems: dict[int, str]
    accounts: dict[int, int]
    missing: tuple[str, ...] = ()
    is_named: bool = True


def read_subjects(session: Session, users: str, named_systems: str, viewer: int | None) -> Subjects:
    """The subjects of `?users=` and `?systems=`, each a list with commas. Raises Invalid above 100, and for none."""
    user_ids = [int(user_id) for user_id in profiles.read_ids(users, EXAMPLE)] if users else []
    references = list(dict.fromkeys(named_systems.split(","))) if named_systems else []
    if not 1 <= len(user_ids) + len(references) <= MOST or "" in references:
        raise Invalid(f"Name 1 to {MOST} users and systems, with commas between them, like {EXAMPLE}.")
    found, accounts, missing = {}, {}, []
    for reference in references:
        try:
            system_id = systems.get_referenced(session, reference, viewer).id
        except NotFound:
            missing.append(reference)
            continue
        found[system_id] = reference
        # An ID is letters, and a UUID has some.
        if reference == ME or reference.isdigit():
            accounts[system_id] = viewer if reference == ME else int(reference)
    # Nobody has such an ID; the column could not hold it.
    possible = tuple(user_id for user_id in user_ids if user_id <= LARGEST_SNOWFLAKE)
    return Subjects(possible, found, accounts, tuple(missing))
