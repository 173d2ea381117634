"""A CDN on loopback that says whatever a test wants, byte for byte, and counts who asks."""

import contextlib
import socket
import threading

from web.remote_pictures import fetcher
from web.remote_pictures.pictures import Pictures

# Longer than a test takes.
LONG_S = 60


class Cdn:
    """Serves `answers[path]`: the bytes of a whole answer, or a function that is given the connection."""

    def __init__(self, otherwise=None):
        self.answers, self.asked = {}, []
        self._otherwise = otherwise or whole(b"", "404 Not Found")
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.base = f"http://127.0.0.1:{self._listening.getsockname()[1]}"
        self._lock = threading.Lock()
        self._running = threading.Thread(target=self._accept, daemon=True)
        self._running.start()

    def _accept(self):
        with contextlib.suppress(OSError):
            while True:
                connection, _ = self._listening.accept()
                threading.Thread(target=self._answer, args=(connection,), daemon=True).start()

    def _answer(self, connection):
        with connection, contextlib.suppress(OSError):
            head = b""
            while b"\r\n\r\n" not in head:
                more = connection.recv(65536)
                if not more:
                    return
                head += more
            path = head.split()[1].decode()
            with self._lock:
                self.asked.append((path, head))
            answer = self.answers.get(path, self._otherwise)
            if callable(answer):
                answer(connection)
            else:
                connection.sendall(answer)

    def count(self, path):
        """How often a path was asked for."""
        return [asked for asked, _ in self.asked].count(path)

    def close(self):
        # A thread that waits for a connection is not woken by closing alone.
        with contextlib.suppress(OSError):
            self._listening.shutdown(socket.SHUT_RDWR)
        self._listening.close()
        self._running.join(10)


def whole(body, status="200 OK", **headers):
    """A whole answer; a header `content_type` is Content-Type."""
    named = {"Content-Length": len(body), **{name.replace("_", "-").title(): value for name, value in headers.items()}}
    lines = "".join(f"{name}: {value}\r\n" for name, value in named.items() if value is not None)
    return f"HTTP/1.1 {status}\r\n{lines}\r\n".encode() + body


def be_patient(monkeypatch):
    """Wait for pictures for longer than on a machine that has nothing else to do."""
    monkeypatch.setattr(fetcher, "TIMEOUT_S", LONG_S)
    for find in (Pictures.find, Pictures.find_many):
        monkeypatch.setattr(find, "__defaults__", (LONG_S,))
