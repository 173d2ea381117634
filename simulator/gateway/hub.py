"""All gateway sessions and connections, and the sending of events to them."""

import asyncio
import time

from simulator.gateway import intents, sync
from simulator.gateway.session import Client, Session
from simulator.settings import Settings
from simulator.state.entities import Guild
from simulator.state.world import World

RESUMABLE_FOR = 120.0
# messages; a benchmark asks soon after, and a simulator that runs for days must not grow
REMEMBERED = 20_000


class Hub:
    """Every session gets every event that its intents and its shard allow."""

    def __init__(self, world: World, settings: Settings) -> None:
        self.world = world
        self.settings = settings
        self.sessions: dict[str, Session] = {}
        self.connections: set[Client] = set()
        self.identifies = 0
        self.resumes = 0
        self.full_requests: dict[str, float] = {}
        self.written: dict[str, int] = {}

    def emit(self, event: str, data: dict, guild: Guild | None = None) -> None:
        """Send an event; one of a guild only while the bot is in it and it is available."""
        if guild and not guild.seen:
            return
        self.emit_anyway(event, data, guild)

    def emit_anyway(self, event: str, data: dict, guild: Guild | None = None) -> None:
        """Send an event that speaks of a guild's going."""
        me = self.world.bot.id
        needed = intents.needed(event, data, guild is not None, me)
        for session in self._audience(guild):
            if session.intents & needed == needed:
                session.send(event, intents.visible(event, data, session.intents, me))

    def announce(self, guild: Guild) -> None:
        """Send GUILD_CREATE to every session whose shard has the guild."""
        for session in list(self.sessions.values()):
            self.announce_to(session, guild)

    def announce_to(self, session: Session, guild: Guild) -> None:
        """Send GUILD_CREATE to one session, if its shard has the guild and the bot sees it."""
        if guild.seen and session.covers(guild.id) and session.intents & intents.GUILDS:
            session.send("GUILD_CREATE", sync.guild_create(guild, self.world, self.settings, session))

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
