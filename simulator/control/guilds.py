"""Verbs for guilds, and for the bot being in them."""

from simulator import payloads
from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.guilds import membership
from simulator.simulation import Simulation
from simulator.state.entities import TEXT, Guild, Member, User


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
def rename_guild(sim: Simulation, name: str, guild: str | int | None = None) -> None:
    """Change a guild's name, told by GUILD_UPDATE."""
    found = sim.world.guild(guild)
    found.name = name
    sim.emit("GUILD_UPDATE", payloads.guild(found), found)


@verb
def boost(sim: Simulation, tier: int, guild: str | int | None = None) -> None:
    """Change a guild's boost tier, on which the size of files depends: GUILD_UPDATE."""
    if tier not in range(4):
        raise Refused("A boost tier is 0 to 3.")
    found = sim.world.guild(guild)
    found.premium_tier = tier
    sim.emit("GUILD_UPDATE", payloads.guild(found), found)


@verb
def set_system_channel(sim: Simulation, channel: str | int | None, guild: str | int | None = None) -> None:
    """Where Discord itself tells who joined; None is nowhere. Told by GUILD_UPDATE."""
    found = sim.world.guild(guild)
    if channel is not None and str(channel) not in found.channels:
        raise Refused(f"{found.name} has no channel {channel}.")
    found.system_channel_id = channel and str(channel)
    sim.emit("GUILD_UPDATE", payloads.guild(found), found)


@verb
def set_owner(sim: Simulation, user: str | int, guild: str | int | None = None) -> None:
    """Give a guild to a user; told by GUILD_UPDATE."""
    found = sim.world.guild(guild)
    found.owner_id = sim.world.user(user).id
    sim.emit("GUILD_UPDATE", payloads.guild(found), found)


def require_member(guild: Guild, user: User) -> Member:
    """A user's membership in a guild."""
    if user.id not in guild.members:
        raise Refused(f"{user.name} is not in {guild.name}.")
    return guild.members[user.id]


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
