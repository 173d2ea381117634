"""Who is in a guild: GUILD_CREATE by size and intents, op 8, people and the bot coming and going."""

import asyncio
import time

import discord
import pytest

from simulator.client import Simulator, SimulatorError
from simulator.state.default_world import BOT_ID, default_world


@pytest.fixture(scope="module")
def sim():
    with Simulator.start(huge_guild=60, chunk_size=10) as simulator:
        yield simulator


@pytest.fixture
def join_bot(sim, connect):
    """A bot that sees all guilds; chunking at start is off."""
    threads = []

    def start(**options):
        options = {"chunk_guilds_at_startup": False} | options
        threads.append(connect(sim, **options).until_ready())
        return threads[-1]

    yield start
    for thread in threads:
        thread.close()


def _guild(sim, count, online=0.5):
    guild = sim.add_guild(f"guild of {count}")
    sim.fill(guild, count - 1, online)
    return guild


def _intents(**off):
    intents = discord.Intents.all()
    for name, value in off.items():
        setattr(intents, name, value)
    return intents


def test_guild_create_by_size(sim, join_bot):
    sim.set(large_threshold=20)
    small, large, huge = _guild(sim, 10), _guild(sim, 21), _guild(sim, 61)
    bot = join_bot()
    sim.set(large_threshold=0)
    created = {g["id"]: g for g in bot.events("GUILD_CREATE")}
    assert len(created[small]["members"]) == created[small]["member_count"] == 10
    assert not created[small]["large"]
    assert created[large]["large"]
    assert len(created[large]["members"]) == 11
    assert len(created[large]["presences"]) == 10
    assert created[large]["member_count"] == 21
    assert [m["user"]["id"] for m in created[huge]["members"]] == [str(bot.bot.user.id)]
    assert created[huge]["presences"] == []


def test_without_the_presence_intent_only_the_bot_is_there(sim, join_bot):
    guild = _guild(sim, 5)
    bot = join_bot(intents=_intents(presences=False))
    created = bot.event("GUILD_CREATE", id=guild)
    assert len(created["members"]) == 1
    assert created["member_count"] == 5
    first, _ = sim.fill(guild, 1)
    sim.presence(first, "idle")
    sim.edit_user(first, name="renamed")
    bot.event("GUILD_MEMBER_UPDATE", guild_id=guild)
    assert not bot.events("PRESENCE_UPDATE")


def test_without_the_members_intent_nobody_comes_or_goes(sim, join_bot):
    guild = _guild(sim, 5)
    intents = _intents(members=False)
    bot = join_bot(intents=intents)
    first, _ = sim.fill(guild, 1)
    sim.edit_user(first, name="renamed again")
    sim.leave(first, guild)
    bot.run(bot.bot.ws.request_chunks(int(guild), query="", limit=0, nonce="all"))
    bot.run(bot.bot.ws.request_chunks(int(guild), user_ids=[bot.bot.user.id], limit=0, nonce="one"))
    assert bot.event("GUILD_MEMBERS_CHUNK")["nonce"] == "one"
    assert not bot.events("GUILD_MEMBER_UPDATE")
    assert not bot.events("GUILD_MEMBER_REMOVE")


def test_op_8_sends_everybody_in_chunks_and_is_rate_limited(sim, join_bot):
    guild = _guild(sim, 25)
    bot = join_bot()
    limited = []
    bot.bot._connection.parsers["RATE_LIMITED"] = limited.append
    for nonce in ("first", "second"):
        bot.run(bot.bot.ws.request_chunks(int(guild), "", limit=0, presences=True, nonce=nonce))
    bot.until(lambda: len(bot.events("GUILD_MEMBERS_CHUNK")) == 3 and limited, "chunks")
    chunks = bot.events("GUILD_MEMBERS_CHUNK")
    assert [(c["chunk_index"], c["chunk_count"], c["nonce"]) for c in chunks] == [
        (0, 3, "first"),
        (1, 3, "first"),
        (2, 3, "first"),
    ]
    assert sum(len(c["members"]) for c in chunks) == 25
    assert sum(len(c["presences"]) for c in chunks) == 12
    assert limited[0]["opcode"] == 8
    assert 25 < limited[0]["retry_after"] <= 30
    assert limited[0]["meta"] == {"guild_id": guild, "nonce": "second"}


def test_op_8_by_ids_and_by_name(sim, join_bot):
    guild = _guild(sim, 5)
    bot = join_bot()
    found = bot.run(bot.bot.get_guild(int(guild)).query_members(user_ids=[bot.bot.user.id, 1], limit=2))
    assert [m.id for m in found] == [bot.bot.user.id]
    assert bot.event("GUILD_MEMBERS_CHUNK")["not_found"] == ["1"]
    found = bot.run(bot.bot.get_guild(int(guild)).query_members("roll"))
    assert [m.name for m in found] == ["Rollcall"]


def test_py_cord_chunks_at_startup(sim, join_bot):
    sim.set(huge_guild=1000)
    guild = _guild(sim, 250)
    bot = join_bot(chunk_guilds_at_startup=True)
    bot.until(lambda: len(bot.bot.get_guild(int(guild)).members) == 250, "chunking")
    sim.set(huge_guild=60)


def test_an_outage_and_its_end(sim, join_bot):
    guild = _guild(sim, 3)
    bot = join_bot()
    sim.outage(guild)
    assert bot.event("GUILD_DELETE", id=guild)["unavailable"] is True
    first, _ = sim.fill(guild, 1)
    sim.presence(first, "dnd")
    sim.restore(guild)
    bot.until(lambda: len(bot.events("GUILD_CREATE", id=guild)) == 2, "the end of the outage")
    assert not bot.events("PRESENCE_UPDATE")
    assert first in [m["user"]["id"] for m in bot.events("GUILD_CREATE", id=guild)[-1]["members"]]


def test_a_guild_that_is_away_at_the_start_is_only_a_stub(sim, join_bot):
    guild = _guild(sim, 3)
    sim.outage(guild)
    bot = join_bot()
    stubs = bot.events("READY")[0]["guilds"]
    assert {"id": guild, "unavailable": True} in stubs
    assert not bot.events("GUILD_CREATE", id=guild)
    sim.restore(guild)
    bot.event("GUILD_CREATE", id=guild)


def test_the_bot_is_invited_and_thrown_out(sim, join_bot):
    bot = join_bot()
    guild = sim.add_guild("later", bot=False)
    assert guild not in [g["id"] for g in bot.events("GUILD_CREATE")]
    sim.add_bot(guild)
    assert bot.event("GUILD_CREATE", id=guild)["name"] == "later"
    sim.rename_guild("later still", guild)
    bot.event("GUILD_UPDATE", name="later still")
    sim.remove_bot(guild)
    assert "unavailable" not in bot.event("GUILD_DELETE", id=guild)
    with pytest.raises(SimulatorError, match="not in"):
        sim.remove_bot(guild)


def test_people_join_change_and_leave(sim, join_bot):
    guild = sim.add_guild("lively")
    bot = join_bot()
    user = sim.add_user("gwen", global_name="Gwen", avatar="abc", avatar_decoration_data={"asset": "x"})
    sim.join("gwen", guild, nick="G")
    joined = bot.event("GUILD_MEMBER_ADD", guild_id=guild)
    assert (joined["nick"], joined["user"]["id"]) == ("G", user)
    assert joined["user"]["avatar_decoration_data"] == {"asset": "x"}
    sim.edit_member("gwen", guild, nick=None)
    bot.event("GUILD_MEMBER_UPDATE", nick=None)
    sim.edit_user("gwen", name="gwendolyn")
    bot.until(lambda: bot.events("GUILD_MEMBER_UPDATE")[-1]["user"]["username"] == "gwendolyn", "the new name")
    sim.leave(user, guild)
    assert bot.event("GUILD_MEMBER_REMOVE", guild_id=guild)["user"]["id"] == user


def test_many_presences_in_one_call(sim, join_bot):
    guild = _guild(sim, 4)
    bot = join_bot()
    people = [u["id"] for u in sim.users(guild) if not u["bot"]]
    times = sim.presences([{"user": p, "status": "dnd", "raw": {"mark": guild}} for p in people])
    assert len(times) == 3
    assert times == sorted(times)
    bot.until(lambda: len(bot.events("PRESENCE_UPDATE", mark=guild)) == 3, "all presences")
    begun = time.time()
    spread = sim.presences([{"user": p, "status": "idle"} for p in people], per_second=50)
    assert spread[2] - begun >= 0.039
    with pytest.raises(SimulatorError):
        sim.presences([{"user": people[0]}, {"user": "nobody"}])


def test_a_guild_is_filled_with_people_who_listen(sim, join_bot):
    guild = sim.add_guild("musical")
    sim.fill(guild, 20, online=0.3, listening=0.1)
    created = next(g for g in join_bot().events("GUILD_CREATE") if g["id"] == guild)
    songs = [presence["activities"][0]["id"] for presence in created["presences"] if presence["activities"]]
    assert (len(created["presences"]), songs) == (6, ["spotify:1"] * 2)


def test_a_kick_is_told_like_a_leaving(sim, join_bot):
    guild = _guild(sim, 3)
    bot = join_bot()
    first, _ = sim.fill(guild, 1)
    sim.kick(first, guild)
    assert bot.event("GUILD_MEMBER_REMOVE", guild_id=guild)["user"]["id"] == first


def test_a_ban_tells_of_both(sim, join_bot):
    guild = sim.add_guild("strict")
    bot = join_bot()
    sim.add_user("mallory")
    sim.join("mallory", guild)
    sim.ban("mallory", guild)
    bot.event("GUILD_MEMBER_REMOVE", guild_id=guild)
    bot.event("GUILD_BAN_ADD", guild_id=guild)
    with pytest.raises(SimulatorError, match="banned"):
        sim.join("mallory", guild)
    sim.unban("mallory", guild)
    bot.event("GUILD_BAN_REMOVE", guild_id=guild)


def test_the_bots_own_account_changes(sim, join_bot):
    bot = join_bot()
    sim.edit_user("Rollcall", global_name="Roll Call")
    bot.until(lambda: bot.bot.user.global_name == "Roll Call", "USER_UPDATE")
    sim.edit_user("Rollcall", global_name=None)


def test_any_event_can_be_dispatched(sim, join_bot):
    bot = join_bot(intents=discord.Intents.none(), member_cache_flags=discord.MemberCacheFlags.none())
    odd = asyncio.Event()
    bot.bot._connection.parsers["ODD"] = lambda data: data == [1, None] and odd.set()
    bot.bot._connection.parsers["MESSAGE_CREATE"] = lambda data: None
    sim.dispatch("MESSAGE_CREATE", {"id": []})
    sim.dispatch("ODD", [1, None])
    bot.until(odd.is_set, "seeing it")


def test_who_is_timed_out_may_only_read(sim, join_bot):
    guild = sim.add_guild("strict")
    channel = next(iter(sim.channels(guild).values()))
    bot = join_bot()
    sim.add_user("mallory")
    sim.join("mallory", guild)
    sim.time_out("mallory", 60, guild)
    assert bot.event("GUILD_MEMBER_UPDATE", guild_id=guild)["communication_disabled_until"]
    with pytest.raises(SimulatorError, match="may not write"):
        sim.say("mallory", "hello", channel=channel)
    sim.time_out("mallory", 0, guild)
    assert sim.say("mallory", "hello", channel=channel)["content"] == "hello"
    with pytest.raises(SimulatorError, match="28 days"):
        sim.time_out("mallory", 28 * 86400 + 1, guild)


def test_nobody_of_the_world_that_is_shown_joins_when_it_begins_anew():
    (guild,) = default_world().guilds.values()
    joined = [member.joined_at for user_id, member in guild.members.items() if user_id != BOT_ID]
    assert max(joined) < "2025"
