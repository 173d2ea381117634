"""Cuts off clients that neither send a whole request nor take an answer, for a server that lets them: granian."""

import os
import socket
import struct
import time
from collections.abc import Iterator

DESCRIPTORS = "/proc/self/fd"
# In Linux's struct tcp_info: how many bytes of what was sent the client has taken.
TAKEN_AT = 120


class Stalled:
    """This process's connections at one port, and since when each has taken nothing.

    A connection that takes nothing for `patience_s` is shut down. Needs Linux; elsewhere nothing is ever found.
    """

    def __init__(self, port: int, patience_s: float) -> None:
        self._port, self._patience_s = port, patience_s
        self._known: dict[int, tuple[int, float]] = {}

    def look(self) -> None:
        """Look at every connection once, and shut down those that have stalled."""
        now, known, self._known = time.monotonic(), self._known, {}
        for connection in self._connections():
            with connection:
                number = os.fstat(connection.fileno()).st_ino
                taken, since = _taken(connection), now
                if number in known and known[number][0] == taken:
                    since = known[number][1]
                self._known[number] = taken, since
                if now - since > self._patience_s:
                    _hang_up(connection)

    def _connections(self) -> Iterator[socket.socket]:
        """A second handle on each, so that its number cannot become another's meanwhile."""
        for name in os.listdir(DESCRIPTORS) if os.path.isdir(DESCRIPTORS) else ():
            try:
                if os.readlink(f"{DESCRIPTORS}/{name}").startswith("socket:"):
                    found = socket.socket(fileno=os.dup(int(name)))
                    if self._is_client(found):
                        yield found
                    else:
                        found.close()
            except OSError:
                # Closed since it was listed.
                continue

    def _is_client(self, found: socket.socket) -> bool:
        if found.family not in (socket.AF_INET, socket.AF_INET6) or found.type != socket.SOCK_STREAM:
            return False
        listens = found.getsockopt(socket.SOL_SOCKET, socket.SO_ACCEPTCONN)
        return not listens and found.getsockname()[1] == self._port


def _taken(connection: socket.socket) -> int:
    info = connection.getsockopt(socket.IPPROTO_TCP, socket.TCP_INFO, TAKEN_AT + 8)
    return struct.unpack_from("=Q", info, TAKEN_AT)[0]


def _hang_up(connection: socket.socket) -> None:
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        # The client was quicker.
        pass
