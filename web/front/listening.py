"""What an event stream and a WebSocket have in common: a connection that hears of changes and may not read them."""

import asyncio
import socket
from collections.abc import Collection
from typing import Any

from web.front.connections import Connections, reset
from web.live.hub import FAULTS, Hub
from web.live.moment import Moment
from web.live.stream import Topic

# A client that does not read is sent the last state once it does; by itself the kernel would keep megabytes.
MOST_UNSENT_BYTES = 64 * 1024
SEND_BUFFER_BYTES = 32 * 1024
# A computer that was closed says no goodbye.
USER_TIMEOUT_MS = 60_000


class ListeningConnection(asyncio.Protocol):
    """See `hub.Listener`. What happens while the client does not read is told once it does, as it is by then."""

    __slots__ = ("connections", "hub", "missed", "server_state", "transport", "unsent_since")

    def __init__(self, hub: Hub, connections: Connections, server_state: Any) -> None:
        self.hub, self.connections, self.server_state = hub, connections, server_state
        self.unsent_since: float | None = None
        self.missed: set[Topic] | None = None

    @property
    def topics(self) -> Collection[Topic]:
        """All that it hears of."""
        raise NotImplementedError

    def compose(self, moment: Moment, topics: Collection[Topic], seq: int) -> bytes:
        """What to say of a change; empty for nothing."""
        raise NotImplementedError

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self.connections.add(self)
        self.server_state.connections.add(self)
        if (raw := transport.get_extra_info("socket")) is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            if raw.family != socket.AF_UNIX:
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)

    def connection_lost(self, exc: Exception | None) -> None:
        self.hub.leave(self)
        self.connections.discard(self)
        self.server_state.connections.discard(self)

    def tell(self, moment: Moment, topics: Collection[Topic], seq: int) -> None:
        """Send what changed, or remember whom to tell of once the client reads again."""
        if self.transport.get_write_buffer_size() > MOST_UNSENT_BYTES:
            self.missed = (self.missed or set()).union(topics or self.topics)
        elif data := self.compose(moment, topics, seq):
            self.send(data)
            self.hub.counts.add("events")

    def send(self, data: bytes) -> None:
        """Send what is whole."""
        self.transport.write(data)

    def fail(self) -> None:
        self.transport.close()

    def resume_writing(self) -> None:
        """Called when the client has read again: what it missed is told, as it is by now."""
        if self.missed is not None and not self.transport.is_closing():
            missed, self.missed = self.missed, None
            try:
                self.hub.tell_one(self, missed)
            except FAULTS:
                # It comes back, and is told all.
                self.fail()

    def cut_off(self, now: float, patience_s: float) -> bool:
        """Whether the client had not read for too long; it is gone then."""
        if self.unsent_since is None or now - self.unsent_since <= patience_s:
            return False
        self.hub.counts.add("dropped")
        reset(self.transport)
        return True
