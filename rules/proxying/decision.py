"""Whether a message in a server is proxied, as which member, and how that member looks there.

One query decides, without a write; the order of the checks is PluralKit's. Nothing is remembered between messages, so
a change from the web counts at once.
"""

import json
import re
from dataclasses import dataclass, field, replace
from typing import Any

from sqlalchemy.orm import Session

from database.compiled_queries import Reader
from rules.errors import NotAllowed
from rules.proxying import queries
from rules.proxying.tag_matching import ProxyTag, find_signs, match_tags
from rules.proxying.webhook_names import compose_name, shows_tag

LATCH_TIMEOUT_S = 6 * 3600
BACKSLASH = "\\"
# Some keyboards put a character without width between backslashes.
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
    """What is to be posted for a message: as which member, and how it looks. `name` has the system's tag in it.

    `depends_on_earlier`: what the sender's earlier messages did may decide which member it is. `lacks_tag`: the server
    wants the system's tag in the name, where it is not. `silent`: nobody gets a notification.
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
    lacks_tag: bool = False
    silent: bool = False


def decide(reader: Reader, incoming: IncomingMessage, now_us: int) -> ProxyPost | NotProxied:
    """What to do with a message; nothing is written."""
    row = _find_row(reader, incoming)
    not_proxied = _find_prohibition(row)
    if not_proxied:
        return not_proxied
    chosen = (
        _find_escape(incoming, row) or _match_tags(incoming, row) or _match_autoproxy(reader, incoming, row, now_us)
    )
    if isinstance(chosen, NotProxied):
        return replace(chosen, system_id=row.id, depends_on_earlier=_depends_on_earlier(row))
    return _compose_post(reader, incoming, row, *chosen)


def decide_as(session: Session, incoming: IncomingMessage, member_id: int) -> ProxyPost:
    """The same text as another member of the sender's system; tags that are still around it are taken off.

    Raises NotAllowed where nothing is proxied.
    """
    row = _find_row(session, incoming)
    not_proxied = _find_prohibition(row)
    if not_proxied:
        raise NotAllowed(not_proxied.reason)
    match = _match_tags(incoming, row)
    return _compose_post(session, incoming, row, member_id, match[1] if match else incoming.text, None)


def _find_row(reader: Reader, incoming: IncomingMessage) -> Any:
    return queries.sender_query().find(
        reader,
        user_id=incoming.user_id,
        guild_id=incoming.guild_id,
        channel_id=incoming.channel_id,
        parent_id=incoming.parent_id,
        signs=json.dumps(find_signs(incoming.text)),
    )


def _find_prohibition(row: Any) -> NotProxied | None:
    if row is None:
        return NotProxied("You have no system.")
    if row.proxy_off or row.blacklisted:
        return NotProxied("The moderators of this server want no proxying here.")
    if row.proxy_enabled is False:
        return NotProxied("Your system's proxying is off in this server; `system proxy on` switches it on.")
    return None


def _find_escape(incoming: IncomingMessage, row: Any) -> NotProxied | None:
    escape = _ESCAPE.match(incoming.text)
    if incoming.edited or not escape:
        return None
    if escape[0].count("\\") == 3:
        return NotProxied("Three backslashes in front switch autoproxy off.", "off")
    if row.mode == "latch":
        return NotProxied("Two backslashes in front end the latch.", "unlatch")
    return None


def _match_tags(incoming: IncomingMessage, row: Any) -> tuple[int, str, str] | None:
    """Member, the text without the tags, and with them."""
    tags = [
        ProxyTag(member_id, position, tag["prefix"] or "", tag["suffix"] or "")
        for member_id, listed in json.loads(f"[{row.tags or ''}]")
        for position, tag in enumerate(listed)
    ]
    if incoming.text.startswith(BACKSLASH):
        # A tag behind the text must not take what was to be left alone; one that begins so itself was meant.
        tags = [tag for tag in tags if tag.prefix.startswith(BACKSLASH)]
    match = match_tags(incoming.text, tags, incoming.has_files, row.case_sensitive_proxy_tags)
    if not match:
        return None
    return match.tag.member_id, match.inner, f"{match.tag.prefix}{match.inner}{match.tag.suffix}"


def _find_no_autoproxy(incoming: IncomingMessage, row: Any) -> NotProxied | None:
    """Why no member is asked for, whichever it would be."""
    if incoming.text.startswith(BACKSLASH):
        return NotProxied("A backslash in front leaves a message as it is.")
    if incoming.edited:
        return NotProxied("No tag fits, and edited messages are not autoproxied.")
    if row.mode in (None, "off"):
        return NotProxied("No tag fits, and autoproxy is off in this server.")
    if not row.allow_autoproxy:
        return NotProxied("No tag fits, and autoproxy is off for this account.")
    return None


def _match_autoproxy(
    reader: Reader, incoming: IncomingMessage, row: Any, now_us: int
) -> tuple[int, str, None] | NotProxied:
    if not_proxied := _find_no_autoproxy(incoming, row):
        return not_proxied
    member_id = _find_fronter(reader, row.id) if row.mode == "front" else row.member_id
    if member_id is None:
        return NotProxied("No tag fits, and autoproxy has no member to speak as now.")
    if row.mode == "latch" and _has_timed_out(row, now_us):
        return NotProxied("No tag fits, and the latch has timed out.")
    member = queries.member_query().find(reader, member_id=member_id, guild_id=0)
    if not member.is_proxied:
        return NotProxied("No tag fits, and custom fronts and archived members are not proxied.")
    # Whoever sets a member for a server means it, whatever that member's own switch says.
    if row.mode != "member" and not member.autoproxy_enabled:
        return NotProxied("No tag fits, and autoproxy is off for this member.")
    return member_id, incoming.text, None


def _depends_on_earlier(row: Any) -> bool:
    # In every mode an earlier message may have ended autoproxy.
    return row.mode not in (None, "off")


def _find_fronter(reader: Reader, system_id: int) -> int | None:
    fronter = queries.first_fronter_query().find(reader, system_id=system_id)
    return fronter and fronter.member_id


def _has_timed_out(row: Any, now_us: int) -> bool:
    timeout = LATCH_TIMEOUT_S if row.latch_timeout is None else row.latch_timeout
    return bool(timeout) and abs(now_us - (row.latched_at or 0)) > timeout * 1_000_000


def _compose_post(
    reader: Reader, incoming: IncomingMessage, row: Any, member_id: int, inner: str, tagged: str | None
) -> ProxyPost:
    member = queries.member_query().find(reader, member_id=member_id, guild_id=incoming.guild_id)
    return ProxyPost(
        system_id=row.id,
        member_id=member_id,
        text=_choose_text(member, inner, tagged),
        name=_choose_name(member, row),
        avatar_url=_choose_avatar(member, row),
        color=member.color,
        tts=member.tts,
        tells_errors=row.proxy_error_message_enabled,
        renews_latch=row.mode == "latch",
        proxy_switch=row.proxy_switch,
        log_channel_id=None if row.unlogged else row.log_channel_id,
        depends_on_earlier=_depends_on_earlier(row),
        lacks_tag=bool(row.require_tag) and not shows_tag(_choose_tag(row), row.guild_format or row.name_format),
        silent=bool(row.suppress_notifications),
    )


def _choose_text(member: Any, inner: str, tagged: str | None) -> str:
    """Who keeps tags has those that were typed; where none were, as in autoproxy, the first of the list."""
    keep = member.keep_proxy if member.guild_keep is None else member.guild_keep
    if not keep:
        return inner
    if tagged is not None:
        return tagged
    tags = json.loads(member.proxy_tags)
    return f"{tags[0]['prefix'] or ''}{inner}{tags[0]['suffix'] or ''}" if tags else inner


def _choose_name(member: Any, row: Any) -> str:
    name = member.guild_name or member.display_name or member.name
    return compose_name(name, _choose_tag(row), row.guild_format or row.name_format)


def _choose_tag(row: Any) -> str | None:
    return None if row.tag_enabled is False else row.guild_tag or row.tag


def _choose_avatar(member: Any, row: Any) -> str | None:
    own = member.guild_avatar or member.webhook_avatar_url or member.avatar_url
    return own or row.guild_avatar or row.avatar_url
