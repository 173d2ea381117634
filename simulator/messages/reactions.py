"""Reactions coming and going, with the events that tell of it. Knows no permissions."""

from simulator import payloads
from simulator.messages import posting
from simulator.messages.payloads import emoji as emoji_object
from simulator.simulation import Simulation
from simulator.state.entities import Message, User


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
        "emoji": emoji_object(emoji),
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
    data = {"message_id": message.id, "emoji": emoji_object(emoji)}
    posting.emit_seen(sim, "MESSAGE_REACTION_REMOVE_EMOJI", data, message.channel)
