"""People and the bot coming and going, with the events that tell of it."""

from simulator import payloads
from simulator.simulation import Simulation
from simulator.state.entities import Guild, Member, User


def join(sim: Simulation, guild: Guild, user: User, nick: str | None = None) -> Member:
    """A user becomes a member; GUILD_MEMBER_ADD. No presence follows until it changes."""
    member = sim.world.add_member(guild, user, nick)
    sim.emit("GUILD_MEMBER_ADD", payloads.member(member) | {"guild_id": guild.id}, guild)
    return member


def remove(sim: Simulation, guild: Guild, user: User) -> None:
    """A member is gone; GUILD_MEMBER_REMOVE."""
    del guild.members[user.id]
    for thread in guild.threads.values():
        thread.thread.members.pop(user.id, None)
    sim.emit("GUILD_MEMBER_REMOVE", {"guild_id": guild.id, "user": payloads.user(user)}, guild)


def ban(sim: Simulation, guild: Guild, user: User) -> None:
    """GUILD_BAN_ADD, and GUILD_MEMBER_REMOVE if the user was a member."""
    guild.bans.add(user.id)
    sim.emit("GUILD_BAN_ADD", {"guild_id": guild.id, "user": payloads.user(user)}, guild)
    if user.id in guild.members:
        remove(sim, guild, user)


def member_changed(sim: Simulation, guild: Guild, member: Member) -> None:
    """GUILD_MEMBER_UPDATE."""
    sim.emit("GUILD_MEMBER_UPDATE", payloads.member(member) | {"guild_id": guild.id}, guild)


def user_changed(sim: Simulation, user: User) -> None:
    """GUILD_MEMBER_UPDATE in every shared guild; USER_UPDATE for the bot's own account only."""
    if user is sim.world.bot:
        sim.emit("USER_UPDATE", payloads.own_user(user))
    for guild in sim.world.shared_guilds(user):
        member_changed(sim, guild, guild.members[user.id])


def invite_bot(sim: Simulation, guild: Guild) -> None:
    """The bot joins: GUILD_CREATE."""
    sim.world.seat_bot(guild)
    sim.hub.announce(guild)


def remove_bot(sim: Simulation, guild: Guild) -> None:
    """The bot is thrown out: GUILD_DELETE without `unavailable`."""
    sim.world.unseat_bot(guild)
    sim.hub.emit_anyway("GUILD_DELETE", {"id": guild.id}, guild)


def outage(sim: Simulation, guild: Guild) -> None:
    """The guild cannot be reached: GUILD_DELETE with `unavailable`."""
    guild.available = False
    if guild.bot_in:
        sim.hub.emit_anyway("GUILD_DELETE", {"id": guild.id, "unavailable": True}, guild)


def restore(sim: Simulation, guild: Guild) -> None:
    """The outage is over: GUILD_CREATE."""
    guild.available = True
    sim.hub.announce(guild)
