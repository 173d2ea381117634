"""Webhooks: making, listing, changing, moving and deleting them."""

import discord
import pytest
import requests

from simulator.client import SimulatorError

NOBODY = "123456789012345678"
PNG = "data:image/png;base64,iVBORw0KGgo="


def _error(body, *path):
    for key in path:
        body = body[key]
    return body["_errors"][0]["code"]


def test_a_webhook_of_the_bot(bot, discord_api, place, hook):
    assert {"type": 1, "name": "Proxy", "avatar": None, "guild_id": place.guild}.items() <= hook.items()
    assert (hook["channel_id"], hook["application_id"]) == (place.channel, str(bot.bot.user.id))
    assert bot.event("WEBHOOKS_UPDATE", channel_id=place.channel) == {
        "guild_id": place.guild,
        "channel_id": place.channel,
    }
    for path in (f"/channels/{place.channel}/webhooks", f"/guilds/{place.guild}/webhooks"):
        assert discord_api("GET", path) == (200, [hook])
    assert discord_api("GET", f"/webhooks/{hook['id']}") == (200, hook)
    by_token = discord_api("GET", f"/webhooks/{hook['id']}/{hook['token']}", token="none")[1]
    assert by_token == {k: v for k, v in hook.items() if k != "user"}


@pytest.mark.parametrize(
    ("name", "code"),
    [
        (None, "BASE_TYPE_REQUIRED"),
        ("", "BASE_TYPE_BAD_LENGTH"),
        ("x" * 81, "BASE_TYPE_BAD_LENGTH"),
        ("my Discord hook", "USERNAME_INVALID_CONTAINS"),
        ("CLYDE", "USERNAME_INVALID_CONTAINS"),
    ],
)
def test_names_that_are_refused(discord_api, place, name, code):
    status, body = discord_api("POST", f"/channels/{place.channel}/webhooks", {"name": name})
    assert (status, body["code"], _error(body["errors"], "name")) == (400, 50035, code)


def test_a_channel_takes_fifteen(sim, discord_api, place):
    for _ in range(15):
        sim.add_webhook(place.channel, by=place.user)
    status, body = discord_api("POST", f"/channels/{place.channel}/webhooks", {"name": "One more"})
    assert (status, body["code"]) == (400, 30007)
    sim.delete_webhook(sim.webhooks(place.channel)[0]["id"])
    assert discord_api("POST", f"/channels/{place.channel}/webhooks", {"name": "One more"})[0] == 200


def test_without_the_permission(sim, discord_api, place, hook):
    foreign = sim.add_webhook(place.channel, by=place.user)
    sim.set_permissions(place.guild, deny=["MANAGE_WEBHOOKS"])
    for method, path in (
        ("POST", f"/channels/{place.channel}/webhooks"),
        ("GET", f"/channels/{place.channel}/webhooks"),
        ("GET", f"/guilds/{place.guild}/webhooks"),
        ("GET", f"/webhooks/{foreign['id']}"),
        ("PATCH", f"/webhooks/{hook['id']}"),
        ("DELETE", f"/webhooks/{hook['id']}"),
    ):
        status, body = discord_api(method, path, {"name": "x"} if method != "GET" else None)
        assert (status, body["code"]) == (403, 50013), path
    assert discord_api("GET", f"/webhooks/{hook['id']}")[0] == 200


def test_where_no_webhook_can_be(sim, discord_api, place):
    category = sim.add_channel("all", place.guild, kind=4)
    thread = sim.add_thread(place.user, "aside", place.channel)["id"]
    for channel in (category, thread):
        assert discord_api("POST", f"/channels/{channel}/webhooks", {"name": "x"})[1]["code"] == 50024
    for kind in (2, 5, 13, 15):
        channel = sim.add_channel(f"kind {kind}", place.guild, kind)
        assert discord_api("POST", f"/channels/{channel}/webhooks", {"name": "x"})[0] == 200


def test_somebody_elses(sim, discord_api, place):
    persons = sim.add_webhook(place.channel, "Theirs", by=place.user)
    other = sim.add_user(f"bot of {place.name}", bot=True)
    bots = sim.add_webhook(place.channel, "Bots", by=other)
    listed = {w["id"]: w for w in discord_api("GET", f"/channels/{place.channel}/webhooks")[1]}
    assert listed[persons["id"]]["token"] == persons["token"]
    assert (listed[persons["id"]]["application_id"], listed[bots["id"]]["application_id"]) == (None, other)
    assert "token" not in listed[bots["id"]]


def test_changing_and_moving(sim, bot, discord_api, place, hook, execute):
    path = f"/webhooks/{hook['id']}"
    assert discord_api("PATCH", path, {"avatar": "nonsense"})[1]["code"] == 50035
    changed = discord_api("PATCH", path, {"name": "Other", "avatar": PNG})[1]
    assert (changed["name"], len(changed["avatar"])) == ("Other", 32)
    assert requests.get(f"{sim.cdn_base}/avatars/{hook['id']}/{changed['avatar']}.png", timeout=5).status_code == 200
    before = execute({"content": "here"})[1]
    target = sim.add_channel("elsewhere", place.guild)
    assert discord_api("PATCH", f"{path}/{hook['token']}", {"channel_id": target})[1]["channel_id"] == place.channel
    assert discord_api("PATCH", path, {"channel_id": target})[1]["channel_id"] == target
    bot.event("WEBHOOKS_UPDATE", channel_id=target)
    assert execute({"content": "there"})[1]["channel_id"] == target
    assert discord_api("GET", f"{path}/{hook['token']}/messages/{before['id']}")[1]["code"] == 10008
    sim.move_webhook(hook["id"], place.channel)
    assert sim.webhooks(place.channel)[0]["id"] == hook["id"]
    assert discord_api("PATCH", path, {"channel_id": sim.add_channel("x", sim.add_guild("far"))})[1]["code"] == 10003


@pytest.mark.parametrize("how", ["by the bot", "by its token", "by somebody", "with its channel"])
def test_a_deleted_webhook_is_unknown(sim, discord_api, place, hook, execute, how):
    {
        "by the bot": lambda: discord_api("DELETE", f"/webhooks/{hook['id']}"),
        "by its token": lambda: discord_api("DELETE", f"/webhooks/{hook['id']}/{hook['token']}", token="none"),
        "by somebody": lambda: sim.delete_webhook(hook["id"]),
        "with its channel": lambda: sim.delete_channel(place.channel),
    }[how]()
    status, body = execute({"content": "x"})
    assert (status, body["code"]) == (404, 10015)
    assert discord_api("GET", f"/webhooks/{hook['id']}")[1]["code"] == 10015


def test_without_its_intent_no_webhooks_update(sim, connect, bot, place):
    intents = discord.Intents.all()
    intents.webhooks = False
    blind = connect(sim, intents=intents).until_ready()
    sim.add_webhook(place.channel)
    bot.event("WEBHOOKS_UPDATE", channel_id=place.channel)
    said = sim.say(place.user, "hello")
    blind.event("MESSAGE_CREATE", id=said["id"])
    assert not blind.events("WEBHOOKS_UPDATE", channel_id=place.channel)
    blind.close()


def test_what_a_test_cannot_do(sim, place):
    with pytest.raises(SimulatorError, match="no webhook"):
        sim.delete_webhook(NOBODY)
    with pytest.raises(SimulatorError, match="stays in its server"):
        sim.move_webhook(sim.add_webhook(place.channel)["id"], sim.add_channel("y", sim.add_guild("away")))
