"""READY, and GUILD_CREATE with Discord's rules for who is in it."""

from typing import TYPE_CHECKING

from simulator import payloads
from simulator.gateway.intents import GUILDS, PRESENCES
from simulator.gateway.session import Session
from simulator.settings import Settings
from simulator.state import threads
from simulator.state.entities import Guild, Member
from simulator.state.world import World

if TYPE_CHECKING:
    from simulator.simulation import Simulation

# the "limited" flags: intents switched on in the portal by an application in fewer than 100 guilds
_FLAGS = {"presences": 1 << 13, "members": 1 << 15, "message_content": 1 << 19}


def application_flags(settings: Settings) -> int:
    """The application's flags, which tell the allowed privileged intents."""
    return sum(_FLAGS[name] for name in set(settings.privileged_intents))


def ready(world: World, settings: Settings, session: Session, gateway_url: str) -> dict:
    """The READY event: guilds are stubs, their GUILD_CREATE comes after it."""
    guilds = [g for g in world.guilds.values() if g.bot_in and session.covers(g.id)]
    return {
        "v": 10,
        "user": payloads.own_user(world.bot),
        "user_settings": {},
        "private_channels": [],
        "relationships": [],
        "guilds": [{"id": g.id, "unavailable": True} for g in guilds],
        "session_id": session.id,
        "session_type": "normal",
        "resume_gateway_url": gateway_url,
        "shard": [session.shard, session.shard_count],
        "application": {"id": world.bot.id, "flags": application_flags(settings)},
    }


def guild_create(guild: Guild, world: World, settings: Settings, session: Session) -> dict:
    """A guild in full, its members cut down by its size and the session's intents."""
    threshold = settings.large_threshold or session.large_threshold
    members = _members(guild, world, settings, session.intents, threshold)
    sees_presences = session.intents & PRESENCES and len(guild.members) <= settings.huge_guild
    online = [m.user for m in members if m.user.status != "offline"] if sees_presences else []
    return payloads.guild(guild) | {
        "joined_at": guild.members[world.bot.id].joined_at,
        "large": len(guild.members) >= threshold,
        "unavailable": False,
        "member_count": len(guild.members),
        "members": [payloads.member(m) for m in members],
        "presences": [payloads.presence(user) for user in online],
        "channels": [payloads.channel(c) for c in guild.channels.values()],
        "threads": [payloads.channel(t, world.bot.id) for t in threads.active(world, guild)],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _members(guild: Guild, world: World, settings: Settings, intents: int, threshold: int) -> list[Member]:
    size = len(guild.members)
    me = guild.members[world.bot.id]
    if not intents & PRESENCES or size > settings.huge_guild:
        return [me]
    if size < threshold:
        return list(guild.members.values())
    return [m for m in guild.members.values() if m is me or m.user.status != "offline"]


def announce(guild: Guild, sim: "Simulation") -> None:
    """Send GUILD_CREATE to every session whose shard has the guild."""
    if not guild.seen:
        return
    for session in list(sim.hub.sessions.values()):
        if session.covers(guild.id) and session.intents & GUILDS:
            session.send("GUILD_CREATE", guild_create(guild, sim.world, sim.settings, session))
