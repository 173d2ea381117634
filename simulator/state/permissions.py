"""Permission bits, and how roles and channel overwrites make up what a member may do."""

from simulator.errors import Refused
from simulator.state.entities import PRIVATE_THREAD, STAGE, VOICE, Channel, Guild, Member

BITS = {
    "CREATE_INSTANT_INVITE": 1 << 0,
    "KICK_MEMBERS": 1 << 1,
    "BAN_MEMBERS": 1 << 2,
    "ADMINISTRATOR": 1 << 3,
    "MANAGE_CHANNELS": 1 << 4,
    "MANAGE_GUILD": 1 << 5,
    "ADD_REACTIONS": 1 << 6,
    "VIEW_AUDIT_LOG": 1 << 7,
    "VIEW_CHANNEL": 1 << 10,
    "SEND_MESSAGES": 1 << 11,
    "SEND_TTS_MESSAGES": 1 << 12,
    "MANAGE_MESSAGES": 1 << 13,
    "EMBED_LINKS": 1 << 14,
    "ATTACH_FILES": 1 << 15,
    "READ_MESSAGE_HISTORY": 1 << 16,
    "MENTION_EVERYONE": 1 << 17,
    "USE_EXTERNAL_EMOJIS": 1 << 18,
    "CONNECT": 1 << 20,
    "SPEAK": 1 << 21,
    "CHANGE_NICKNAME": 1 << 26,
    "MANAGE_NICKNAMES": 1 << 27,
    "MANAGE_ROLES": 1 << 28,
    "MANAGE_WEBHOOKS": 1 << 29,
    "MANAGE_GUILD_EXPRESSIONS": 1 << 30,
    "USE_APPLICATION_COMMANDS": 1 << 31,
    "MANAGE_THREADS": 1 << 34,
    "CREATE_PUBLIC_THREADS": 1 << 35,
    "CREATE_PRIVATE_THREADS": 1 << 36,
    "USE_EXTERNAL_STICKERS": 1 << 37,
    "SEND_MESSAGES_IN_THREADS": 1 << 38,
    "MODERATE_MEMBERS": 1 << 40,
    "SEND_VOICE_MESSAGES": 1 << 46,
    "SEND_POLLS": 1 << 49,
}
ALL = (1 << 53) - 1


def bits(names: list[str] | None) -> int:
    """The bits of these permission names; refuses a name that Discord does not have."""
    value = 0
    for name in names or []:
        key = str(name).upper()
        if key not in BITS:
            raise Refused(f"There is no permission {name!r}.")
        value |= BITS[key]
    return value


EVERYONE_DEFAULT = bits(
    [
        "CREATE_INSTANT_INVITE",
        "ADD_REACTIONS",
        "VIEW_CHANNEL",
        "SEND_MESSAGES",
        "SEND_TTS_MESSAGES",
        "EMBED_LINKS",
        "ATTACH_FILES",
        "READ_MESSAGE_HISTORY",
        "USE_EXTERNAL_EMOJIS",
        "CONNECT",
        "SPEAK",
        "USE_APPLICATION_COMMANDS",
        "CREATE_PUBLIC_THREADS",
        "CREATE_PRIVATE_THREADS",
        "USE_EXTERNAL_STICKERS",
        "SEND_MESSAGES_IN_THREADS",
        "SEND_VOICE_MESSAGES",
        "SEND_POLLS",
    ]
)
BOT_DEFAULT = EVERYONE_DEFAULT | bits(["MANAGE_MESSAGES", "MANAGE_WEBHOOKS", "MANAGE_THREADS"])


def in_guild(guild: Guild, member: Member) -> int:
    """What a member may do in a guild, before any channel's overwrites."""
    if member.user.id == guild.owner_id:
        return ALL
    value = guild.roles[guild.id].permissions
    for role_id in member.roles:
        value |= guild.roles[role_id].permissions
    return ALL if value & BITS["ADMINISTRATOR"] else value


def in_channel(channel: Channel, member: Member) -> int:
    """What a member may do in a channel: everyone's overwrite, the roles' together, then the member's.

    A thread has no overwrites of its own; a private one is closed to all but its members and moderators.
    """
    guild, where = channel.guild, channel.parent or channel
    value = in_guild(guild, member)
    if value == ALL:
        return ALL
    value = _apply(value, where, [guild.id])
    value = _apply(value, where, member.roles)
    value = _apply(value, where, [member.user.id])
    if not value & BITS["VIEW_CHANNEL"] or not _in_private_thread(channel, member, value):
        return 0
    if member.timed_out:
        value &= BITS["VIEW_CHANNEL"] | BITS["READ_MESSAGE_HISTORY"]
    # in a voice channel Discord ties all other permissions to CONNECT
    if channel.type in (VOICE, STAGE) and not value & BITS["CONNECT"]:
        return BITS["VIEW_CHANNEL"]
    return value


def _in_private_thread(channel: Channel, member: Member, value: int) -> bool:
    if channel.type != PRIVATE_THREAD:
        return True
    return bool(member.user.id in channel.thread.members or value & BITS["MANAGE_THREADS"])


def _apply(value: int, channel: Channel, ids: list[str]) -> int:
    allow = deny = 0
    for key in ids:
        if overwrite := channel.overwrites.get(key):
            allow |= overwrite.allow
            deny |= overwrite.deny
    return (value & ~deny) | allow


def may(channel: Channel, user_id: str, *names: str) -> bool:
    """Whether a user has all of these permissions in a channel; in a DM everybody has them.

    SEND_MESSAGES means SEND_MESSAGES_IN_THREADS in a thread.
    """
    if channel.guild is None:
        return True
    member = channel.guild.members.get(user_id)
    if member is None:
        return False
    wanted = bits([_in_thread(name) for name in names] if channel.thread else list(names))
    return in_channel(channel, member) & wanted == wanted


def _in_thread(name: str) -> str:
    return "SEND_MESSAGES_IN_THREADS" if name == "SEND_MESSAGES" else name
