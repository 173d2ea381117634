"""Clients that listen, thousands of them in one process: WebSockets of Lanyard's dialect, and event streams.

What they are told holds a number (`fixtures.update`), by which its arrival is known; all times are `time.time()`.
"""

import asyncio
import multiprocessing
import re
import socket
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from multiprocessing.connection import Connection
from typing import Any
from urllib.parse import urlsplit

import uvloop

from bench.processes import raise_open_files

# As many clients that come from other machines at once would take none of this one.
AT_ONCE, PATIENCE_S, AGAIN_AFTER_S = 200, 60, 0.25
SOCKET = (
    "GET /socket HTTP/1.1\r\nHost: {host}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
    "Sec-WebSocket-Version: 13\r\nSec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n\r\n"
)
STREAM = "GET /user/{user}/events HTTP/1.1\r\nHost: {host}\r\n\r\n"
SUBSCRIBE = '{{"op":2,"d":{{"subscribe_to_id":"{user}"}}}}'
NUMBER = re.compile(rb"number (\d+)")
# What shows that all of the present state has come, and that this server ends.
OPENED = {"socket": b"INIT_STATE", "stream": b"event: presence"}
FAREWELL = {"socket": b"\x88", "stream": b"retry: "}


class Listener(asyncio.Protocol):
    """One connection, about one user."""

    def __init__(self, crowd: "Crowd", kind: str, user: str) -> None:
        self._crowd, self._kind, self._user, self._head = crowd, kind, user, b""
        self.opened: asyncio.Future[bool] = asyncio.get_running_loop().create_future()

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        first = SOCKET if self._kind == "socket" else STREAM
        transport.write(first.format(host=self._crowd.host, user=self._user).encode())

    def data_received(self, data: bytes) -> None:
        now = time.time()
        if self.opened.done():
            # A message comes in one piece, or its number in the first.
            for number in NUMBER.findall(data):
                self._crowd.arrived[int(number)].append(now)
            self._crowd.news.set()
            if data.startswith(FAREWELL[self._kind]):
                self._crowd.told.setdefault(self, now)
            return
        self._head += data
        if self._kind == "socket" and b"heartbeat_interval" in data:
            self.transport.write(masked(SUBSCRIBE.format(user=self._user).encode()))
        if OPENED[self._kind] in self._head:
            self._head = b""
            self.opened.set_result(True)

    def connection_lost(self, exc: Exception | None) -> None:
        if not self.opened.done():
            self.opened.set_result(False)
        elif not self._crowd.is_closing:
            self._crowd.told.setdefault(self, time.time())
            self._crowd.lost += 1
            self._crowd.news.set()


def masked(text: bytes) -> bytes:
    """A text frame of a client, of less than 126 bytes, with a mask of nothing."""
    return bytes((0x81, 0x80 | len(text), 0, 0, 0, 0)) + text


class Crowd:
    """All clients of this process; what a bench asks of them are the methods that return what is sent back."""

    def __init__(self, url: str) -> None:
        parts = urlsplit(url)
        self._address, self.host = (parts.hostname, parts.port), parts.netloc
        self.arrived: dict[int, list[float]] = defaultdict(list)
        self.told: dict[Listener, float] = {}
        self._all: list[Listener] = []
        self.lost, self.is_closing, self.news = 0, False, asyncio.Event()

    async def open(self, kind: str, users: list[str]) -> list[float]:
        """Open a connection for each of these users; when each had its first state."""
        self.lost, self.is_closing, opened = 0, False, []
        for start in range(0, len(users), AT_ONCE):
            some = users[start : start + AT_ONCE]
            opened += await asyncio.gather(*(self._open(kind, user) for user in some))
        return opened

    async def _open(self, kind: str, user: str) -> float:
        async with asyncio.timeout(PATIENCE_S):
            while True:
                try:
                    _, listener = await asyncio.get_running_loop().create_connection(
                        lambda: Listener(self, kind, user), *self._address
                    )
                except OSError:
                    await asyncio.sleep(AGAIN_AFTER_S)
                    continue
                if await listener.opened:
                    self._all.append(listener)
                    return time.time()
                await asyncio.sleep(AGAIN_AFTER_S)

    async def hear(self, number: int, count: int) -> list[float]:
        """When each of so many heard of a number."""
        async with asyncio.timeout(PATIENCE_S):
            while len(self.arrived[number]) < count:
                await self._wait()
        return self.arrived.pop(number)

    async def hear_all(self, numbers: list[int], seconds: float) -> dict[int, float]:
        """When each of these numbers was first heard of; what does not come within some seconds is left out."""
        with suppress(TimeoutError):
            async with asyncio.timeout(seconds):
                while any(number not in self.arrived for number in numbers):
                    await self._wait()
        return {number: min(self.arrived.pop(number)) for number in numbers if number in self.arrived}

    async def come_again(self, kind: str, users: list[str]) -> tuple[list[float], list[float]]:
        """Wait until all are told that the server ends, and open them anew without a pause; when each was either."""
        async with asyncio.timeout(PATIENCE_S):
            while self.lost < len(self._all):
                await self._wait()
        told, self.told, self._all = [*self.told.values()], {}, []
        return told, await self.open(kind, users)

    async def _wait(self) -> None:
        self.news.clear()
        await self.news.wait()

    async def close(self) -> None:
        """End all connections."""
        self.is_closing = True
        for listener in self._all:
            listener.transport.abort()
        self._all.clear()
        self.arrived.clear()
        self.told.clear()
        await asyncio.sleep(0)


class Remote:
    """The crowd in its process, for a bench."""

    def __init__(self, pipe: Connection) -> None:
        self._pipe = pipe

    def begin(self, name: str, *args: Any) -> None:
        """Ask for a method of the crowd; `end` waits for what it returns."""
        self._pipe.send((name, args))

    def end(self) -> Any:
        return self._pipe.recv()

    def ask(self, name: str, *args: Any) -> Any:
        self.begin(name, *args)
        return self.end()


@contextmanager
def listening(url: str) -> Iterator[Remote]:
    """A process with clients of a server."""
    ours, theirs = multiprocessing.Pipe()
    process = multiprocessing.get_context("spawn").Process(target=_run, args=(theirs, url), daemon=True)
    process.start()
    theirs.close()
    try:
        yield Remote(ours)
    finally:
        ours.close()
        process.join(PATIENCE_S)


def _run(pipe: Connection, url: str) -> None:
    raise_open_files()
    # On asyncio's own loop a message took its client twice what it takes the server, and the last waited for that.
    uvloop.run(_serve(pipe, url))


async def _serve(pipe: Connection, url: str) -> None:
    crowd = Crowd(url)
    while True:
        try:
            name, args = await asyncio.to_thread(pipe.recv)
        except EOFError:
            return
        pipe.send(await getattr(crowd, name)(*args))


def read_late(url: str, user: str) -> socket.socket:
    """An event stream of which nothing is read, and for which this side keeps little."""
    parts = urlsplit(url)
    reader = socket.socket()
    reader.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    reader.connect((parts.hostname, parts.port))
    reader.sendall(STREAM.format(user=user, host=parts.netloc).encode())
    return reader
