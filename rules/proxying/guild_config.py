"""What a server's moderators set: where proxied messages are logged, and where nothing is proxied.

Who is a moderator is Discord's to say: `manages` is whether the caller has the permission Manage Server there.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, func, select
from sqlalchemy.orm import Session

from models import BlacklistedChannel, Guild
from rules.errors import Invalid, NotAllowed

# As many channels as a server can have; those that were deleted there stay on the blacklist until it is cleared.
MOST_CHANNELS = 500


@dataclass(frozen=True, slots=True)
class Settings:
    """A server's settings; `channels` are those on the blacklist, `everywhere` is whether all of them are."""

    log_channel_id: int | None
    everywhere: bool
    channels: tuple[int, ...]


def get_settings(session: Session, guild_id: int, manages: bool) -> Settings:
    """What is set in a server. Raises NotAllowed."""
    _check(manages)
    guild = session.get(Guild, guild_id) or Guild(proxy_off=False)
    quiet = (
        select(BlacklistedChannel.channel_id)
        .where(BlacklistedChannel.guild_id == guild_id)
        .order_by(BlacklistedChannel.channel_id)
    )
    return Settings(guild.log_channel_id, guild.proxy_off, tuple(session.scalars(quiet)))


def find_log_channel(session: Session, guild_id: int) -> int | None:
    """Where proxied messages of a server are logged."""
    return session.scalar(select(Guild.log_channel_id).where(Guild.id == guild_id))


def set_log_channel(session: Session, guild_id: int, manages: bool, channel_id: int | None) -> None:
    """Log what is proxied in a server in one of its channels, or with None nowhere. Raises NotAllowed."""
    _check(manages)
    _get_guild(session, guild_id).log_channel_id = channel_id


def blacklist_channels(session: Session, guild_id: int, manages: bool, channel_ids: Collection[int]) -> None:
    """Let nothing be proxied in these channels of a server and in their threads.

    Raises NotAllowed, and Invalid for more than 500.
    """
    _check(manages)
    for channel_id in channel_ids:
        session.merge(BlacklistedChannel(channel_id=channel_id, guild_id=guild_id))
    session.flush()
    count = session.scalar(select(func.count()).where(BlacklistedChannel.guild_id == guild_id))
    if count > MOST_CHANNELS:
        raise Invalid(f"At most {MOST_CHANNELS} channels can be on the blacklist; `clear` it, or add `all`.")


def blacklist_everywhere(session: Session, guild_id: int, manages: bool) -> None:
    """Let nothing be proxied in a server. Raises NotAllowed."""
    _check(manages)
    _get_guild(session, guild_id).proxy_off = True


def allow_channels(session: Session, guild_id: int, manages: bool, channel_ids: Collection[int]) -> None:
    """Take channels of a server from its blacklist. Raises NotAllowed, and Invalid while all of them are on it."""
    if get_settings(session, guild_id, manages).everywhere:
        raise Invalid("All channels of this server are on the blacklist; `clear` it first, then add some.")
    listed = delete(BlacklistedChannel).where(BlacklistedChannel.guild_id == guild_id)
    session.execute(listed.where(BlacklistedChannel.channel_id.in_(channel_ids)))


def clear_blacklist(session: Session, guild_id: int, manages: bool) -> None:
    """Take all channels of a server from its blacklist. Raises NotAllowed."""
    _check(manages)
    _get_guild(session, guild_id).proxy_off = False
    session.execute(delete(BlacklistedChannel).where(BlacklistedChannel.guild_id == guild_id))


def _check(manages: bool) -> None:
    if not manages:
        raise NotAllowed("Only members with the permission Manage Server can see and set this.")


def _get_guild(session: Session, guild_id: int) -> Guild:
    return session.merge(Guild(id=guild_id))
