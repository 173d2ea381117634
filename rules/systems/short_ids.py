"""Five-letter IDs of systems, members and groups, as in PluralKit's v1 document, and what names something."""

import secrets
import string
from collections.abc import Sequence
from typing import TypeVar

from sqlalchemy import select
from sqlalchemy.orm import InstrumentedAttribute, Session

from models import Group, Member, System
from rules.parsing.uuids import parse_uuid

LENGTH = 5
Named = TypeVar("Named", System, Member, Group)
# Behind so many letters an ID is split.
HALF = 3


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


def find_by_reference(session: Session, table: type[Named], reference: str) -> Named | None:
    """The row of a table that an ID, in any case of letters and with hyphens or without, or a UUID names."""
    if uuid := parse_uuid(reference):
        found = session.scalar(select(table).where(table.uuid == uuid))
        # What is being built or deleted is named by nothing.
        return found if found and is_id(found.hid) else None
    hid = reference.replace("-", "").lower()
    return session.scalar(select(table).where(table.hid == hid)) if is_id(hid) else None


def is_id(text: str) -> bool:
    """Whether a text can be the ID of something within reach: letters only, in any case and number."""
    return text.isascii() and text.isalpha()


def show_id(hid: str, split: bool, caps: bool) -> str:
    """An ID as people may like it better: in two parts (`abc-def`), in capitals."""
    shown = hid.upper() if caps else hid
    return f"{shown[:HALF]}-{shown[HALF:]}" if split else shown


def pad_ids(shown: Sequence[str], padding: str) -> list[str]:
    """IDs that `show_id` made, made as wide as the longest of them by blanks: `left`, `right`, or `off`."""
    width = max(map(len, shown), default=0)
    pad = {"left": str.rjust, "right": str.ljust}.get(padding, lambda one, _width: one)
    return [pad(one, width) for one in shown]


def _draw() -> str:
    return "".join(secrets.choice(string.ascii_lowercase) for _ in range(LENGTH))
