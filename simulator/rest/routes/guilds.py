"""Users, guilds, members and roles: the reading routes, and opening a DM."""

from simulator import payloads
from simulator.errors import refusal, required
from simulator.guilds import membership
from simulator.rest.call import Call, route, snowflake, whole_number
from simulator.state.permissions import in_guild


@route("GET", "/users/{user_id}")
async def get_user(call: Call) -> dict:
    """Any user."""
    user = call.sim.world.users.get(call.params["user_id"])
    if user is None:
        raise refusal(10013)
    return payloads.user(user)


@route("GET", "/users/@me/guilds")
async def own_guilds(call: Call) -> list:
    """The guilds that the bot is in."""
    me = call.sim.world.bot.id
    return [
        {
            "id": g.id,
            "name": g.name,
            "icon": g.icon,
            "owner": False,
            "permissions": str(in_guild(g, g.members[me])),
            "features": [],
        }
        for g in call.sim.world.guilds.values()
        if g.bot_in
    ]


@route("POST", "/users/@me/channels")
async def open_dm(call: Call) -> dict:
    """The DM channel with a user. Opening works even where sending will not."""
    world = call.sim.world
    recipient = (await call.object()).get("recipient_id")
    if recipient is None:
        raise required(["recipient_id"])
    user = world.users.get(str(recipient))
    if user is None or user is world.bot:
        raise refusal(50033)
    return payloads.channel(world.dm_with(user))


@route("GET", "/guilds/{guild_id}")
async def get_guild(call: Call) -> dict:
    """A guild, with counts when they are asked for."""
    guild = call.sim.world.require_guild(call.params["guild_id"])
    body = payloads.guild(guild)
    if call.query.get("with_counts") in ("1", "true"):
        online = sum(m.user.status != "offline" for m in guild.members.values())
        body |= {"approximate_member_count": len(guild.members), "approximate_presence_count": online}
    return body


@route("GET", "/guilds/{guild_id}/channels")
async def guild_channels(call: Call) -> list:
    """The channels of a guild."""
    guild = call.sim.world.require_guild(call.params["guild_id"])
    return [payloads.channel(c) for c in guild.channels.values()]


@route("GET", "/guilds/{guild_id}/roles")
async def guild_roles(call: Call) -> list:
    """The roles of a guild."""
    guild = call.sim.world.require_guild(call.params["guild_id"])
    return [payloads.role(r) for r in guild.roles.values()]


@route("GET", "/guilds/{guild_id}/members/{user_id}")
async def get_member(call: Call) -> dict:
    """One member: 10013 for no such user, 10007 for a user who is not in the guild."""
    guild = call.sim.world.require_guild(call.params["guild_id"])
    user_id = call.params["user_id"]
    if user_id not in call.sim.world.users:
        raise refusal(10013)
    if user_id not in guild.members:
        raise refusal(10007)
    return payloads.member(guild.members[user_id])


@route("GET", "/guilds/{guild_id}/members")
async def list_members(call: Call) -> list:
    """Members by rising id, for applications with the members intent."""
    guild = call.sim.world.require_guild(call.params["guild_id"])
    if "members" not in call.sim.settings.privileged_intents:
        raise refusal(50001)
    limit = whole_number(call, "limit", 1, 1, 1000)
    after = snowflake(call, "after") or 0
    found = sorted((m for m in guild.members.values() if int(m.user.id) > after), key=lambda m: int(m.user.id))
    return [payloads.member(m) for m in found[:limit]]


@route("DELETE", "/users/@me/guilds/{guild_id}")
async def leave_guild(call: Call) -> None:
    """The bot leaves."""
    guild = call.sim.world.require_guild(call.params["guild_id"])
    membership.remove_bot(call.sim, guild)
    call.sim.event_log.add("left_guild", guild_id=guild.id)
