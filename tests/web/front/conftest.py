"""The front before an app, served on loopback from a thread, as gunicorn's worker serves it."""

import socket
import threading
from collections.abc import Iterator

import pytest
import uvicorn

from tests.web.front.echo import echo_app
from web.front.app import Front
from web.front.worker import Worker


class Served:
    """A front that is being served, on `port`."""

    def __init__(self, front: Front) -> None:
        listener = socket.create_server(("127.0.0.1", 0), backlog=1024)
        self.front, self.port = front, listener.getsockname()[1]
        self._server = uvicorn.Server(uvicorn.Config(front, log_config=None, **Worker.CONFIG_KWARGS))
        self._thread = threading.Thread(target=self._server.run, kwargs={"sockets": [listener]})
        self._thread.start()

    def stop(self) -> None:
        self._server.should_exit = True
        self._thread.join()


@pytest.fixture
def serve() -> Iterator:
    """Serve a front until the test ends."""
    running: list[Served] = []

    def start(front: Front) -> Served:
        running.append(Served(front))
        return running[-1]

    yield start
    for served in running:
        served._server.should_exit = True
    for served in running:
        served.stop()


@pytest.fixture
def echo(serve) -> Served:
    """A front before the app that says what it was asked."""
    return serve(Front(echo_app, patience_s=1))
