"""Looking names up without waiting for as long as the system's resolver likes."""

import socket
import threading
import time
from concurrent.futures import Future
from typing import Any

AddressInfo = tuple[Any, ...]


class Lookups:
    """A thread for each name that is being looked up: all who want it meanwhile wait for the same answer.

    There are few names, so there are few threads, also where nobody answers for any of them.
    """

    def __init__(self) -> None:
        self._running: dict[tuple[str, int], Future[list[AddressInfo]]] = {}
        self._lock = threading.Lock()

    def find(self, host: str, port: int, deadline: float) -> list[AddressInfo]:
        """What a name leads to. Raises TimeoutError at the deadline (time.monotonic), and OSError."""
        with self._lock:
            running = self._running.get((host, port))
            if running is None:
                running = self._running[host, port] = Future()
                threading.Thread(target=self._look_up, args=(host, port, running), daemon=True).start()
        return running.result(max(0, deadline - time.monotonic()))

    def _look_up(self, host: str, port: int, found: Future[list[AddressInfo]]) -> None:
        try:
            answer = socket.getaddrinfo(host.strip("[]"), port, type=socket.SOCK_STREAM)
        except Exception as error:
            self._end(host, port)
            # A name may be too long to be one, which is no OSError.
            found.set_exception(error if isinstance(error, OSError) else OSError(str(error)))
        else:
            self._end(host, port)
            found.set_result(answer)

    def _end(self, host: str, port: int) -> None:
        with self._lock:
            del self._running[host, port]
