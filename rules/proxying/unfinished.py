"""What was begun of a proxied message and is not finished: noted before its copy is posted, mended after a kill.

The note holds no text: a mark of two bytes finds the copy among the few that stand in its channel since then.
"""

import hashlib
import json
from collections.abc import Collection, Sequence
from functools import cache

from sqlalchemy import bindparam, delete, func, insert, select, update
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledWrite, Reader
from models import Autoproxy, Member, Message, UnfinishedProxy
from rules.parsing.timestamps import now_ms
from rules.proxying import autoproxy, message_records
from rules.proxying.webhook_names import NAME_LENGTH, THIN, UNSEEN

MARK_BYTES = 2


def mark_of(name: str, text: str) -> int:
    """The mark of a copy by its name, whether or not it was told apart from another's, and its text."""
    plain = name.strip().removesuffix(f"{THIN}{UNSEEN}")[: NAME_LENGTH - 2].rstrip()
    # Discord strips what it posts.
    whole = f"{plain}\n{text.strip()}".encode(errors="replace")
    return int.from_bytes(hashlib.blake2b(whole, digest_size=MARK_BYTES).digest())


def note(
    writer: Reader,
    original_id: int,
    replaced_id: int,
    sender_id: int,
    channel_id: int,
    guild_id: int,
    member_id: int,
    mark: int,
    parts: int,
) -> int:
    """Note that a copy is about to be posted, in so many parts, for `replaced_id`; the number of the note."""
    noted = _insert().run(
        writer,
        original_id=original_id,
        replaced_id=replaced_id,
        sender_id=sender_id,
        channel_id=channel_id,
        guild_id=guild_id,
        member_id=member_id,
        mark=mark,
        parts=parts,
        noted_at=now_ms(),
        recorded=False,
    )
    return noted.lastrowid


def note_recorded(session: Session, original_ids: Collection[int]) -> None:
    """The copies of these messages are recorded."""
    _update_recorded().run(session, original_ids=json.dumps([*original_ids]))


def finish(session: Session, notes: Collection[int]) -> None:
    """Of what was noted there is nothing left to do."""
    session.execute(delete(UnfinishedProxy).where(UnfinishedProxy.id.in_(notes)))


def find_left(session: Session) -> list[UnfinishedProxy]:
    """What an earlier process left, in the order in which it was begun."""
    return list(session.scalars(select(UnfinishedProxy).order_by(UnfinishedProxy.id)))


def find_copies(session: Session, original_ids: Collection[int]) -> dict[int, list[int]]:
    """The recorded copies of each original that has some, those included that are known to be deleted."""
    found: dict[int, list[int]] = {}
    rows = select(Message.original_id, Message.id).where(Message.original_id.in_(original_ids)).order_by(Message.id)
    for original_id, message_id in session.execute(rows):
        found.setdefault(original_id, []).append(message_id)
    return found


def find_unrecorded(session: Session, message_ids: Collection[int]) -> set[int]:
    """Which of these messages nobody is known to have sent."""
    return {*message_ids} - {*session.scalars(select(Message.id).where(Message.id.in_(message_ids)))}


def record_left(session: Session, left: UnfinishedProxy, message_ids: Sequence[int], at_us: int) -> None:
    """Record the copy that a killed bot had posted, count it, and renew the latch as of then.

    No switch is logged, since that would be one of now. Raises as `message_records.record_message`: NotFound when the
    member was deleted meanwhile, and NotAllowed when the sender is no longer linked to its system or asked to be
    forgotten.
    """
    for message_id in message_ids:
        message_records.record_message(
            session, left.sender_id, left.member_id, message_id, left.original_id, left.channel_id, left.guild_id
        )
    member = session.get_one(Member, left.member_id)
    counted = update(Member).where(Member.id == member.id)
    session.execute(counted.values(message_count=Member.message_count + 1, last_message_at=at_us))
    latch = session.get(Autoproxy, (member.system_id, left.guild_id))
    # Whoever spoke since the start spoke later.
    if latch and (latch.latched_at or 0) < at_us:
        autoproxy.renew_latch(session, member.system_id, left.guild_id, member.id, at_us)


@cache
def _insert() -> CompiledWrite:
    return CompiledWrite(insert(UnfinishedProxy))


@cache
def _update_recorded() -> CompiledWrite:
    given = select(func.json_each(bindparam("original_ids")).table_valued("value").c.value)
    return CompiledWrite(update(UnfinishedProxy).where(UnfinishedProxy.original_id.in_(given)).values(recorded=True))
