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

from database.compiled_queries import Question, Reader
from models import (
    Account,
    Autoproxy,
    Guild,
    Member,
    MemberGuild,
    QuietChannel,
    Switch,
    SwitchMember,
    System,
    SystemGuild,
    TagSign,
)
from rules.errors import NotAllowed, Refused
from rules.proxying import autoproxy, message_records
from rules.proxying.tag_matching import Tag, find_signs, match_tags
from rules.proxying.webhook_names import compose_name
from rules.systems import switches

LATCH_TIMEOUT_S = 6 * 3600
# Some keyboards put a sign without width between backslashes.
_ESCAPE = re.compile(r"\\(?:\u200b*\\){1,2}")


@dataclass(frozen=True, slots=True)
class Heard:
    """A message in a server as far as matching needs it; `parent_id` is a thread's channel."""

    user_id: int
    guild_id: int
    channel_id: int
    parent_id: int
    text: str
    has_files: bool = False
    edited: bool = False


@dataclass(frozen=True, slots=True)
class Silence:
    """A message that is not proxied, and why; `act` is what it asks for instead: `off` or `unlatch`.

    `hangs_on_others` as in `Speech`.
    """

    reason: str
    act: str | None = None
    system_id: int | None = field(default=None, compare=False)
    hangs_on_others: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Speech:
    """A message that is to be posted again: whose words, and how they look. `name` has the system's tag in it.

    `hangs_on_others`: what the sender's earlier messages did may decide who speaks now.
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
    hangs_on_others: bool = field(default=False, compare=False)


@dataclass(frozen=True, slots=True)
class Spoken:
    """A copy that stands: whose, of what, and when (µs); `more_ids` are further messages with the rest of its files."""

    speech: Speech
    heard: Heard
    message_id: int
    original_id: int
    at_us: int
    more_ids: tuple[int, ...] = ()


def find_speech(reader: Reader, heard: Heard, now_us: int) -> Speech | Silence:
    """What to do with a message; nothing is written."""
    row = _ask(reader, heard)
    silence = _check_place(row)
    if silence:
        return silence
    chosen = _escape(heard, row) or _by_tag(heard, row) or _by_autoproxy(reader, heard, row, now_us)
    if isinstance(chosen, Silence):
        return replace(chosen, system_id=row.id, hangs_on_others=_hangs_on_others(row))
    return _speak(reader, heard, row, *chosen)


def speak_as(session: Session, heard: Heard, member_id: int) -> Speech:
    """The same words as another member of the sender's system; tags that are still around them are taken off.

    Raises NotAllowed where nothing is proxied.
    """
    row = _ask(session, heard)
    silence = _check_place(row)
    if silence:
        raise NotAllowed(silence.reason)
    match = _by_tag(heard, row)
    return _speak(session, heard, row, member_id, match[1] if match else heard.text, None)


def escape_autoproxy(session: Session, user_id: int, guild_id: int, act: str) -> None:
    """Do what a message's backslashes ask for: `off` ends autoproxy in a server, `unlatch` forgets who spoke last."""
    mode, _ = autoproxy.get_mode(session, user_id, guild_id)
    if act == "off":
        autoproxy.set_mode(session, user_id, guild_id, "off")
    elif mode == "latch":
        autoproxy.set_mode(session, user_id, guild_id, "latch")


def record_speech(
    session: Session, speech: Speech, heard: Heard, message_id: int, original_id: int, now_us: int
) -> None:
    """Keep who sent what was posted as `message_id`, count it, renew the latch, and switch if the system asks for it.

    Raises like `messages.record_message`.
    """
    _record_message(session, speech, heard, message_id, original_id)
    session.execute(
        update(Member)
        .where(Member.id == speech.member_id)
        .values(message_count=Member.message_count + 1, last_message_at=now_us)
    )
    if speech.renews_latch:
        autoproxy.renew_latch(session, speech.system_id, heard.guild_id, speech.member_id, now_us)
    if speech.proxy_switch != "off":
        _switch_to(session, speech, heard.user_id)


def record_speeches(session: Session, spoken: Sequence[Spoken]) -> list[Refused | None]:
    """`record_speech` for several in one transaction; for each what was raised, or None."""
    return [_try_to_record(session, one) for one in spoken]


def _record_message(session: Session, speech: Speech, heard: Heard, message_id: int, original_id: int) -> None:
    message_records.record_message(
        session, heard.user_id, speech.member_id, message_id, original_id, heard.channel_id, heard.guild_id
    )


def _try_to_record(session: Session, one: Spoken) -> Refused | None:
    try:
        record_speech(session, one.speech, one.heard, one.message_id, one.original_id, one.at_us)
        for message_id in one.more_ids:
            _record_message(session, one.speech, one.heard, message_id, one.original_id)
    except Refused as refused:
        return refused
    return None


def _switch_to(session: Session, speech: Speech, user_id: int) -> None:
    hid = session.get_one(Member, speech.member_id).hid
    system = session.get_one(System, speech.system_id)
    latest = switches.find_latest(session, system)
    fronting = switches.get_fronters(session, latest) if latest else []
    if hid in fronting:
        return
    try:
        switches.log_switch(session, user_id, [*fronting, hid] if speech.proxy_switch == "add" else [hid])
    except Refused:
        # More than may front at once: the message counts all the same.
        return


def _ask(reader: Reader, heard: Heard) -> Any:
    names = ("user_id", "guild_id", "channel_id", "parent_id")
    signs = json.dumps(find_signs(heard.text))
    return _asking().find(reader, signs=signs, **{name: getattr(heard, name) for name in names})


@cache
def _asking() -> Question:
    guild_id = bindparam("guild_id")
    signs = select(func.json_each(bindparam("signs")).table_valued("value").c.value)
    may_fit = select(TagSign.member_id).where(TagSign.system_id == System.id, TagSign.sign.in_(signs))
    tags = (
        select(func.group_concat("[" + cast(Member.id, Text) + "," + Member.proxy_tags + "]", ","))
        .where(Member.system_id == System.id, Member.id.in_(may_fit.correlate(System)))
        .scalar_subquery()
    )
    quiet = exists().where(QuietChannel.channel_id.in_([bindparam("channel_id"), bindparam("parent_id")]))
    return Question(
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


def _check_place(row: Any) -> Silence | None:
    if row is None:
        return Silence("You have no system.")
    if row.proxy_off or row.quiet:
        return Silence("The moderators of this server want no proxying here.")
    if row.proxy_enabled is False:
        return Silence("Your system's proxying is off in this server; `system proxy on` switches it on.")
    return None


def _escape(heard: Heard, row: Any) -> Silence | None:
    escape = _ESCAPE.match(heard.text)
    if heard.edited or not escape:
        return None
    if escape[0].count("\\") == 3:
        return Silence("Three backslashes in front switch autoproxy off.", "off")
    if row.mode == "latch":
        return Silence("Two backslashes in front end the latch.", "unlatch")
    return None


def _by_tag(heard: Heard, row: Any) -> tuple[int, str, str] | None:
    """Member, the words without the tags, and with them."""
    tags = [
        Tag(member_id, position, tag["prefix"] or "", tag["suffix"] or "")
        for member_id, listed in json.loads(f"[{row.tags or ''}]")
        for position, tag in enumerate(listed)
    ]
    match = match_tags(heard.text, tags, heard.has_files, row.case_sensitive_proxy_tags)
    if not match:
        return None
    return match.tag.member_id, match.inner, f"{match.tag.prefix}{match.inner}{match.tag.suffix}"


def _by_autoproxy(reader: Reader, heard: Heard, row: Any, now_us: int) -> tuple[int, str, None] | Silence:
    if heard.edited:
        return Silence("No tag fits, and edited messages are not autoproxied.")
    if row.mode in (None, "off"):
        return Silence("No tag fits, and autoproxy is off in this server.")
    if not row.allow_autoproxy:
        return Silence("No tag fits, and autoproxy is off for this account.")
    if heard.text.startswith("\\"):
        return Silence("A backslash in front keeps a message from being autoproxied.")
    member_id = _find_front(reader, row.id) if row.mode == "front" else row.member_id
    if member_id is None:
        return Silence("No tag fits, and autoproxy has no member to speak as now.")
    if row.mode == "latch" and _is_over(row, now_us):
        return Silence("No tag fits, and the latch has timed out.")
    if row.mode != "member" and not _asking_member().find(reader, member_id=member_id, guild_id=0).autoproxy_enabled:
        return Silence("No tag fits, and autoproxy is off for this member.")
    return member_id, heard.text, None


def _hangs_on_others(row: Any) -> bool:
    # In every mode a message may have ended autoproxy.
    return row.mode not in (None, "off")


def _find_front(reader: Reader, system_id: int) -> int | None:
    front = _asking_front().find(reader, system_id=system_id)
    return front and front.member_id


@cache
def _asking_front() -> Question:
    own = Switch.system_id == bindparam("system_id")
    latest = select(Switch.id).where(own).order_by(Switch.timestamp.desc()).limit(1).scalar_subquery()
    first = select(SwitchMember.member_id).where(SwitchMember.switch_id == latest)
    return Question(first.order_by(SwitchMember.position).limit(1))


def _is_over(row: Any, now_us: int) -> bool:
    timeout = LATCH_TIMEOUT_S if row.latch_timeout is None else row.latch_timeout
    return bool(timeout) and now_us - (row.latched_at or 0) > timeout * 1_000_000


def _speak(reader: Reader, heard: Heard, row: Any, member_id: int, inner: str, tagged: str | None) -> Speech:
    member = _asking_member().find(reader, member_id=member_id, guild_id=heard.guild_id)
    keep = member.keep_proxy if member.guild_keep is None else member.guild_keep
    if keep and tagged is None:
        first = (json.loads(member.proxy_tags) or [{"prefix": None, "suffix": None}])[0]
        tagged = f"{first['prefix'] or ''}{inner}{first['suffix'] or ''}"
    tag = None if row.tag_enabled is False else row.guild_tag or row.tag
    return Speech(
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
        hangs_on_others=_hangs_on_others(row),
    )


@cache
def _asking_member() -> Question:
    return Question(
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
