"""hawser and lanyard-py, unchanged but for the address, against the real processes."""

import asyncio
import sys

import hawser
import hawser.gateway
import hawser.http
import pytest
from hawser.errors import UserNotMonitoredError

from tests.end_to_end.lanyard.conftest import NOBODY, SONG
from tests.end_to_end.rollcall import PATIENCE_S

WRONG = "lnyd_0123456789abcdef0123456789abcdef"


@pytest.fixture
def moved_hawser(monkeypatch, host):
    monkeypatch.setattr(hawser.gateway, "__socket__", f"ws://{host}/socket")
    monkeypatch.setattr(hawser.http, "__api__", f"http://{host}/v1/users/")
    return hawser


@pytest.fixture
def lanyard():
    """The module, where Python can read it."""
    if sys.version_info < (3, 12):
        pytest.skip("lanyard-py is written in the syntax of Python 3.12; make PYTHON=python3.12 test runs this one.")
    import lanyard

    return lanyard


def soon(coroutine):
    return asyncio.wait_for(coroutine, PATIENCE_S)


def test_hawser_hears_of_those_it_names(discord, person, moved_hawser, shown):
    alice, bob = person(), person("bob")
    told = asyncio.Queue()

    async def story():
        async def on_ready(states):
            await told.put(states)

        async def on_message(presence):
            await told.put((presence["discord_user"]["id"], presence["discord_status"], presence["kv"]))

        gateway = moved_hawser.Gateway(int(alice), bob, NOBODY)
        gateway.on_ready(on_ready)
        gateway.on_message(on_message)
        gateway.start()
        assert await soon(told.get()) == {alice: shown(alice), bob: shown(bob)}
        discord.presence(bob, "idle")
        assert await soon(told.get()) == (bob, "idle", {})
        discord.say(alice, ".set city Bern", dm=True)
        assert await soon(told.get()) == (alice, "online", {"city": "Bern"})
        discord.say(alice, ".hide", dm=True)
        assert await soon(told.get()) == (alice, "offline", {})
        assert await moved_hawser.fetch_user(int(bob)) == shown(bob)
        for missing in (alice, NOBODY):
            with pytest.raises(UserNotMonitoredError, match=r"^User is not being monitored by Lanyard"):
                await moved_hawser.fetch_user(int(missing))
        await gateway.session.close()

    asyncio.run(story())


def test_lanyard_py_reads_and_keeps_pairs(lanyard, discord_user, rollcall, shown):
    alice = discord_user()

    async def story():
        async with lanyard.AiohttpProvider() as provider:
            own = lanyard.LanyardClient(provider, base_url=rollcall.url, token=alice.token)
            assert await own.get_user(alice.id) == await own.get_me() == shown(alice.id)
            with pytest.raises(lanyard.LanyardAPIError) as missing:
                await own.get_user(NOBODY)
            assert (missing.value.status_code, missing.value.code) == (404, "user_not_monitored")
            with pytest.raises(lanyard.LanyardUnauthorizedError):
                await own.get_me(token=WRONG)
            # It does not know the answer without a body that Lanyard gives, and takes it for a refusal.
            for act in (
                lambda: own.set_kv(alice.id, "city", "Bern"),
                lambda: own.update_kv(alice.id, {"site": "https://example.org"}),
                lambda: own.delete_kv(alice.id, "city"),
            ):
                with pytest.raises(lanyard.LanyardAPIError) as done:
                    await act()
                assert done.value.status_code == 204
                kept.append(shown(alice.id)["kv"])

    kept = []
    asyncio.run(story())
    site = {"site": "https://example.org"}
    assert kept == [{"city": "Bern"}, {"city": "Bern"} | site, site]


def test_lanyard_py_hears_of_one_and_of_several(lanyard, discord, rollcall, person, host, shown):
    alice, bob = person(), person("bob")

    async def story():
        async with lanyard.AiohttpProvider() as provider:
            client = lanyard.LanyardClient(provider, ws_url=f"ws://{host}/socket")
            one, both = client.subscribe(alice), client.subscribe(alice, bob)
            assert await soon(anext(one)) == shown(alice)
            assert [await soon(anext(both)), await soon(anext(both))] == [shown(alice), shown(bob)]
            discord.presence(alice, "dnd", [SONG])
            for listening in (one, both):
                heard = await soon(anext(listening))
                assert (heard["discord_status"], heard["spotify"]["song"]) == ("dnd", "A song")
            discord.say(alice, ".hide", dm=True)
            gone = await soon(anext(both))
            assert (gone["discord_user"]["id"], gone["discord_status"], gone["activities"]) == (alice, "offline", [])
            discord.say(alice, ".show", dm=True)
            # Who asked for one was sent an empty state, which it passes over.
            assert await soon(anext(one)) == await soon(anext(both)) == shown(alice)
            everybody = client.subscribe(subscribe_to_all=True)
            with pytest.raises(lanyard.LanyardSocketError):
                await soon(anext(everybody))
            for listening in (one, both, everybody):
                await listening.aclose()

    asyncio.run(story())
