"""What Discord refuses, in its own codes and shapes; and its rate limits."""

import time

import pytest
import requests

from simulator.client import Simulator, SimulatorError

NOBODY = "123456789012345678"


def _at(body, *path):
    for key in path:
        body = body[key]
    return body["_errors"][0]["code"]


def test_unknown_things(discord_api, bot, place):
    for path, code in (
        (f"/channels/{NOBODY}", 10003),
        (f"/channels/{place.channel}/messages/{NOBODY}", 10008),
        (f"/users/{NOBODY}", 10013),
        (f"/guilds/{NOBODY}", 10004),
        (f"/guilds/{place.guild}/members/{NOBODY}", 10013),
    ):
        status, body = discord_api("GET", path)
        assert (status, body["code"]) == (404, code), path
    assert discord_api("POST", "/users/@me/channels", {"recipient_id": NOBODY})[1]["code"] == 50033
    assert discord_api("GET", "/nonsense") == (404, {"message": "404: Not Found", "code": 0})


def test_a_wrong_token(discord_api):
    assert discord_api("GET", "/users/@me", token="wrong") == (401, {"message": "401: Unauthorized", "code": 0})


def test_a_user_outside_the_guild_is_an_unknown_member(sim, discord_api, place):
    outsider = sim.add_user(f"outsider of {place.guild}")
    assert discord_api("GET", f"/guilds/{place.guild}/members/{outsider}")[1]["code"] == 10007
    assert discord_api("GET", f"/guilds/{place.guild}/members/{place.user}")[1]["user"]["id"] == place.user


def test_a_dm_needs_a_shared_guild(sim, discord_api, place):
    outsider = sim.add_user(f"far from {place.guild}")
    status, channel = discord_api("POST", "/users/@me/channels", {"recipient_id": outsider})
    assert status == 200
    status, body = discord_api("POST", f"/channels/{channel['id']}/messages", {"content": "hi"})
    assert (status, body["code"]) == (403, 50007)


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"content": "x" * 2001}, ("content",), "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"title": "x"}] * 11}, ("embeds",), "BASE_TYPE_BAD_LENGTH"),
        ({"embeds": [{"title": "x" * 257}]}, ("embeds", "0", "title"), "BASE_TYPE_MAX_LENGTH"),
        ({"embeds": [{"description": "x" * 4097}]}, ("embeds", "0", "description"), "BASE_TYPE_MAX_LENGTH"),
        (
            {"embeds": [{"fields": [{"name": "n", "value": ""}]}]},
            ("embeds", "0", "fields", "0", "value"),
            "BASE_TYPE_REQUIRED",
        ),
        (
            {"embeds": [{"fields": [{"name": "n", "value": "x" * 1025}]}]},
            ("embeds", "0", "fields", "0", "value"),
            "BASE_TYPE_MAX_LENGTH",
        ),
        (
            {"embeds": [{"fields": [{"name": "n", "value": "v"}] * 26}]},
            ("embeds", "0", "fields"),
            "BASE_TYPE_MAX_LENGTH",
        ),
        ({"embeds": [{"description": "x" * 4000}] * 2}, ("embeds",), "MAX_EMBED_SIZE_EXCEEDED"),
        ({"embeds": [{"url": "javascript:x"}]}, ("embeds", "0", "url"), "URL_TYPE_INVALID_SCHEME"),
        ({"content": "x", "nonce": "x" * 26}, ("nonce",), "BASE_TYPE_MAX_LENGTH"),
        (
            {"content": "x", "message_reference": {"message_id": NOBODY}},
            ("message_reference",),
            "MESSAGE_REFERENCE_UNKNOWN_MESSAGE",
        ),
        (
            {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "label": "x"}]}]},
            ("components", "0", "components", "0", "custom_id"),
            "BASE_TYPE_REQUIRED",
        ),
        (
            {"components": [{"type": 1, "components": [{"type": 2, "style": 1, "custom_id": "a"}] * 2}]},
            ("components", "0", "components", "1", "custom_id"),
            "COMPONENT_CUSTOM_ID_DUPLICATED",
        ),
    ],
)
def test_content_limits(discord_api, place, body, path, code):
    status, answer = discord_api("POST", f"/channels/{place.channel}/messages", body)
    assert (status, answer["code"], answer["message"]) == (400, 50035, "Invalid Form Body")
    assert _at(answer["errors"], *path) == code


@pytest.mark.parametrize(
    "body",
    [
        [],
        "text",
        {"content": 5},
        {"embeds": "text"},
        {"embeds": [5]},
        {"embeds": [{"title": "x", "color": "red"}]},
        {"embeds": [{"fields": [5]}]},
        {"embeds": [{"title": "x", "footer": "text"}]},
        {"components": [5]},
        {"content": "x", "flags": "none"},
        {"content": "x", "allowed_mentions": []},
        {"content": "x", "message_reference": "1"},
    ],
)
def test_fields_of_the_wrong_type(discord_api, place, body):
    status, answer = discord_api("POST", f"/channels/{place.channel}/messages", body)
    assert (status, answer["code"]) == (400, 50035)


def test_the_limits_themselves_are_allowed(discord_api, place):
    body = {"content": "x" * 2000, "embeds": [{"title": "x" * 256, "description": "x" * 4096}]}
    assert discord_api("POST", f"/channels/{place.channel}/messages", body)[0] == 200


@pytest.mark.parametrize("body", [{}, {"content": ""}, {"content": "  \n"}, {"embeds": []}])
def test_an_empty_message(discord_api, place, body):
    assert discord_api("POST", f"/channels/{place.channel}/messages", body)[1]["code"] == 50006


def test_a_body_that_is_not_json(sim, discord_api, place):
    path = f"/channels/{place.channel}/messages"
    headers = {"Content-Type": "application/json"}
    for data in ("{", "nonsense"):
        response = requests.post(
            sim.api_base + path, data, headers={**headers, "Authorization": "Bot simulated"}, timeout=5
        )
        assert response.json()["code"] == 50109
    assert response.headers["Content-Type"] == "application/json"
    assert response.headers["Via"]


def test_too_large_a_file(sim, place):
    sim.set(upload_limit=10)
    response = requests.post(
        f"{sim.api_base}/channels/{place.channel}/messages",
        files={"files[0]": ("big.txt", b"x" * 11)},
        headers={"Authorization": "Bot simulated"},
        timeout=5,
    )
    sim.set(upload_limit=10 * 1024 * 1024)
    assert (response.status_code, response.json()["code"]) == (413, 40005)


@pytest.mark.parametrize(
    ("denied", "method", "path", "body", "code"),
    [
        ("VIEW_CHANNEL", "POST", "", {"content": "x"}, 50001),
        ("VIEW_CHANNEL", "GET", "", None, 50001),
        ("SEND_MESSAGES", "POST", "", {"content": "x"}, 50013),
        ("EMBED_LINKS", "POST", "", {"embeds": [{"title": "x"}]}, 50013),
        ("READ_MESSAGE_HISTORY", "GET", "/{said}", None, 50001),
        ("MANAGE_MESSAGES", "DELETE", "/{said}", None, 50013),
        ("MANAGE_MESSAGES", "POST", "/bulk-delete", {"messages": [NOBODY, NOBODY]}, 50013),
        ("ADD_REACTIONS", "PUT", "/{said}/reactions/%F0%9F%91%8D/@me", None, 50013),
    ],
)
@pytest.mark.parametrize("level", ["channel", "guild"])
def test_missing_permissions(sim, discord_api, place, level, denied, method, path, body, code):
    said = sim.say(place.name, "hello")["id"]
    sim.set_permissions(getattr(place, level), deny=[denied])
    where = f"/channels/{place.channel}/messages" + path.format(said=said)
    status, answer = discord_api(method, where, body)
    assert (status, answer["code"]) == (403, code)
    sim.set_permissions(place.channel, allow=[denied, "VIEW_CHANNEL"])
    assert discord_api(method, where, body)[0] != 403


def test_history_is_empty_without_its_permission(sim, discord_api, place):
    sim.say(place.name, "hello")
    sim.set_permissions(place.channel, deny=["READ_MESSAGE_HISTORY"])
    assert discord_api("GET", f"/channels/{place.channel}/messages") == (200, [])


def test_an_administrator_may_do_everything(sim, discord_api, place):
    sim.set_permissions(place.channel, deny=["SEND_MESSAGES"])
    sim.set_permissions(place.guild, allow=["ADMINISTRATOR"])
    assert discord_api("POST", f"/channels/{place.channel}/messages", {"content": "x"})[0] == 200


def test_everyone_is_overruled_by_the_own_overwrite(sim, discord_api, place):
    sim.set_permissions(place.channel, deny=["SEND_MESSAGES"], who="everyone")
    assert discord_api("POST", f"/channels/{place.channel}/messages", {"content": "x"})[1]["code"] == 50013
    sim.set_permissions(place.channel, allow=["SEND_MESSAGES"])
    assert discord_api("POST", f"/channels/{place.channel}/messages", {"content": "x"})[0] == 200


def test_a_role_gives_what_everyone_lacks(sim, place):
    sim.set_permissions(place.guild, deny=["SEND_MESSAGES"], who="everyone")
    with pytest.raises(SimulatorError, match="may not write"):
        sim.say(place.name, "hello")
    sim.add_role("speakers", place.guild, permissions=["SEND_MESSAGES"], users=[place.user])
    assert sim.say(place.name, "hello")["content"] == "hello"


def test_a_deleted_channel_is_unknown(sim, bot, discord_api, place):
    gone = sim.add_channel("gone", place.guild)
    assert discord_api("GET", f"/channels/{gone}")[1]["name"] == "gone"
    sim.delete_channel(gone)
    assert bot.event("CHANNEL_DELETE", id=gone)["guild_id"] == place.guild
    assert discord_api("GET", f"/channels/{gone}")[1]["code"] == 10003


def test_a_channel_that_the_bot_cannot_see_is_silent(sim, bot, place):
    hidden = sim.add_channel("hidden", place.guild)
    sim.set_permissions(hidden, deny=["VIEW_CHANNEL"])
    secret = sim.say(place.name, "secret", channel=hidden)
    loud = sim.say(place.name, "loud", channel=place.channel)
    bot.event("MESSAGE_CREATE", id=loud["id"])
    assert not bot.events("MESSAGE_CREATE", id=secret["id"])


def test_whose_messages_can_be_changed(sim, discord_api, place):
    theirs = sim.say(place.name, "mine")["id"]
    path = f"/channels/{place.channel}/messages"
    assert discord_api("PATCH", f"{path}/{theirs}", {"content": "x"})[1]["code"] == 50005
    _, own = discord_api("POST", path, {"content": "one"})
    assert discord_api("PATCH", f"{path}/{own['id']}", {"content": "two"})[1]["content"] == "two"
    assert discord_api("PATCH", f"{path}/{own['id']}", {"content": ""})[1]["code"] == 50006
    in_dm = sim.say(place.name, "private", dm=True)
    dm_path = f"/channels/{in_dm['channel_id']}/messages/{in_dm['id']}"
    assert discord_api("DELETE", dm_path)[1]["code"] == 50003


@pytest.fixture(scope="module")
def strict():
    with Simulator.start(rate_limits=True) as simulator:
        simulator.add_guild("strict")
        yield simulator


def test_rate_limit_headers_and_429(strict):
    path = f"{strict.api_base}/channels/{strict.channels()['general']}/messages"
    headers = {"Authorization": "Bot simulated"}
    answers = [requests.post(path, json={"content": "x"}, headers=headers, timeout=5) for _ in range(6)]
    assert [a.headers["X-RateLimit-Remaining"] for a in answers] == ["4", "3", "2", "1", "0", "0"]
    assert [a.status_code for a in answers] == [200] * 5 + [429]
    limited = answers[-1]
    assert 0 < limited.json()["retry_after"] <= 5
    assert limited.json()["global"] is False
    assert {"Via", "Retry-After", "X-RateLimit-Bucket", "X-RateLimit-Reset-After"} <= set(limited.headers)


def test_the_global_limit(strict):
    def ask(_):
        url = f"{strict.api_base}/users/{NOBODY}"
        return requests.get(url, headers={"Authorization": "Bot simulated"}, timeout=10)

    from concurrent.futures import ThreadPoolExecutor

    with ThreadPoolExecutor(16) as pool:
        answers = list(pool.map(ask, range(200)))
    limited = [a for a in answers if a.status_code == 429]
    assert limited
    assert all(a.json()["global"] and a.headers["X-RateLimit-Global"] == "true" for a in limited)


def test_py_cord_waits_out_a_429(sim, place):
    sim.fail_rest("POST", f"/channels/{place.channel}/messages$", 429, times=2, retry_after=0.1)
    began = time.monotonic()
    answers = sim.say_and_wait(place.name, ".echo patience")
    assert [a["message"]["content"] for a in answers] == ["patience"]
    assert time.monotonic() - began > 0.2


def test_an_ordered_failure_happens_as_often_as_ordered(sim, discord_api, place):
    sim.fail_rest("GET", f"^/users/{place.user}$", 403, times=1, body={"code": 50001, "message": "No"})
    assert discord_api("GET", f"/users/{place.user}") == (403, {"code": 50001, "message": "No"})
    assert discord_api("GET", f"/users/{place.user}")[0] == 200
    sim.fail_rest("*", f"^/users/{place.user}$", drop=True)
    with pytest.raises(requests.ConnectionError):
        discord_api("GET", f"/users/{place.user}")


def test_the_cdn(sim, bot, place):
    sim.edit_user(place.user, avatar="abc")
    assert requests.get(f"{sim.cdn_base}/avatars/{place.user}/abc.png", timeout=5).content[1:4] == b"PNG"
    assert requests.get(f"{sim.cdn_base}/avatars/{place.user}/other.png", timeout=5).status_code == 404
    assert requests.get(f"{sim.cdn_base}/attachments/1/2/x.txt", timeout=5).status_code == 404
    user = bot.run(bot.bot.fetch_user(int(place.user)))
    assert bot.run(user.display_avatar.read())[1:4] == b"PNG"
