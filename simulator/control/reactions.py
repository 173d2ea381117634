"""Verbs for what users react with, and for custom emojis."""

from simulator import payloads
from simulator.control.messages import find_anywhere
from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.messages import reactions
from simulator.messages.write_permission import check_awake
from simulator.simulation import Simulation
from simulator.state.permissions import may


@verb
def react(sim: Simulation, user: str | int, message_id: str | int, emoji: str, remove: bool = False) -> None:
    """A user adds a reaction, or takes it back."""
    message, who = find_anywhere(sim, message_id), sim.world.user(user)
    emoji = reactions.check_emoji(sim.world, emoji)
    if message.visible_to or not may(message.channel, who.id, "VIEW_CHANNEL", "READ_MESSAGE_HISTORY"):
        raise Refused(f"{who.name} cannot react there.")
    check_awake(message.channel)
    if remove:
        reactions.unreact(sim, message, who.id, emoji)
        return
    if emoji not in message.reactions and not may(message.channel, who.id, "ADD_REACTIONS"):
        raise Refused(f"{who.name} cannot react there.")
    reactions.react(sim, message, who, emoji)


@verb
def unreact(sim: Simulation, user: str | int, message_id: str | int, emoji: str) -> None:
    """A user takes a reaction back."""
    react(sim, user, message_id, emoji, remove=True)


@verb
def add_emoji(sim: Simulation, name: str, guild: str | int | None = None) -> str:
    """A new custom emoji, told by GUILD_EMOJIS_UPDATE; what it is called, name:id."""
    where = sim.world.guild(guild)
    emoji_id = sim.world.ids.next()
    where.emojis[emoji_id] = name
    sim.emit("GUILD_EMOJIS_UPDATE", {"guild_id": where.id, "emojis": payloads.emojis(where)}, where)
    return f"{name}:{emoji_id}"
