"""The connections of one process: how many there may be, and which have waited for their client for too long."""

import asyncio
import resource
import socket
import struct
import time
from typing import Protocol

EVERY_S = 0.5
# Open files of a worker that are no connections: the database with its WAL for each thread, what listens, the log.
OTHER_FILES = 256
MOST_CONNECTIONS = 10_000
# What clients that do not take their answers may leave with us, all together.
MOST_UNSENT_BYTES = 64 * 1024 * 1024
# Ends a connection at once, with what is unsent: closed politely, the kernel would keep that for minutes.
AT_ONCE = struct.pack("ii", 1, 0)


class Connection(Protocol):
    """A connection that is looked at: `transport`, and what it does when it has waited for too long."""

    transport: asyncio.Transport
    unsent_since: float | None

    def check(self, now: float, patience_s: float) -> None:
        """Act on what the client owes us since when; `now` is time.monotonic()."""


class Connections(set[Connection]):
    """All open connections; `most` is the number above which new ones are refused."""

    def __init__(self, patience_s: float) -> None:
        super().__init__()
        self.patience_s, self.most = patience_s, most_connections()

    async def watch(self) -> None:
        """Look at every connection, again and again: one timer, where one for each request would cost more."""
        while True:
            await asyncio.sleep(EVERY_S)
            self.look(time.monotonic())

    def look(self, now: float) -> None:
        """Look at every connection once."""
        # With thousands that are idle this is most of what a process does: each is touched as little as may be.
        everyone = set(self)
        unsent = {one: size for one in everyone if (size := one.transport.get_write_buffer_size())}
        spare = MOST_UNSENT_BYTES - sum(unsent.values())
        for one, size in sorted(unsent.items(), key=lambda pair: -pair[1]):
            one.unsent_since = one.unsent_since or now
            if spare < 0 or now - one.unsent_since > 3 * self.patience_s:
                spare += size
                reset(one.transport)
                everyone.discard(one)
        for one in everyone:
            if one.unsent_since is not None and one not in unsent:
                one.unsent_since = None
            one.check(now, self.patience_s)


def most_connections() -> int:
    """How many connections fit below this process's limit of open files."""
    files, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    if files == resource.RLIM_INFINITY:
        return MOST_CONNECTIONS
    return min(MOST_CONNECTIONS, max(files - OTHER_FILES, files // 2))


def reset(transport: asyncio.Transport) -> None:
    """End a connection at once; what was not sent is thrown away, here and in the kernel."""
    if (raw := transport.get_extra_info("socket")) is not None:
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, AT_ONCE)
    transport.abort()
