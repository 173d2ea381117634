"""The front before an app, served on loopback from a thread, as gunicorn's worker serves it."""

import socket
import threading

import uvicorn

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

    def end(self) -> None:
        """Ask it to stop."""
        self._server.should_exit = True

    def stop(self) -> None:
        """Stop it."""
        self.end()
        self._thread.join()
