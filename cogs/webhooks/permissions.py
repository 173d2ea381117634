"""What somebody may do in a channel or thread, and what Discord calls that."""

from collections.abc import Iterable

import discord


def permissions_in(channel: discord.abc.GuildChannel | discord.Thread, member: discord.Member) -> discord.Permissions:
    """What a member may do in a channel, or in a thread: there Send Messages in Threads is what `send_messages` says.

    py-cord knows nothing of threads: without Send Messages in the channel it denies embeds and mentions there as well.
    """
    may = channel.permissions_for(member)
    if not isinstance(channel, discord.Thread):
        return may
    if may.send_messages_in_threads and not may.send_messages:
        may = _permissions_by_overwrites(channel.parent, member)
    may.update(send_messages=may.send_messages_in_threads)
    return may


def _permissions_by_overwrites(channel: discord.abc.GuildChannel, member: discord.Member) -> discord.Permissions:
    everyone, *roles = member.roles
    may = discord.Permissions(everyone.permissions.value)
    for role in roles:
        may |= role.permissions
    # Discord's order: everyone's overwrite, then the roles' together, then the member's own.
    for overwritten in ([everyone], roles, [member]):
        allow, deny = discord.Permissions.none(), discord.Permissions.none()
        for one in overwritten:
            allowed, denied = channel.overwrites_for(one).pair()
            allow, deny = allow | allowed, deny | denied
        may.handle_overwrite(allow.value, deny.value)
    return may


def permission_names(missing: Iterable[str]) -> str:
    """Permissions by the names that Discord shows, as in `Manage Webhooks, Manage Messages`."""
    return ", ".join(name.replace("_", " ").title() for name in missing)
