"""HTTP/1.1 on one connection: uvicorn's protocol, with limits for what a client may send, hold up and leave unread.

The hot read is answered here, as soon as its head is read: neither a task nor an ASGI message is made for it.
"""

import asyncio
import socket
import time
from http import HTTPStatus
from typing import Any

import httptools
from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

from web.client_address import UNIX
from web.front.bodies import MOST_DRAINED
from web.front.connections import reset
from web.front.hot_read import Head
from web.front.refusals import refuse

LONGEST_LINE, MOST_HEADERS, LARGEST_HEAD = 8190, 100, 64 * 1024
KEEP_ALIVE_S, LINGER_S = 15, 2
# So many requests of one connection may wait behind the one that is answered.
MOST_PIPELINED = 100
# So many connections above the most are told so; more are cut off without a word.
MOST_TOLD = 64
# By itself the kernel keeps megabytes for a client that does not read.
SEND_BUFFER_BYTES = 256 * 1024


class BadHead(Exception):
    """A head that is refused before it is whole."""


class HttpProtocol(HttpToolsProtocol):
    """One connection of a `Front`, which is `app`; all of it runs on the event loop and never waits."""

    def __init__(self, *args: Any, **options: Any) -> None:
        super().__init__(*args, **options)
        # Of the head that came last; one may be refused before any has.
        self.url = b""
        self.unsent_since: float | None = None
        # The request that is answered just now; `cycle`, uvicorn's, is the one that came last.
        self._running: Any = None
        # Since when the client has owed us the rest of a head, or the end of a refused connection.
        self._owing_since: float | None = None
        self._idle_since: float | None = None
        self._in_head = self._to_websocket = self._ended = self.is_last = self._is_refused = self._is_answered = False
        self._is_whole = True
        self._head_size = self._unfinished = self._drained = 0
        self._refusal: int | None = None

    # What the transport calls

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        if (raw := transport.get_extra_info("socket")) is not None:
            raw.setsockopt(socket.SOL_SOCKET, socket.SO_SNDBUF, SEND_BUFFER_BYTES)
            # Of a client that is gone again nobody knows the address either, and it is no proxy.
            if raw.family == socket.AF_UNIX:
                self.client = (UNIX, 0)
        self._owing_since = time.monotonic()
        self.app.connections.add(self)
        excess = len(self.app.connections) - self.app.connections.most
        if excess > MOST_TOLD:
            reset(transport)
        elif excess > 0:
            self._refuse(503)

    def connection_lost(self, exc: Exception | None) -> None:
        self.app.connections.discard(self)
        if self._running is not None:
            self._running.disconnected = True
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self.timeout_keep_alive_task is not None:
            self.timeout_keep_alive_task.cancel()
            self.timeout_keep_alive_task = None
        self._idle_since = None
        if self._is_refused or self._refusal:
            self._drained += len(data)
            if self._drained > MOST_DRAINED:
                reset(self.transport)
            return
        # Begun anew with each head; of the data in which one begins, nothing tells how much is its.
        self._unfinished += len(data)
        try:
            self.parser.feed_data(data)
        except httptools.HttpParserUpgrade as upgrade:
            self._upgrade(data[upgrade.args[0] :])
        except httptools.HttpParserError:
            self._abandon()
            self._refuse(self._refusal or 400)
        if self._in_head and self._unfinished > LARGEST_HEAD:
            self._refuse(431)
        elif self._owing_since is None and self._is_free():
            self._idle_since = time.monotonic()
        if self.app.turns.is_long():
            self.flow.pause_reading()
            self.app.turns.in_next(self._read_on)

    def eof_received(self) -> bool:
        """Whether to keep the connection: a client that has said all it wants to say still hears the answer."""
        self._ended = True
        self._abandon()
        return not self._is_free()

    def check(self, now: float, patience_s: float) -> None:
        """End the connection if the client has owed us something for too long. See `connections.Connection`."""
        if self._owing_since is None:
            if self._idle_since is not None and now - self._idle_since > KEEP_ALIVE_S:
                self.transport.close()
        elif not self._is_free():
            # As long as others wait to be answered, no more is read.
            self._owing_since = now
        elif now - self._owing_since > (LINGER_S if self._is_refused or self.is_last else patience_s):
            if self._in_head:
                self._refuse(408)
            else:
                self.transport.close()

    # What the parser calls

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._in_head, self._is_whole, self._is_answered = True, False, False
        self._head_size = self._unfinished = 0
        self._owing_since = time.monotonic()

    def on_url(self, url: bytes) -> None:
        super().on_url(url)
        if len(self.url) > LONGEST_LINE:
            self._stop(414)

    def on_header(self, name: bytes, value: bytes) -> None:
        # What stands behind a chunked body, a trailer, is no header (RFC 9110, 6.5.1), but as long as one.
        if self._in_head:
            super().on_header(name, value)
        size = len(name) + len(value)
        self._head_size += size
        if size > LONGEST_LINE or self._head_size > LARGEST_HEAD or len(self.headers) > MOST_HEADERS:
            self._stop(431)
        if len(name) == 17 and name.lower() == b"transfer-encoding" and value.strip().lower() != b"chunked":
            self._stop(501)

    def on_headers_complete(self) -> None:
        headers = dict(self.headers)
        self._check_framing(headers)
        if self._running is not None or self.flow.write_paused or not self._answer_at_once(headers):
            self._hand_over()
        self._in_head, self._owing_since = False, None

    def on_message_complete(self) -> None:
        self._is_whole, self._owing_since = True, None
        if not self._is_answered:
            super().on_message_complete()

    # What uvicorn calls

    def on_response_complete(self) -> None:
        self._running = self.pipeline[-1][0] if self.pipeline else None
        super().on_response_complete()
        if not self._is_free():
            return
        if self._refusal:
            self._refuse(self._refusal)
        elif self._ended or self._is_in_body():
            self.transport.close()

    def shutdown(self) -> None:
        """Called when the worker ends: whoever has just come, or is in the middle of a head, is still answered."""
        self.is_last = True
        if self._owing_since is None or self._is_refused:
            super().shutdown()

    def hand_on(self, protocol: asyncio.Protocol, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """Answer with the head of something that never ends, and leave the connection to another protocol."""
        self.connections.discard(self)
        self.app.connections.discard(self)
        # For uvicorn nobody waits for an answer any more; what was asked for behind it gets none.
        self._running.disconnected, self._running = True, None
        self.pipeline.clear()
        self._write_head(status, [*self.server_state.default_headers, *headers])
        self.transport.set_protocol(protocol)
        protocol.connection_made(self.transport)

    def _read_on(self) -> None:
        if not self.transport.is_closing():
            self.flow.resume_reading()

    def _is_free(self) -> bool:
        """Whether no request of this connection is being answered, nor waits to be."""
        return self._running is None

    def _is_in_body(self) -> bool:
        return not self._in_head and not self._is_whole

    def _check_framing(self, headers: dict[bytes, bytes]) -> None:
        """Refuse a head of which two programs could think differently where it ends, or for whom it is."""
        if len(headers) < len(self.headers):
            names = [name for name, _ in self.headers]
            if any(names.count(name) > 1 for name in (b"host", b"content-length", b"transfer-encoding")):
                self._stop(400)
        version = self.parser.get_http_version()
        if version != "1.1":
            if version != "1.0" or b"transfer-encoding" in headers:
                self._stop(400)
        elif b"host" not in headers or (b"transfer-encoding" in headers and b"content-length" in headers):
            self._stop(400)

    def _hand_over(self) -> None:
        """Give the request to uvicorn, which asks the app, or lets it wait for those before it."""
        if len(self.pipeline) >= MOST_PIPELINED:
            self._stop(503)
        before = self.cycle
        self.scope["rollcall.connection"] = self
        super().on_headers_complete()
        self._to_websocket = self.cycle is before
        if self._to_websocket:
            return
        self.cycle.keep_alive = self.cycle.keep_alive and not self.is_last
        if self._running is None:
            self._running = self.cycle

    def _answer_at_once(self, headers: dict[bytes, bytes]) -> bool:
        if self.app.hot_read is None or len(headers) < len(self.headers):
            return False
        head = Head(self.parser.get_method(), self.url, headers, self.client[0] if self.client else "")
        answer = self.app.hot_read.answer(head)
        if answer is None:
            return False
        status, headers, body = answer
        keep = self.parser.get_http_version() != "1.0" and self.parser.should_keep_alive() and not self.is_last
        dated = [name + b": " + value + b"\r\n" for name, value in self.server_state.default_headers]
        self.transport.write(
            b"".join([status, *dated, headers, b"\r\n" if keep else b"connection: close\r\n\r\n", body])
        )
        self.server_state.total_requests += 1
        self._is_answered = True
        if not keep:
            self.transport.close()
        return True

    def _upgrade(self, rest: bytes) -> None:
        if not self._to_websocket:
            # No other protocol is spoken here; what follows is no HTTP, and nobody reads it.
            self.cycle.keep_alive = False
            return
        names = {name for name, _ in self.headers}
        if not self._is_free() or not names.isdisjoint((b"content-length", b"transfer-encoding")):
            self._refuse(400)
            return
        self.connections.discard(self)
        self.app.connections.discard(self)
        lines = [self.parser.get_method(), b" ", self.url, b" HTTP/1.1\r\n"]
        lines += [part for name, value in self.headers for part in (name, b": ", value, b"\r\n")]
        protocol = self.ws_protocol_class(config=self.config, server_state=self.server_state, app_state=self.app_state)
        protocol.connection_made(self.transport)
        self.transport.set_protocol(protocol)
        protocol.data_received(b"".join([*lines, b"\r\n"]))
        # Frames that came with the request; in one piece with it, they would be answered before it.
        if rest and not self.transport.is_closing():
            protocol.data_received(rest)
        if self.is_last:
            protocol.shutdown()

    def _stop(self, status: int) -> None:
        self._refusal = status
        raise BadHead(status)

    def _refuse(self, status: int) -> None:
        """Say in our own words why the connection ends; what was sent is never repeated."""
        self._refusal, self._in_head, self._is_whole = status, False, True
        if not self._is_free() or self._is_refused or self.transport.is_closing():
            return
        self._is_refused, self._owing_since = True, time.monotonic()
        if self.app.hot_read is not None:
            self.app.hot_read.note_refusal(status)
        answer = refuse(status, self.url)
        self._write_head(answer.status, answer.headers)
        self.transport.write(answer.body)
        if self.transport.can_write_eof():
            self.transport.write_eof()

    def _write_head(self, status: int, headers: list[tuple[bytes, bytes]]) -> None:
        """The head of the last answer of this connection."""
        first = b"HTTP/1.1 %d %b\r\n" % (status, HTTPStatus(status).phrase.encode())
        lines = [b"%b: %b\r\n" % header for header in headers]
        self.transport.write(b"".join([first, *lines, b"Connection: close\r\n\r\n"]))

    def _abandon(self) -> None:
        """Give up the last request if its body will never be whole."""
        if not self._is_in_body():
            return
        if self.pipeline:
            self.pipeline.popleft()
        elif self._running is not None:
            self._running.disconnected, self._running = True, None
            self.cycle.message_event.set()
