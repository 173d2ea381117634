"""One websocket: hello, identify or resume, heartbeats, and the closing codes of a strict gateway."""

import asyncio
import json
import time
import zlib
from collections import deque

from aiohttp import WSMsgType, web

from simulator.gateway import handshake, member_request, sync
from simulator.gateway.handshake import Closing
from simulator.gateway.hub import Hub
from simulator.gateway.session import Session, encode

HEARTBEAT, IDENTIFY, PRESENCE, VOICE, RESUME, MEMBERS, SOUNDS = 1, 2, 3, 4, 6, 8, 31
# bytes; Discord closes the connection of a client that sends more in one frame
LONGEST_FRAME = 4096
# after these a client must identify anew
FATAL = {4004, 4007, 4009, 4010, 4011, 4012, 4013, 4014}


class Connection:
    """Reads one client's frames and writes, through a queue, what is sent to it."""

    def __init__(self, hub: Hub, url: str, request: web.Request) -> None:
        self.hub = hub
        self.url = url
        self.request = request
        # Discord offers zlib-stream instead of the websocket's own compression
        self.socket = web.WebSocketResponse(compress=False, timeout=1.0)
        self.session: Session | None = None
        self._interval = hub.settings.heartbeat_interval
        self._beat_at = time.monotonic()
        self._received: deque[float] = deque()
        self._answering: set[asyncio.Task] = set()
        self._outgoing: asyncio.Queue[tuple[str, str | None]] = asyncio.Queue()
        self._ended: asyncio.Future[tuple[int, str]] = asyncio.get_running_loop().create_future()
        zlib_stream = request.query.get("compress") == "zlib-stream"
        self._deflate = zlib.compressobj() if zlib_stream else None

    async def run(self) -> web.WebSocketResponse:
        """Serve the connection until either side ends it."""
        await self.socket.prepare(self.request)
        self.hub.connections.add(self)
        reading = asyncio.create_task(self._read_all())
        tasks = [
            reading,
            asyncio.create_task(self._write_all()),
            asyncio.create_task(self._watch_heartbeat()),
        ]
        try:
            await asyncio.wait([reading, self._ended], return_when=asyncio.FIRST_COMPLETED)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks[1:], return_exceptions=True)
            self._detach()
        await self._finish(reading)
        return self.socket

    async def _finish(self, reading: asyncio.Task) -> None:
        # aiohttp closes with 1000 whatever was asked, if somebody is still reading
        await asyncio.wait([reading])
        if not reading.cancelled() and reading.exception():
            raise reading.exception()
        if self._ended.done():
            code, reason = self._ended.result()
            await self.socket.close(code=code, message=reason.encode())

    def close(self, code: int, reason: str = "") -> None:
        """End the connection with a closing code."""
        if self._ended.done():
            return
        self._ended.set_result((code, reason))
        if code in FATAL:
            self.hub.forget(self.session)

    def _detach(self) -> None:
        self.hub.connections.discard(self)
        # whoever waits in `drained` must not wait for a client that is gone
        while not self._outgoing.empty():
            self._outgoing.get_nowait()
            self._outgoing.task_done()
        session = self.session
        if session is None or session.connection is not self:
            return
        session.connection, session.lost_at = None, time.monotonic()
        # a client that says goodbye with 1000 or 1001 gives its session up
        if not self._ended.done() and self.socket.close_code in (1000, 1001):
            self.hub.forget(session)

    def write(self, frame: str, message_id: str | None = None) -> None:
        """Queue a frame; with the id of the message that it creates, its time is remembered."""
        self._outgoing.put_nowait((frame, message_id))

    def write_op(self, op: int, data: object = None) -> None:
        """Queue a frame that is not an event."""
        self.write(encode({"op": op, "d": data, "s": None, "t": None}))

    async def drained(self) -> None:
        """Return when the queue has been written, or dropped with the connection."""
        await self._outgoing.join()

    def abort(self) -> None:
        """Cut the TCP connection without a closing frame."""
        if self.request.transport:
            self.request.transport.abort()

    async def _write_all(self) -> None:
        while True:
            frame, message_id = await self._outgoing.get()
            if message_id:
                self.hub.note_written(message_id)
            try:
                await self._write_one(frame)
            except (ConnectionError, RuntimeError):
                pass
            finally:
                self._outgoing.task_done()

    async def _write_one(self, frame: str) -> None:
        if self._deflate is None:
            await self.socket.send_str(frame)
            return
        # a client knows by the flush marker at its end that a frame is whole
        packed = self._deflate.compress(frame.encode()) + self._deflate.flush(zlib.Z_SYNC_FLUSH)
        await self.socket.send_bytes(packed)

    async def _watch_heartbeat(self) -> None:
        while True:
            await asyncio.sleep(self._interval / 4)
            # half an interval of grace: a client on a busy machine beats late
            if time.monotonic() - self._beat_at > self._interval * 1.5 + 1:
                self.close(4009, "Session timed out.")

    async def _read_all(self) -> None:
        if self.request.query.get("v", "10") not in ("9", "10"):
            self.close(4012, "Invalid API version.")
            return
        self.write_op(10, {"heartbeat_interval": int(self._interval * 1000), "_trace": []})
        try:
            async for frame in self.socket:
                if frame.type in (WSMsgType.TEXT, WSMsgType.BINARY):
                    self._count_frame()
                    self._handle(frame.data)
        except Closing as closing:
            self.close(closing.code, str(closing))

    def _count_frame(self) -> None:
        now = time.monotonic()
        self._received.append(now)
        while self._received[0] < now - 60:
            self._received.popleft()
        if len(self._received) > self.hub.settings.gateway_send_limit:
            raise Closing(4008, "You are being rate limited.")

    def _handle(self, raw: str | bytes) -> None:
        if len(raw) > LONGEST_FRAME:
            raise Closing(4002, "Error while decoding payload.")
        try:
            body = json.loads(raw)
            op, data = body["op"], body.get("d")
        except (ValueError, TypeError, KeyError):
            raise Closing(4002, "Error while decoding payload.") from None
        # first, since what a heartbeat carries is a number or null, and it is allowed before IDENTIFY
        if op == HEARTBEAT:
            self._heartbeat()
        elif not isinstance(data, dict):
            raise Closing(4002, "Error while decoding payload.")
        elif op == IDENTIFY:
            self._identify(data)
        elif op == RESUME:
            self._resume(data)
        elif self.session is None:
            raise Closing(4003, "Not authenticated.")
        else:
            self._command(op, data)

    def _heartbeat(self) -> None:
        self._beat_at = time.monotonic()
        if not self.hub.settings.stop_acking:
            self.write_op(11)

    def _command(self, op: int, data: dict) -> None:
        if op == MEMBERS:
            self._answer_members(data)
        elif op == PRESENCE:
            self.session.presence = data
        elif op not in (VOICE, SOUNDS):
            raise Closing(4001, "Unknown opcode.")

    def _answer_members(self, data: dict) -> None:
        # no part of `run`: the chunks go on into the session's buffer when the connection is lost
        answering = asyncio.create_task(member_request.answer(self.hub, self.session, data))
        self._answering.add(answering)
        answering.add_done_callback(self._answering.discard)

    def _identify(self, data: dict) -> None:
        if self.session:
            raise Closing(4005, "Already authenticated.")
        session = handshake.identify(self.hub, data)
        self._attach(session)
        session.send("READY", sync.ready(self.hub.world, self.hub.settings, session, self.url))
        for guild in self.hub.world.guilds.values():
            self.hub.announce_to(session, guild)

    def _resume(self, data: dict) -> None:
        session = handshake.resume(self.hub, data)
        if session is None:
            self.write_op(9, False)
            return
        self._attach(session)
        session.replay(data["seq"])
        session.send("RESUMED", {"_trace": []})

    def _attach(self, session: Session) -> None:
        # a client may resume before its old connection has been seen to be lost
        if session.connection:
            session.connection.abort()
        self.session, session.connection = session, self
