"""Permission bits, and how roles and channel overwrites make up what a member may do."""

from simulator.entities import Channel, Guild, Member
from simulator.errors import Refused

BITS = {
    "CREATE_INSTANT_INVITE": 1 << 0,
    "KICK_MEMBERS": 1 << 1,
    "BAN_MEMBERS": 1 << 2,
    "ADMINISTRATOR": 1 << 3,
    "MANAGE_CHANNELS": 1 << 4,
    "MANAGE_GUILD": 1 << 5,
    "ADD_REACTIONS": 1 << 6,
    "VIEW_CHANNEL": 1 << 10,
    "SEND_MESSAGES": 1 << 11,
    "SEND_TTS_MESSAGES": 1 << 12,
    "MANAGE_MESSAGES": 1 << 13,
    "EMBED_LINKS": 1 << 14,
    "ATTACH_FILES": 1 << 15,
    "READ_MESSAGE_HISTORY": 1 << 16,
    "MENTION_EVERYONE": 1 << 17,
    "USE_EXTERNAL_EMOJIS": 1 << 18,
    "MANAGE_NICKNAMES": 1 << 27,
    "MANAGE_ROLES": 1 << 28,
    "MANAGE_WEBHOOKS": 1 << 29,
    "USE_APPLICATION_COMMANDS": 1 << 31,
    "MANAGE_THREADS": 1 << 34,
    "CREATE_PUBLIC_THREADS": 1 << 35,
    "CREATE_PRIVATE_THREADS": 1 << 36,
    "SEND_MESSAGES_IN_THREADS": 1 << 38,
    "MODERATE_MEMBERS": 1 << 40,
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
        "EMBED_LINKS",
        "ATTACH_FILES",
        "READ_MESSAGE_HISTORY",
        "USE_EXTERNAL_EMOJIS",
        "USE_APPLICATION_COMMANDS",
        "CREATE_PUBLIC_THREADS",
        "SEND_MESSAGES_IN_THREADS",
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
    """What a member may do in a channel: everyone's overwrite, the roles' together, then the member's."""
    guild = channel.guild
    value = in_guild(guild, member)
    if value == ALL:
        return ALL
    value = _apply(value, channel, [guild.id])
    value = _apply(value, channel, member.roles)
    value = _apply(value, channel, [member.user.id])
    return value if value & BITS["VIEW_CHANNEL"] else 0


def _apply(value: int, channel: Channel, ids: list[str]) -> int:
    allow = deny = 0
    for key in ids:
        if overwrite := channel.overwrites.get(key):
            allow |= overwrite.allow
            deny |= overwrite.deny
    return (value & ~deny) | allow


def may(channel: Channel, user_id: str, *names: str) -> bool:
    """Whether a user has all of these permissions in a channel; in a DM everybody has them."""
    if channel.guild is None:
        return True
    member = channel.guild.members.get(user_id)
    if member is None:
        return False
    wanted = bits(list(names))
    return in_channel(channel, member) & wanted == wanted
