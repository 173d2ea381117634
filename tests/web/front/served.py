"""The front before an app, served on loopback from a thread, as gunicorn's worker serves it."""

import asyncio
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any

import uvicorn

from web.front.app import Front
from web.front.worker import Worker

PATIENCE_S = 20


class Server(uvicorn.Server):
    """uvicorn's, which says on which loop it runs."""

    loop: asyncio.AbstractEventLoop

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        self.loop = asyncio.get_running_loop()
        await super().startup(sockets)


class Served:
    """A front that is being served, on `port`."""

    def __init__(self, front: Front) -> None:
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.front, self.port = front, listener.getsockname()[1]
        self._server = Server(uvicorn.Config(front, log_config=None, **Worker.CONFIG_KWARGS))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()

    def on_loop(self, act: Callable[[], Any]) -> None:
        """Do something on the front's loop, and wait for it."""
        done = threading.Event()
        self._server.loop.call_soon_threadsafe(lambda: (act(), done.set()))
        assert done.wait(PATIENCE_S)

    @contextmanager
    def held(self) -> Iterator[None]:
        """Meanwhile the front does nothing: what is committed within, it finds all at once."""
        holds, may_go = threading.Event(), threading.Event()
        self._server.loop.call_soon_threadsafe(lambda: (holds.set(), may_go.wait(PATIENCE_S)))
        assert holds.wait(PATIENCE_S)
        try:
            yield
        finally:
            may_go.set()

    def end(self) -> None:
        """Ask it to stop."""
        self._server.should_exit = True

    def stop(self) -> None:
        """Stop it."""
        self.end()
        self._thread.join()


def wait_for(condition, seconds=5):
    """Return once a condition holds."""
    end = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < end
        time.sleep(0.02)
