"""Reactions coming and going, with the events that tell of it. Knows no permissions."""

import re

from simulator import payloads
from simulator.errors import refusal
from simulator.messages import posting
from simulator.messages.payloads import emoji_payload
from simulator.simulation import Simulation
from simulator.state.entities import Message, User
from simulator.state.world import World

_CUSTOM = re.compile(r"(\w{2,32}):(\d{1,20})")


def check_emoji(world: World, text: str) -> str:
    """A Unicode emoji, or a server's own as name:id, else 10014: letters are none."""
    if custom := _CUSTOM.fullmatch(text):
        name = next((g.emojis[custom[2]] for g in world.guilds.values() if custom[2] in g.emojis), None)
        if name is None:
            raise refusal(10014)
        return f"{name}:{custom[2]}"
    plain = any(c.isalpha() for c in text) or all(c.isascii() for c in text)
    if plain or len(text) > 20:
        raise refusal(10014)
    return text


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
    posting.emit_seen(sim, "MESSAGE_REACTION_ADD", data, message.channel)


def unreact(sim: Simulation, message: Message, user_id: str, emoji: str) -> None:
    """Take a reaction away and send MESSAGE_REACTION_REMOVE."""
    users = message.reactions.get(emoji, [])
    if user_id not in users:
        return
    users.remove(user_id)
    if not users:
        del message.reactions[emoji]
    data = _reaction(message, sim.world.users[user_id], emoji)
    posting.emit_seen(sim, "MESSAGE_REACTION_REMOVE", data, message.channel)


def _reaction(message: Message, user: User, emoji: str) -> dict:
    return {
        "user_id": user.id,
        "message_id": message.id,
        "emoji": emoji_payload(emoji),
        "burst": False,
        "type": 0,
    }


def clear(sim: Simulation, message: Message, emoji: str | None = None) -> None:
    """Take all reactions (or all of one emoji) away and tell of it."""
    if emoji is None:
        message.reactions.clear()
        posting.emit_seen(sim, "MESSAGE_REACTION_REMOVE_ALL", {"message_id": message.id}, message.channel)
        return
    message.reactions.pop(emoji, None)
    data = {"message_id": message.id, "emoji": emoji_payload(emoji)}
    posting.emit_seen(sim, "MESSAGE_REACTION_REMOVE_EMOJI", data, message.channel)
