"""The ASGI app before a WSGI app: takes a request whole, and only then gives it a thread."""

import asyncio
import threading
from collections.abc import Awaitable, Callable, MutableMapping
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from web.front import wsgi
from web.front.bodies import Bodies, Body, BodyNeeded
from web.front.connections import Connections
from web.front.hot_read import HotRead
from web.front.live import Live
from web.front.turns import Turns
from web.live.events import STREAM
from web.responses import STOPPED

Message = MutableMapping[str, Any]
Receive = Callable[[], Awaitable[Message]]
Send = Callable[[Message], Awaitable[None]]

# Python runs one at a time; so many may wait for the database's lock, which takes 5 s at most.
THREADS = 12


class Front:
    """Speaks ASGI to the server and WSGI to the app; `hot_read`, `connections` and `turns` are the protocol's too.

    `patience_s` is BODY_TIMEOUT: how long a head, and then a body, may take to arrive. `close` is called at the end.
    """

    def __init__(
        self,
        app: wsgi.App,
        hot_read: HotRead | None = None,
        patience_s: float = 10,
        close: Callable[[], None] = lambda: None,
        live: Live | None = None,
    ) -> None:
        self.app, self.hot_read, self.patience_s, self.live = app, hot_read, patience_s, live
        self.connections, self.turns = Connections(patience_s), Turns()
        self._threads: ThreadPoolExecutor | None = None
        self._bodies = Bodies(patience_s)
        self._close = close

    async def __call__(self, scope: Message, receive: Receive, send: Send) -> None:
        if scope["type"] == "http":
            await self._answer(scope, receive, send)
        elif scope["type"] == "lifespan":
            await self._live(receive, send)

    async def _live(self, receive: Receive, send: Send) -> None:
        await receive()
        self._threads = ThreadPoolExecutor(THREADS, "request")
        watching = asyncio.create_task(self.connections.watch())
        await send({"type": "lifespan.startup.complete"})
        await receive()
        watching.cancel()
        if self.live:
            self.live.hub.stop()
        self._threads.shutdown()
        # Here, since uvicorn then ends the process by its signal: nothing of gunicorn's comes after.
        self._close()
        await send({"type": "lifespan.shutdown.complete"})

    async def _answer(self, scope: Message, receive: Receive, send: Send) -> None:
        environ = wsgi.build_environ(scope)
        body = await self._bodies.begin(environ, receive)
        answer = await self._ask(environ, body, receive)
        if self.live and scope["method"] == "GET" and (stream := environ.get(STREAM)):
            refusal = self.live.keep(stream, scope["rollcall.connection"], environ, answer)
            if refusal is None:
                return
            answer = refusal
        await send({"type": "http.response.start", "status": answer.status, "headers": answer.headers})
        await send({"type": "http.response.body", "body": answer.body, "more_body": not body.whole})
        if not body.whole:
            await self._bodies.drain(receive)
            await send({"type": "http.response.body"})

    async def _ask(self, environ: dict[str, Any], body: Body, receive: Receive) -> wsgi.Answer:
        """Ask the app: at once where the body is here, else what it says without one and, if it asks, with it.

        So whoever is refused anyway (401, 404, 413 …) is told before the body has come, and no body keeps a thread.
        """
        try:
            return await self._run(environ, body)
        except BodyNeeded as needed:
            size = needed.size
        async with self._bodies.whole(body, size, receive):
            return await self._run(environ, body)

    async def _run(self, environ: dict[str, Any], body: Body) -> wsgi.Answer:
        environ["wsgi.input"], environ[STOPPED] = body, threading.Event()
        try:
            return await asyncio.get_running_loop().run_in_executor(self._threads, wsgi.call, self.app, environ)
        except asyncio.CancelledError:
            environ[STOPPED].set()
            raise
