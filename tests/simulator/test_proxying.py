"""The kinds of messages that a proxying bot meets, and a small py-cord bot that proxies them."""

import asyncio

import discord
import pytest
import requests

from simulator.client import SimulatorError

POLL = {"question": {"text": "Tea?"}, "answers": [{"poll_media": {"text": "Yes"}}], "duration": 1}


class Proxy:
    """Re-posts what begins with "p:" through a webhook, then deletes the original."""

    def __init__(self, bot):
        self._bot = bot
        self._hooks = {}
        self.messages = []
        bot.add_listener(self.on_message)

    async def on_message(self, message):
        self.messages.append(message)
        if message.webhook_id or message.author.bot or not message.content.startswith("p:"):
            return
        thread = message.channel if isinstance(message.channel, discord.Thread) else discord.utils.MISSING
        hook = await self._hook(thread.parent if thread else message.channel)
        files = [await a.to_file(spoiler=a.is_spoiler()) for a in message.attachments]
        await asyncio.gather(
            hook.send(message.content[2:], username="Sky", thread=thread, files=files, wait=True),
            message.delete(),
        )

    async def _hook(self, channel):
        if channel.id not in self._hooks:
            found = [w for w in await channel.webhooks() if w.user == self._bot.user]
            self._hooks[channel.id] = found[0] if found else await channel.create_webhook(name="Proxy")
        return self._hooks[channel.id]

    def saw(self, message_id):
        """The message of this id as py-cord read it, if it has come."""
        return next((m for m in self.messages if m.id == int(message_id)), None)


@pytest.fixture(scope="module")
def proxy(connect, sim):
    """The proxying bot, and its thread."""
    made = []
    thread = connect(sim, setup=lambda bot: made.append(Proxy(bot))).until_ready()
    yield made[0], thread
    thread.close()


def _webhook_entry(sim, after, content):
    def wanted(entry):
        return entry["kind"] == "webhook" and entry["message"]["content"] == content

    return next(filter(wanted, sim.wait_for(wanted, after=after)))


def _gone(sim, channel, message_id):
    sim.wait_for(lambda e: e["kind"] == "delete" and e["message_id"] == message_id)
    assert message_id not in [m["id"] for m in sim.messages(channel)]


def test_a_message_is_proxied(sim, proxy, place):
    after = sim.last_seq()
    said = sim.say(place.user, "p:hello", attachments=[("SPOILER_a.txt", b"text")])
    entry = _webhook_entry(sim, after, "hello")
    assert (entry["username"], entry["channel_id"]) == ("Sky", place.channel)
    (attachment,) = entry["message"]["attachments"]
    assert (attachment["filename"], sim.file(attachment["id"])) == ("SPOILER_a.txt", b"text")
    _gone(sim, place.channel, said["id"])
    (written,) = sim.frames_written([said["id"]]).values()
    assert 0 < entry["arrived_ns"] - written < 5e9


@pytest.mark.parametrize("kind", ["thread", "forum", "voice", "news", "stage"])
def test_everywhere(sim, proxy, place, kind):
    channel = place.channel
    if kind in ("voice", "news", "stage", "forum"):
        channel = sim.add_channel(kind, place.guild, kind={"voice": 2, "news": 5, "stage": 13, "forum": 15}[kind])
    if kind in ("thread", "forum"):
        channel = sim.add_thread(place.user, "aside", channel, text="first")["id"]
    _, thread = proxy
    thread.until(lambda: thread.bot.get_channel(int(channel)), "knowing the channel")
    after = sim.last_seq()
    said = sim.say(place.user, "p:there", channel=channel)
    assert _webhook_entry(sim, after, "there")["channel_id"] == channel
    _gone(sim, channel, said["id"])


def _shown(message):
    """What py-cord makes of the kinds below, in words."""
    return {
        "reply": message.reference and message.reference.resolved and message.reference.resolved.content,
        "forward": [s.message.content for s in message.snapshots],
        "stickers": [s.name for s in message.stickers],
        "poll": message.poll and message.poll.question.text,
        "voice": message.flags.is_voice_message and message.attachments[0].waveform,
        "activity": message.activity and message.activity["party_id"],
        "tts": message.tts,
        "silent": message.flags.suppress_notifications,
        "embeds": message.flags.suppress_embeds,
    }


NOTHING = {"reply": None, "forward": [], "stickers": [], "poll": None, "voice": False, "activity": None}
NOTHING |= {"tts": False, "silent": False, "embeds": False}


@pytest.mark.parametrize(
    ("options", "shown"),
    [
        ({"text": "plain"}, {}),
        ({"text": "answer", "reply_to": "first"}, {"reply": "first"}),
        ({"forward": "first"}, {"forward": ["first"]}),
        ({"stickers": ["Wave", "Hug"]}, {"stickers": ["Wave", "Hug"]}),
        ({"poll": POLL}, {"poll": "Tea?"}),
        ({"voice": b"OggS"}, {"voice": "AAAAAAAAAAAA"}),
        ({"activity": {"party_id": "p1"}}, {"activity": "p1"}),
        ({"text": "loud", "tts": True}, {"tts": True}),
        ({"text": "hush", "silent": True}, {"silent": True}),
        ({"text": "bare", "suppress_embeds": True}, {"embeds": True}),
    ],
    ids=lambda v: next(reversed(v), "plain") if isinstance(v, dict) else "",
)
def test_py_cord_reads_every_kind(sim, proxy, place, options, shown):
    reader, thread = proxy
    first = sim.say(place.user, "first")["id"]
    said = sim.say(place.user, **{k: first if v == "first" else v for k, v in options.items()})
    thread.until(lambda: reader.saw(said["id"]), "reading the message")
    assert _shown(reader.saw(said["id"])) == NOTHING | shown


def test_a_user_who_may_not(sim, place):
    for denied, options in (
        ("SEND_TTS_MESSAGES", {"text": "x", "tts": True}),
        ("SEND_POLLS", {"poll": POLL}),
        ("SEND_VOICE_MESSAGES", {"voice": b"OggS"}),
        ("ATTACH_FILES", {"attachments": [("a", b"x")]}),
    ):
        sim.set_permissions(place.guild, deny=[denied], who="everyone")
        with pytest.raises(SimulatorError, match="may not write"):
            sim.say(place.user, **options)
    with pytest.raises(SimulatorError, match="50035"):
        sim.say(place.user, "x" * 2001)
    assert len(sim.say(place.user, "x" * 4000, nitro=True)["content"]) == 4000


def test_a_reply_pings_unless_it_is_told_not_to(sim, place):
    first = sim.say(place.user, "first")["id"]
    assert [m["id"] for m in sim.say(place.user, "x", reply_to=first)["mentions"]] == [place.user]
    assert sim.say(place.user, "x", reply_to=first, ping=False)["mentions"] == []


def test_mentions_with_members_and_roles(sim, bot, place):
    role = sim.add_role("staff", place.guild, users=[place.user])
    emoji = sim.add_emoji("sky", place.guild)
    assert bot.event("GUILD_EMOJIS_UPDATE", guild_id=place.guild)["emojis"][0]["name"] == "sky"
    said = sim.say(place.user, f"<@{place.user}> <@&{role}> @here <:{emoji}>")
    seen = bot.event("MESSAGE_CREATE", id=said["id"])
    assert seen["member"]["roles"] == seen["mentions"][0]["member"]["roles"] == [role]
    assert (seen["mention_roles"], seen["mention_everyone"]) == ([], False)
    sim.edit_role(role, mentionable=True)
    assert sim.say(place.user, f"<@&{role}>")["mention_roles"] == [role]
    sim.edit_role(role, mentionable=False)
    sim.set_permissions(place.guild, allow=["MENTION_EVERYONE"], who=role)
    said = sim.say(place.user, f"<@&{role}> @here")
    assert (said["mention_roles"], said["mention_everyone"]) == ([role], True)


def test_roles_come_and_go(sim, bot, discord_api, place):
    role = sim.add_role("staff", place.guild)
    sim.give_role(place.user, role)
    bot.event("GUILD_MEMBER_UPDATE", roles=[role])
    assert discord_api("GET", f"/guilds/{place.guild}/members/{place.user}")[1]["roles"] == [role]
    sim.give_role(place.user, role, take=True)
    with pytest.raises(SimulatorError, match="does not have"):
        sim.give_role(place.user, role, take=True)
    sim.delete_role(role)
    bot.event("GUILD_ROLE_DELETE", role_id=role)
    assert role not in [r["id"] for r in discord_api("GET", f"/guilds/{place.guild}/roles")[1]]
    guilds = {g["id"]: g for g in discord_api("GET", "/users/@me/guilds")[1]}
    assert int(guilds[place.guild]["permissions"]) & 1 << 29


def test_an_edit_tells_the_whole_message(sim, bot, place):
    said = sim.say(place.user, "p;frist", attachments=[("a.txt", b"a")], stickers=["Wave"])
    sim.edit_message(place.user, said["id"], "p;first")
    seen = bot.event("MESSAGE_UPDATE", id=said["id"])
    assert (seen["content"], seen["member"]["nick"], seen["author"]["id"]) == ("p;first", None, place.user)
    assert (len(seen["attachments"]), seen["sticker_items"][0]["name"]) == (1, "Wave")
    voice = sim.say(place.user, voice=b"OggS")
    with pytest.raises(SimulatorError, match="50162"):
        sim.edit_message(place.user, voice["id"], "x")


def test_attachments_can_be_downloaded(sim, bot, place):
    said = sim.say(place.user, attachments=[("a b.png", b"picture", "a cat")])
    (attachment,) = bot.event("MESSAGE_CREATE", id=said["id"])["attachments"]
    assert (attachment["filename"], attachment["description"]) == ("a_b.png", "a cat")
    assert requests.get(attachment["url"], timeout=5).content == b"picture"


def test_a_moderator_deletes_many(sim, bot, place):
    ids = [sim.say(place.user, str(n))["id"] for n in range(3)]
    with pytest.raises(SimulatorError, match="may not"):
        sim.bulk_delete(place.user, ids[:2])
    sim.add_role("moderators", place.guild, ["MANAGE_MESSAGES"], [place.user])
    sim.bulk_delete(place.user, ids[:2])
    assert bot.event("MESSAGE_DELETE_BULK", channel_id=place.channel)["ids"] == ids[:2]


def test_reactions_with_custom_emojis(sim, bot, discord_api, place):
    said, emoji = sim.say(place.user, "react")["id"], sim.add_emoji("sky", place.guild)
    sim.react(place.user, said, emoji)
    name, emoji_id = emoji.split(":")
    assert bot.event("MESSAGE_REACTION_ADD", message_id=said)["emoji"] == {"id": emoji_id, "name": name}
    path = f"/channels/{place.channel}/messages/{said}/reactions"
    assert discord_api("PUT", f"{path}/{emoji}/@me")[0] == 204
    assert sim.messages(place.channel)[0]["reactions"][0]["count"] == 2
    sim.unreact(place.user, said, emoji)
    assert bot.event("MESSAGE_REACTION_REMOVE", message_id=said)["emoji"]["id"] == emoji_id
    assert discord_api("PUT", f"{path}/sky:1/@me")[1]["code"] == 10014


def test_the_bot_replies_forwards_and_sends_stickers(sim, discord_api, place):
    path = f"/channels/{place.channel}/messages"
    first = sim.say(place.user, "first", stickers=["Wave"])
    point = {"type": 1, "message_id": first["id"], "channel_id": place.channel}
    forwarded = discord_api("POST", path, {"message_reference": point})[1]
    assert forwarded["message_snapshots"][0]["message"]["content"] == "first"
    assert forwarded["flags"] & 1 << 14
    sticker = first["sticker_items"][0]["id"]
    assert discord_api("POST", path, {"sticker_ids": [sticker]})[1]["sticker_items"][0]["name"] == "Wave"
    assert discord_api("POST", path, {"sticker_ids": ["1"]})[1]["code"] == 50081
    sim.set_permissions(place.channel, deny=["READ_MESSAGE_HISTORY"])
    reply = {"content": "x", "message_reference": {"message_id": first["id"]}}
    assert discord_api("POST", path, reply)[1]["code"] == 160002
    sim.set_permissions(place.channel)
    sim.add_thread(place.user, "aside", place.channel)
    system = sim.messages(place.channel)[-1]["id"]
    assert discord_api("POST", path, {"content": "x", "message_reference": {"message_id": system}})[1]["code"] == 50035
