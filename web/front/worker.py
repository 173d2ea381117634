"""gunicorn's worker: uvicorn's, with the front before whatever app gunicorn was told to serve."""

import os
import signal
from typing import Any

from uvicorn_worker import UvicornWorker

from database.turn_reader import TurnReader
from web.front.app import Front
from web.front.hot_read import HotRead, LoggedHotRead
from web.front.live import Live
from web.front.protocol import KEEP_ALIVE_S, HttpProtocol
from web.front.sockets import SocketProtocol
from web.live.hub import Hub


class Worker(UvicornWorker):
    """Serves a WSGI app; Rollcall's own with the hot read before it."""

    CONFIG_KWARGS = {
        "http": HttpProtocol,
        "ws": SocketProtocol,
        "interface": "asgi3",
        "lifespan": "on",
        # The client's address is worked out in web/rate_limit.py, from TRUSTED_PROXIES.
        "proxy_headers": False,
        "server_header": False,
        "access_log": False,
        "timeout_keep_alive": KEEP_ALIVE_S,
        # Less than gunicorn's graceful_timeout, after which the worker is killed.
        "timeout_graceful_shutdown": 8,
        # Seconds between two calls of `callback_notify`.
        "timeout_notify": 1,
    }

    def load_wsgi(self) -> None:
        super().load_wsgi()
        self._pictures = getattr(self.wsgi, "extensions", {}).get("pictures")
        self.wsgi = front_of(self.wsgi)

    async def callback_notify(self) -> None:
        """Tell gunicorn that this worker lives; end, if gunicorn does not: else the port would stay taken for ever.

        Here, too, pictures go that nobody asks for: nothing else happens where nobody asks for anything.
        """
        await super().callback_notify()
        if self._pictures:
            self._pictures.sweep_in_time()
        if os.getppid() != self.ppid:
            os.kill(os.getpid(), signal.SIGTERM)


def front_of(app: Any) -> Front:
    """The front before a WSGI app, with the hot read where the app is Rollcall's."""
    extensions = getattr(app, "extensions", {})
    if "database" not in extensions:
        return Front(app)
    database, config, limiter = extensions["database"], app.config["ROLLCALL"], extensions["rate_limiter"]
    reader = TurnReader(database)
    hot_read = (LoggedHotRead if config.request_log else HotRead)(reader, limiter)
    hub = Hub(database, reader, extensions["live_counts"].claim(), config.live_connections, config.live_per_client)
    live = Live(hub, limiter, config.subscribe_to_all)
    return Front(app, hot_read, config.body_timeout, database.close, live)
