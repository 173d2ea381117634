"""READY, and GUILD_CREATE with Discord's rules for who is in it."""

from simulator import payloads
from simulator.gateway.intents import PRESENCES
from simulator.gateway.session import Session
from simulator.settings import Settings
from simulator.state.entities import Guild, Member
from simulator.state.world import World


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
        "application": {"id": world.bot.id, "flags": settings.application_flags()},
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
        "threads": [payloads.channel(t, world.bot.id) for t in world.active_threads(guild)],
        "voice_states": [],
        "stage_instances": [],
        "guild_scheduled_events": [],
        "soundboard_sounds": [],
    }


def _members(guild: Guild, world: World, settings: Settings, intents: int, threshold: int) -> list[Member]:
    size = len(guild.members)
    me = guild.members[world.bot.id]
    # Discord would add who is in a voice channel; here nobody is
    if not intents & PRESENCES or size > settings.huge_guild:
        return [me]
    if size < threshold:
        return list(guild.members.values())
    return [m for m in guild.members.values() if m is me or m.user.status != "offline"]
