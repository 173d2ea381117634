"""All gateway sessions and connections, and the sending of events to them."""

import asyncio
import time
from typing import TYPE_CHECKING

from simulator.gateway import intents
from simulator.gateway.session import Session
from simulator.state.entities import Guild

if TYPE_CHECKING:
    from simulator.gateway.connection import Connection
    from simulator.simulation import Simulation

RESUMABLE_FOR = 120.0
REMEMBERED = 20_000


class Hub:
    """Every session gets every event that its intents and its shard allow."""

    def __init__(self, sim: "Simulation") -> None:
        self.sim = sim
        self.sessions: dict[str, Session] = {}
        self.connections: set[Connection] = set()
        self.identifies = 0
        self.resumes = 0
        self.full_requests: dict[str, float] = {}
        self.written: dict[str, int] = {}

    def emit(self, event: str, data: dict, guild: Guild | None = None, needed: int | None = None) -> None:
        """Send an event; one of a guild only while the bot is in it and it is available."""
        if guild and not guild.seen:
            return
        self.emit_anyway(event, data, guild, needed)

    def emit_anyway(self, event: str, data: dict, guild: Guild | None = None, needed: int | None = None) -> None:
        """Send an event that speaks of a guild's going. `needed` are the intents, if not the event's usual one."""
        if needed is None:
            needed = intents.needed(event, guild is not None)
        for session in self._audience(guild):
            if session.intents & needed == needed:
                seen = intents.visible(event, data, session.intents, self.sim.world.bot.id)
                session.send(event, seen)

    def emit_raw(self, event: str, data: object) -> None:
        """Send anything to everybody, unfiltered."""
        for session in self.sessions.values():
            session.send(event, data)

    def _audience(self, guild: Guild | None) -> list[Session]:
        self._expire()
        guild_id = guild.id if guild else None
        return [s for s in self.sessions.values() if s.covers(guild_id)]

    def _expire(self) -> None:
        limit = time.monotonic() - RESUMABLE_FOR
        gone = [s.id for s in self.sessions.values() if not s.connection and s.lost_at < limit]
        for session_id in gone:
            del self.sessions[session_id]

    def forget(self, session: Session | None) -> None:
        """End a session: it cannot be resumed any more."""
        if session:
            self.sessions.pop(session.id, None)

    def note_written(self, message_id: str) -> None:
        """Remember when the first MESSAGE_CREATE of a message went out, on the monotonic clock in nanoseconds."""
        self.written.setdefault(message_id, time.monotonic_ns())
        while len(self.written) > REMEMBERED:
            del self.written[next(iter(self.written))]

    async def flush(self, seconds: float = 5.0) -> float:
        """Wait until everything sent so far is written; the time at which it was."""
        waits = [asyncio.create_task(c.drained()) for c in self.connections]
        if waits:
            _, late = await asyncio.wait(waits, timeout=seconds)
            for task in late:
                task.cancel()
        return time.time()
