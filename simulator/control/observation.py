"""Verbs that only look: the log, messages, sessions, files."""

import base64

from simulator.control.verbs import verb
from simulator.errors import Refused
from simulator.messages.payloads import message_payload
from simulator.simulation import Simulation


@verb
def ping(sim: Simulation) -> str:
    """Says that it listens."""
    return sim.url


@verb
def log(sim: Simulation, after: int = 0) -> list:
    """All that the bot did, after a sequence number."""
    return sim.event_log.after(after)


@verb
def last_seq(sim: Simulation) -> int:
    """The newest sequence number of the log."""
    return sim.event_log.last


@verb
async def wait(
    sim: Simulation,
    after: int = 0,
    count: int = 1,
    seconds: float = 3.0,
    answers_only: bool = False,
    quiet: float = 0,
) -> list:
    """The log after a sequence number, once it has `count` entries and then was quiet for a while."""
    return await sim.event_log.wait(after, count, min(seconds, 60), answers_only, quiet)


@verb
async def frames_written(sim: Simulation, message_ids: list) -> dict:
    """When the first MESSAGE_CREATE frame of each message was written: time.monotonic_ns() of the simulator."""
    await sim.hub.flush()
    return {str(i): sim.hub.written[str(i)] for i in message_ids if str(i) in sim.hub.written}


@verb
def messages(sim: Simulation, channel: str | int | None = None) -> list:
    """The messages of a channel, the oldest first, ephemeral ones included."""
    found = sim.world.channel(channel)
    return [message_payload(m, sim.world.bot.id) for m in found.messages.values()]


@verb
def dms(sim: Simulation, user: str | int) -> list:
    """The messages between the bot and a user, the oldest first."""
    channel = sim.world.dms.get(sim.world.user(user).id)
    return messages(sim, channel.id) if channel else []


@verb
def channels(sim: Simulation, guild: str | int | None = None) -> dict:
    """The channels of a guild: ids by name."""
    return {c.name: c.id for c in sim.world.guild(guild).channels.values()}


@verb
def file(sim: Simulation, attachment_id: str | int) -> str:
    """The content of an attachment, in base64."""
    if str(attachment_id) not in sim.files:
        raise Refused(f"There is no attachment {attachment_id}.")
    return base64.b64encode(sim.files[str(attachment_id)][1]).decode()


@verb
def sessions(sim: Simulation) -> dict:
    """The gateway's sessions, and how often clients identified and resumed."""
    hub = sim.hub
    listed = [
        {
            "id": s.id,
            "connected": s.connection is not None,
            "intents": s.intents,
            "shard": [s.shard, s.shard_count],
            "seq": s.seq,
            "resumes": s.resumes,
            "presence": s.presence,
        }
        for s in hub.sessions.values()
    ]
    return {"sessions": listed, "identifies": hub.identifies, "resumes": hub.resumes}
