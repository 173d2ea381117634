"""Executing webhooks, and the messages that they sent."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
import requests

from simulator.client import Simulator

NOBODY = "123456789012345678"


def _error(body, *path):
    for key in path:
        body = body[key]
    return body["_errors"][0]["code"]


def test_a_wrong_token(execute, hook):
    status, body = execute({"content": "x"}, to=hook | {"token": "wrong"})
    assert (status, body["code"]) == (401, 50027)
    assert execute({"content": "x"}, to={"id": NOBODY, "token": "x"})[1]["code"] == 10015


def test_a_message_by_a_webhook(sim, bot, place, hook, execute):
    after = sim.last_seq()
    body = {"content": "hello", "username": " Ann | Sky ", "avatar_url": "https://example.org/a.png"}
    status, message = execute(body)
    author = message["author"]
    assert (status, message["type"], message["webhook_id"], author["id"]) == (200, 0, hook["id"], hook["id"])
    assert (author["username"], author["bot"], author["discriminator"]) == ("Ann | Sky", True, "0000")
    assert requests.get(f"{sim.cdn_base}/avatars/{hook['id']}/{author['avatar']}.png", timeout=5).status_code == 200
    seen = bot.event("MESSAGE_CREATE", id=message["id"])
    assert seen["guild_id"] == place.guild
    assert "member" not in seen
    (entry,) = [e for e in sim.log(after) if e["kind"] == "webhook"]
    assert (entry["username"], entry["avatar_url"]) == ("Ann | Sky", "https://example.org/a.png")
    assert execute({"content": "hello"}, query="") == (204, None)
    assert sim.messages(place.channel)[-1]["author"]["username"] == "Proxy"


@pytest.mark.parametrize(
    ("body", "path", "code"),
    [
        ({"content": "x" * 2001}, ("content",), "BASE_TYPE_MAX_LENGTH"),
        ({"content": "x", "username": ""}, ("username",), "BASE_TYPE_BAD_LENGTH"),
        ({"content": "x", "username": "x" * 81}, ("username",), "BASE_TYPE_BAD_LENGTH"),
        ({"content": "x", "username": "Discordia"}, ("username",), "USERNAME_INVALID_CONTAINS"),
        ({"content": "x", "username": "Everyone"}, ("username",), "USERNAME_INVALID_RESERVED"),
        ({"content": "x", "avatar_url": "nowhere"}, ("avatar_url",), "URL_TYPE_INVALID_URL"),
        (
            {"content": "x", "allowed_mentions": {"users": [NOBODY] * 101}},
            ("allowed_mentions", "users"),
            "BASE_TYPE_BAD_LENGTH",
        ),
        (
            {"content": "x", "allowed_mentions": {"parse": ["people"]}},
            ("allowed_mentions", "parse", "0"),
            "BASE_TYPE_CHOICES",
        ),
        (
            {"content": "x", "allowed_mentions": {"parse": ["roles"], "roles": [NOBODY]}},
            ("allowed_mentions",),
            "MESSAGE_ALLOWED_MENTIONS_PARSE_EXCLUSIVE",
        ),
        ({"poll": {"question": {"text": "?"}, "answers": []}}, ("poll", "answers"), "BASE_TYPE_BAD_LENGTH"),
    ],
)
def test_what_an_execution_may_not_hold(execute, body, path, code):
    status, answer = execute(body)
    assert (status, answer["code"], _error(answer["errors"], *path)) == (400, 50035, code)


def test_an_empty_execution(execute):
    for body in ({}, {"content": " "}, {"username": "x"}, {"sticker_ids": ["1"]}):
        assert execute(body)[1]["code"] == 50006


def test_a_webhook_pings_what_allowed_mentions_lets_it(sim, place, execute):
    role = sim.add_role("quiet", place.guild)
    text = f"<@{place.user}> <@&{role}> @everyone"

    def pinged(allowed):
        message = execute({"content": text, "allowed_mentions": allowed})[1]
        return [u["id"] for u in message["mentions"]], message["mention_roles"], message["mention_everyone"]

    assert pinged(None) == ([place.user], [], False)
    assert pinged({"parse": []}) == ([], [], False)
    assert pinged({"parse": ["users", "roles", "everyone"]}) == ([place.user], [role], True)
    assert pinged({"parse": ["everyone"], "roles": [role], "users": [NOBODY]}) == ([], [role], True)


def _files(*files, **body):
    parts = {f"files[{i}]": file for i, file in enumerate(files)}
    return {"files": {"payload_json": (None, json.dumps(body), "application/json")} | parts}


def test_files(sim, execute):
    notes = [{"id": 0, "description": "a cat"}, {"id": 1, "filename": "SPOILER_b.txt"}]
    status, message = execute(**_files(("a.png", b"aa"), ("b.txt", b"bbb"), attachments=notes))
    first, second = message["attachments"]
    assert (status, first["filename"], first["description"], first["size"]) == (200, "a.png", "a cat", 2)
    assert (second["filename"], second["flags"]) == ("SPOILER_b.txt", 8)
    assert requests.get(second["url"], timeout=5).content == b"bbb"
    assert execute(**_files(*[("x", b"x")] * 11))[1]["code"] == 50035


def test_the_size_of_files_follows_the_boosts(sim, place, execute):
    large = _files(("large.bin", bytes(10 * 1024 * 1024 + 1)))
    status, body = execute(**large)
    assert (status, body["code"]) == (413, 40005)
    sim.boost(2, place.guild)
    assert execute(**large)[0] == 200


def test_a_voice_message(execute):
    voice, flags = ("voice.ogg", b"OggS"), 8192
    notes = [{"id": 0, "filename": "voice.ogg", "duration_secs": 1.5, "waveform": "AAAA"}]
    status, message = execute(**_files(voice, flags=flags, attachments=notes))
    assert (status, message["flags"] & flags) == (200, flags)
    assert {"duration_secs": 1.5, "waveform": "AAAA"}.items() <= message["attachments"][0].items()
    assert execute(**_files(voice, flags=flags, attachments=[{"id": 0}]))[1]["code"] == 50161
    assert execute(**_files(voice, flags=flags, content="x", attachments=notes))[1]["code"] == 50159
    assert execute(**_files(("a.txt", b"x"), flags=flags, attachments=[{"id": 0}]))[1]["code"] == 50160


def test_flags_tts_and_a_poll(execute):
    poll = {"question": {"text": "Tea?"}, "answers": [{"poll_media": {"text": "Yes"}}], "duration": 1}
    message = execute({"poll": poll, "flags": 4 | 64 | 4096, "tts": True})[1]
    assert (message["flags"], message["tts"]) == (4 | 4096, True)
    assert message["poll"]["answers"] == [{"answer_id": 1, "poll_media": {"text": "Yes"}}]


def test_threads_of_the_channel_only(sim, place, execute):
    thread = sim.add_thread(place.user, "aside", place.channel)["id"]
    other = sim.add_thread(place.user, "far", sim.add_channel("other", place.guild))["id"]
    assert execute({"content": "x"}, f"?wait=1&thread_id={thread}")[1]["channel_id"] == thread
    for wrong in (other, place.channel, NOBODY):
        status, body = execute({"content": "x"}, f"?thread_id={wrong}")
        assert (status, body["code"]) == (404, 10003)
    assert execute({"content": "x", "thread_name": "new"})[1]["code"] == 220003


def test_a_forum(sim, bot, place, execute):
    forum = sim.add_webhook(sim.add_channel("forum", place.guild, kind=15))
    assert execute({"content": "x"}, to=forum)[1]["code"] == 220001
    message = execute({"content": "x", "thread_name": "Topic", "username": "Ann"}, to=forum)[1]
    assert message["id"] == message["channel_id"]
    made = bot.event("THREAD_CREATE", id=message["id"])
    assert (made["name"], made["owner_id"], made["newly_created"]) == ("Topic", forum["id"], True)
    there = f"?wait=1&thread_id={message['id']}"
    assert execute({"content": "x", "thread_name": "y"}, there, to=forum)[1]["code"] == 220002
    assert execute({"content": "more"}, there, to=forum)[1]["channel_id"] == message["id"]


def test_the_messages_of_a_webhook(sim, bot, discord_api, place, hook, execute):
    thread = sim.add_thread(place.user, "aside", place.channel)["id"]
    message = execute({"content": "one"}, f"?wait=1&thread_id={thread}")[1]
    path = f"/webhooks/{hook['id']}/{hook['token']}/messages/{message['id']}"
    assert discord_api("GET", path)[1]["code"] == 10008
    path += f"?thread_id={thread}"
    assert discord_api("GET", path, token="none")[1]["content"] == "one"
    edited = discord_api("PATCH", path, {"content": f"<@{place.user}>"})[1]
    assert [u["id"] for u in edited["mentions"]] == [place.user]
    seen = bot.event("MESSAGE_UPDATE", id=message["id"])
    assert (seen["webhook_id"], seen["author"]["username"]) == (hook["id"], "Proxy")
    assert discord_api("PATCH", path, {"content": ""})[1]["code"] == 50006
    assert discord_api("DELETE", path) == (204, None)
    bot.event("MESSAGE_DELETE", id=message["id"])
    said = sim.say(place.user, "mine")
    assert discord_api("DELETE", path.partition("/messages")[0] + f"/messages/{said['id']}")[1]["code"] == 10008


def test_answering_and_deleting_a_proxied_message(sim, bot, discord_api, place, execute):
    message = execute({"content": "one"})[1]
    reply = sim.say(place.user, "two", reply_to=message["id"])
    assert reply["mentions"] == []
    seen = bot.event("MESSAGE_CREATE", id=reply["id"])
    assert seen["referenced_message"]["webhook_id"] == message["webhook_id"]
    assert discord_api("DELETE", f"/channels/{place.channel}/messages/{message['id']}")[0] == 204


def test_executions_keep_their_order(sim, place, hook, execute):
    """A slow upload keeps the ones behind it waiting: the order is that of the requests' arrival."""

    begun = threading.Event()

    def late_body():
        yield b'{"content": "first'
        begun.set()
        time.sleep(0.3)
        yield b'"}'

    url = f"{sim.api_base}/webhooks/{hook['id']}/{hook['token']}"
    headers = {"Content-Type": "application/json"}
    with ThreadPoolExecutor(1) as pool:
        slow = pool.submit(requests.post, url, data=late_body(), headers=headers, timeout=10)
        begun.wait(10)
        execute({"content": "second"})
        assert slow.result().status_code == 204
    assert [m["content"] for m in sim.messages(place.channel)] == ["first", "second"]


def test_five_in_two_seconds():
    with Simulator.start(rate_limits=True) as strict:
        strict.add_guild("strict")
        hooks = [strict.add_webhook("general"), strict.add_webhook("general")]
        urls = [f"{strict.api_base}/webhooks/{h['id']}/{h['token']}" for h in hooks]
        answers = [requests.post(urls[0], json={"content": "x"}, timeout=5) for _ in range(6)]
        assert [a.headers["X-RateLimit-Remaining"] for a in answers] == ["4", "3", "2", "1", "0", "0"]
        assert [a.status_code for a in answers] == [204] * 5 + [429]
        assert 0 < answers[-1].json()["retry_after"] <= 2
        assert answers[-1].headers["Via"]
        assert requests.post(urls[1], json={"content": "x"}, timeout=5).status_code == 204
        strict.set(rate_limits=False)
        assert requests.post(urls[0], json={"content": "x"}, timeout=5).status_code == 204
