"""WebSockets, `/socket`: one object a connection, no task and no coroutine; websockets speaks the protocol without I/O.

What the messages mean is `web.live.lanyard_socket`'s; clients are heard from at least every heartbeat.
"""

import logging
import socket
import time
from collections.abc import Collection
from typing import Any
from urllib.parse import parse_qs

from websockets.frames import CloseCode, Frame, Opcode
from websockets.http11 import Request, Response
from websockets.protocol import State
from websockets.server import ServerProtocol

from web.client_address import UNIX, claims_of
from web.front.listening import ListeningConnection
from web.front.refusals import refuse
from web.front.wsgi import Answer
from web.live.lanyard_socket import HEARTBEAT_S, LanyardSocket, Refused
from web.live.moment import Moment
from web.live.stream import Topic

log = logging.getLogger(__name__)

PATH = "/socket"
SILENCE_S = 2 * HEARTBEAT_S
LARGEST_MESSAGE = 16 * 1024
# Of pings and pieces of messages, too, which cost as much as some messages do.
FRAMES_A_SECOND = 100
# So much is read at once: what arrived in one piece may be 40 000 frames, which took the loop 0.4 s.
PIECE_BYTES = 2048
REFUSALS = {
    400: "This is no request for a WebSocket (RFC 6455).",
    404: f"There is no socket at this path; {PATH} is one.",
    405: "A WebSocket begins with GET.",
}
_OF_MESSAGES = (Opcode.TEXT, Opcode.BINARY, Opcode.CONT)


class SocketProtocol(ListeningConnection):
    """One WebSocket. `shutdown` is uvicorn's word for the end of the worker."""

    __slots__ = (
        *("_frames_until", "_heard_at", "_is_full", "_live", "_pieces", "_protocol", "_socket", "_turns"),
        "_unheard",
    )
    # What it was told it compares by itself.
    seq, kind = 0, "sockets"

    def __init__(self, config: Any, server_state: Any, app_state: Any) -> None:
        front = config.loaded_app
        super().__init__(front.live and front.live.hub, front.connections, server_state)
        self._live, self._turns, self._is_full = front.live, front.turns, False
        self._protocol = ServerProtocol(max_size=LARGEST_MESSAGE)
        self._socket: LanyardSocket | None = None
        self._pieces = self._unheard = b""
        self._heard_at = self._frames_until = time.monotonic()

    @property
    def topics(self) -> Collection[Topic]:
        return self._socket.topics

    def compose(self, moment: Moment, topics: Collection[Topic], seq: int) -> bytes:
        return self._socket.tell(moment, topics) if self._is_open() else b""

    def connection_lost(self, exc: Exception | None) -> None:
        if self._live:
            super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._heard_at = time.monotonic()
        for first in range(0, len(data), PIECE_BYTES):
            self._hear(data[first : first + PIECE_BYTES])
            if self.transport.is_closing():
                return
            if self._is_full:
                # What it asks for besides waits until it has taken what it asked for before.
                self._unheard = data[first + PIECE_BYTES :]
                return
        if self._turns.is_long():
            self.transport.pause_reading()
            self._turns.in_next(self._read_on)

    def eof_received(self) -> None:
        self._protocol.receive_eof()
        self._flush()

    def pause_writing(self) -> None:
        """Called while a client does not take what it is sent, such as the answers to its pings: it is not read."""
        self._is_full = True
        self.transport.pause_reading()

    def resume_writing(self) -> None:
        super().resume_writing()
        self._is_full = False
        self._read_on()

    def shutdown(self) -> None:
        """Tell the client that this worker ends, and that it may come back."""
        if self._is_open():
            self._protocol.send_close(CloseCode.SERVICE_RESTART, "Service restart")
        self._flush()
        self.transport.close()

    def fail(self) -> None:
        self._close(CloseCode.INTERNAL_ERROR)

    def check(self, now: float, patience_s: float) -> None:
        """Cut off whoever has not read for too long; end it with whoever is silent. See `connections.Connection`."""
        if not self.cut_off(now, patience_s) and now - self._heard_at > SILENCE_S:
            self._close(CloseCode.PROTOCOL_ERROR, "No heartbeat")
            self.transport.close()

    def charge(self, requests: float) -> bool:
        """Count what a message asks for as that many requests; whether that is within the client's limit."""
        return self._live.charge(self, requests)

    def _is_open(self) -> bool:
        return self._protocol.state is State.OPEN

    def _read_on(self) -> None:
        if self._unheard and not self._is_full and not self.transport.is_closing():
            unheard, self._unheard = self._unheard, b""
            self.data_received(unheard)
        if not self._is_full and not self.transport.is_closing():
            self.transport.resume_reading()

    def _hear(self, data: bytes) -> None:
        self._protocol.receive_data(data)
        for event in self._protocol.events_received():
            if isinstance(event, Request):
                self._accept(event)
                continue
            self._frames_until = max(self._frames_until, self._heard_at) + 1 / FRAMES_A_SECOND
            if self._frames_until - self._heard_at > 1.001:
                self._close(CloseCode.POLICY_VIOLATION, f"at most {FRAMES_A_SECOND} frames a second")
            elif self._is_open() and event.opcode in _OF_MESSAGES:
                self._take(event)
        self._flush()

    def _accept(self, request: Request) -> None:
        path, _, query = request.path.partition("?")
        is_ours = path == PATH and self._live is not None
        response = self._protocol.accept(request) if is_ours else self._protocol.reject(404, "")
        if response.status_code != 101:
            status = response.status_code
            answer = refuse(status, request.path.encode(), _why_not(response))
            self._protocol.send_response(_in_our_words(response, answer))
            return
        refusal = self._live.let_in(self, self._find_peer(), claims_of(request.headers.get_all))
        if refusal:
            response = self._protocol.reject(refusal.status, "")
            self._protocol.send_response(_in_our_words(response, refuse(refusal[0], PATH.encode(), *refusal[1:])))
            return
        self._protocol.send_response(response)
        self._flush()
        is_compressed = parse_qs(query).get("compression") == ["zlib_json"]
        self._socket = LanyardSocket(is_compressed, self._live.subscribe_to_all)
        self.send(self._socket.hello())

    def _find_peer(self) -> str:
        raw, address = (self.transport.get_extra_info(name) for name in ("socket", "peername"))
        return UNIX if raw is not None and raw.family == socket.AF_UNIX else (address or ("",))[0]

    def _take(self, frame: Frame) -> None:
        self._pieces += frame.data
        if not frame.fin:
            return
        message, self._pieces = self._pieces, b""
        try:
            answer = self._socket.take(message.decode(), self, self.hub)
        except UnicodeDecodeError:
            self._close(CloseCode.INVALID_DATA)
        except Refused as refused:
            self._close(refused.code, refused.reason)
        except Exception:
            log.exception("a message on a socket could not be answered")
            self.fail()
        else:
            self._flush()
            if answer:
                self.send(answer)

    def _close(self, code: int, reason: str = "") -> None:
        self._protocol.fail(code, reason)
        self._flush()

    def _flush(self) -> None:
        """Send what the protocol has to say; who is told of the end hears nothing more."""
        if self._live and not self._is_open():
            self.hub.leave(self)
        for data in self._protocol.data_to_send():
            if data:
                self.transport.write(data)
            else:
                self.transport.write_eof()
        if self._protocol.close_expected():
            self.transport.close()


def _why_not(response: Response) -> str:
    return REFUSALS.get(response.status_code, REFUSALS[400])


def _in_our_words(response: Response, answer: Answer) -> Response:
    """Why there is no socket; websockets itself would repeat what was sent."""
    response.body = answer.body
    for name, value in answer.headers:
        key = name.decode()
        if key in response.headers:
            del response.headers[key]
        response.headers[key] = value.decode()
    return response
