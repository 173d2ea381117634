"""A gateway session: numbered events, kept for a while so that it can be resumed."""

import json
import secrets
import time
from collections import deque
from typing import Protocol


def encode(body: dict) -> str:
    """JSON as it goes over the wire."""
    return json.dumps(body, ensure_ascii=False, separators=(",", ":"))


class Client(Protocol):
    """Whoever is connected, as sessions and the hub see it."""

    session: "Session | None"

    def write(self, frame: str, message_id: str | None = None) -> None:
        """Queue a frame; with the id of the message that it creates, its time is remembered."""

    def write_op(self, op: int, data: object = None) -> None:
        """Queue a frame that is not an event."""

    async def drained(self) -> None:
        """Return when the queue has been written, or dropped with the connection."""

    def close(self, code: int, reason: str = "") -> None:
        """End the connection with a closing code."""

    def abort(self) -> None:
        """Cut the TCP connection without a closing frame."""


class Session:
    """What one IDENTIFY began. It outlives its connection until it is forgotten."""

    def __init__(self, identify: dict, buffer_size: int) -> None:
        self.id = secrets.token_hex(16)
        self.intents: int = identify["intents"]
        self.large_threshold: int = identify.get("large_threshold", 50)
        self.shard, self.shard_count = identify.get("shard") or (0, 1)
        self.presence: dict | None = identify.get("presence")
        self.seq = 0
        self.resumes = 0
        self.connection: Client | None = None
        self.lost_at = time.monotonic()
        self._sent: deque[tuple[int, str]] = deque(maxlen=buffer_size)

    def send(self, event: str, data: dict) -> None:
        """Number an event, keep it, and write it if somebody is connected."""
        self.seq += 1
        frame = encode({"op": 0, "t": event, "s": self.seq, "d": data})
        self._sent.append((self.seq, frame))
        if self.connection:
            message_id = data.get("id") if event == "MESSAGE_CREATE" and isinstance(data, dict) else None
            # an event that is sent as it is may hold anything there
            self.connection.write(frame, message_id if isinstance(message_id, str) else None)

    def can_resume(self, seq: int) -> bool:
        """Whether every event after `seq` is still kept."""
        oldest = self._sent[0][0] if self._sent else self.seq + 1
        return oldest - 1 <= seq <= self.seq

    def replay(self, seq: int) -> None:
        """Write again what came after `seq`."""
        for number, frame in self._sent:
            if number > seq:
                self.connection.write(frame)

    def covers(self, guild_id: str | None) -> bool:
        """Whether this shard is the one for a guild; DMs go to shard 0."""
        shard = (int(guild_id) >> 22) % self.shard_count if guild_id else 0
        return shard == self.shard
