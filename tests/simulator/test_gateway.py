"""The gateway, seen by real clients: connecting, resuming, losing the connection, being refused."""

import asyncio

import aiohttp
import discord
import pytest
import requests

from simulator.client import Simulator, SimulatorError
from tests.simulator.impatient_bots import ImpatientShardedBot


@pytest.fixture(scope="module")
def sim():
    with Simulator.start() as simulator:
        simulator.add_guild("home")
        simulator.add_user("ann")
        simulator.join("ann")
        yield simulator


@pytest.fixture(autouse=True)
def healed(sim):
    yield
    sim.clear_faults()
    sim.presence("ann", "offline")
    sim.set(heartbeat_interval=41.25, privileged_intents=["members", "presences", "message_content"])


@pytest.fixture
def client(sim, connect):
    """A bot of this test only."""
    threads = []

    def start(**options):
        threads.append(connect(sim, **options))
        return threads[-1]

    yield start
    for thread in threads:
        thread.close()


@pytest.mark.parametrize("zlib", [True, False])
def test_a_bot_gets_ready_and_sees_presences(sim, client, zlib):
    bot = client(zlib=zlib).until_ready()
    activity = {"type": 0, "name": "Chess", "id": "1", "created_at": 1, "flags": 3, "novel": {"x": 1}}
    sim.presence("ann", "dnd", [activity], raw={"also": "new"})
    seen = bot.event("PRESENCE_UPDATE", status="dnd")
    assert seen["activities"] == [activity]
    assert seen["also"] == "new"
    member = bot.bot.guilds[0].get_member_named("ann")
    bot.until(lambda: member.status is discord.Status.dnd)


def test_a_bare_presence_names_only_the_id(sim, client):
    bot = client().until_ready()
    sim.presence("ann", "online", bare_user=True)
    assert list(bot.event("PRESENCE_UPDATE", status="online")["user"]) == ["id"]


def test_a_broken_payload_ends_an_unguarded_bot(sim, client):
    bot = client().until_ready()
    sim.presence("ann", "idle", raw={"activities": [{"type": 0, "id": "nameless"}]})
    assert isinstance(bot.until_ended(), (TypeError, KeyError))


def test_a_wrong_token_is_refused(client):
    assert isinstance(client(token="wrong").until_ended(), discord.LoginFailure)


def test_intents_off_in_the_portal_close_4014(sim, client):
    sim.set(privileged_intents=["members"])
    assert isinstance(client().until_ended(), discord.PrivilegedIntentsRequired)


def test_op_7_resumes_and_replays(sim, client):
    bot = client().until_ready()
    before = sim.sessions()["resumes"]
    sim.reconnect()
    sim.presence("ann", "dnd")
    sim.presence("ann", "idle")
    bot.until(lambda: bot.events("RESUMED"), "resuming")
    bot.event("PRESENCE_UPDATE", status="idle")
    statuses = [p["status"] for p in bot.events("PRESENCE_UPDATE")]
    assert statuses == ["dnd", "idle"]
    assert sim.sessions()["resumes"] == before + 1
    assert bot.bot.readies == 1


def test_a_cut_connection_is_resumed(sim, client):
    bot = client().until_ready()
    sim.drop_gateway()
    sim.presence("ann", "online")
    bot.until(lambda: bot.events("RESUMED"), "resuming")
    bot.event("PRESENCE_UPDATE", status="online")


@pytest.mark.parametrize("code", [4000, 4008])
def test_a_closed_connection_is_resumed(sim, client, code):
    bot = client().until_ready()
    sim.close_gateway(code)
    bot.until(lambda: bot.events("RESUMED"), "resuming")


def test_a_timed_out_session_is_gone(sim, client):
    bot = client().until_ready()
    sim.close_gateway(4009)
    bot.until_ready(times=2)


def test_op_9_true_resumes(sim, client):
    bot = client().until_ready()
    sim.invalidate(resumable=True)
    bot.until(lambda: bot.events("RESUMED"), "resuming")


def test_op_9_false_identifies_anew(sim, client):
    bot = client().until_ready()
    sim.invalidate(resumable=False)
    bot.until_ready(times=2)
    assert not bot.events("RESUMED")


def test_a_forgotten_session_cannot_be_resumed(sim, client):
    bot = client().until_ready()
    sim.forget_sessions()
    sim.drop_gateway()
    bot.until_ready(times=2)


def test_a_client_notices_missing_acks(sim, client):
    sim.set(heartbeat_interval=0.1)
    bot = client(heartbeat_timeout=1.0).until_ready()
    sim.stop_acking()
    bot.until(lambda: bot.events("RESUMED"), "resuming")
    sim.stop_acking(False)


def test_a_silent_client_is_closed(sim):
    async def connect_and_say_nothing():
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{sim.url}/gateway") as socket:
            hello = await socket.receive_json()
            closing = await asyncio.wait_for(socket.receive(), 10)
            return hello, closing.data

    sim.set(heartbeat_interval=0.05)
    hello, code = asyncio.run(connect_and_say_nothing())
    assert hello["d"]["heartbeat_interval"] == 50
    assert code == 4009


@pytest.mark.parametrize(
    ("frame", "code"),
    [
        ("nonsense", 4002),
        ('{"op": 3, "d": {}}', 4003),
        ('{"op": 2, "d": {"token": "wrong", "properties": {}, "intents": 0}}', 4004),
        ('{"op": 2, "d": {"token": "simulated", "properties": {}, "intents": -1}}', 4013),
        ('{"op": 2, "d": {"token": "simulated", "properties": {}, "intents": 0, "shard": [2, 1]}}', 4010),
        ('{"op": 1, "d": "' + "x" * 5000 + '"}', 4002),
    ],
)
def test_what_the_gateway_closes_on(sim, frame, code):
    assert _closing_code(sim, [frame]) == code


def test_more_than_120_frames_a_minute_close_4008(sim):
    assert _closing_code(sim, ['{"op": 1, "d": null}'] * 121) == 4008


def _closing_code(sim, frames):
    async def talk():
        async with aiohttp.ClientSession() as session, session.ws_connect(f"{sim.url}/gateway") as socket:
            for frame in frames:
                await socket.send_str(frame)
            async for _ in socket:
                pass
            return socket.close_code

    return asyncio.run(asyncio.wait_for(talk(), 10))


def test_a_discord_that_is_away(sim, client):
    bot = client().until_ready()
    sim.refuse_connections()
    bot.until(lambda: bot.bot.ws.socket.closed, "losing the connection")
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{sim.api_base}/gateway", timeout=5)
    sim.refuse_connections(how="503")
    assert requests.get(f"{sim.api_base}/gateway", timeout=5).status_code == 503
    sim.refuse_connections(False)
    bot.until(lambda: bot.events("RESUMED"), "resuming")


def test_a_sharded_bot_gets_each_guild_once(sim, client):
    sim.set(shards=2)
    for number in range(4):
        sim.add_guild(f"sharded {number}")
    bot = client(kind=ImpatientShardedBot).until_ready()
    ids = [g["id"] for g in bot.events("GUILD_CREATE")]
    assert sorted(ids) == sorted(set(ids))
    assert len(ids) == len(bot.bot.guilds) >= 5
    assert {tuple(s["shard"]) for s in sim.sessions()["sessions"] if s["connected"]} >= {(0, 2), (1, 2)}
    sim.set(shards=1)


def test_two_sessions_both_get_events(sim, client):
    first, second = client().until_ready(), client().until_ready()
    sim.presence("ann", "idle", raw={"mark": "both"})
    first.event("PRESENCE_UPDATE", mark="both")
    second.event("PRESENCE_UPDATE", mark="both")


def test_the_clients_own_presence_is_kept(sim, client):
    bot = client().until_ready()
    bot.run(bot.bot.change_presence(activity=discord.Game("roll call")))
    bot.until(
        lambda: any(
            (s["presence"] or {}).get("activities", [{}])[0].get("name") == "roll call"
            for s in sim.sessions()["sessions"]
        )
    )


@pytest.mark.parametrize(
    ("verb", "arguments"),
    [
        ("nonsense", {}),
        ("add_user", {}),
        ("add_user", {"name": 7}),
        ("add_user", {"name": "x", "user_id": "12a"}),
        ("presence", {"user": "ann", "status": "sleepy"}),
        ("set", {"nonsense": 1}),
        ("set", {"heartbeat_interval": -1}),
        ("set", {"privileged_intents": ["all"]}),
        ("join", {"user": "ann"}),
        ("leave", {"user": "nobody"}),
        ("fill", {"guild": None, "count": 0}),
        ("fill", {"guild": None, "count": 9, "online": 0.1, "listening": 0.2}),
        ("fail_rest", {"method": "GET", "path_regex": "("}),
    ],
)
def test_a_bad_call_of_the_control_face_says_one_sentence(sim, verb, arguments):
    before = sim.users()
    with pytest.raises(SimulatorError, match=r"^[^\n]+$"):
        sim.call(verb, **arguments)
    assert sim.users() == before
