"""The tables, nothing else. How the file is opened, read and written: database/; what is allowed: rules/."""

from uuid import uuid4

from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    UniqueConstraint,
    text,
)
from sqlalchemy.orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    """What every table inherits."""


db = SQLAlchemy(model_class=Base)


# A Discord ID: a signed 64-bit number here, a string in JSON. In SQLite a key that is an INTEGER, not a BIGINT, is
# the row's own number and needs no index beside it.
Snowflake = BigInteger().with_variant(Integer, "sqlite")


# With a `server_default`, so that rows from before a column came have a value too.
def _no() -> Mapped[bool]:
    return mapped_column(default=False, server_default=text("0"))


def _yes() -> Mapped[bool]:
    return mapped_column(default=True, server_default=text("1"))


# Version 4, its 16 bytes. The file gives one to a row that an older Rollcall adds without, so none is null for long.
def _uuid() -> Mapped[bytes | None]:
    return mapped_column(LargeBinary(16), default=lambda: uuid4().bytes, index=True, unique=True)


# The import that added the row. No reference: one would need an index on every switch.
def _import_id() -> Mapped[int | None]:
    return mapped_column(Integer)


class Presence(db.Model):
    """One published member of the home server; `body` is the finished JSON of the answer's `presence`.

    `version` is what `rules.etags` calls that body: kept, so that a read hashes nothing. `discord_user` is the user
    object in JSON as Discord sent it; null in a row that an older Rollcall wrote.
    """

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_status", "status"),)

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    status: Mapped[str]
    body: Mapped[str]
    version: Mapped[str]
    discord_user: Mapped[str | None]


class PresenceName(db.Model):
    """A name by which a published member of the home server is found, as `rules.names` folds it."""

    __tablename__ = "presence_names"
    # The key is all there is.
    __table_args__ = ({"sqlite_with_rowid": False},)

    name: Mapped[str] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(
        Snowflake, ForeignKey("presence.user_id", ondelete="CASCADE"), primary_key=True, index=True
    )


class OptOut(db.Model):
    """A user who asked not to be published. `forgotten`: nothing about the user may be stored either."""

    # Tables keep the names they were made with: a rename would rewrite everybody's file for nothing.
    __tablename__ = "hidden"

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    forgotten: Mapped[bool]


class OptIn(db.Model):
    """A user who asked to be published; it counts where PUBLISH is `optin`, and hiding comes first."""

    __tablename__ = "opted_in"

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)


class Publication(db.Model):
    """The one row that says who is published: `everyone`, `optin`, or `role:` and an ID. Without it, everyone."""

    __tablename__ = "publication"

    id: Mapped[int] = mapped_column(primary_key=True)
    choice: Mapped[str]


class HomeNotice(db.Model):
    """A home server that was told that its members are published, and of which choice of them."""

    __tablename__ = "home_notices"

    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    choice: Mapped[str]


class JoinNotice(db.Model):
    """A user who joined later and was told."""

    __tablename__ = "join_notices"

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)


class Token(db.Model):
    """A user's token, as a passlib hash."""

    __tablename__ = "tokens"

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    hash: Mapped[str]


class KeyValue(db.Model):
    """One key/value pair of a user; `id` keeps the order in which keys were first added.

    Its owner alone may see it, unless they made it public.
    """

    __tablename__ = "kv"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(Snowflake)
    key: Mapped[str]
    value: Mapped[str]
    is_public: Mapped[bool] = _no()


class GitHub(db.Model):
    """A user's GitHub account; `body` is the finished JSON of the answer's `github`, null once deleted there.

    `etag` is GitHub's, and `due_at` when to ask again, in ms since 1970.
    """

    __tablename__ = "github"

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    # GitHub's number: a name may be given up, and then be somebody else's.
    account_id: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str | None]
    etag: Mapped[str | None]
    due_at: Mapped[int] = mapped_column(BigInteger, index=True)


class BotState(db.Model):
    """The one row in which the bot says how it is. Times are in ms since 1970, those called uptime since the machine's
    start.

    `connected_since` is null without a connection; `connected_at` is when there last was one, also after a restart.
    """

    __tablename__ = "bot_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    home_guild_id: Mapped[int | None] = mapped_column(Snowflake)
    beat_at: Mapped[int | None] = mapped_column(BigInteger)
    connected_since: Mapped[int | None] = mapped_column(BigInteger)
    connected_at: Mapped[int | None] = mapped_column(BigInteger)
    last_event_at: Mapped[int | None] = mapped_column(BigInteger)
    problem: Mapped[str | None]
    state: Mapped[str | None]
    beat_uptime: Mapped[int | None] = mapped_column(BigInteger)
    last_event_uptime: Mapped[int | None] = mapped_column(BigInteger)


class System(db.Model):
    """A plural system and how it wants things done.

    Privacy columns are true for private; times are in µs since 1970, `latch_timeout` is in s (0 never, null 6 hours).
    `description_templates` is a JSON list of texts.
    """

    __tablename__ = "systems"

    id: Mapped[int] = mapped_column(primary_key=True)
    hid: Mapped[str] = mapped_column(unique=True)
    uuid: Mapped[bytes | None] = _uuid()
    name: Mapped[str | None]
    description: Mapped[str | None]
    tag: Mapped[str | None]
    avatar_url: Mapped[str | None]
    banner: Mapped[str | None]
    color: Mapped[str | None]
    pronouns: Mapped[str | None]
    tz: Mapped[str] = mapped_column(default="UTC")
    created: Mapped[int] = mapped_column(BigInteger)
    name_privacy: Mapped[bool] = _no()
    description_privacy: Mapped[bool] = mapped_column(default=False)
    avatar_privacy: Mapped[bool] = _no()
    banner_privacy: Mapped[bool] = _no()
    pronoun_privacy: Mapped[bool] = _no()
    member_list_privacy: Mapped[bool] = mapped_column(default=False)
    group_list_privacy: Mapped[bool] = _no()
    front_privacy: Mapped[bool] = mapped_column(default=False)
    front_history_privacy: Mapped[bool] = mapped_column(default=False)
    member_default_private: Mapped[bool] = _no()
    group_default_private: Mapped[bool] = _no()
    show_private_info: Mapped[bool] = _yes()
    pings_enabled: Mapped[bool] = _yes()
    case_sensitive_proxy_tags: Mapped[bool] = _yes()
    proxy_error_message_enabled: Mapped[bool] = _yes()
    latch_timeout: Mapped[int | None]
    proxy_switch: Mapped[str] = mapped_column(default="off", server_default="off")
    name_format: Mapped[str | None]
    # Only the owner may see where events go; the token is sent with each, so it cannot be a hash.
    webhook_url: Mapped[str | None]
    webhook_token: Mapped[str | None]
    hid_display_split: Mapped[bool] = _no()
    hid_display_caps: Mapped[bool] = _no()
    hid_list_padding: Mapped[str] = mapped_column(default="off", server_default="off")
    card_show_color_hex: Mapped[bool] = _no()
    description_templates: Mapped[str] = mapped_column(default="[]", server_default="[]")


class Account(db.Model):
    """A Discord account linked to a system; the key keeps it from being linked to two.

    `show_front`: who fronts is shown with this account's presence, where the system's front is public.
    """

    __tablename__ = "accounts"

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id", ondelete="CASCADE"), index=True)
    allow_autoproxy: Mapped[bool] = _yes()
    show_front: Mapped[bool] = _no()


class Member(db.Model):
    """A member of a system; `proxy_tags` is a JSON list of objects with prefix and suffix."""

    __tablename__ = "members"
    # It holds all that matching reads, so that a message touches no row of members who do not fit.
    __table_args__ = (Index("ix_members_matching", "system_id", "id", "proxy_tags"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hid: Mapped[str] = mapped_column(unique=True)
    uuid: Mapped[bytes | None] = _uuid()
    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id", ondelete="CASCADE"))
    name: Mapped[str]
    display_name: Mapped[str | None]
    description: Mapped[str | None]
    color: Mapped[str | None]
    birthday: Mapped[str | None]
    pronouns: Mapped[str | None]
    avatar_url: Mapped[str | None]
    banner: Mapped[str | None]
    proxy_tags: Mapped[str] = mapped_column(default="[]")
    keep_proxy: Mapped[bool] = mapped_column(default=False)
    created: Mapped[int] = mapped_column(BigInteger)
    visibility: Mapped[bool] = mapped_column(default=False)
    name_privacy: Mapped[bool] = mapped_column(default=False)
    description_privacy: Mapped[bool] = mapped_column(default=False)
    birthday_privacy: Mapped[bool] = mapped_column(default=False)
    pronoun_privacy: Mapped[bool] = mapped_column(default=False)
    avatar_privacy: Mapped[bool] = mapped_column(default=False)
    metadata_privacy: Mapped[bool] = mapped_column(default=False)
    banner_privacy: Mapped[bool] = _no()
    proxy_privacy: Mapped[bool] = _no()
    webhook_avatar_url: Mapped[str | None]
    autoproxy_enabled: Mapped[bool] = _yes()
    tts: Mapped[bool] = _no()
    # Counted here: records go when messages are deleted, and imports bring counts without records.
    message_count: Mapped[int] = mapped_column(default=0, server_default="0")
    last_message_at: Mapped[int | None] = mapped_column(BigInteger)
    # Neither is listed, counted or proxied; both are named in switches. A custom front is a state such as “Asleep”.
    is_custom_front: Mapped[bool] = _no()
    is_archived: Mapped[bool] = _no()
    import_id: Mapped[int | None] = _import_id()


class ProxyTagIndex(db.Model):
    """The sign by which a member's proxy tags are told apart; the file itself keeps it, by triggers on `members`.

    `^` and a prefix's first sign, `$` and the last of a suffix without prefix; nothing where that may be left out when
    it is typed, or where a member has more than 20 tags.
    """

    __tablename__ = "tag_signs"
    # The key is all there is: a row number beside it would double the table.
    __table_args__ = ({"sqlite_with_rowid": False},)

    system_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sign: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True)


class Group(db.Model):
    """Some members of a system, under a name. Privacy columns are true for private; `created` is in µs since 1970."""

    __tablename__ = "groups"

    id: Mapped[int] = mapped_column(primary_key=True)
    # No other group has it; a system or a member may.
    hid: Mapped[str] = mapped_column(unique=True)
    uuid: Mapped[bytes | None] = _uuid()
    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id", ondelete="CASCADE"), index=True)
    name: Mapped[str]
    display_name: Mapped[str | None]
    description: Mapped[str | None]
    icon: Mapped[str | None]
    banner: Mapped[str | None]
    color: Mapped[str | None]
    created: Mapped[int] = mapped_column(BigInteger)
    name_privacy: Mapped[bool] = _no()
    description_privacy: Mapped[bool] = _no()
    banner_privacy: Mapped[bool] = _no()
    icon_privacy: Mapped[bool] = _no()
    list_privacy: Mapped[bool] = _no()
    metadata_privacy: Mapped[bool] = _no()
    visibility: Mapped[bool] = _no()
    # The group that it is within; never round in a circle.
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="SET NULL"), index=True)
    import_id: Mapped[int | None] = _import_id()


class GroupMember(db.Model):
    """A member who is in a group."""

    __tablename__ = "group_members"
    # The key is all there is.
    __table_args__ = ({"sqlite_with_rowid": False},)

    group_id: Mapped[int] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True)


class Switch(db.Model):
    """One switch of a system, at a time (µs since 1970) that no other switch of the system has.

    `hides_private`: it came from an app where nobody could see it, so whoever is not the owner sees no private member
    in it. `import_id` goes when somebody edits it, who makes it their own.
    """

    __tablename__ = "switches"
    __table_args__ = (UniqueConstraint("system_id", "timestamp"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    uuid: Mapped[bytes | None] = _uuid()
    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id", ondelete="CASCADE"))
    timestamp: Mapped[int] = mapped_column(BigInteger)
    hides_private: Mapped[bool] = _no()
    import_id: Mapped[int | None] = _import_id()


class SwitchMember(db.Model):
    """A member who fronts since a switch; `position` keeps their order."""

    __tablename__ = "switch_members"

    switch_id: Mapped[int] = mapped_column(ForeignKey("switches.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    # Indexed as every column that refers to a member: deleting one would scan the table.
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)


class Import(db.Model):
    """One import into a system: from which app, when its file was written and when it came (µs since 1970).

    `counts` is JSON: numbers of what was new and changed, and under `kept` of what is in the archive, by kind.
    `undo` is compressed JSON of what was there before, null once it is too late to undo it; `archive` is compressed
    JSON of what has no place in other tables, `archive_bytes` how long it is, and `archive_hash` tells it from others.
    `fronts_now`: whoever fronts last in the file does so now, and may be proxied by autoproxy.
    """

    __tablename__ = "imports"
    # A number is never given twice: members, groups and switches keep it without a reference.
    __table_args__ = (
        Index("ix_imports_undoable", "at", sqlite_where=text("undo IS NOT NULL")),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id", ondelete="CASCADE"), index=True)
    app: Mapped[str]
    exported_at: Mapped[int | None] = mapped_column(BigInteger)
    at: Mapped[int] = mapped_column(BigInteger)
    fronts_now: Mapped[bool] = _no()
    counts: Mapped[str] = mapped_column(default="{}", server_default="{}")
    archive_hash: Mapped[bytes | None]
    archive_bytes: Mapped[int] = mapped_column(default=0, server_default=text("0"))
    # Megabytes, which nobody who lists imports reads.
    undo: Mapped[bytes | None] = mapped_column(deferred=True)
    archive: Mapped[bytes | None] = mapped_column(deferred=True)


class ImportSource(db.Model):
    """Which member or group the one at a place in an import's file became, and what the app calls it, if it has IDs.

    `kind` is `member` or `group`. A later import of the same app finds them again by `source`.
    """

    __tablename__ = "import_sources"
    # Read by the whole import, and by nothing else.
    __table_args__ = ({"sqlite_with_rowid": False},)

    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"), primary_key=True)
    kind: Mapped[str] = mapped_column(primary_key=True)
    place: Mapped[int] = mapped_column(primary_key=True)
    source: Mapped[str | None]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    group_id: Mapped[int | None] = mapped_column(ForeignKey("groups.id", ondelete="CASCADE"), index=True)


class FrontSpan(db.Model):
    """How long a member fronted by a file that keeps fronts so, from µs to µs; `end` is null while it lasted.

    Its switches say the same in PluralKit's way. The import says whose it is: undone or deleted, it takes them along.
    """

    __tablename__ = "front_spans"
    __table_args__ = (Index("ix_front_spans_import", "import_id", "start"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    import_id: Mapped[int] = mapped_column(ForeignKey("imports.id", ondelete="CASCADE"))
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    start: Mapped[int] = mapped_column(BigInteger)
    end: Mapped[int | None] = mapped_column(BigInteger)
    status: Mapped[str | None]
    source: Mapped[str | None]


class Backup(db.Model):
    """An account that wants its system's file by DM, `every` week or month, next at `due_at` (ms since 1970).

    It goes with the account's link to the system. `failed_at` is when the last one could not be sent, null once one
    was.
    """

    __tablename__ = "backups"

    user_id: Mapped[int] = mapped_column(
        ForeignKey("accounts.user_id", ondelete="CASCADE"), primary_key=True, autoincrement=False
    )
    every: Mapped[str]
    due_at: Mapped[int] = mapped_column(BigInteger, index=True)
    failed_at: Mapped[int | None] = mapped_column(BigInteger)


class DispatchEvent(db.Model):
    """An event that waits to be sent to a system's webhook; `body` is JSON, `created_at` in ms since 1970.

    With `url` and `token` it goes to a former webhook of the system, which is sent nothing later than that.
    """

    __tablename__ = "dispatch_outbox"
    # A number is never given twice: whoever reads what came since then would miss it.
    __table_args__ = (Index("ix_dispatch_outbox_system", "system_id", "id"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(primary_key=True)
    # No reference: the events of a system that is deleted go a few at a time.
    system_id: Mapped[int]
    body: Mapped[str]
    created_at: Mapped[int] = mapped_column(BigInteger)
    url: Mapped[str | None]
    token: Mapped[str | None]


class FeedEntry(db.Model):
    """That something about a user or a system changed, and never what; both null: about everybody.

    The file itself adds these, by triggers. The order is that of the commits, since SQLite has one writer.
    """

    __tablename__ = "feed"
    # A number is never given twice: whoever reads what came since then would miss it.
    __table_args__ = ({"sqlite_autoincrement": True},)

    seq: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(Snowflake)
    system_id: Mapped[int | None]


class FeedEpoch(db.Model):
    """The one row that names this feed: another file's, such as a backup's, numbers its entries anew."""

    __tablename__ = "feed_epoch"

    id: Mapped[int] = mapped_column(primary_key=True)
    epoch: Mapped[str]


class FeedMute(db.Model):
    """While there is a row, the triggers add nothing; no transaction leaves one behind."""

    __tablename__ = "feed_mute"

    id: Mapped[int] = mapped_column(primary_key=True)


class Autoproxy(db.Model):
    """How a system's messages without tags are proxied in a server: off, front, latch or member.

    `member_id` is whose turn it is in the modes member and latch, `latched_at` since when (µs).
    """

    __tablename__ = "autoproxy"

    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id", ondelete="CASCADE"), primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    mode: Mapped[str]
    member_id: Mapped[int | None] = mapped_column(ForeignKey("members.id", ondelete="SET NULL"), index=True)
    latched_at: Mapped[int | None] = mapped_column(BigInteger)


class SystemGuild(db.Model):
    """What a system wants in one server: whether it is proxied there, under which tag, avatar and name format.

    `display_name` is what the system itself is called there.
    """

    __tablename__ = "system_guilds"

    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id", ondelete="CASCADE"), primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    proxy_enabled: Mapped[bool] = _yes()
    tag_enabled: Mapped[bool] = _yes()
    tag: Mapped[str | None]
    avatar_url: Mapped[str | None]
    name_format: Mapped[str | None]
    display_name: Mapped[str | None]


class MemberGuild(db.Model):
    """How a member speaks in one server; null is as everywhere."""

    __tablename__ = "member_guilds"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    display_name: Mapped[str | None]
    avatar_url: Mapped[str | None]
    keep_proxy: Mapped[bool | None]


class Guild(db.Model):
    """What a server's moderators set: where proxied messages are logged, whether any are proxied, and how.

    `require_tag`: only with the system's tag in the name. `invalid_command_error`: unknown commands are answered.
    """

    __tablename__ = "guilds"

    id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    log_channel_id: Mapped[int | None] = mapped_column(Snowflake)
    proxy_off: Mapped[bool] = _no()
    require_tag: Mapped[bool] = _no()
    suppress_notifications: Mapped[bool] = _no()
    invalid_command_error: Mapped[bool] = _yes()


class BlacklistedChannel(db.Model):
    """A channel in which a server's moderators want nothing to be proxied."""

    __tablename__ = "quiet_channels"

    channel_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(Snowflake, index=True)


class UnloggedChannel(db.Model):
    """A channel of which a server's log is to hold nothing."""

    __tablename__ = "unlogged_channels"

    channel_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(Snowflake, index=True)


class Message(db.Model):
    """Who sent which proxied message; its text is not stored.

    `forget_at` is until when (ms since 1970) that is known of a deleted one; null while it stands.
    """

    __tablename__ = "messages"
    __table_args__ = (Index("ix_messages_forget_at", "forget_at", sqlite_where=text("forget_at IS NOT NULL")),)

    id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    # Not unique: a message with many files becomes several copies.
    original_id: Mapped[int] = mapped_column(Snowflake, index=True)
    sender_id: Mapped[int] = mapped_column(Snowflake, index=True)
    channel_id: Mapped[int] = mapped_column(Snowflake, index=True)
    guild_id: Mapped[int | None] = mapped_column(Snowflake)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)
    forget_at: Mapped[int | None] = mapped_column(BigInteger)


class UnfinishedProxy(db.Model):
    """A copy that is about to be posted, until the message that it stands for, `replaced_id`, is deleted.

    What a killed bot leaves here is mended at the next start. `mark` tells the copy by its name and text, and is too
    short to tell either from it; `parts` is how many messages the copy has. `noted_at` is in ms since 1970. `recorded`
    is whether the copy was: its record may have gone since, with its member.
    """

    __tablename__ = "unfinished_proxies"

    id: Mapped[int] = mapped_column(primary_key=True)
    original_id: Mapped[int] = mapped_column(Snowflake)
    replaced_id: Mapped[int] = mapped_column(Snowflake)
    sender_id: Mapped[int] = mapped_column(Snowflake)
    channel_id: Mapped[int] = mapped_column(Snowflake)
    guild_id: Mapped[int] = mapped_column(Snowflake)
    # No reference: a member who is deleted meanwhile must not take along what is to be mended.
    member_id: Mapped[int]
    mark: Mapped[int]
    parts: Mapped[int]
    noted_at: Mapped[int] = mapped_column(BigInteger)
    recorded: Mapped[bool] = _no()


class DeletedChannel(db.Model):
    """A channel or thread that was deleted on Discord; it stays here until its messages' records are deleted too."""

    __tablename__ = "gone_channels"

    channel_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
