"""The tables, and the doors to the one SQLite file that the web side and the bot share; no rules."""

import sqlite3
import threading
import weakref
from collections.abc import Iterator
from contextlib import contextmanager

from flask import Flask
from flask_sqlalchemy import SQLAlchemy
from sqlalchemy import (
    BigInteger,
    Connection,
    Engine,
    ForeignKey,
    Index,
    Integer,
    UniqueConstraint,
    create_engine,
    event,
    text,
)
from sqlalchemy.dialects import sqlite
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.orm import DeclarativeBase, Mapped, Session, mapped_column

LOCK_WAIT_MS = 5000
WAL_LIMIT_BYTES = 64 * 1024 * 1024
# SQLite's default is 2 MB for each connection, and each thread of the web side has one; a read by key is no slower.
READ_CACHE_KIB = 256
# Where a commit of presences empties the WAL itself, if `checkpoint` did not come to it: about 40 MB.
WAL_PRESENCE_PAGES = 10_000
# For statements that go to the driver as they are.
DIALECT = sqlite.dialect(paramstyle="named")


class Base(DeclarativeBase):
    """What every table inherits."""


db = SQLAlchemy(model_class=Base)


# A Discord ID: a signed 64-bit number here, a string in JSON. SQLite's INTEGER key is the row's own number.
Snowflake = BigInteger().with_variant(Integer, "sqlite")


def _no() -> Mapped[bool]:
    return mapped_column(default=False, server_default=text("0"))


def _yes() -> Mapped[bool]:
    return mapped_column(default=True, server_default=text("1"))


class Presence(db.Model):
    """One published member of the home server; `body` is the finished JSON of the answer's `presence`.

    `version` is what `rules.versions` calls that body.
    """

    __tablename__ = "presence"
    __table_args__ = (Index("ix_presence_status", "status"),)

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    status: Mapped[str]
    body: Mapped[str]
    version: Mapped[str]


class Hidden(db.Model):
    """A user who asked not to be published. `forgotten`: nothing about the user may be stored either."""

    __tablename__ = "hidden"

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    forgotten: Mapped[bool]


class Token(db.Model):
    """A user's token, as a passlib hash."""

    __tablename__ = "tokens"

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    hash: Mapped[str]


class Pair(db.Model):
    """One key/value pair of a user; `id` keeps the order in which keys were first added."""

    __tablename__ = "kv"
    __table_args__ = (UniqueConstraint("user_id", "key"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(Snowflake)
    key: Mapped[str]
    value: Mapped[str]


class GitHub(db.Model):
    """A user's GitHub account; `body` is the finished JSON of the answer's `github`, null once deleted there."""

    __tablename__ = "github"

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    account_id: Mapped[int] = mapped_column(BigInteger)
    body: Mapped[str | None]
    etag: Mapped[str | None]
    due_at: Mapped[int] = mapped_column(BigInteger, index=True)


class BotState(db.Model):
    """The one row in which the bot says how it is. Times are in ms since 1970."""

    __tablename__ = "bot_state"

    id: Mapped[int] = mapped_column(primary_key=True)
    home_guild_id: Mapped[int | None] = mapped_column(Snowflake)
    beat_at: Mapped[int | None] = mapped_column(BigInteger)
    connected_since: Mapped[int | None] = mapped_column(BigInteger)
    connected_at: Mapped[int | None] = mapped_column(BigInteger)
    last_event_at: Mapped[int | None] = mapped_column(BigInteger)
    problem: Mapped[str | None]


class System(db.Model):
    """A plural system and how it wants things done.

    Privacy columns are true for private; times are in µs since 1970, `latch_timeout` is in s (0 never, null 6 hours).
    """

    __tablename__ = "systems"

    id: Mapped[int] = mapped_column(primary_key=True)
    hid: Mapped[str] = mapped_column(unique=True)
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
    show_private_info: Mapped[bool] = _yes()
    pings_enabled: Mapped[bool] = _yes()
    case_sensitive_proxy_tags: Mapped[bool] = _yes()
    proxy_error_message_enabled: Mapped[bool] = _yes()
    latch_timeout: Mapped[int | None]
    proxy_switch: Mapped[str] = mapped_column(default="off", server_default="off")
    name_format: Mapped[str | None]


class Account(db.Model):
    """A Discord account linked to a system."""

    __tablename__ = "accounts"

    user_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id", ondelete="CASCADE"), index=True)
    allow_autoproxy: Mapped[bool] = _yes()


class Member(db.Model):
    """A member of a system; `proxy_tags` is a JSON list of objects with prefix and suffix."""

    __tablename__ = "members"
    __table_args__ = (Index("ix_members_matching", "system_id", "id", "proxy_tags"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    hid: Mapped[str] = mapped_column(unique=True)
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
    message_count: Mapped[int] = mapped_column(default=0, server_default="0")
    last_message_at: Mapped[int | None] = mapped_column(BigInteger)


class TagSign(db.Model):
    """The sign by which a member's proxy tags are told apart; the file itself keeps it, by triggers on `members`.

    `^` and a prefix's first sign, `$` and the last of a suffix without prefix; nothing where that may be left out when
    it is typed, or where a member has more than 20 tags.
    """

    __tablename__ = "tag_signs"
    __table_args__ = ({"sqlite_with_rowid": False},)

    system_id: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    sign: Mapped[str] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True, index=True)


class Switch(db.Model):
    """One switch of a system, at a time (µs since 1970) that no other switch of the system has."""

    __tablename__ = "switches"
    __table_args__ = (UniqueConstraint("system_id", "timestamp"),)

    id: Mapped[int] = mapped_column(primary_key=True)
    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id", ondelete="CASCADE"))
    timestamp: Mapped[int] = mapped_column(BigInteger)


class SwitchMember(db.Model):
    """A member who fronts since a switch; `position` keeps their order."""

    __tablename__ = "switch_members"

    switch_id: Mapped[int] = mapped_column(ForeignKey("switches.id", ondelete="CASCADE"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)


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
    """What a system wants in one server: whether it is proxied there, and with which tag, avatar and name format."""

    __tablename__ = "system_guilds"

    system_id: Mapped[int] = mapped_column(ForeignKey("systems.id", ondelete="CASCADE"), primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    proxy_enabled: Mapped[bool] = _yes()
    tag_enabled: Mapped[bool] = _yes()
    tag: Mapped[str | None]
    avatar_url: Mapped[str | None]
    name_format: Mapped[str | None]


class MemberGuild(db.Model):
    """How a member speaks in one server; null is as everywhere."""

    __tablename__ = "member_guilds"

    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), primary_key=True)
    guild_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    display_name: Mapped[str | None]
    avatar_url: Mapped[str | None]
    keep_proxy: Mapped[bool | None]


class Guild(db.Model):
    """What a server's moderators set: where proxied messages are logged, and whether any are proxied."""

    __tablename__ = "guilds"

    id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    log_channel_id: Mapped[int | None] = mapped_column(Snowflake)
    proxy_off: Mapped[bool] = _no()


class QuietChannel(db.Model):
    """A channel in which a server's moderators want nothing to be proxied."""

    __tablename__ = "quiet_channels"

    channel_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    guild_id: Mapped[int] = mapped_column(Snowflake, index=True)


class Message(db.Model):
    """Who sent which proxied message; its text is not stored."""

    __tablename__ = "messages"

    id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)
    original_id: Mapped[int] = mapped_column(Snowflake, index=True)
    sender_id: Mapped[int] = mapped_column(Snowflake, index=True)
    channel_id: Mapped[int] = mapped_column(Snowflake, index=True)
    guild_id: Mapped[int | None] = mapped_column(Snowflake)
    member_id: Mapped[int] = mapped_column(ForeignKey("members.id", ondelete="CASCADE"), index=True)


class GoneChannel(db.Model):
    """A channel or thread that was deleted on Discord, while records of its messages are left."""

    __tablename__ = "gone_channels"

    channel_id: Mapped[int] = mapped_column(Snowflake, primary_key=True, autoincrement=False)


class Locked(Exception):
    """The other process held the write lock for longer than LOCK_WAIT_MS."""


class _Own:
    """The connection of one thread, which is closed with the thread."""

    def __init__(self, connection: sqlite3.Connection) -> None:
        self.connection = connection

    def __del__(self) -> None:
        self.connection.close()


class Doors:
    """The ways into the file: `read`, `write`, and `write_presence`, which a power cut may undo.

    `glance` and `own_connection` wait for `patience_ms`, which is 0 where nothing may wait.
    """

    def __init__(self, reader: Engine, writer: Engine, presence_writer: Engine, patience_ms: int = 0) -> None:
        self._reader, self._writer, self._presence_writer = reader, writer, presence_writer
        self._patience_ms = patience_ms
        self._thread = threading.local()
        self._opened: weakref.WeakSet[_Own] = weakref.WeakSet()
        open_for_reading(reader)
        open_for_writing(writer, "FULL")
        open_for_writing(presence_writer, "NORMAL", f"wal_autocheckpoint = {WAL_PRESENCE_PAGES}")

    @contextmanager
    def read(self) -> Iterator[Session]:
        """A session whose statements all see one committed state; it cannot write, and must not last."""
        with Session(self._reader) as session:
            hold_state(session)
            yield session

    @contextmanager
    def glance(self) -> Iterator[sqlite3.Connection]:
        """The calling thread's own connection, for a few rows by their keys: no pool and no ORM.

        All that is read in it comes from the same committed state. Raises sqlite3.OperationalError where it would have
        to wait for longer than its patience.
        """
        connection = self.own_connection()
        connection.execute("BEGIN")
        try:
            yield connection
        finally:
            # After some failures SQLite has ended it already.
            if connection.in_transaction:
                connection.execute("COMMIT")

    def own_connection(self) -> sqlite3.Connection:
        """The same connection for one statement, which needs no transaction around it. Raises like `glance`."""
        own = getattr(self._thread, "own", None) or self._open_own()
        return own.connection

    def _open_own(self) -> _Own:
        pooled = self._reader.raw_connection()
        connection = pooled.driver_connection
        pooled.detach()
        connection.isolation_level = None
        connection.execute(f"PRAGMA busy_timeout = {self._patience_ms}").fetchall()
        own = self._thread.own = _Own(connection)
        self._opened.add(own)
        return own

    def write(self) -> "contextmanager[Session]":
        """One `BEGIN IMMEDIATE` transaction, on disk when it ends. Raises Locked after LOCK_WAIT_MS."""
        return _transaction(self._writer)

    def write_presence(self) -> "contextmanager[Session]":
        """The same for presence and heartbeat, which come again by themselves and need not reach the disk."""
        return _transaction(self._presence_writer)

    def checkpoint(self) -> None:
        """Bring what is committed from the WAL into the file, unless somebody reads an older state; no writer waits."""
        pooled = self._presence_writer.raw_connection()
        try:
            pooled.driver_connection.execute("PRAGMA wal_checkpoint(PASSIVE)").fetchall()
        finally:
            pooled.close()

    def close(self) -> None:
        for own in self._opened:
            own.connection.close()
        for engine in (self._reader, self._writer, self._presence_writer):
            engine.dispose()


def hold_state(session: Session) -> None:
    """Let all that a reading session reads from now until it is closed come from the same committed state."""
    session.connection().exec_driver_sql("BEGIN")


def open_doors(url: str) -> Doors:
    """Open the file for a process without Flask. The file must have been through migrations.upgrade."""
    return Doors(create_engine(url, **_READING), create_engine(url, **_POOL), create_engine(url, **_POOL))


def init_app(app: Flask, url: str) -> Doors:
    """Give a Flask app its doors: `db.session` reads, the doors' `write` writes."""
    app.config["SQLALCHEMY_DATABASE_URI"] = url
    app.config["SQLALCHEMY_ENGINE_OPTIONS"] = _READING
    app.config["SQLALCHEMY_BINDS"] = {name: {"url": url, **_POOL} for name in ("write", "write_presence")}
    db.init_app(app)
    with app.app_context():
        doors = Doors(db.engine, db.engines["write"], db.engines["write_presence"], LOCK_WAIT_MS)
    app.extensions["doors"] = doors
    return doors


# An error must not carry what somebody stored into a log.
_POOL = {"pool_size": 40, "max_overflow": -1, "hide_parameters": True}
_READING = {**_POOL, "isolation_level": "AUTOCOMMIT"}


def _pragmas(connection: sqlite3.Connection, *more: str) -> None:
    for pragma in (
        f"busy_timeout = {LOCK_WAIT_MS}",
        "journal_mode = WAL",
        f"journal_size_limit = {WAL_LIMIT_BYTES}",
        *more,
    ):
        connection.execute(f"PRAGMA {pragma}").fetchall()


def open_for_reading(engine: Engine) -> None:
    """Let all connections of an engine be made as reading needs them."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        _pragmas(connection, "query_only = ON", f"cache_size = -{READ_CACHE_KIB}")


def open_for_writing(engine: Engine, synchronous: str, *more: str, foreign_keys: str = "ON") -> None:
    """Let all connections of an engine be made as writing needs them; `more` are further pragmas."""

    @event.listens_for(engine, "connect")
    def connect(connection: sqlite3.Connection, _record: object) -> None:
        connection.isolation_level = None
        _pragmas(connection, f"foreign_keys = {foreign_keys}", f"synchronous = {synchronous}", *more)

    @event.listens_for(engine, "begin")
    def begin(connection: Connection) -> None:
        connection.exec_driver_sql("BEGIN IMMEDIATE")


@contextmanager
def _transaction(engine: Engine) -> Iterator[Session]:
    with Session(engine, expire_on_commit=False) as session:
        try:
            session.connection()
        except OperationalError as error:
            raise (Locked() if is_locked(error) else error) from None
        yield session
        session.commit()


def schema_version(session: Session) -> str:
    """The revision of the open file's schema."""
    return session.execute(text("SELECT version_num FROM alembic_version")).scalar_one()


def is_locked(error: DatabaseError | sqlite3.DatabaseError) -> bool:
    """Whether SQLite refused because somebody else holds the lock."""
    return getattr(getattr(error, "orig", error), "sqlite_errorcode", 0) & 0xFF == sqlite3.SQLITE_BUSY
