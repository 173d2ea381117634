"""What is kept of a message that was proxied: its record, the member's count, the latch, and a switch."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache

from sqlalchemy import bindparam, update
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledWrite
from models import Member, System
from rules.errors import Refused
from rules.fronting import switches
from rules.proxying import autoproxy, message_records, unfinished
from rules.proxying.decision import IncomingMessage, ProxyPost


@dataclass(frozen=True, slots=True)
class PostedProxy:
    """What was posted, of which message, and when (µs); `more_ids` are further messages with the rest of its files."""

    post: ProxyPost
    incoming: IncomingMessage
    message_id: int
    original_id: int
    at_us: int
    more_ids: tuple[int, ...] = ()


def record_post(
    session: Session, post: ProxyPost, incoming: IncomingMessage, message_id: int, original_id: int, now_us: int
) -> None:
    """Keep who sent what was posted as `message_id`, count it, renew the latch, and switch if the system asks for it.

    Raises NotFound when the member was deleted meanwhile, and NotAllowed when the sender is no longer linked to its
    system or asked to be forgotten.
    """
    _record_message(session, post, incoming, message_id, original_id)
    _count().run(session, member_id=post.member_id, now_us=now_us)
    if post.renews_latch:
        autoproxy.renew_latch(session, post.system_id, incoming.guild_id, post.member_id, now_us)
    if post.proxy_switch != "off":
        _switch(session, post, incoming.user_id)


def record_posts(session: Session, posts: Sequence[PostedProxy]) -> list[Refused | None]:
    """`record_post` for several in one transaction; for each what was raised, or None."""
    refused = [_try_to_record(session, one) for one in posts]
    recorded = [one.original_id for one, why in zip(posts, refused, strict=True) if not why]
    unfinished.note_recorded(session, recorded)
    return refused


def _record_message(
    session: Session, post: ProxyPost, incoming: IncomingMessage, message_id: int, original_id: int
) -> None:
    message_records.record_message(
        session, incoming.user_id, post.member_id, message_id, original_id, incoming.channel_id, incoming.guild_id
    )


def _try_to_record(session: Session, one: PostedProxy) -> Refused | None:
    try:
        record_post(session, one.post, one.incoming, one.message_id, one.original_id, one.at_us)
        for message_id in one.more_ids:
            _record_message(session, one.post, one.incoming, message_id, one.original_id)
    except Refused as refused:
        return refused
    return None


def _switch(session: Session, post: ProxyPost, user_id: int) -> None:
    hid = session.get_one(Member, post.member_id).hid
    system = session.get_one(System, post.system_id)
    latest = switches.find_latest(session, system)
    fronting = switches.get_fronters(session, latest) if latest else []
    if hid in fronting:
        return
    try:
        switches.log_switch(session, user_id, [*fronting, hid] if post.proxy_switch == "add" else [hid])
    except Refused:
        # More than may front at once: the message counts all the same.
        return


@cache
def _count() -> CompiledWrite:
    counted = {"message_count": Member.message_count + 1, "last_message_at": bindparam("now_us")}
    return CompiledWrite(update(Member).where(Member.id == bindparam("member_id")).values(counted))
