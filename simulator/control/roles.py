"""Verbs for roles and permissions."""

from collections.abc import Iterator
from contextlib import contextmanager

from simulator import payloads
from simulator.control.guilds import require_member
from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.guilds import membership, threads
from simulator.simulation import Simulation
from simulator.state.entities import Channel, Guild, Overwrite, Role
from simulator.state.permissions import bits


@contextmanager
def _syncing(sim: Simulation, guild: Guild) -> Iterator[None]:
    before = sim.world.visible_channels(guild)
    yield
    threads.sync(sim, guild, before)


@verb
def add_role(
    sim: Simulation,
    name: str,
    guild: str | int | None = None,
    permissions: list | None = None,
    users: list | None = None,
    mentionable: bool = False,
) -> str:
    """A new role, given to some members; its id."""
    where = sim.world.guild(guild)
    members = [require_member(where, sim.world.user(u)) for u in users or []]
    role = Role(sim.world.ids.next(), name, bits(permissions), len(where.roles), mentionable=mentionable)
    with _syncing(sim, where):
        where.roles[role.id] = role
        sim.emit("GUILD_ROLE_CREATE", {"guild_id": where.id, "role": payloads.role(role)}, where)
        for member in members:
            member.roles.append(role.id)
            membership.member_changed(sim, where, member)
    return role.id


def _find(sim: Simulation, role: str | int) -> tuple[Guild, Role]:
    for guild in sim.world.guilds.values():
        if str(role) in guild.roles:
            return guild, guild.roles[str(role)]
    raise Refused(f"There is no role {role}.")


@verb
def edit_role(sim: Simulation, role: str | int, name: str | None = None, mentionable: bool | None = None) -> None:
    """Change a role, told by GUILD_ROLE_UPDATE; `set_permissions` changes what it allows."""
    guild, found = _find(sim, role)
    found.name = found.name if name is None else name
    found.mentionable = found.mentionable if mentionable is None else mentionable
    sim.emit("GUILD_ROLE_UPDATE", {"guild_id": guild.id, "role": payloads.role(found)}, guild)


@verb
def delete_role(sim: Simulation, role: str | int) -> None:
    """Remove a role, told by GUILD_ROLE_DELETE and GUILD_MEMBER_UPDATE for each who had it."""
    guild, found = _find(sim, role)
    if found.id == guild.id or found.bot_id:
        raise Refused(f"The role {found.name} cannot be deleted.")
    with _syncing(sim, guild):
        del guild.roles[found.id]
        sim.emit("GUILD_ROLE_DELETE", {"guild_id": guild.id, "role_id": found.id}, guild)
        for member in [m for m in guild.members.values() if found.id in m.roles]:
            member.roles.remove(found.id)
            membership.member_changed(sim, guild, member)


@verb
def give_role(sim: Simulation, user: str | int, role: str | int, take: bool = False) -> None:
    """Give a member a role, or take it away: GUILD_MEMBER_UPDATE."""
    guild, found = _find(sim, role)
    member = require_member(guild, sim.world.user(user))
    if found.id == guild.id or (found.id in member.roles) != take:
        raise Refused(f"{member.user.name} {'does not have' if take else 'has'} that role.")
    with _syncing(sim, guild):
        (member.roles.remove if take else member.roles.append)(found.id)
        membership.member_changed(sim, guild, member)


@verb
def set_permissions(
    sim: Simulation,
    where: str | int,
    allow: list | None = None,
    deny: list | None = None,
    who: str | int = "bot",
) -> None:
    """Change what "bot", "everyone", a user or a role may do.

    In a channel (by id or name) this sets an overwrite. In a guild (by id) it adds and takes
    away bits of the role; for the bot a denied bit is taken from @everyone too.
    """
    plus, minus = bits(allow), bits(deny)
    if guild := sim.world.guilds.get(str(where)):
        with _syncing(sim, guild):
            _change_roles(sim, guild, _roles_of(sim, guild, who), plus, minus)
        return
    channel = sim.world.channel(where)
    if channel.guild is None or channel.thread:
        raise Refused("A DM channel or a thread has no permissions of its own.")
    with _syncing(sim, channel.guild):
        _overwrite(sim, channel, who, plus, minus)


def _roles_of(sim: Simulation, guild: Guild, who: str | int) -> list[Role]:
    if who == "everyone":
        return [guild.roles[guild.id]]
    if str(who) in guild.roles:
        return [guild.roles[str(who)]]
    if who == "bot" and guild.bot_in:
        own = [guild.roles[r] for r in guild.members[sim.world.bot.id].roles]
        return [*own, guild.roles[guild.id]]
    raise Refused(f"There is no role {who!r} in {guild.name}.")


def _change_roles(sim: Simulation, guild: Guild, roles: list[Role], plus: int, minus: int) -> None:
    roles[0].permissions |= plus
    for role in roles:
        role.permissions &= ~minus
        sim.emit("GUILD_ROLE_UPDATE", {"guild_id": guild.id, "role": payloads.role(role)}, guild)


def _overwrite(sim: Simulation, channel: Channel, who: str | int, plus: int, minus: int) -> None:
    guild = channel.guild
    if who == "everyone" or str(who) in guild.roles:
        target, kind = (guild.id if who == "everyone" else str(who)), 0
    else:
        target, kind = (sim.world.bot if who == "bot" else sim.world.user(who)).id, 1
    channel.overwrites[target] = Overwrite(target, kind, plus, minus)
    sim.emit("CHANNEL_UPDATE", payloads.channel(channel), guild)
