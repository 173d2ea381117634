"""Messages coming, changing and going, with the events that tell of it. Knows no permissions."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import count

from simulator.guilds import threads
from simulator.messages import mentions
from simulator.messages.attachments import attach
from simulator.messages.payloads import FORWARD, event_payload, snapshot_payload
from simulator.messages.polls import made_poll
from simulator.simulation import Simulation
from simulator.state.entities import (
    COMPONENTS_V2,
    HAS_SNAPSHOT,
    SILENT,
    SUPPRESS_EMBEDS,
    VOICE_MESSAGE,
    Channel,
    Message,
    User,
    Webhook,
)
from simulator.state.world import timestamp

REPLY = 19
# what a client may set; Discord drops the rest without a word
_SETTABLE = SUPPRESS_EMBEDS | SILENT | VOICE_MESSAGE | COMPONENTS_V2


@dataclass
class Draft:
    """What is to be posted. `reference` is a system message's own; `message_id` a forum post's."""

    body: dict
    files: list[tuple[str, bytes]] = field(default_factory=list)
    reply_to: Message | None = None
    forward: Message | None = None
    reference: dict | None = None
    visible_to: User | None = None
    interaction: dict | None = None
    webhook: Webhook | None = None
    stickers: list[dict] = field(default_factory=list)
    mentions: list[User] = field(default_factory=list)
    flags: int = 0
    type: int = 0
    message_id: str | None = None


def post(sim: Simulation, channel: Channel, author: User, draft: Draft) -> Message:
    """Put a message into a channel and send MESSAGE_CREATE, unless it is ephemeral."""
    # writing takes a thread out of the archive; what may not wake it is refused before
    if channel.thread:
        threads.wake(sim, channel)
    message = Message(draft.message_id or sim.world.ids.next(), channel, author, timestamp=timestamp())
    message.type, message.visible_to, message.webhook = draft.type, draft.visible_to, draft.webhook
    message.interaction, message.stickers = draft.interaction, draft.stickers
    message.flags = draft.flags | (draft.body.get("flags") or 0) & _SETTABLE
    message.nonce, message.tts = draft.body.get("nonce"), bool(draft.body.get("tts"))
    message.activity, message.application = draft.body.get("activity"), draft.body.get("application")
    if draft.body.get("poll"):
        message.poll = made_poll(draft.body["poll"])
    _refer(message, draft)
    fill(sim, message, {"content": ""} | draft.body, draft.files)
    message.mentions += draft.mentions
    channel.messages[message.id] = message
    if channel.thread:
        threads.count(sim, channel, message)
    announce(sim, "MESSAGE_CREATE", message)
    return message


def _refer(message: Message, draft: Draft) -> None:
    message.reference, message.reply_to = draft.reference, draft.reply_to
    if draft.forward:
        message.reference = reference(draft.forward) | {"type": FORWARD}
        message.snapshots = draft.forward.snapshots or [snapshot_payload(draft.forward)]
        message.flags |= HAS_SNAPSHOT
    elif draft.reply_to and not draft.reference:
        message.type, message.reference = REPLY, reference(draft.reply_to)


def reference(to: Message) -> dict:
    """A message reference."""
    body = {"type": 0, "message_id": to.id, "channel_id": to.channel.id}
    return body | ({"guild_id": to.channel.guild.id} if to.channel.guild else {})


def fill(sim: Simulation, message: Message, body: dict, files: list[tuple[str, bytes]]) -> None:
    """Give a message the parts that a body names; absent parts stay."""
    if "content" in body:
        # Discord trims what it is sent, so that the bot reads another text than the one that was written
        message.content = (body["content"] or "").strip()
        mentions.find(sim, message, body.get("allowed_mentions"))
    if "embeds" in body:
        message.embeds = [{"type": "rich", **embed} for embed in body["embeds"] or []]
    if "components" in body:
        message.components = _numbered(body["components"] or [], count(1))
    if "attachments" in body or files:
        attach(sim, message, body.get("attachments"), files)


def _numbered(components: list, numbers: Iterator[int]) -> list:
    found = []
    for component in components:
        # Discord numbers the components that came without an id of their own
        numbered = {"id": next(numbers)} | component
        if inner := component.get("components"):
            numbered["components"] = _numbered(inner, numbers)
        found.append(numbered)
    return found


def announce(sim: Simulation, event: str, message: Message) -> None:
    """Send a message event, if the bot can see the channel and the message is not ephemeral."""
    if message.visible_to or not sim.world.bot_may(message.channel, "VIEW_CHANNEL"):
        return
    sim.emit(event, event_payload(message, sim.world.bot.id), message.channel.guild)


def edit(sim: Simulation, message: Message, body: dict, files: list[tuple[str, bytes]] | None = None) -> None:
    """Change a message and send MESSAGE_UPDATE."""
    message.edited = timestamp()
    update(sim, message, body, files or [])


def update(sim: Simulation, message: Message, body: dict, files: list[tuple[str, bytes]]) -> None:
    """The same, without marking the message as edited. Of the flags only SUPPRESS_EMBEDS can be taken back."""
    if body.get("flags") is not None:
        message.flags = message.flags & ~SUPPRESS_EMBEDS | body["flags"] & (SUPPRESS_EMBEDS | COMPONENTS_V2)
    fill(sim, message, body, files)
    announce(sim, "MESSAGE_UPDATE", message)


def delete(sim: Simulation, message: Message) -> None:
    """Take a message away and send MESSAGE_DELETE."""
    del message.channel.messages[message.id]
    if not message.visible_to:
        emit_seen(sim, "MESSAGE_DELETE", {"id": message.id}, message.channel)


def delete_bulk(sim: Simulation, channel: Channel, ids: list[str]) -> None:
    """Take several messages away and send MESSAGE_DELETE_BULK."""
    gone = [i for i in ids if channel.messages.pop(i, None)]
    emit_seen(sim, "MESSAGE_DELETE_BULK", {"ids": gone}, channel)


def emit_seen(sim: Simulation, event: str, data: dict, channel: Channel) -> None:
    """Send an event about something in a channel, if the bot can see it."""
    if not sim.world.bot_may(channel, "VIEW_CHANNEL"):
        return
    data |= {"channel_id": channel.id}
    if channel.guild:
        data["guild_id"] = channel.guild.id
    sim.emit(event, data, channel.guild)
