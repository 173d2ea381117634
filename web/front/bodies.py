"""Bodies of requests: read on the event loop, bounded in size and time, before they cost a thread."""

import asyncio
import io
from collections.abc import AsyncIterator, Awaitable, Callable, Mapping
from contextlib import asynccontextmanager
from typing import Any

from werkzeug.exceptions import BadRequest, HTTPException, RequestTimeout, ServiceUnavailable

from web.responses import RETRY_AFTER_S

Receive = Callable[[], Awaitable[Any]]

# A body of this size that comes with its head, or right behind it, is waited for before anybody is asked.
SOON_BYTES, SOON_S = 64 * 1024, 0.05
# What all bodies that are still on their way may take together: more than the largest file that may be imported.
MOST_BYTES = 160 * 1024 * 1024
# A body may take a second more for each so many bytes that came: a large file over an ordinary line takes minutes.
SLOWEST_BYTES = 128 * 1024
# So much is read of what nobody wants: a client that is cut off while it sends never sees the answer.
MOST_DRAINED = 1024 * 1024


class BodyNeeded(BaseException):
    """The app wants to read `size` bytes of a body that is not here yet.

    No Exception, so that it passes the app's error handlers.
    """

    def __init__(self, size: int) -> None:
        super().__init__(size)
        self.size = size


class Body(io.RawIOBase):
    """`wsgi.input`: raises BodyNeeded where it would have to wait, and why it will never be whole where that is so."""

    def __init__(self, whole: bool) -> None:
        # What is in it is handed out without a second copy, of which 128 MB would be too much.
        self._arrived, self.size, self.whole = io.BytesIO(), 0, whole
        # No more is waited for, whole or not.
        self.closed_early = False
        self.failed: HTTPException | None = None
        self.held = 0

    def is_short_of(self, size: int) -> bool:
        """Whether `size` bytes are neither here nor fewer all there will be."""
        return not self.whole and self.size < size

    def add(self, data: bytes) -> None:
        """Take in what has arrived."""
        self._arrived.write(data)
        self.size += len(data)

    def read(self, size: int = -1) -> bytes:
        if self.failed:
            raise self.failed
        wanted = MOST_BYTES if size < 0 else size
        if not self.closed_early and self.is_short_of(wanted):
            raise BodyNeeded(wanted)
        arrived = self._arrived.getvalue()
        self._arrived, self.size = io.BytesIO(), 0
        self.add(arrived[wanted:])
        return arrived[:wanted]


class Bodies:
    """Takes the bodies of requests in, for all connections of this process."""

    def __init__(self, patience_s: float) -> None:
        self._patience_s = patience_s
        # Bytes that are here of bodies of which more is waited for.
        self._held = 0

    async def begin(self, environ: Mapping[str, Any], receive: Receive) -> Body:
        """What of a body is here, or comes right behind its head."""
        length = environ.get("CONTENT_LENGTH")
        if length in (None, "0") and "HTTP_TRANSFER_ENCODING" not in environ:
            return Body(whole=True)
        body = Body(whole=False)
        # Whoever asks first whether the body is wanted, or has much to send, is answered by the app before it is read.
        if "HTTP_EXPECT" not in environ and length and int(length) <= SOON_BYTES:
            try:
                async with asyncio.timeout(SOON_S):
                    while body.is_short_of(SOON_BYTES):
                        await _read_some(body, receive)
            except TimeoutError:
                pass
        return body

    @asynccontextmanager
    async def whole(self, body: Body, size: int, receive: Receive) -> AsyncIterator[None]:
        """Read on until `size` bytes or all are here; what goes wrong is told to whoever reads the body then."""
        try:
            await self._read_in_time(body, size, receive)
            yield
        finally:
            self._held -= body.held

    async def drain(self, receive: Receive) -> None:
        """Read what is still to come of a body that nobody wants, of at most MOST_DRAINED bytes."""
        drained = 0
        try:
            async with asyncio.timeout(self._patience_s):
                while drained < MOST_DRAINED and (event := await receive()).get("more_body"):
                    drained += len(event["body"])
        except TimeoutError:
            pass

    async def _read_in_time(self, body: Body, size: int, receive: Receive) -> None:
        try:
            async with asyncio.timeout(self._patience_s) as limit:
                ends_at = limit.when()
                while body.is_short_of(size) and body.failed is None:
                    # What was only announced is not counted, or a few who send nothing would keep everybody out.
                    if self._held > MOST_BYTES:
                        body.failed = ServiceUnavailable(retry_after=RETRY_AFTER_S)
                        break
                    arrived = await _read_some(body, receive)
                    body.held += arrived
                    self._held += arrived
                    limit.reschedule(ends_at + body.held / SLOWEST_BYTES)
        except TimeoutError:
            body.failed = RequestTimeout()
        body.closed_early = True


async def _read_some(body: Body, receive: Receive) -> int:
    event = await receive()
    data = event.get("body", b"")
    body.add(data)
    body.whole = not event.get("more_body", False)
    if event["type"] == "http.disconnect":
        body.failed = BadRequest()
    return len(data)
