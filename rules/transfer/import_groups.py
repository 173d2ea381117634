"""The groups of an import's last step: new ones, who comes into those that were there, and which is within which."""

from collections.abc import Mapping, Sequence

from sqlalchemy import delete, insert, select, update
from sqlalchemy.orm import Session

from models import Group, GroupMember, System
from rules.errors import Invalid
from rules.transfer import import_rows
from rules.transfer.import_file import File
from rules.transfer.import_rows import CAME, find_kept, find_row, get_own, move_rows, write_values
from rules.transfer.import_staging import Staged
from rules.transfer.matching import find_nestings, find_room
from rules.transfer.past_imports.record import Record

# More would hold the lock for too long.
MOST_JOINED = 50_000
_ONLY_ROWS = {"synchronize_session": False}
_JOINED = (
    f"The file puts members into groups that you have over {MOST_JOINED:,} times, too often for once; delete some of"
    " those groups, which come back with the file, and start it again."
)


def swap_groups(
    session: Session,
    system: System,
    file: File,
    staged: Staged,
    came: Mapping[int, int],
    opens: bool,
    record: Record,
) -> list[int | None]:
    """Let staged groups, and what is new of groups that were there, belong to the system; returns which each is."""
    if not file.groups:
        return []
    own = get_own(session, Group, system, staged)
    kept, _ = find_kept(session, file, Group, staged.groups, system, own)
    _redirect_memberships(session, staged, came)
    new = [place.row_id for place, group in zip(staged.groups, kept, strict=True) if not (place.hid or group)]
    new = new[: find_room(own)]
    for group, row, staged_row in zip(file.groups, kept, staged.group_rows, strict=True):
        if row and (changed := write_values(row, group.values, opens)):
            record.groups[row.id] = changed
        if row and (joined := _join(session, row.id, staged_row)):
            record.joined[row.id] = joined
        if sum(map(len, record.joined.values())) > MOST_JOINED:
            raise Invalid(_JOINED)
    move_rows(session, Group, system, new)
    rows = [find_row(place, row) for place, row in zip(staged.groups, kept, strict=True)]
    there = {*new, *(row.id for row in own)}
    rows = [row if row in there else None for row in rows]
    _nest(session, system, file, rows, new, record)
    record.note_groups(session, new)
    return rows


def _nest(
    session: Session, system: System, file: File, rows: Sequence[int | None], new: Sequence[int], record: Record
) -> None:
    """Let the file's groups be within those that it says, where that makes no circle with what is there."""
    session.flush()
    own = dict(session.execute(select(Group.id, Group.parent_id).where(Group.system_id == system.id)).all())
    for child, parent in find_nestings(file, rows, own):
        session.execute(update(Group).where(Group.id == child).values(parent_id=parent), execution_options=_ONLY_ROWS)
        if child not in new:
            record.groups.setdefault(child, {})["parent_id"] = (own[child], parent)
        own[child] = parent


def _join(session: Session, group: int, staged_row: int) -> list[int]:
    """Let the members of a staged group be in another too; returns which were not yet."""
    here = select(GroupMember.member_id).where(GroupMember.group_id == group)
    staged = select(GroupMember.member_id).where(GroupMember.group_id == staged_row)
    new = list(session.scalars(staged.where(GroupMember.member_id.not_in(here))))
    if new:
        session.execute(insert(GroupMember.__table__), [{"group_id": group, "member_id": member} for member in new])
    return new


def _redirect_memberships(session: Session, staged: Staged, came: Mapping[int, int]) -> None:
    """Let the staged groups hold those who came, and not who was staged for them."""
    if not came:
        return
    pairs = select(GroupMember.group_id, GroupMember.member_id).where(GroupMember.group_id.in_(staged.group_rows))
    named = pairs.where(GroupMember.member_id.in_(came)).limit(import_rows.MOST_REDIRECTED + 1)
    found = session.execute(named).all()
    if len(found) > import_rows.MOST_REDIRECTED:
        raise Invalid(CAME)
    wrong = delete(GroupMember).where(GroupMember.group_id.in_(staged.group_rows), GroupMember.member_id.in_(came))
    session.execute(wrong, execution_options=_ONLY_ROWS)
    if found:
        session.execute(
            insert(GroupMember), [{"group_id": group, "member_id": came[member]} for group, member in found]
        )
