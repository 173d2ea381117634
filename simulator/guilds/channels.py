"""Channels coming, changing and going, with the events that tell of it. Knows no permissions."""

from simulator import payloads
from simulator.guilds import threads
from simulator.simulation import Simulation
from simulator.state.entities import Channel


def change(sim: Simulation, channel: Channel, **changes: object) -> None:
    """Set name, topic or nsfw: CHANNEL_UPDATE."""
    for key, value in changes.items():
        setattr(channel, key, value)
    sim.emit("CHANNEL_UPDATE", payloads.channel(channel), channel.guild)


def remove(sim: Simulation, channel: Channel) -> None:
    """Delete a channel or a thread, with the threads and webhooks in it: CHANNEL_DELETE or THREAD_DELETE."""
    if channel.thread:
        threads.remove(sim, channel)
        return
    for thread in [t for t in channel.guild.threads.values() if t.parent is channel]:
        del channel.guild.threads[thread.id], sim.world.channels[thread.id]
    for webhook in [w for w in sim.world.webhooks.values() if w.channel is channel]:
        del sim.world.webhooks[webhook.id]
    del channel.guild.channels[channel.id], sim.world.channels[channel.id]
    sim.emit("CHANNEL_DELETE", payloads.channel(channel), channel.guild)
