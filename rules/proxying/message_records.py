"""Who sent which proxied message. No text is stored. PluralKit's v1 document."""

from collections.abc import Collection
from functools import cache
from typing import Any

from sqlalchemy import BindParameter, ColumnElement, Select, bindparam, delete, exists, insert, or_, select, update
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery, CompiledWrite, Reader
from models import Account, DeletedChannel, Member, Message, System
from rules.dispatch.changes import note_created
from rules.errors import NotAllowed, NotFound
from rules.opt_out import check_storable
from rules.parsing.fields import LARGEST_SNOWFLAKE
from rules.parsing.timestamps import now_ms, show_time
from rules.systems import systems
from rules.systems.privacy import view_member, view_system
from rules.systems.soft_delete import ROWS_AT_ONCE, is_within_reach

DISCORD_EPOCH_MS = 1_420_070_400_000
RECENT_MS = 10 * 60 * 1000
# Nobody has loaded what is purged.
_ONLY_ROWS = {"synchronize_session": False}


def record_message(
    session: Session,
    sender_id: int,
    member_id: int,
    message_id: int,
    original_id: int,
    channel_id: int,
    guild_id: int | None,
) -> None:
    """Remember that a user sent `original_id`, which was posted again as `message_id` in a member's name.

    A second time changes nothing. Raises NotFound when the member was deleted meanwhile, and NotAllowed when the
    sender is no longer linked to its system or asked to be forgotten.
    """
    check_storable(session, sender_id)
    member = _query_member().find(session, member_id=member_id, viewer=sender_id, message_id=message_id)
    if not member:
        raise NotFound("Member not found.")
    if not member.own:
        raise NotAllowed("This account is not linked to the member's system.")
    values = {
        "id": message_id,
        "original_id": original_id,
        "sender_id": sender_id,
        "channel_id": channel_id,
        "guild_id": guild_id,
        "member_id": member_id,
        "forget_at": None,
    }
    if not member.is_recorded:
        _insert().run(session, **values)
        note_created(session, Message(**values))


def get_record(session: Session, message_id: int) -> Message:
    """The record of a proxied message, by its own ID or that of the original; for a while, of a deleted one too.

    Raises NotFound.
    """
    if message_id > LARGEST_SNOWFLAKE:
        raise NotFound("Message not found.", code=20006)
    either = or_(Message.id == message_id, Message.original_id == message_id)
    # What is being deleted, with its system, is gone for everybody.
    seen = select(Message).join(Member, Member.id == Message.member_id).where(either, is_within_reach(Member.hid))
    known = seen.where(_is_known(now_ms()))
    found = session.scalar(known.order_by(*_best_first(message_id)).limit(1))
    if not found:
        raise NotFound("Message not found.", code=20006)
    return found


def get_record_member(session: Session, record: Message) -> Member:
    """In whose name a recorded message was posted."""
    return session.get_one(Member, record.member_id)


def show_record(record: Message) -> dict[str, Any]:
    """A record as JSON, without its system and member, as v2 has it."""
    return {
        # Discord's IDs hold when they were made.
        "timestamp": show_time(((record.id >> 22) + DISCORD_EPOCH_MS) * 1000),
        "id": str(record.id),
        "original": str(record.original_id),
        "sender": str(record.sender_id),
        "channel": str(record.channel_id),
        "guild": None if record.guild_id is None else str(record.guild_id),
    }


def get_own_record(session: Session, user_id: int, message_id: int) -> Message:
    """The same of one that stands, for the accounts of the member's system, who alone may edit it.

    Raises NotFound, NotAllowed.
    """
    record = _get_standing(session, message_id)
    _check_own(session, user_id, record)
    return record


def get_sent_record(session: Session, user_id: int, message_id: int) -> Message:
    """The same, for its sender as well: whoever has left the system may still delete what they sent.

    Raises NotFound, NotAllowed.
    """
    record = _get_standing(session, message_id)
    if record.sender_id != user_id:
        _check_own(session, user_id, record)
    return record


def get_last_record(session: Session, user_id: int, channel_id: int, at_ms: int) -> Message:
    """The last message that an account had proxied in a channel within ten minutes, as a member of its present system.

    Of several copies of one message the first, which has the text. Raises NotFound.
    """
    since = (at_ms - RECENT_MS - DISCORD_EPOCH_MS) << 22
    sent = (
        select(Message)
        .join(Member, Member.id == Message.member_id)
        .join(Account, Account.system_id == Member.system_id)
        .where(Account.user_id == user_id, Message.sender_id == user_id)
        .where(Message.id > since, Message.channel_id == channel_id, Message.forget_at.is_(None))
    )
    found = session.scalar(sent.order_by(Message.original_id.desc(), Message.id).limit(1))
    if not found:
        raise NotFound("You have no proxied message of the last ten minutes here; reply to one, or give its link.")
    return found


def find_recorded(session: Session, message_ids: Collection[int]) -> list[int]:
    """Which of these messages are recorded as copies that stand."""
    return list(session.scalars(select(Message.id).where(_stand(message_ids))))


def note_deleted(session: Session, message_ids: Collection[int], kept_s: int) -> None:
    """These copies were deleted on Discord: who sent them is known for `kept_s` seconds more, and then forgotten."""
    if kept_s:
        forget_at = now_ms() + kept_s * 1000
        session.execute(update(Message).where(_stand(message_ids)).values(forget_at=forget_at))
    else:
        session.execute(delete(Message).where(_stand(message_ids)))


def purge_deleted(session: Session, rows: int = ROWS_AT_ONCE) -> bool:
    """Forget at most so many deleted messages whose time is over; returns False when none was left."""
    over = select(Message.id).where(Message.forget_at <= now_ms()).limit(rows)
    return session.execute(delete(Message).where(Message.id.in_(over)), execution_options=_ONLY_ROWS).rowcount == rows


def find_recorded_channels(session: Session, channel_ids: Collection[int]) -> list[int]:
    """In which of these channels messages are recorded."""
    return [channel_id for channel_id in _storable(channel_ids) if session.scalar(_in_channel(channel_id, 1))]


def note_gone_channels(session: Session, channel_ids: Collection[int]) -> None:
    """Let `purge_channels` forget all messages of channels that were deleted on Discord."""
    for channel_id in channel_ids:
        session.merge(DeletedChannel(channel_id=channel_id))


def purge_channels(session: Session, rows: int = ROWS_AT_ONCE) -> bool:
    """Forget at most so many messages of a channel that is gone; returns False when nothing was left."""
    gone = session.scalar(select(DeletedChannel.channel_id).limit(1))
    if gone is None:
        return False
    doomed = delete(Message).where(Message.id.in_(_in_channel(gone, rows)))
    if not session.execute(doomed, execution_options=_ONLY_ROWS).rowcount:
        session.execute(delete(DeletedChannel).where(DeletedChannel.channel_id == gone))
    return True


def show_message(reader: Reader, message_id: int, viewer: int | None) -> dict[str, Any]:
    """A proxied message, by its own ID or that of the original, with system and member as the viewer may see them.

    One that was deleted is shown as before until its time is over. Raises NotFound.
    """
    found = _query().find(reader, either=message_id, now=now_ms())
    if found is None:
        raise NotFound("Message not found.", code=20006)
    system = systems.get_seen_system(reader, found.system, viewer)
    return {
        "timestamp": show_time(((found.message_id >> 22) + DISCORD_EPOCH_MS) * 1000),
        "id": str(found.message_id),
        "original": str(found.original_id),
        "sender": str(found.sender_id),
        "channel": str(found.channel_id),
        "system": view_system(system, system.own),
        "member": view_member(found, system.own),
        "guild": None if found.guild_id is None else str(found.guild_id),
    }


@cache
def _query() -> CompiledQuery:
    wanted = bindparam("either")
    message = (Message.id.label("message_id"), Message.original_id, Message.sender_id, Message.channel_id)
    return CompiledQuery(
        select(*message, Message.guild_id, System.hid.label("system"), *Member.__table__.columns)
        .select_from(Message)
        .join(Member, Member.id == Message.member_id)
        .join(System, System.id == Member.system_id)
        .where(or_(Message.id == wanted, Message.original_id == wanted), is_within_reach(System.hid))
        .where(_is_known(bindparam("now")))
        .order_by(*_best_first(wanted))
        .limit(1)
    )


def _get_standing(session: Session, message_id: int) -> Message:
    record = get_record(session, message_id)
    if record.forget_at is not None:
        raise NotFound("This message was deleted.")
    return record


def _is_known(now: int | BindParameter[int]) -> ColumnElement[bool]:
    return or_(Message.forget_at.is_(None), Message.forget_at > now)


def _best_first(message_id: int | BindParameter[int]) -> tuple[ColumnElement[Any], ...]:
    # Of an original's copies, one that stands.
    return (Message.id == message_id).desc(), Message.forget_at.is_not(None), Message.id


def _stand(message_ids: Collection[int]) -> ColumnElement[bool]:
    return Message.id.in_(_storable(message_ids)) & Message.forget_at.is_(None)


def _storable(ids: Collection[int]) -> list[int]:
    # SQLite refuses the whole question for one that is larger, and an event may hold any number.
    return [number for number in ids if number <= LARGEST_SNOWFLAKE]


def _check_own(session: Session, user_id: int, record: Message) -> None:
    if not systems.is_owner(session, user_id, session.get_one(Member, record.member_id).system_id):
        raise NotAllowed("This message was not sent by your system.")


def _in_channel(channel_id: int, most: int) -> Select[tuple[int]]:
    return select(Message.id).where(Message.channel_id == channel_id).limit(most)


@cache
def _query_member() -> CompiledQuery:
    own, is_recorded = systems.is_own(Member.system_id), exists().where(Message.id == bindparam("message_id"))
    return CompiledQuery(select(own, is_recorded.label("is_recorded")).where(Member.id == bindparam("member_id")))


@cache
def _insert() -> CompiledWrite:
    return CompiledWrite(insert(Message))
