"""Verbs for guilds, channels, roles and permissions."""

from simulator import membership, payloads
from simulator.control.verbs import verb
from simulator.entities import TEXT, Channel, Guild, Member, Overwrite, Role, User
from simulator.errors import Refused
from simulator.permissions import bits
from simulator.simulation import Simulation


def check_new_id(sim: Simulation, new_id: str | int | None) -> str | None:
    """An id that a test wants to give: ASCII digits, and not in use."""
    if new_id is None:
        return None
    text = str(new_id)
    if not (text.isascii() and text.isdigit()):
        raise Refused(f"{new_id!r} is not an id.")
    if text in sim.world.users or text in sim.world.guilds or text in sim.world.channels:
        raise Refused(f"The id {text} is in use.")
    return text


@verb
def add_guild(
    sim: Simulation,
    name: str,
    guild_id: str | int | None = None,
    bot: bool = True,
    channel: str | None = "general",
    channel_id: str | int | None = None,
) -> str:
    """A new guild with one text channel; its id."""
    ids = check_new_id(sim, guild_id), check_new_id(sim, channel_id)
    guild = sim.world.add_guild(name, ids[0])
    if channel:
        sim.world.add_channel(guild, channel, TEXT, ids[1])
    if bot:
        membership.invite_bot(sim, guild)
    return guild.id


@verb
def add_channel(
    sim: Simulation,
    name: str,
    guild: str | int | None = None,
    type: int = TEXT,  # noqa: A002 - Discord's name for it
    channel_id: str | int | None = None,
) -> str:
    """A new channel, told by CHANNEL_CREATE; its id."""
    where = sim.world.guild(guild)
    channel = sim.world.add_channel(where, name, type, check_new_id(sim, channel_id))
    sim.emit("CHANNEL_CREATE", payloads.channel(channel), where)
    return channel.id


@verb
def delete_channel(sim: Simulation, channel: str | int) -> None:
    """Remove a channel, told by CHANNEL_DELETE."""
    found = sim.world.channel(channel)
    if found.guild is None:
        raise Refused("A DM channel cannot be deleted.")
    del found.guild.channels[found.id], sim.world.channels[found.id]
    sim.emit("CHANNEL_DELETE", payloads.channel(found), found.guild)


@verb
def rename_guild(sim: Simulation, name: str, guild: str | int | None = None) -> None:
    """Change a guild's name, told by GUILD_UPDATE."""
    found = sim.world.guild(guild)
    found.name = name
    sim.emit("GUILD_UPDATE", payloads.guild(found), found)


@verb
def add_role(
    sim: Simulation,
    name: str,
    guild: str | int | None = None,
    permissions: list | None = None,
    users: list | None = None,
) -> str:
    """A new role, given to some members; its id."""
    where = sim.world.guild(guild)
    members = [require_member(where, sim.world.user(u)) for u in users or []]
    role = Role(sim.world.ids.next(), name, bits(permissions), len(where.roles))
    where.roles[role.id] = role
    sim.emit("GUILD_ROLE_CREATE", {"guild_id": where.id, "role": payloads.role(role)}, where)
    for member in members:
        member.roles.append(role.id)
        membership.member_changed(sim, where, member)
    return role.id


def require_member(guild: Guild, user: User) -> Member:
    """A user's membership in a guild."""
    if user.id not in guild.members:
        raise Refused(f"{user.name} is not in {guild.name}.")
    return guild.members[user.id]


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
        _change_roles(sim, guild, _roles_of(sim, guild, who), plus, minus)
        return
    channel = sim.world.channel(where)
    if channel.guild is None:
        raise Refused("A DM channel has no permissions.")
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


@verb
def add_bot(sim: Simulation, guild: str | int) -> None:
    """Invite the bot into a guild."""
    found = sim.world.guild(guild)
    if found.bot_in:
        raise Refused(f"The bot is in {found.name} already.")
    membership.invite_bot(sim, found)


@verb
def remove_bot(sim: Simulation, guild: str | int) -> None:
    """Throw the bot out of a guild."""
    found = sim.world.guild(guild)
    if not found.bot_in:
        raise Refused(f"The bot is not in {found.name}.")
    membership.remove_bot(sim, found)


@verb
def outage(sim: Simulation, guild: str | int | None = None) -> None:
    """Make a guild unavailable."""
    found = sim.world.guild(guild)
    if not found.available:
        raise Refused(f"{found.name} is unavailable already.")
    membership.outage(sim, found)


@verb
def restore(sim: Simulation, guild: str | int | None = None) -> None:
    """Make a guild available again."""
    found = sim.world.guild(guild)
    if found.available:
        raise Refused(f"{found.name} is available.")
    membership.restore(sim, found)
