"""Verbs for channels."""

from simulator import payloads
from simulator.control.guilds import check_new_id
from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.guilds import channels
from simulator.simulation import Simulation
from simulator.state.entities import CATEGORY, FORUM, NEWS, STAGE, TEXT, VOICE

_KINDS = (TEXT, VOICE, CATEGORY, NEWS, STAGE, FORUM)


@verb
def add_channel(
    sim: Simulation,
    name: str,
    guild: str | int | None = None,
    type: int = TEXT,  # noqa: A002 - Discord's name for it
    channel_id: str | int | None = None,
) -> str:
    """A new channel, told by CHANNEL_CREATE; its id."""
    if type not in _KINDS:
        raise Refused(f"A channel's type is one of {', '.join(map(str, _KINDS))}.")
    where = sim.world.guild(guild)
    channel = sim.world.add_channel(where, name, type, check_new_id(sim, channel_id))
    sim.emit("CHANNEL_CREATE", payloads.channel(channel), where)
    return channel.id


@verb
def edit_channel(
    sim: Simulation, channel: str | int, name: str | None = None, topic: str | None = None, nsfw: bool | None = None
) -> None:
    """Change a channel's name, topic or age limit, told by CHANNEL_UPDATE."""
    found = sim.world.channel(channel)
    if found.guild is None or found.thread:
        raise Refused("edit_channel takes a server's channel.")
    changes = {"name": name, "topic": topic, "nsfw": nsfw}
    channels.change(sim, found, **{key: value for key, value in changes.items() if value is not None})


@verb
def delete_channel(sim: Simulation, channel: str | int) -> None:
    """Remove a channel with its threads and webhooks, told by CHANNEL_DELETE."""
    found = sim.world.channel(channel)
    if found.guild is None:
        raise Refused("A DM channel cannot be deleted.")
    channels.remove(sim, found)
