"""Connections that end in time, to the very address that was checked."""

import io
import socket
import ssl
import time
from collections.abc import Callable

from rules.parsing.ip_addresses import NotPublic, is_public
from web.remote_pictures.hosts import Origin
from web.remote_pictures.lookups import AddressInfo, Lookups

# Of a name with many addresses; each gets its share of the time.
MOST_ATTEMPTS = 4


class TimedSocket:
    """A socket as http.client uses one, all of whose reading and writing together ends at a deadline.

    A time-out alone would begin anew with each byte that a server gives. Whoever made the socket closes it.
    """

    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket, self._deadline = connected, deadline

    def sendall(self, data: bytes) -> None:
        self._socket.settimeout(remaining(self._deadline))
        self._socket.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        return io.BufferedReader(_TimedReader(self._socket, self._deadline))

    def close(self) -> None:
        """http.client closes it as soon as it has read the head of an answer."""


class _TimedReader(io.RawIOBase):
    def __init__(self, connected: socket.socket, deadline: float) -> None:
        self._socket, self._deadline = connected, deadline

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: memoryview) -> int:
        self._socket.settimeout(remaining(self._deadline))
        return self._socket.recv_into(buffer)


def remaining(deadline: float) -> float:
    """Seconds until a deadline (time.monotonic). Raises TimeoutError where there are none."""
    left = deadline - time.monotonic()
    if left <= 0:
        raise TimeoutError
    return left


def connect(
    origin: Origin, trusted: bool, deadline: float, lookups: Lookups, tls: Callable[[], ssl.SSLContext]
) -> socket.socket:
    """A connection to an origin, which is not of the public internet only where it is trusted.

    Raises NotPublic, TimeoutError and other OSErrors.
    """
    found = lookups.find(origin.host, origin.port, deadline)
    allowed = [info for info in found if trusted or is_public(info[4][0])][:MOST_ATTEMPTS]
    if not allowed:
        raise NotPublic("This name leads to no public address.")
    connected = _connect_to_one(allowed, deadline)
    try:
        if origin.scheme == "https":
            connected.settimeout(remaining(deadline))
            connected = tls().wrap_socket(connected, server_hostname=origin.host.strip("[]"))
    except BaseException:
        connected.close()
        raise
    return connected


def _connect_to_one(allowed: list[AddressInfo], deadline: float) -> socket.socket:
    for left, info in zip(range(len(allowed), 0, -1), allowed, strict=True):
        family, kind, protocol, _, where = info
        opened = socket.socket(family, kind, protocol)
        try:
            opened.settimeout(remaining(deadline) / left)
            opened.connect(where)
        except OSError:
            opened.close()
            if left == 1:
                raise
        else:
            return opened
    raise AssertionError("at least one address was allowed")
