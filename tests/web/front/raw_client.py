"""A client that sends what it is told, byte for byte, and reads answers one at a time."""

import re
import socket
from typing import BinaryIO, NamedTuple

PATIENCE_S = 20


class Answer(NamedTuple):
    """An answer as it came, without its Date; `status` is 0 where the server hung up instead."""

    status: int
    head: bytes
    body: bytes

    def header(self, name: str) -> str | None:
        found = re.search(rf"(?im)^{name}: *(.*?)\r$".encode(), self.head)
        return found and found[1].decode("latin-1")


NOTHING = Answer(0, b"", b"")


class Client:
    """One connection."""

    def __init__(self, port: int, first: bytes = b"") -> None:
        self.socket = socket.create_connection(("127.0.0.1", port), timeout=PATIENCE_S)
        self._reader: BinaryIO = self.socket.makefile("rb")
        self.send(first)

    def __enter__(self) -> "Client":
        return self

    def __exit__(self, *_error: object) -> None:
        self._reader.close()
        self.socket.close()

    def send(self, data: bytes) -> None:
        """Send what the server still takes."""
        try:
            self.socket.sendall(data)
        except OSError:
            pass

    def say_no_more(self) -> None:
        self.socket.shutdown(socket.SHUT_WR)

    def read(self, method: str = "GET") -> Answer:
        """The next answer; a 100 Continue counts as one."""
        try:
            return self._read(method)
        except ConnectionResetError:
            return NOTHING

    def _read(self, method: str) -> Answer:
        head = b""
        while not head.endswith(b"\r\n\r\n"):
            line = self._reader.readline()
            if not line:
                return NOTHING
            if not line.lower().startswith(b"date:"):
                head += line
        answer = Answer(int(head[9:12]), head, b"")
        if method == "HEAD" or answer.status in (204, 304) or answer.status < 200:
            return answer
        length = answer.header("Content-Length")
        return answer._replace(body=self._reader.read(-1 if length is None else int(length)))

    def rest(self) -> bytes:
        """All that comes until the server hangs up."""
        try:
            return self._reader.read()
        except ConnectionResetError:
            return b""

    def bytes(self, size: int) -> bytes:
        return self._reader.read(size)


def ask(port: int, request: bytes, method: str = "GET") -> Answer:
    """The answer to a request on a connection of its own."""
    with Client(port, request) as client:
        return client.read(method)


def compose(
    method: str = "GET", target: str = "/", *headers: tuple[str, str], version: str = "1.1", body: bytes = b""
) -> bytes:
    """A request; with a Host unless one of the headers is called so (without a value: none at all)."""
    if not any(name.lower() == "host" for name, _ in headers):
        headers = (("Host", "x"), *headers)
    if body and not any(name.lower() in ("content-length", "transfer-encoding") for name, _ in headers):
        headers = (*headers, ("Content-Length", str(len(body))))
    lines = [f"{method} {target} HTTP/{version}", *(f"{name}: {value}" for name, value in headers if value is not None)]
    # What is not Latin-1 is sent as UTF-8.
    return b"".join(_encode(line) + b"\r\n" for line in [*lines, ""]) + body


def _encode(line: str) -> bytes:
    try:
        return line.encode("latin-1")
    except UnicodeEncodeError:
        return line.encode()
