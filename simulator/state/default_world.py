"""The world that `python -m simulator` shows: one home server with five people. Ids never change."""

from simulator.state.entities import TEXT
from simulator.state.world import World

BOT_ID = "1175309876543219712"
GUILD_ID = "1163892047215738900"
CHANNEL_ID = "1163892047966519318"
PEOPLE = {
    "alice": ("217648390152847360", "Alice"),
    "bob": ("384920175639273472", "Bob"),
    "charlie": ("561093847265198080", "Charlie"),
    "dana": ("742810395647123456", "Dana"),
    "eve": ("1092837465019283746", "Eve"),
}
# Long ago: the world begins anew with each start, and nobody joins by that.
SINCE = "2024-01-20T12:00:00.000000+00:00"
AVATAR = "a1b2c3d4e5f60718293a4b5c6d7e8f90"


def default_world() -> World:
    """One guild, #general, the bot and five named members, the first three of them online."""
    world = World(BOT_ID)
    guild = world.add_guild("Rollcall Home", GUILD_ID)
    world.add_channel(guild, "general", TEXT, CHANNEL_ID)
    world.seat_bot(guild)
    for name, (user_id, shown) in PEOPLE.items():
        user = world.add_user(name, user_id, global_name=shown, avatar=AVATAR)
        world.add_member(guild, user).joined_at = SINCE
        if name in ("alice", "bob", "charlie"):
            user.status, user.client_status = "online", {"desktop": "online"}
    return world


def empty_world() -> World:
    """Only the bot's account."""
    return World(BOT_ID)
