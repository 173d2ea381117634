"""Event streams: a connection that has been answered stays open, and no task and no coroutine is kept for it."""

import asyncio
import socket
import time
from collections.abc import Collection
from typing import Any

from web.front.connections import Connections, reset
from web.live.hub import Hub
from web.live.moment import Moment
from web.live.stream import Stream, Topic

# Proxies and clients take a connection for dead that is silent for longer.
COMMENT_S = 15
# A client that does not read is sent the last state once it does; by itself the kernel would keep megabytes.
MOST_UNSENT_BYTES = 64 * 1024
SEND_BUFFER_BYTES = 32 * 1024
# A computer that was closed says no goodbye.
USER_TIMEOUT_MS = 60_000
MOST_HEARD = 4096


class StreamConnection(asyncio.Protocol):
    """The connection of a `Stream`; what the client sends is thrown away. See `hub.Listener`."""

    __slots__ = (
        *("_connections", "_heard", "_hub", "_missed", "_server_state", "_spoken_at", "_stream", "transport"),
        "unsent_since",
    )

    def __init__(self, stream: Stream, hub: Hub, connections: Connections, server_state: Any) -> None:
        self._stream, self._hub, self._connections, self._server_state = stream, hub, connections, server_state
        self.unsent_since: float | None = None
        self._missed: set[Topic] | None = None
        self._heard, self._spoken_at = 0, time.monotonic()

    @property
    def seq(self) -> int:
        return self._stream.seq

    def connection_made(self, transport: asyncio.Transport) -> None:
        """Called when the connection is handed on."""
        self.transport = transport
        self._connections.add(self)
        self._server_state.connections.add(self)
        if (raw := transport.get_extra_info("socket")) is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            if raw.family != socket.AF_UNIX:
                raw.setsockopt(socket.IPPROTO_TCP, socket.TCP_USER_TIMEOUT, USER_TIMEOUT_MS)

    def begin(self, opening: bytes, client: str) -> None:
        """Send what the stream begins with, and hear of changes from then on."""
        self.transport.write(opening)
        self._hub.join(self, self._stream.topics, client)

    def tell(self, moment: Moment, topics: Collection[Topic], seq: int) -> None:
        """Send what changed, or remember whom to tell of once the client reads again."""
        if self.transport.get_write_buffer_size() > MOST_UNSENT_BYTES:
            missed = self._missed or set()
            self._missed = missed.union(topics or self._stream.topics)
            return
        text = self._stream.tell(moment, topics, seq)
        if text:
            self._send(text)
            self._hub.sent += 1

    def fail(self) -> None:
        self.transport.close()

    def check(self, now: float, patience_s: float) -> None:
        """Say something every COMMENT_S; cut off whoever has not read for too long. See `connections.Connection`."""
        if self.unsent_since is not None and now - self.unsent_since > patience_s:
            self._hub.dropped += 1
            reset(self.transport)
        elif self._missed is None and now - self._spoken_at > COMMENT_S:
            self._send(self._stream.position(self._hub.told_to))

    def shutdown(self) -> None:
        """Say that this worker ends, and that the client may come back."""
        self._hub.leave(self)
        self._send(self._stream.farewell())
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        self._heard += len(data)
        if self._heard > MOST_HEARD:
            reset(self.transport)

    def eof_received(self) -> None:
        self.transport.close()

    def connection_lost(self, exc: Exception | None) -> None:
        self._hub.leave(self)
        self._connections.discard(self)
        self._server_state.connections.discard(self)

    def resume_writing(self) -> None:
        """Called when the client has read again: what it missed is told, as it is by now."""
        if self._missed is not None and not self.transport.is_closing():
            missed, self._missed = self._missed, None
            self._hub.tell_one(self, missed)

    def _send(self, text: str) -> None:
        self._spoken_at = time.monotonic()
        self.transport.write(text.encode())
