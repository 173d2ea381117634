"""Which member a message in a server speaks for, and how that member looks there; and what is kept of it.

One query a message decides, without a write; PluralKit's order of rules. Nothing is remembered between messages, so
a change from the web counts at once.
"""

import json
import re
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from typing import Any

from sqlalchemy import String as Text
from sqlalchemy import bindparam, cast, exists, func, select, update
from sqlalchemy.orm import Session

from database.compiled_queries import CompiledQuery, Reader
from models import (
    Account,
    Autoproxy,
    BlacklistedChannel,
    Guild,
    Member,
    MemberGuild,
    ProxyTagIndex,
    Switch,
    SwitchMember,
    System,
    SystemGuild,
)
from rules.errors import NotAllowed, Refused
from rules.proxying import autoproxy, message_records
from rules.proxying.tag_matching import ProxyTag, find_signs, match_tags
from rules.proxying.webhook_names import compose_name
from rules.systems import switches

LATCH_TIMEOUT_S = 6 * 3600
# Some keyboards put a sign without width between backslashes.
_ESCAPE = re.compile(r"\\(?:\u200b*\\){1,2}")


@dataclass(frozen=True, slots=True)
class IncomingMessage:
    """A message in a server as far as matching needs it; `parent_id` is a thread's channel."""

    user_id: int
    guild_id: int
    channel_id: int
    parent_id: int
    text: str
    has_files: bool = False
    edited: bool = False


@dataclass(frozen=True, slots=True)
class NotProxied:
    """A message that is not proxied, and why; `act` is what it asks for instead: `off` or `unlatch`.

    `depends_on_earlier` as in `ProxyPost`.
    """

    reason: str
    act: str | None = None
    system_id: int | None = field(default=None, compare=False)
    depends_on_earlier: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class ProxyPost:
    """A message that is to be posted again: whose words, and how they look. `name` has the system's tag in it.

    `depends_on_earlier`: what the sender's earlier messages did may decide who speaks now.
    """

    system_id: int
    member_id: int
    text: str
    name: str
    avatar_url: str | None
    color: str | None
    tts: bool
    tells_errors: bool
    renews_latch: bool
    proxy_switch: str
    log_channel_id: int | None = None
    depends_on_earlier: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class PostedProxy:
    """A copy that stands: whose, of what, and when (µs); `more_ids` are further messages with the rest of its files."""

    post: ProxyPost
    incoming: IncomingMessage
    message_id: int
    original_id: int
    at_us: int
    more_ids: tuple[int, ...] = ()


def decide(reader: Reader, incoming: IncomingMessage, now_us: int) -> ProxyPost | NotProxied:
    """What to do with a message; nothing is written."""
    row = _ask(reader, incoming)
    not_proxied = _check_place(row)
    if not_proxied:
        return not_proxied
    chosen = _escape(incoming, row) or _by_tag(incoming, row) or _by_autoproxy(reader, incoming, row, now_us)
    if isinstance(chosen, NotProxied):
        return replace(chosen, system_id=row.id, depends_on_earlier=_depends_on_earlier(row))
    return _speak(reader, incoming, row, *chosen)


def decide_as(session: Session, incoming: IncomingMessage, member_id: int) -> ProxyPost:
    """The same words as another member of the sender's system; tags that are still around them are taken off.

    Raises NotAllowed where nothing is proxied.
    """
    row = _ask(session, incoming)
    not_proxied = _check_place(row)
    if not_proxied:
        raise NotAllowed(not_proxied.reason)
    match = _by_tag(incoming, row)
    return _speak(session, incoming, row, member_id, match[1] if match else incoming.text, None)


def escape_autoproxy(session: Session, user_id: int, guild_id: int, act: str) -> None:
    """Do what a message's backslashes ask for: `off` ends autoproxy in a server, `unlatch` forgets who spoke last."""
    mode, _ = autoproxy.get_mode(session, user_id, guild_id)
    if act == "off":
        autoproxy.set_mode(session, user_id, guild_id, "off")
    elif mode == "latch":
        autoproxy.set_mode(session, user_id, guild_id, "latch")


def record_post(
    session: Session, post: ProxyPost, incoming: IncomingMessage, message_id: int, original_id: int, now_us: int
) -> None:
    """Keep who sent what was posted as `message_id`, count it, renew the latch, and switch if the system asks for it.

    Raises like `messages.record_message`.
    """
    _record_message(session, post, incoming, message_id, original_id)
    session.execute(
        update(Member)
        .where(Member.id == post.member_id)
        .values(message_count=Member.message_count + 1, last_message_at=now_us)
    )
    if post.renews_latch:
        autoproxy.renew_latch(session, post.system_id, incoming.guild_id, post.member_id, now_us)
    if post.proxy_switch != "off":
        _switch_to(session, post, incoming.user_id)


def record_posts(session: Session, posted_proxy: Sequence[PostedProxy]) -> list[Refused | None]:
    """`record_post` for several in one transaction; for each what was raised, or None."""
    return [_try_to_record(session, one) for one in posted_proxy]


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


def _switch_to(session: Session, post: ProxyPost, user_id: int) -> None:
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


def _ask(reader: Reader, incoming: IncomingMessage) -> Any:
    names = ("user_id", "guild_id", "channel_id", "parent_id")
    signs = json.dumps(find_signs(incoming.text))
    return _query().find(reader, signs=signs, **{name: getattr(incoming, name) for name in names})


@cache
def _query() -> CompiledQuery:
    guild_id = bindparam("guild_id")
    signs = select(func.json_each(bindparam("signs")).table_valued("value").c.value)
    may_fit = select(ProxyTagIndex.member_id).where(ProxyTagIndex.system_id == System.id, ProxyTagIndex.sign.in_(signs))
    tags = (
        select(func.group_concat("[" + cast(Member.id, Text) + "," + Member.proxy_tags + "]", ","))
        .where(Member.system_id == System.id, Member.id.in_(may_fit.correlate(System)))
        .scalar_subquery()
    )
    quiet = exists().where(BlacklistedChannel.channel_id.in_([bindparam("channel_id"), bindparam("parent_id")]))
    return CompiledQuery(
        select(
            *(System.id, System.tag, System.avatar_url, System.case_sensitive_proxy_tags, System.name_format),
            *(System.latch_timeout, System.proxy_error_message_enabled, System.proxy_switch),
            *(Account.allow_autoproxy, Autoproxy.mode, Autoproxy.member_id, Autoproxy.latched_at),
            *(SystemGuild.proxy_enabled, SystemGuild.tag_enabled, SystemGuild.tag.label("guild_tag")),
            *(SystemGuild.avatar_url.label("guild_avatar"), SystemGuild.name_format.label("guild_format")),
            *(Guild.log_channel_id, Guild.proxy_off, quiet.label("quiet"), tags.label("tags")),
        )
        .select_from(Account)
        .join(System, System.id == Account.system_id)
        .outerjoin(SystemGuild, (SystemGuild.system_id == System.id) & (SystemGuild.guild_id == guild_id))
        .outerjoin(Autoproxy, (Autoproxy.system_id == System.id) & (Autoproxy.guild_id == guild_id))
        .outerjoin(Guild, Guild.id == guild_id)
        .where(Account.user_id == bindparam("user_id"))
    )


def _check_place(row: Any) -> NotProxied | None:
    if row is None:
        return NotProxied("You have no system.")
    if row.proxy_off or row.quiet:
        return NotProxied("The moderators of this server want no proxying here.")
    if row.proxy_enabled is False:
        return NotProxied("Your system's proxying is off in this server; `system proxy on` switches it on.")
    return None


def _escape(incoming: IncomingMessage, row: Any) -> NotProxied | None:
    escape = _ESCAPE.match(incoming.text)
    if incoming.edited or not escape:
        return None
    if escape[0].count("\\") == 3:
        return NotProxied("Three backslashes in front switch autoproxy off.", "off")
    if row.mode == "latch":
        return NotProxied("Two backslashes in front end the latch.", "unlatch")
    return None


def _by_tag(incoming: IncomingMessage, row: Any) -> tuple[int, str, str] | None:
    """Member, the words without the tags, and with them."""
    tags = [
        ProxyTag(member_id, position, tag["prefix"] or "", tag["suffix"] or "")
        for member_id, listed in json.loads(f"[{row.tags or ''}]")
        for position, tag in enumerate(listed)
    ]
    match = match_tags(incoming.text, tags, incoming.has_files, row.case_sensitive_proxy_tags)
    if not match:
        return None
    return match.tag.member_id, match.inner, f"{match.tag.prefix}{match.inner}{match.tag.suffix}"


def _by_autoproxy(
    reader: Reader, incoming: IncomingMessage, row: Any, now_us: int
) -> tuple[int, str, None] | NotProxied:
    if incoming.edited:
        return NotProxied("No tag fits, and edited messages are not autoproxied.")
    if row.mode in (None, "off"):
        return NotProxied("No tag fits, and autoproxy is off in this server.")
    if not row.allow_autoproxy:
        return NotProxied("No tag fits, and autoproxy is off for this account.")
    if incoming.text.startswith("\\"):
        return NotProxied("A backslash in front keeps a message from being autoproxied.")
    member_id = _find_front(reader, row.id) if row.mode == "front" else row.member_id
    if member_id is None:
        return NotProxied("No tag fits, and autoproxy has no member to speak as now.")
    if row.mode == "latch" and _is_over(row, now_us):
        return NotProxied("No tag fits, and the latch has timed out.")
    if row.mode != "member" and not _query_member().find(reader, member_id=member_id, guild_id=0).autoproxy_enabled:
        return NotProxied("No tag fits, and autoproxy is off for this member.")
    return member_id, incoming.text, None


def _depends_on_earlier(row: Any) -> bool:
    # In every mode a message may have ended autoproxy.
    return row.mode not in (None, "off")


def _find_front(reader: Reader, system_id: int) -> int | None:
    front = _query_front().find(reader, system_id=system_id)
    return front and front.member_id


@cache
def _query_front() -> CompiledQuery:
    own = Switch.system_id == bindparam("system_id")
    latest = select(Switch.id).where(own).order_by(Switch.timestamp.desc()).limit(1).scalar_subquery()
    first = select(SwitchMember.member_id).where(SwitchMember.switch_id == latest)
    return CompiledQuery(first.order_by(SwitchMember.position).limit(1))


def _is_over(row: Any, now_us: int) -> bool:
    timeout = LATCH_TIMEOUT_S if row.latch_timeout is None else row.latch_timeout
    return bool(timeout) and now_us - (row.latched_at or 0) > timeout * 1_000_000


def _speak(
    reader: Reader, incoming: IncomingMessage, row: Any, member_id: int, inner: str, tagged: str | None
) -> ProxyPost:
    member = _query_member().find(reader, member_id=member_id, guild_id=incoming.guild_id)
    keep = member.keep_proxy if member.guild_keep is None else member.guild_keep
    if keep and tagged is None:
        first = (json.loads(member.proxy_tags) or [{"prefix": None, "suffix": None}])[0]
        tagged = f"{first['prefix'] or ''}{inner}{first['suffix'] or ''}"
    tag = None if row.tag_enabled is False else row.guild_tag or row.tag
    return ProxyPost(
        system_id=row.id,
        member_id=member_id,
        text=tagged if keep and tagged else inner,
        name=compose_name(
            member.guild_name or member.display_name or member.name, tag, row.guild_format or row.name_format
        ),
        avatar_url=member.guild_avatar
        or member.webhook_avatar_url
        or member.avatar_url
        or row.guild_avatar
        or row.avatar_url,
        color=member.color,
        tts=member.tts,
        tells_errors=row.proxy_error_message_enabled,
        renews_latch=row.mode == "latch",
        proxy_switch=row.proxy_switch,
        log_channel_id=row.log_channel_id,
        depends_on_earlier=_depends_on_earlier(row),
    )


@cache
def _query_member() -> CompiledQuery:
    return CompiledQuery(
        select(
            *(
                Member.autoproxy_enabled,
                Member.name,
                Member.display_name,
                Member.webhook_avatar_url,
                Member.avatar_url,
                Member.color,
            ),
            *(Member.tts, Member.keep_proxy, Member.proxy_tags, MemberGuild.display_name.label("guild_name")),
            *(MemberGuild.avatar_url.label("guild_avatar"), MemberGuild.keep_proxy.label("guild_keep")),
        )
        .select_from(Member)
        .outerjoin(MemberGuild, (MemberGuild.member_id == Member.id) & (MemberGuild.guild_id == bindparam("guild_id")))
        .where(Member.id == bindparam("member_id"))
    )
