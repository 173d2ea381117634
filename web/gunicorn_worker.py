"""gunicorn's threaded worker, with time limits for clients that dawdle and refusals in our own words."""

import json
import socket
import time
from http import HTTPStatus

from gunicorn import util
from gunicorn.http import errors
from gunicorn.workers import gthread
from gunicorn.workers.gthread import TConn, ThreadWorker

from web.responses import COMMON_HEADERS

REFUSALS = {
    errors.LimitRequestLine: (414, "The address is too long."),
    errors.LimitRequestHeaders: (431, "The headers are too large."),
    errors.UnsupportedTransferCoding: (501, "This transfer coding is not understood."),
    errors.ParseException: (400, "This is not an HTTP request that can be read."),
}
# So long a thread waits for the first byte of a new connection, for what is left of a body that nobody read, and for
# the client to hang up. With gunicorn's five seconds some dozens of clients that do nothing would hold all threads.
LINGER_S = 0.2
gthread.DEFAULT_WORKER_DATA_TIMEOUT = LINGER_S
FAULT = (500, "Something went wrong here; it has been logged.")


class Worker(ThreadWorker):
    """Cuts off clients that send a request, or take its answer, too slowly: each of them holds a thread.

    `patience_s` is BODY_TIMEOUT: for the header, and then, together, for the body (which has its own clock in
    web/request_body.py), the work and the answer three times as long.
    """

    patience_s = 10.0

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._due: dict[TConn, float] = {}

    def handle(self, conn: TConn) -> object:
        self._due[conn] = time.monotonic() + self.patience_s
        try:
            kept = super().handle(conn)
        finally:
            self._due.pop(conn, None)
        if not kept:
            _hang_up(conn)
        return kept

    def handle_request(self, req: object, conn: TConn) -> object:
        self._due[conn] = time.monotonic() + 3 * self.patience_s
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        super().murder_pending()
        now = time.monotonic()
        for conn, due in list(self._due.items()):
            if due < now:
                try:
                    conn.sock.shutdown(socket.SHUT_RDWR)
                except OSError:
                    pass

    def handle_error(self, req: object, client: socket.socket, addr: object, exc: Exception) -> None:
        """Answer in JSON what gunicorn refuses before the app sees it; its own words would quote the header."""
        status, sentence = next((REFUSALS[kind] for kind in type(exc).__mro__ if kind in REFUSALS), FAULT)
        if status == 500:
            self.log.error("a request failed outside the app: %s", type(exc).__name__)
        body = json.dumps({"code": status, "message": sentence}).encode()
        head = {
            **COMMON_HEADERS,
            "Content-Type": "application/json",
            "Content-Length": len(body),
            "Connection": "close",
        }
        lines = [
            f"HTTP/1.1 {status} {HTTPStatus(status).phrase}",
            *(f"{name}: {value}" for name, value in head.items()),
        ]
        try:
            util.write_nonblock(client, "\r\n".join([*lines, "", ""]).encode() + body)
        except OSError:
            self.log.debug("a refused client was gone already")


def _hang_up(conn: TConn) -> None:
    """Close a connection in this thread; gunicorn's loop would wait two seconds for each client that does not."""
    util.close_graceful(conn.sock, LINGER_S)
    conn.close = lambda graceful=False: None
