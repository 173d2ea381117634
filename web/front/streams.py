"""Event streams: a connection that has been answered stays open, and no task and no coroutine is kept for it."""

import time
from collections.abc import Collection
from typing import Any

from web.front.connections import Connections, reset
from web.front.listening import ListeningConnection
from web.live.hub import FAULTS, Hub
from web.live.moment import Moment
from web.live.stream import Stream, Topic

# Proxies and clients take a connection for dead that is silent for longer.
COMMENT_S = 15
MOST_HEARD = 4096


class StreamConnection(ListeningConnection):
    """The connection of a `Stream`; what the client sends is thrown away."""

    __slots__ = ("_heard", "_spoken_at", "_stream")
    kind = "streams"

    def __init__(self, stream: Stream, hub: Hub, connections: Connections, server_state: Any) -> None:
        super().__init__(hub, connections, server_state)
        self._stream = stream
        self._heard, self._spoken_at = 0, time.monotonic()

    @property
    def seq(self) -> int:
        return self._stream.seq

    @property
    def topics(self) -> Collection[Topic]:
        return self._stream.topics

    def begin(self, opening: bytes, client: str) -> None:
        """Send what the stream begins with, and hear of changes from then on."""
        # A request behind this one may have stopped it, and a client that goes is noticed by reading.
        self.transport.resume_reading()
        self.transport.write(opening)
        try:
            self.hub.join(self, self.topics, client)
        except FAULTS:
            # It would hear of nothing, and be told that there was nothing. The client comes back.
            self.fail()

    def compose(self, moment: Moment, topics: Collection[Topic], seq: int) -> bytes:
        return self._stream.tell(moment, topics, seq).encode()

    def send(self, data: bytes) -> None:
        self._spoken_at = time.monotonic()
        super().send(data)

    def check(self, now: float, patience_s: float) -> None:
        """Say something every COMMENT_S; cut off whoever has not read for too long. See `connections.Connection`."""
        if not self.cut_off(now, patience_s) and self.missed is None and now - self._spoken_at > COMMENT_S:
            self.send(self._stream.position(self.hub.told_to).encode())

    def shutdown(self) -> None:
        """Say that this worker ends, and that the client may come back."""
        self.hub.leave(self)
        self.send(self._stream.farewell().encode())
        self.transport.close()

    def data_received(self, data: bytes) -> None:
        self._heard += len(data)
        if self._heard > MOST_HEARD:
            reset(self.transport)

    def eof_received(self) -> None:
        self.transport.close()
