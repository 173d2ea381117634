"""WebSockets, `/socket`: one object a connection, no task and no coroutine; websockets speaks the protocol without I/O.

Lanyard's dialect says Hello first, and hears from its client at least every heartbeat.
"""

import asyncio
import json
import time
from typing import Any

from websockets.frames import Frame, Opcode
from websockets.http11 import Request, Response
from websockets.server import ServerProtocol

from web.responses import COMMON_HEADERS

PATH = "/socket"
HEARTBEAT_S = 30
SILENCE_S = 2 * HEARTBEAT_S
LARGEST_MESSAGE = 16 * 1024
REFUSALS = {
    400: "This is no request for a WebSocket (RFC 6455).",
    404: f"There is no socket at this path; {PATH} is one.",
    405: "A WebSocket begins with GET.",
}
HELLO = json.dumps({"op": 1, "d": {"heartbeat_interval": HEARTBEAT_S * 1000}}, separators=(",", ":"))


class SocketProtocol(asyncio.Protocol):
    """One WebSocket. `shutdown` is uvicorn's word for the end of the worker."""

    __slots__ = (
        *("_connections", "_heard_at", "_is_full", "_protocol", "_server_state", "_turns", "transport"),
        "unsent_since",
    )

    def __init__(self, config: Any, server_state: Any, app_state: Any) -> None:
        self._server_state, self._connections = server_state, config.loaded_app.connections
        self._turns, self._is_full = config.loaded_app.turns, False
        self._protocol = ServerProtocol(max_size=LARGEST_MESSAGE)
        self.unsent_since: float | None = None
        self._heard_at = time.monotonic()

    def connection_made(self, transport: asyncio.Transport) -> None:
        self.transport = transport
        self._server_state.connections.add(self)
        self._connections.add(self)

    def connection_lost(self, exc: Exception | None) -> None:
        self._server_state.connections.discard(self)
        self._connections.discard(self)

    def data_received(self, data: bytes) -> None:
        self._heard_at = time.monotonic()
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._accept(event)
            elif isinstance(event, Frame) and event.opcode in (Opcode.TEXT, Opcode.BINARY, Opcode.CONT):
                self._take(event)
        self._send()
        if self._turns.is_long():
            self.transport.pause_reading()
            self._turns.in_next(self._read_on)

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._send()

    def pause_writing(self) -> None:
        """Called while a client does not take what it is sent, such as the answers to its pings: it is not read."""
        self._is_full = True
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        self._is_full = False
        self._read_on()

    def shutdown(self) -> None:
        """Tell the client that this worker ends, and that it may come back."""
        if self._protocol.handshake_exc is None and self._protocol.state.name == "OPEN":
            self._protocol.send_close(1012, "Service restart")
            self._send()
        self.transport.close()

    def check(self, now: float, patience_s: float) -> None:
        """End a connection whose client has been silent for too long. See `connections.Connection`."""
        if now - self._heard_at > SILENCE_S:
            self._protocol.fail(1002, "No heartbeat")
            self._send()
            self.transport.close()

    def _read_on(self) -> None:
        if not self._is_full and not self.transport.is_closing():
            self.transport.resume_reading()

    def _accept(self, request: Request) -> None:
        if request.path.partition("?")[0] == PATH:
            response = self._protocol.accept(request)
        else:
            response = self._protocol.reject(404, "")
        if response.status_code == 101:
            self._protocol.send_response(response)
            self._protocol.send_text(HELLO.encode())
        else:
            self._protocol.send_response(_in_our_words(response))

    def _take(self, frame: Frame) -> None:
        # Nothing is subscribed to yet: a message is a heartbeat.
        return

    def _send(self) -> None:
        for data in self._protocol.data_to_send():
            if data:
                self.transport.write(data)
            else:
                self.transport.write_eof()
        if self._protocol.close_expected():
            self.transport.close()


def _in_our_words(response: Response) -> Response:
    """Why there is no socket; websockets itself would repeat what was sent."""
    sentence = REFUSALS.get(response.status_code, REFUSALS[400])
    response.body = json.dumps({"code": response.status_code, "message": sentence}).encode()
    described = {"Content-Type": "application/json", "Content-Length": str(len(response.body))}
    for name, value in {**COMMON_HEADERS, **described}.items():
        if name in response.headers:
            del response.headers[name]
        response.headers[name] = value
    return response
