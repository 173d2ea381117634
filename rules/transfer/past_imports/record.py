"""The record of what an import changed: written in its last step, and read by whoever undoes it."""

import hashlib
import json
import zlib
from collections import defaultdict
from collections.abc import Collection, Iterable
from dataclasses import asdict, dataclass, field
from typing import Any, Self

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Group, GroupMember, Member, System

# A value before the import and after it.
Change = tuple[Any, Any]
Changes = dict[str, Change]
# What is not somebody's edit, or of which row it is.
_NOT_EDITED = {"id", "system_id", "import_id", "message_count", "last_message_at"}
_Table = type[System] | type[Member] | type[Group]


@dataclass(slots=True)
class Record:
    """What an import changed, by the numbers of rows: fields, members that it put into groups, and what it added.

    `joined` are members in groups that were there, `held` those in groups that it added.

    `new_members`, `new_groups` and `made_system` tell by a digest whether somebody has edited them since; `columns` are
    those that the digest is of, since a later Rollcall may have more.
    """

    made_system: str | None = None
    system: Changes = field(default_factory=dict)
    members: dict[int, Changes] = field(default_factory=dict)
    groups: dict[int, Changes] = field(default_factory=dict)
    joined: dict[int, list[int]] = field(default_factory=dict)
    new_members: dict[int, str] = field(default_factory=dict)
    new_groups: dict[int, str] = field(default_factory=dict)
    held: dict[int, list[int]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)

    @property
    def is_empty(self) -> bool:
        """Whether the import changed and added none of this."""
        noted = (self.system, self.members, self.groups, self.joined, self.new_members, self.new_groups)
        return not any((self.made_system, *noted))

    def dump(self) -> bytes:
        """The record as it is stored."""
        return zlib.compress(json.dumps(asdict(self), ensure_ascii=False, separators=(",", ":")).encode())

    @classmethod
    def load(cls, stored: bytes) -> Self:
        """The record as it was dumped."""
        read = json.loads(zlib.decompress(stored))
        for name in ("members", "groups", "joined", "held", "new_members", "new_groups"):
            read[name] = {int(number): value for number, value in read[name].items()}
        return cls(**read)

    def digest(self, session: Session, table: _Table, numbers: Collection[int]) -> dict[int, str]:
        """A digest of each of these rows, over the columns that the table had when the record was written."""
        names = self.columns.setdefault(
            table.__tablename__, [one.name for one in table.__table__.columns if one.name not in _NOT_EDITED]
        )
        found = {}
        for some in _cut(sorted(numbers)):
            rows = select(table.id, *(getattr(table, name) for name in names)).where(table.id.in_(some))
            found |= {row[0]: _digest(row[1:]) for row in session.execute(rows)}
        return found

    def note_groups(self, session: Session, new: Collection[int]) -> None:
        """Note the groups that the import added, and who is in them."""
        self.new_groups = self.digest(session, Group, new)
        for some in _cut(sorted(new)):
            self.held |= find_held(session, some)


def find_held(session: Session, groups: list[int]) -> dict[int, list[int]]:
    """Who is in these groups."""
    held: dict[int, list[int]] = defaultdict(list)
    pairs = select(GroupMember.group_id, GroupMember.member_id).where(GroupMember.group_id.in_(groups))
    for group, member in session.execute(pairs.order_by(GroupMember.group_id, GroupMember.member_id)):
        held[group].append(member)
    return held


def _digest(values: Iterable[Any]) -> str:
    plain = [value.hex() if isinstance(value, bytes) else value for value in values]
    return hashlib.sha256(json.dumps(plain).encode()).hexdigest()[:24]


def _cut(numbers: list[int], size: int = 500) -> Iterable[list[int]]:
    return (numbers[start : start + size] for start in range(0, len(numbers), size))
