"""Threads and forum posts: starting, sleeping, waking, members, permissions, and what the gateway tells."""

import discord
import pytest

from simulator.client import SimulatorError


@pytest.fixture
def thread(sim, bot, place):
    """A public thread of the place's user; its id."""
    made = sim.add_thread(place.user, "aside", place.channel)["id"]
    bot.event("THREAD_CREATE", id=made)
    return made


def test_a_users_thread(sim, bot, place, thread):
    seen = bot.event("THREAD_CREATE", id=thread)
    assert (seen["type"], seen["parent_id"], seen["owner_id"]) == (11, place.channel, place.user)
    assert {"archived": False, "locked": False}.items() <= seen["thread_metadata"].items()
    assert seen["newly_created"]
    (told,) = sim.messages(place.channel)
    assert (told["type"], told["content"], told["message_reference"]["channel_id"]) == (18, "aside", thread)
    said = sim.say(place.user, "hello", channel=thread)
    assert bot.event("MESSAGE_CREATE", id=said["id"])["channel_id"] == thread
    assert bot.bot.get_channel(int(place.channel)).threads[0].name == "aside"
    with pytest.raises(SimulatorError, match="no thread"):
        sim.delete_thread(place.channel)
    sim.delete_thread(thread)
    assert bot.event("THREAD_DELETE", id=thread) == {
        "id": thread,
        "guild_id": place.guild,
        "parent_id": place.channel,
        "type": 11,
    }


def test_a_thread_under_a_message(sim, bot, discord_api, place):
    said = sim.say(place.user, "start")["id"]
    path = f"/channels/{place.channel}/messages/{said}/threads"
    status, made = discord_api("POST", path, {"name": "under it"})
    assert (status, made["id"], made["owner_id"]) == (201, said, str(bot.bot.user.id))
    assert made["member"]["user_id"] == made["owner_id"]
    assert bot.event("MESSAGE_UPDATE", id=said)["thread"]["name"] == "under it"
    assert sim.messages(place.channel)[0]["flags"] == 32
    (first,) = sim.messages(said)
    assert (first["type"], first["referenced_message"]["content"]) == (21, "start")
    assert discord_api("POST", path, {"name": "again"})[1]["code"] == 160004


@pytest.mark.parametrize(
    ("parent", "body", "answer"),
    [
        (0, {"type": 11}, 11),
        (0, {"type": 12}, 12),
        (0, {}, 12),
        (5, {"type": 10}, 10),
        (0, {"type": 10}, 50035),
        (0, {"type": 11, "name": ""}, 50035),
        (0, {"type": 11, "auto_archive_duration": 5}, 50035),
        (2, {"type": 11}, 50024),
        (15, {}, 50035),
        (15, {"message": {}}, 50006),
    ],
)
def test_the_bot_starts_threads(sim, discord_api, place, parent, body, answer):
    channel = sim.add_channel("parent", place.guild, kind=parent)
    status, made = discord_api("POST", f"/channels/{channel}/threads", {"name": "new"} | body)
    assert (made["type"] if status == 201 else made["code"]) == answer


def test_a_forum_post(sim, bot, discord_api, place):
    forum = sim.add_channel("forum", place.guild, kind=15)
    body = {"name": "Topic", "message": {"content": "first"}}
    status, made = discord_api("POST", f"/channels/{forum}/threads", body)
    assert (status, made["type"], made["message"]["id"], made["message"]["content"]) == (201, 11, made["id"], "first")
    users = sim.add_thread(place.user, "Mine", forum, text="hello")
    assert [m["id"] for m in users["messages"]] == [users["id"]]
    assert bot.event("MESSAGE_CREATE", id=users["id"])["channel_id"] == users["id"]
    assert discord_api("POST", f"/channels/{forum}/messages", {"content": "x"})[1]["code"] == 40058
    with pytest.raises(SimulatorError):
        sim.add_thread(place.user, "Empty", forum)


def test_archived_threads_wake_unless_they_are_locked(sim, bot, discord_api, place, thread):
    path = f"/channels/{thread}/messages"
    mine = discord_api("POST", path, {"content": "before"})[1]["id"]
    theirs = sim.say(place.user, "theirs", channel=thread)["id"]
    sim.archive_thread(thread)
    bot.until(lambda: bot.events("THREAD_UPDATE", id=thread), "the archiving")
    assert bot.event("THREAD_UPDATE", id=thread)["thread_metadata"]["archived"]
    assert discord_api("PATCH", f"{path}/{mine}", {"content": "x"})[1]["code"] == 50083
    assert discord_api("PUT", f"{path}/{theirs}/reactions/%F0%9F%91%8D/@me")[1]["code"] == 50083
    assert discord_api("PUT", f"/channels/{thread}/thread-members/{place.user}")[1]["code"] == 50083
    with pytest.raises(SimulatorError, match="archived"):
        sim.edit_message(place.user, theirs, "x")
    sim.say(place.user, "wake up", channel=thread)
    bot.until(lambda: len(bot.events("THREAD_UPDATE", id=thread)) == 2, "the waking")
    assert bot.event("THREAD_MEMBER_UPDATE", id=thread)["user_id"] == str(bot.bot.user.id)
    sim.archive_thread(thread, lock=True)
    with pytest.raises(SimulatorError, match="locked"):
        sim.say(place.user, "wake up", channel=thread)
    assert discord_api("POST", path, {"content": "a moderator may"})[0] == 200


def test_a_locked_thread(sim, discord_api, place, thread):
    sim.lock_thread(thread)
    sim.set_permissions(place.guild, deny=["MANAGE_THREADS"])
    assert discord_api("POST", f"/channels/{thread}/messages", {"content": "x"})[1]["code"] == 160005
    sim.lock_thread(thread, False)
    assert discord_api("POST", f"/channels/{thread}/messages", {"content": "x"})[0] == 200


def test_writing_in_threads_takes_its_own_permission(sim, discord_api, place, thread):
    path = f"/channels/{thread}/messages"
    sim.set_permissions(place.channel, deny=["SEND_MESSAGES"], who="everyone")
    assert sim.say(place.user, "hello", channel=thread)["content"] == "hello"
    assert discord_api("POST", path, {"content": "x"})[0] == 200
    sim.set_permissions(place.channel, deny=["SEND_MESSAGES_IN_THREADS"], who="everyone")
    assert discord_api("POST", path, {"content": "x"})[1]["code"] == 50013
    with pytest.raises(SimulatorError, match="may not write"):
        sim.say(place.user, "hello", channel=thread)
    sim.set_permissions(place.channel, deny=["VIEW_CHANNEL"], who="everyone")
    assert discord_api("GET", f"/channels/{thread}")[1]["code"] == 50001


def test_a_private_thread(sim, bot, discord_api, place):
    sim.set_permissions(place.guild, deny=["MANAGE_THREADS"])
    secret = sim.add_thread(place.user, "secret", place.channel, kind="private")["id"]
    assert discord_api("GET", f"/channels/{secret}")[1]["code"] == 50001
    outsider = sim.add_user(f"outsider of {secret}")
    sim.join(outsider, place.guild)
    with pytest.raises(SimulatorError, match="cannot see"):
        sim.say(outsider, "hello", channel=secret)
    hidden = sim.say(place.user, "psst", channel=secret)["id"]
    sim.join_thread(bot.bot.user.id, secret, by=place.user)
    assert bot.event("THREAD_CREATE", id=secret)["member"]["user_id"] == str(bot.bot.user.id)
    assert bot.event("THREAD_MEMBERS_UPDATE", id=secret)["added_members"][0]["user_id"] == str(bot.bot.user.id)
    open_now = sim.say(place.user, "hello", channel=secret)["id"]
    bot.event("MESSAGE_CREATE", id=open_now)
    assert not bot.events("MESSAGE_CREATE", id=hidden)
    assert sim.messages(place.channel) == []
    sim.leave_thread(bot.bot.user.id, secret)
    bot.until(lambda: bot.events("THREAD_MEMBERS_UPDATE", id=secret)[-1].get("removed_member_ids"), "being removed")
    assert discord_api("GET", f"/channels/{secret}")[1]["code"] == 50001


def test_members(sim, bot, discord_api, place, thread):
    path = f"/channels/{thread}/thread-members"
    other = sim.add_user(f"other of {thread}")
    assert discord_api("PUT", f"{path}/{other}")[1]["code"] == 10007
    sim.join(other, place.guild)
    for user in (other, "@me"):
        assert discord_api("PUT", f"{path}/{user}") == (204, None)
    assert {m["user_id"] for m in discord_api("GET", path)[1]} == {place.user, other, str(bot.bot.user.id)}
    assert discord_api("GET", f"{path}/{other}")[1]["id"] == thread
    assert [m["type"] for m in sim.messages(thread)] == [1]
    assert sim.messages(thread)[0]["mentions"][0]["id"] == other
    for user in (other, "@me"):
        assert discord_api("DELETE", f"{path}/{user}")[0] == 204
    bot.event("THREAD_MEMBERS_UPDATE", id=thread, removed_member_ids=[other])
    assert discord_api("GET", f"{path}/{other}")[1]["code"] == 10007
    assert discord_api("PUT", f"/channels/{place.channel}/thread-members/@me")[1]["code"] == 50024


def test_members_without_the_members_intent(sim, connect, place, thread):
    intents = discord.Intents.all()
    intents.members = False
    blind = connect(sim, intents=intents).until_ready()
    user = sim.add_user(f"late in {thread}")
    sim.join(user, place.guild)
    sim.join_thread(user, thread)
    sim.join_thread(blind.bot.user.id, thread)
    blind.event("THREAD_MEMBERS_UPDATE", id=thread)
    assert len(blind.events("THREAD_MEMBERS_UPDATE", id=thread)) == 1
    blind.close()


def test_editing_and_listing(sim, bot, discord_api, place, thread):
    def listed(path):
        return [t["id"] for t in discord_api("GET", path)[1]["threads"]]

    assert listed(f"/guilds/{place.guild}/threads/active") == [thread]
    changed = discord_api("PATCH", f"/channels/{thread}", {"name": "renamed", "locked": True, "archived": True})[1]
    assert (changed["name"], changed["thread_metadata"]["locked"]) == ("renamed", True)
    assert sim.messages(thread)[-1]["type"] == 4
    assert listed(f"/guilds/{place.guild}/threads/active") == []
    assert discord_api("PATCH", f"/channels/{thread}", {"name": "x"})[1]["code"] == 50083
    public = f"/channels/{place.channel}/threads/archived/public"
    assert listed(public) == [thread]
    assert not discord_api("GET", public)[1]["has_more"]
    assert listed(f"{public}?before=2020-01-01T00:00:00%2B00:00") == []
    private = sim.add_thread(place.user, "private", place.channel, kind="private")["id"]
    sim.archive_thread(private)
    assert listed(f"/channels/{place.channel}/threads/archived/private") == [private]
    assert listed(f"/channels/{place.channel}/users/@me/threads/archived/private") == []
    assert {t["id"] for t in sim.threads(place.guild)} == {thread, private}
    assert discord_api("PATCH", f"/channels/{thread}", {"archived": False, "locked": False})[0] == 200
    sim.set_permissions(place.guild, deny=["MANAGE_THREADS"])
    assert discord_api("PATCH", f"/channels/{thread}", {"archived": True})[1]["code"] == 50013
    assert discord_api("DELETE", f"/channels/{thread}")[1]["code"] == 50013
    sim.set_permissions(place.guild, allow=["MANAGE_THREADS"])
    assert discord_api("DELETE", f"/channels/{thread}")[1]["id"] == thread


def test_gaining_access_brings_the_threads(sim, bot, place):
    hidden = sim.add_channel("hidden", place.guild)
    sim.set_permissions(hidden, deny=["VIEW_CHANNEL"])
    inside = sim.add_thread(place.user, "inside", hidden)["id"]
    sim.set_permissions(hidden, allow=["VIEW_CHANNEL"])
    synced = bot.event("THREAD_LIST_SYNC", guild_id=place.guild)
    assert (synced["channel_ids"], [t["id"] for t in synced["threads"]]) == ([hidden], [inside])
    assert not bot.events("THREAD_CREATE", id=inside)


def test_guild_create_tells_of_active_threads(sim, connect, place, thread):
    asleep = sim.add_thread(place.user, "asleep", place.channel)["id"]
    sim.archive_thread(asleep)
    sim.join_thread("Rollcall", thread)
    late = connect(sim).until_ready()
    (told,) = late.event("GUILD_CREATE", id=place.guild)["threads"]
    assert (told["id"], told["member"]["id"]) == (thread, thread)
    assert late.bot.get_channel(int(thread)).me
    late.close()


def test_channels_come_change_and_go(sim, bot, discord_api, place):
    for kind, cls in ((2, "VoiceChannel"), (5, "TextChannel"), (13, "StageChannel"), (15, "ForumChannel")):
        made = sim.add_channel(f"kind {kind}", place.guild, kind)
        bot.event("CHANNEL_CREATE", id=made)
        bot.until(lambda made=made: bot.bot.get_channel(int(made)), "knowing the channel")
        assert type(bot.bot.get_channel(int(made))).__name__ == cls
        if kind != 15:
            assert sim.say(place.user, "hello", channel=made)["channel_id"] == made
    sim.edit_channel(made, name="other", nsfw=True)
    assert bot.event("CHANNEL_UPDATE", id=made, name="other")["nsfw"]
    assert discord_api("PATCH", f"/channels/{made}", {"name": "x"})[1]["code"] == 50013
    sim.set_permissions(place.guild, allow=["MANAGE_CHANNELS"])
    assert discord_api("PATCH", f"/channels/{made}", {"name": "x"})[1]["name"] == "x"
    assert discord_api("DELETE", f"/channels/{made}")[0] == 200
    assert bot.event("CHANNEL_DELETE", id=made)
    with pytest.raises(SimulatorError, match="type"):
        sim.add_channel("odd", place.guild, kind=99)


def test_a_py_cord_bot_in_threads(sim, bot, place, thread):
    channel = bot.bot.get_channel(int(place.channel))
    made = bot.run(channel.create_thread(name="by py-cord", type=discord.ChannelType.public_thread))
    bot.run(made.send("hello"))
    bot.run(made.edit(archived=True))
    assert sim.threads(place.guild)[-1]["thread_metadata"]["archived"]
    answers = sim.say_and_wait(place.user, ".echo in here", channel=thread)
    assert [(a["message"]["channel_id"], a["message"]["content"]) for a in answers] == [(thread, "in here")]
