"""Messages coming, changing and going, with the events that tell of it. Knows no permissions."""

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from simulator import payloads
from simulator.cdn import content_type
from simulator.entities import Channel, Message, User
from simulator.permissions import may
from simulator.simulation import Simulation
from simulator.world import timestamp

REPLY = 19


@dataclass
class Draft:
    """What is to be posted."""

    body: dict
    files: list[tuple[str, bytes]] = field(default_factory=list)
    reply_to: Message | None = None
    visible_to: User | None = None
    interaction: dict | None = None
    flags: int = 0
    type: int = 0


def post(sim: Simulation, channel: Channel, author: User, draft: Draft) -> Message:
    """Put a message into a channel and send MESSAGE_CREATE, unless it is ephemeral."""
    message = Message(sim.world.ids.next(), channel, author, timestamp=timestamp(), type=draft.type)
    message.reply_to, message.visible_to = draft.reply_to, draft.visible_to
    message.interaction, message.flags = draft.interaction, draft.flags
    message.nonce = draft.body.get("nonce")
    message.tts = bool(draft.body.get("tts"))
    if draft.reply_to:
        message.type, message.reference = REPLY, _reference(draft.reply_to)
    fill(sim, message, draft.body, draft.files)
    channel.messages[message.id] = message
    announce(sim, "MESSAGE_CREATE", message)
    return message


def _reference(to: Message) -> dict:
    body = {"type": 0, "message_id": to.id, "channel_id": to.channel.id}
    return body | ({"guild_id": to.channel.guild.id} if to.channel.guild else {})


def fill(sim: Simulation, message: Message, body: dict, files: list[tuple[str, bytes]]) -> None:
    """Give a message the parts that a body names; absent parts stay."""
    if "content" in body:
        message.content = (body["content"] or "").strip()
        _find_mentions(sim, message, body.get("allowed_mentions"))
    if "embeds" in body:
        message.embeds = [{"type": "rich", **embed} for embed in body["embeds"] or []]
    if "components" in body:
        message.components = _numbered(body["components"] or [], count(1))
    if "attachments" in body or files:
        _attach(sim, message, body.get("attachments"), files)
    message.flags |= body.get("flags", 0) & ~64


def _numbered(components: list, numbers: Iterator[int]) -> list:
    found = []
    for component in components:
        numbered = {"id": next(numbers)} | component
        if inner := component.get("components"):
            numbered["components"] = _numbered(inner, numbers)
        found.append(numbered)
    return found


def _attach(sim: Simulation, message: Message, described: list | None, files: list[tuple[str, bytes]]) -> None:
    known = {a["id"]: a for a in message.attachments}
    if described is not None:
        message.attachments = [known[str(d["id"])] for d in described if str(d.get("id")) in known]
    notes = {str(d.get("id")): d for d in described or []}
    for index, (name, content) in enumerate(files):
        safe = re.sub(r"[^\w.\-]", "_", notes.get(str(index), {}).get("filename") or name)
        attachment = store_file(sim, message.channel, safe, content)
        attachment |= {k: v for k, v in notes.get(str(index), {}).items() if k == "description" and v}
        message.attachments.append(attachment)


def store_file(sim: Simulation, channel: Channel, name: str, content: bytes) -> dict:
    """Keep a file for the CDN; its attachment object."""
    attachment_id = sim.world.ids.next()
    sim.files[attachment_id] = (name, content)
    url = f"{sim.url}/cdn/attachments/{channel.id}/{attachment_id}/{name}"
    return {
        "id": attachment_id,
        "filename": name,
        "size": len(content),
        "url": url,
        "proxy_url": url,
        "content_type": content_type(name),
        "flags": 0,
    }


def _find_mentions(sim: Simulation, message: Message, allowed: dict | None) -> None:
    users = _allowed("users", re.findall(r"<@!?(\d+)>", message.content), allowed)
    roles = _allowed("roles", re.findall(r"<@&(\d+)>", message.content), allowed)
    found = dict.fromkeys(u for u in users if u in sim.world.users)
    if message.reply_to and (allowed is None or allowed.get("replied_user")):
        found[message.reply_to.author.id] = None
    message.mentions = [sim.world.users[u] for u in found]
    known_roles = message.channel.guild.roles if message.channel.guild else {}
    message.mention_roles = [r for r in dict.fromkeys(roles) if r in known_roles]
    shouts = bool(re.search(r"@(everyone|here)\b", message.content))
    heard = allowed is None or "everyone" in (allowed.get("parse") or [])
    message.mention_everyone = shouts and heard and may(message.channel, message.author.id, "MENTION_EVERYONE")


def _allowed(kind: str, ids: list[str], allowed: dict | None) -> list[str]:
    if allowed is None or kind in (allowed.get("parse") or []):
        return ids
    listed = set(map(str, allowed.get(kind) or []))
    return [i for i in ids if i in listed]


def announce(sim: Simulation, event: str, message: Message) -> None:
    """Send a message event, if the bot can see the channel and the message is not ephemeral."""
    if message.visible_to or not sim.world.bot_may(message.channel, "VIEW_CHANNEL"):
        return
    data = payloads.message_event(message, sim.world.bot.id)
    sim.emit(event, data, message.channel.guild)


def edit(sim: Simulation, message: Message, body: dict, files: list[tuple[str, bytes]] | None = None) -> None:
    """Change a message and send MESSAGE_UPDATE."""
    message.edited = timestamp()
    update(sim, message, body, files or [])


def update(sim: Simulation, message: Message, body: dict, files: list[tuple[str, bytes]]) -> None:
    """The same, without marking the message as edited."""
    fill(sim, message, body, files)
    announce(sim, "MESSAGE_UPDATE", message)


def delete(sim: Simulation, message: Message) -> None:
    """Take a message away and send MESSAGE_DELETE."""
    del message.channel.messages[message.id]
    if not message.visible_to:
        _emit_seen(sim, "MESSAGE_DELETE", {"id": message.id}, message.channel)


def delete_bulk(sim: Simulation, channel: Channel, ids: list[str]) -> None:
    """Take several messages away and send MESSAGE_DELETE_BULK."""
    gone = [i for i in ids if channel.messages.pop(i, None)]
    _emit_seen(sim, "MESSAGE_DELETE_BULK", {"ids": gone}, channel)


def react(sim: Simulation, message: Message, user: User, emoji: str) -> None:
    """Add a reaction and send MESSAGE_REACTION_ADD; a second one by the same user changes nothing."""
    users = message.reactions.setdefault(emoji, [])
    if user.id in users:
        return
    users.append(user.id)
    data = _reaction(message, user, emoji) | {"message_author_id": message.author.id}
    guild = message.channel.guild
    if guild and user.id in guild.members:
        data["member"] = payloads.member(guild.members[user.id])
    _emit_seen(sim, "MESSAGE_REACTION_ADD", data, message.channel)


def unreact(sim: Simulation, message: Message, user_id: str, emoji: str) -> None:
    """Take a reaction away and send MESSAGE_REACTION_REMOVE."""
    users = message.reactions.get(emoji, [])
    if user_id not in users:
        return
    users.remove(user_id)
    if not users:
        del message.reactions[emoji]
    data = _reaction(message, sim.world.users[user_id], emoji)
    _emit_seen(sim, "MESSAGE_REACTION_REMOVE", data, message.channel)


def _reaction(message: Message, user: User, emoji: str) -> dict:
    return {
        "user_id": user.id,
        "message_id": message.id,
        "emoji": {"id": None, "name": emoji},
        "burst": False,
        "type": 0,
    }


def clear_reactions(sim: Simulation, message: Message, emoji: str | None = None) -> None:
    """Take all reactions (or all of one emoji) away and tell of it."""
    if emoji is None:
        message.reactions.clear()
        _emit_seen(sim, "MESSAGE_REACTION_REMOVE_ALL", {"message_id": message.id}, message.channel)
        return
    message.reactions.pop(emoji, None)
    data = {"message_id": message.id, "emoji": {"id": None, "name": emoji}}
    _emit_seen(sim, "MESSAGE_REACTION_REMOVE_EMOJI", data, message.channel)


def _emit_seen(sim: Simulation, event: str, data: dict, channel: Channel) -> None:
    if not sim.world.bot_may(channel, "VIEW_CHANNEL"):
        return
    data |= {"channel_id": channel.id}
    if channel.guild:
        data["guild_id"] = channel.guild.id
    sim.emit(event, data, channel.guild)
