"""gunicorn's threaded worker, with a time limit for a request's header as well."""

import socket
import time

from gunicorn.workers.gthread import TConn, ThreadWorker


class Worker(ThreadWorker):
    """Cuts off clients that send half a header and wait; each of them would hold a thread for ever.

    `header_timeout_s` is BODY_TIMEOUT too; the body has its own clock, in web/bodies.py.
    """

    header_timeout_s = 10.0

    def __init__(self, *args: object, **kwargs: object) -> None:
        super().__init__(*args, **kwargs)
        self._header_due: dict[TConn, float] = {}

    def handle(self, conn: TConn) -> object:
        self._header_due[conn] = time.monotonic() + self.header_timeout_s
        try:
            return super().handle(conn)
        finally:
            self._header_due.pop(conn, None)

    def handle_request(self, req: object, conn: TConn) -> object:
        self._header_due.pop(conn, None)
        return super().handle_request(req, conn)

    def murder_pending(self) -> None:
        super().murder_pending()
        now = time.monotonic()
        for conn, due in list(self._header_due.items()):
            if due < now:
                try:
                    conn.sock.shutdown(socket.SHUT_RD)
                except OSError:
                    pass
