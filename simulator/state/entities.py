"""The things a Discord consists of. Ids are strings everywhere."""

from __future__ import annotations

from asyncio import Lock
from dataclasses import dataclass, field
from datetime import UTC, datetime

TEXT, DM, VOICE, CATEGORY, NEWS, STAGE, FORUM = 0, 1, 2, 4, 5, 13, 15
NEWS_THREAD, PUBLIC_THREAD, PRIVATE_THREAD = 10, 11, 12
THREADS = {NEWS_THREAD, PUBLIC_THREAD, PRIVATE_THREAD}
WRITABLE = {TEXT, DM, VOICE, NEWS, STAGE, *THREADS}
SUPPRESS_EMBEDS, HAS_THREAD, EPHEMERAL, LOADING = 1 << 2, 1 << 5, 1 << 6, 1 << 7
SILENT, VOICE_MESSAGE, HAS_SNAPSHOT, COMPONENTS_V2 = 1 << 12, 1 << 13, 1 << 14, 1 << 15


# eq=False here and below: these name one another, and comparing field by field would never end
@dataclass(slots=True, eq=False)
class User:
    """An account, with its presence (which is the same in every guild)."""

    id: str
    name: str
    global_name: str | None = None
    bot: bool = False
    avatar: str | None = None
    dms: bool = True
    extra: dict | None = None
    status: str = "offline"
    activities: list = field(default_factory=list)
    client_status: dict = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Member:
    """A user inside one guild."""

    user: User
    joined_at: str
    nick: str | None = None
    roles: list[str] = field(default_factory=list)
    timed_out_until: datetime | None = None

    @property
    def timed_out(self) -> bool:
        """Whether the member may only read just now."""
        return self.timed_out_until is not None and self.timed_out_until > datetime.now(UTC)


@dataclass(slots=True, eq=False)
class Role:
    """A role; the one whose id is the guild's is @everyone."""

    id: str
    name: str
    permissions: int = 0
    position: int = 0
    bot_id: str | None = None
    mentionable: bool = False


@dataclass(slots=True, eq=False)
class Overwrite:
    """A channel's exception for one role (type 0) or one member (type 1)."""

    id: str
    type: int
    allow: int = 0
    deny: int = 0


@dataclass(slots=True, eq=False)
class Guild:
    """A server. `bot_in` says whether the bot is a member, `available` is off in an outage."""

    id: str
    name: str
    owner_id: str
    members: dict[str, Member] = field(default_factory=dict)
    roles: dict[str, Role] = field(default_factory=dict)
    channels: dict[str, Channel] = field(default_factory=dict)
    threads: dict[str, Channel] = field(default_factory=dict)
    emojis: dict[str, str] = field(default_factory=dict)
    bans: set[str] = field(default_factory=set)
    bot_in: bool = False
    available: bool = True
    icon: str | None = None
    premium_tier: int = 0
    system_channel_id: str | None = None

    @property
    def seen(self) -> bool:
        """Whether the bot hears of this guild at present."""
        return self.bot_in and self.available


@dataclass(slots=True, eq=False)
class Thread:
    """What a channel that is a thread has beside: who began it and whether it sleeps."""

    owner_id: str
    created: str
    changed: str
    archived: bool = False
    locked: bool = False
    invitable: bool = True
    auto_archive_duration: int = 4320
    rate_limit_per_user: int = 0
    total_sent: int = 0
    members: dict[str, str] = field(default_factory=dict)
    applied_tags: list[str] = field(default_factory=list)


@dataclass(slots=True, eq=False)
class Channel:
    """A guild's channel, a thread under its `parent`, or (type 1) the DM between the bot and `recipient`."""

    id: str
    type: int
    name: str | None = None
    guild: Guild | None = None
    recipient: User | None = None
    position: int = 0
    nsfw: bool = False
    topic: str | None = None
    parent: Channel | None = None
    thread: Thread | None = None
    overwrites: dict[str, Overwrite] = field(default_factory=dict)
    messages: dict[str, Message] = field(default_factory=dict)


@dataclass(slots=True, eq=False)
class Webhook:
    """An incoming webhook; whoever knows its token may post through it, one request after the other by `turn`."""

    id: str
    token: str
    channel: Channel
    name: str
    user: User
    avatar: str | None = None
    application_id: str | None = None
    turn: Lock = field(default_factory=Lock)


@dataclass(slots=True, eq=False)
class Message:
    """A message. `visible_to` names the only user who sees an ephemeral one; a webhook's `author` is no account."""

    id: str
    channel: Channel
    author: User
    content: str = ""
    timestamp: str = ""
    edited: str | None = None
    embeds: list = field(default_factory=list)
    attachments: list = field(default_factory=list)
    components: list = field(default_factory=list)
    mentions: list[User] = field(default_factory=list)
    mention_roles: list[str] = field(default_factory=list)
    mention_everyone: bool = False
    reactions: dict[str, list[str]] = field(default_factory=dict)
    reply_to: Message | None = None
    reference: dict | None = None
    flags: int = 0
    type: int = 0
    tts: bool = False
    nonce: str | int | None = None
    visible_to: User | None = None
    interaction: dict | None = None
    webhook: Webhook | None = None
    stickers: list = field(default_factory=list)
    poll: dict | None = None
    snapshots: list = field(default_factory=list)
    activity: dict | None = None
    application: dict | None = None
