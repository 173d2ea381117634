"""What a server's moderators set: where proxied messages are logged, where nothing is proxied, and how it is.

Who is a moderator is Discord's to say: `manages` is whether the caller has the permission Manage Server there.
"""

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import delete, select
from sqlalchemy.orm import Session

from models import BlacklistedChannel, Guild, UnloggedChannel
from rules.errors import Invalid, NotAllowed
from rules.parsing.fields import read_bool

# As many channels as a server can have; those that were deleted there stay on the blacklist until it is cleared.
MOST_CHANNELS = 500
TOGGLES = ("require_tag", "suppress_notifications", "invalid_command_error")
ChannelList = type[BlacklistedChannel] | type[UnloggedChannel]


@dataclass(frozen=True, slots=True)
class Settings:
    """A server's settings; `channels` are those on the blacklist, `everywhere` is whether all of them are.

    `unlogged` are the channels that are left out of the log.
    """

    log_channel_id: int | None
    everywhere: bool
    channels: tuple[int, ...]
    unlogged: tuple[int, ...] = ()
    require_tag: bool = False
    suppress_notifications: bool = False
    invalid_command_error: bool = True


def get_settings(session: Session, guild_id: int, manages: bool) -> Settings:
    """What is set in a server. Raises NotAllowed."""
    _check(manages)
    guild = session.get(Guild, guild_id)
    if guild is None:
        guild = Guild(proxy_off=False, require_tag=False, suppress_notifications=False, invalid_command_error=True)
    return Settings(
        guild.log_channel_id,
        guild.proxy_off,
        _list(session, BlacklistedChannel, guild_id),
        _list(session, UnloggedChannel, guild_id),
        **{name: getattr(guild, name) for name in TOGGLES},
    )


def find_log_channel(session: Session, guild_id: int, *channel_ids: int | None) -> int | None:
    """Where a message of a server is logged, by its channel, and its thread if it is in one."""
    left_out = select(UnloggedChannel).where(UnloggedChannel.channel_id.in_(filter(None, channel_ids)))
    if session.scalar(left_out.limit(1)):
        return None
    return session.scalar(select(Guild.log_channel_id).where(Guild.id == guild_id))


def is_invalid_command_told(session: Session, guild_id: int | None) -> bool:
    """Whether somebody who types an unknown command is told so, in a server or, with None, in a DM."""
    return session.scalar(select(Guild.invalid_command_error).where(Guild.id == guild_id)) is not False


def set_toggle(session: Session, guild_id: int, manages: bool, name: str, value: object) -> None:
    """Set one of `TOGGLES` to true or false. Raises NotAllowed, Invalid."""
    _check(manages)
    if name not in TOGGLES:
        raise Invalid(f"The setting must be one of {', '.join(TOGGLES)}.")
    setattr(_get_guild(session, guild_id), name, read_bool(name, value))


def set_log_channel(session: Session, guild_id: int, manages: bool, channel_id: int | None) -> None:
    """Log what is proxied in a server in one of its channels, or with None nowhere. Raises NotAllowed."""
    _check(manages)
    _get_guild(session, guild_id).log_channel_id = channel_id


def blacklist_channels(session: Session, guild_id: int, manages: bool, channel_ids: Collection[int]) -> None:
    """Let nothing be proxied in these channels of a server and in their threads.

    Raises NotAllowed, and Invalid for more than 500.
    """
    _check(manages)
    _add(session, BlacklistedChannel, guild_id, channel_ids)
    if len(_list(session, BlacklistedChannel, guild_id)) > MOST_CHANNELS:
        raise Invalid(f"At most {MOST_CHANNELS} channels can be on the blacklist; `clear` it, or add `all`.")


def blacklist_everywhere(session: Session, guild_id: int, manages: bool) -> None:
    """Let nothing be proxied in a server. Raises NotAllowed."""
    _check(manages)
    _get_guild(session, guild_id).proxy_off = True


def allow_channels(session: Session, guild_id: int, manages: bool, channel_ids: Collection[int]) -> None:
    """Take channels of a server from its blacklist. Raises NotAllowed, and Invalid while all of them are on it."""
    if get_settings(session, guild_id, manages).everywhere:
        raise Invalid("All channels of this server are on the blacklist; `clear` it first, then add some.")
    _remove(session, BlacklistedChannel, guild_id, channel_ids)


def clear_blacklist(session: Session, guild_id: int, manages: bool) -> None:
    """Take all channels of a server from its blacklist. Raises NotAllowed."""
    _check(manages)
    _get_guild(session, guild_id).proxy_off = False
    session.execute(delete(BlacklistedChannel).where(BlacklistedChannel.guild_id == guild_id))


def leave_out_of_log(session: Session, guild_id: int, manages: bool, channel_ids: Collection[int]) -> None:
    """Log nothing of these channels of a server and their threads. Raises NotAllowed, and Invalid for more than 500."""
    _check(manages)
    _add(session, UnloggedChannel, guild_id, channel_ids)
    if len(_list(session, UnloggedChannel, guild_id)) > MOST_CHANNELS:
        raise Invalid(f"At most {MOST_CHANNELS} channels can be left out of the log; `clear` that list.")


def take_into_log(session: Session, guild_id: int, manages: bool, channel_ids: Collection[int]) -> None:
    """Log these channels of a server again. Raises NotAllowed."""
    _check(manages)
    _remove(session, UnloggedChannel, guild_id, channel_ids)


def log_all_channels(session: Session, guild_id: int, manages: bool) -> None:
    """Leave no channel of a server out of its log. Raises NotAllowed."""
    _check(manages)
    session.execute(delete(UnloggedChannel).where(UnloggedChannel.guild_id == guild_id))


def _list(session: Session, channels: ChannelList, guild_id: int) -> tuple[int, ...]:
    listed = select(channels.channel_id).where(channels.guild_id == guild_id).order_by(channels.channel_id)
    return tuple(session.scalars(listed))


def _add(session: Session, channels: ChannelList, guild_id: int, channel_ids: Collection[int]) -> None:
    for channel_id in channel_ids:
        session.merge(channels(channel_id=channel_id, guild_id=guild_id))
    session.flush()


def _remove(session: Session, channels: ChannelList, guild_id: int, channel_ids: Collection[int]) -> None:
    listed = delete(channels).where(channels.guild_id == guild_id)
    session.execute(listed.where(channels.channel_id.in_(channel_ids)))


def _check(manages: bool) -> None:
    if not manages:
        raise NotAllowed("Only members with the permission Manage Server can see and set this.")


def _get_guild(session: Session, guild_id: int) -> Guild:
    return session.merge(Guild(id=guild_id))
