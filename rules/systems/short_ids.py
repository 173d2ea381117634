"""Five-letter IDs of systems and members, as in PluralKit's v1 document."""

import secrets
import string

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

LENGTH = 5


def make_id(session: Session, column: InstrumentedAttribute[str]) -> str:
    """An ID that nothing in this column has; the caller's write transaction keeps it free."""
    # 26^5 are twelve million: the first one is nearly always free.
    while True:
        made = _draw()
        if session.scalar(select(column).where(column == made)) is None:
            return made


def make_ids(session: Session, column: InstrumentedAttribute[str], number: int) -> list[str]:
    """So many different IDs, each like that of `make_id`."""
    made: set[str] = set()
    while len(made) < number:
        drawn = {_draw() for _ in range(number - len(made))}
        made |= drawn - set(session.scalars(select(column).where(column.in_(drawn))))
    return list(made)


def is_id(text: str) -> bool:
    """Whether a text can be the ID of something within reach: letters only, in any case and number."""
    return text.isascii() and text.isalpha()


def _draw() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(LENGTH))
