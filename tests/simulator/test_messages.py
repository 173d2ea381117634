"""Messages, DMs, reactions and files, between simulated people and a real bot."""

import pytest

from simulator.client import SimulatorError


def _texts(entries):
    return [e["message"]["content"] for e in entries if "message" in e]


def test_a_prefix_command_in_a_channel(sim, place):
    answers = sim.say_and_wait(place.name, ".echo hello", channel=place.channel)
    assert [(a["kind"], a["message"]["content"], a["dm_to"]) for a in answers] == [("message", "hello", None)]
    assert [m["content"] for m in sim.messages(place.channel)] == [".echo hello", "hello"]


def test_a_prefix_command_in_a_dm(sim, place):
    answers = sim.say_and_wait(place.name, ".echo psst", dm=True)
    assert [(a["message"]["content"], a["dm_to"]) for a in answers] == [("psst", place.name)]
    assert [m["content"] for m in sim.dms(place.name)] == [".echo psst", "psst"]


def test_a_dm_that_is_refused(sim, place):
    assert _texts(sim.say_and_wait(place.name, ".whisper")) == ["psst"]
    sim.refuse_dms(place.name)
    assert _texts(sim.say_and_wait(place.name, ".whisper")) == ["refused 50007"]
    sim.refuse_dms(place.name, False)
    assert _texts(sim.say_and_wait(place.name, ".whisper")) == ["psst"]


def test_an_embed_in_a_reply(sim, place):
    (answer,) = sim.say_and_wait(place.name, ".card")
    (embed,) = answer["message"]["embeds"]
    assert (embed["type"], embed["title"], embed["fields"][0]["value"]) == ("rich", "Card", "Value")
    assert answer["message"]["referenced_message"]["content"] == ".card"


def test_silence_is_an_empty_list(sim, place):
    assert sim.say_and_wait(place.name, "just talking", timeout=0.3) == []


def test_attachments_both_ways(sim, place):
    answers = sim.say_and_wait(place.name, ".count", attachments=[("notes.txt", b"some text")])
    assert _texts(answers) == ["9 bytes"]
    (attachment,) = answers[0]["message"]["attachments"]
    assert (attachment["filename"], attachment["size"]) == ("upper.txt", 9)
    assert attachment["content_type"].startswith("text/plain")
    assert sim.file(attachment["id"]) == b"SOME TEXT"


def test_reactions_and_deletions_by_the_bot(sim, place):
    said = sim.say(place.name, ".tidy", channel=place.channel)
    entries = sim.wait_for(lambda e: e["kind"] == "delete" and e["message_id"] == said["id"])
    assert [e["emoji"] for e in entries if e["kind"] == "reaction" and e["message_id"] == said["id"]] == ["✅"]
    assert sim.messages(place.channel) == []


def test_a_user_edits_deletes_and_reacts(sim, bot, place):
    said = sim.say(place.name, "frist")
    sim.edit_message(place.name, said["id"], "first")
    assert bot.event("MESSAGE_UPDATE", id=said["id"])["content"] == "first"
    sim.react(place.name, said["id"], "🎉")
    reaction = bot.event("MESSAGE_REACTION_ADD", message_id=said["id"])
    assert (reaction["user_id"], reaction["member"]["user"]["id"]) == (place.user, place.user)
    sim.react(place.name, said["id"], "🎉", remove=True)
    bot.event("MESSAGE_REACTION_REMOVE", message_id=said["id"])
    sim.delete_message(place.name, said["id"])
    assert bot.event("MESSAGE_DELETE", id=said["id"])["guild_id"] == place.guild


def test_a_user_replies(sim, bot, place):
    first = sim.say(place.name, "question")
    reply = sim.say(place.name, "answer", reply_to=first["id"])
    seen = bot.event("MESSAGE_CREATE", id=reply["id"])
    assert seen["type"] == 19
    assert seen["referenced_message"]["content"] == "question"
    assert seen["mentions"][0]["id"] == place.user


def test_what_a_user_cannot_do(sim, place):
    stranger = sim.add_user(f"stranger to {place.name}")
    said = sim.say(place.name, "mine")
    for act in (
        lambda: sim.say(stranger, "hi", channel=place.channel),
        lambda: sim.say(stranger, "hi", dm=True),
        lambda: sim.say(place.name, ""),
        lambda: sim.say(place.name, "x" * 2001),
        lambda: sim.edit_message(stranger, said["id"], "theirs"),
        lambda: sim.delete_message(stranger, said["id"]),
        lambda: sim.react(stranger, said["id"], "👍"),
        lambda: sim.react(place.name, said["id"], "thumbs"),
    ):
        with pytest.raises(SimulatorError):
            act()
    assert [m["content"] for m in sim.messages(place.channel)] == ["mine"]


def test_mentions_follow_allowed_mentions(discord_api, place):
    path = f"/channels/{place.channel}/messages"
    text = f"<@{place.user}> @everyone"
    _, open_to_all = discord_api("POST", path, {"content": text})
    _, silent = discord_api("POST", path, {"content": text, "allowed_mentions": {"parse": []}})
    _, chosen = discord_api("POST", path, {"content": text, "allowed_mentions": {"users": [place.user]}})
    assert [m["id"] for m in open_to_all["mentions"]] == [place.user]
    assert silent["mentions"] == []
    assert [m["id"] for m in chosen["mentions"]] == [place.user]
    assert not open_to_all["mention_everyone"]


def test_without_the_content_intent_messages_are_empty(sim, connect, bot, place):
    import discord

    intents = discord.Intents.all()
    intents.message_content = False
    blind = connect(sim, intents=intents).until_ready()
    me = blind.bot.user.id
    plain = sim.say(place.name, "secret")
    mention = sim.say(place.name, f"<@{me}> hello")
    private = sim.say(place.name, "between us", dm=True)
    own = sim.say_and_wait(place.name, ".echo mine")[0]["message"]
    assert blind.event("MESSAGE_CREATE", id=plain["id"])["content"] == ""
    assert blind.event("MESSAGE_CREATE", id=mention["id"])["content"] == f"<@{me}> hello"
    assert blind.event("MESSAGE_CREATE", id=private["id"])["content"] == "between us"
    assert blind.event("MESSAGE_CREATE", id=own["id"])["content"] == "mine"
    assert bot.event("MESSAGE_CREATE", id=plain["id"])["content"] == "secret"
    blind.close()


def test_bulk_delete(sim, bot, discord_api, place):
    ids = [sim.say(place.name, str(n))["id"] for n in range(3)]
    path = f"/channels/{place.channel}/messages/bulk-delete"
    assert discord_api("POST", path, {"messages": ids[:1]})[1]["code"] == 50016
    assert discord_api("POST", path, {"messages": ["1", "2"]})[1]["code"] == 50034
    assert discord_api("POST", path, {"messages": ids[:2]})[0] == 204
    assert bot.event("MESSAGE_DELETE_BULK", channel_id=place.channel)["ids"] == ids[:2]
    assert [m["id"] for m in sim.messages(place.channel)] == ids[2:]


def test_history_pages(sim, discord_api, place):
    ids = [sim.say(place.name, str(n))["id"] for n in range(4)]
    path = f"/channels/{place.channel}/messages"

    def page(query):
        return [m["id"] for m in discord_api("GET", path + query)[1]]

    assert page("") == ids[::-1]
    assert page("?limit=2") == [ids[3], ids[2]]
    assert page(f"?before={ids[2]}") == [ids[1], ids[0]]
    assert page(f"?after={ids[0]}&limit=2") == [ids[2], ids[1]]
    assert page(f"?around={ids[1]}&limit=3") == ids[2::-1]
    assert discord_api("GET", path + "?limit=101")[1]["code"] == 50035


def test_reaction_routes(sim, discord_api, place):
    said = sim.say(place.name, "vote")
    path = f"/channels/{place.channel}/messages/{said['id']}/reactions"
    assert discord_api("PUT", f"{path}/%F0%9F%91%8D/@me")[0] == 204
    sim.react(place.name, said["id"], "👍")
    listed = discord_api("GET", f"{path}/%F0%9F%91%8D")[1]
    assert {u["username"] for u in listed} == {"Rollcall", place.name}
    assert discord_api("PUT", f"{path}/nonsense/@me")[1]["code"] == 10014
    assert discord_api("DELETE", f"{path}/%F0%9F%91%8D/{place.user}")[0] == 204
    assert sim.messages(place.channel)[0]["reactions"][0]["count"] == 1
    assert discord_api("DELETE", path)[0] == 204
    assert "reactions" not in sim.messages(place.channel)[0]


def test_waiting_for_something_that_does_not_happen(sim, bot):
    with pytest.raises(SimulatorError, match="did not do that"):
        sim.wait_for(lambda entry: False, after=sim.last_seq(), timeout=0.2)
