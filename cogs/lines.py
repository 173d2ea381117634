"""Waiting lines, one a channel: what came first is posted first, though its reading may end last."""

import asyncio
from types import TracebackType


class Place:
    """A place in a channel's line; whoever leaves it (`with`, or `leave`) lets the next one move up."""

    def __init__(self, lines: "Lines", channel_id: int, author_id: int, before: "Place | None") -> None:
        self._lines, self._channel_id, self.author_id = lines, channel_id, author_id
        self._before = before
        self._left = asyncio.Event()

    def __enter__(self) -> "Place":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.leave()

    def leave(self) -> None:
        """Let the next one move up, as soon as everybody before has left as well."""
        self._left.set()
        self._lines.forget(self._channel_id, self)

    def is_behind(self, author_id: int) -> bool:
        """Whether the same author still waits further in front."""
        before = self._find_before()
        while before:
            if before.author_id == author_id:
                return True
            before = before._find_before()
        return False

    async def turn(self) -> None:
        """Wait until everybody before has left."""
        while before := self._find_before():
            await before._left.wait()

    def _find_before(self) -> "Place | None":
        while self._before and self._before._left.is_set():
            self._before = self._before._before
        return self._before


class Lines:
    """The last place of each channel's line."""

    def __init__(self) -> None:
        self._last: dict[int, Place] = {}

    def join(self, channel_id: int, author_id: int) -> Place:
        """A place at the end of a channel's line; to be called before anything is awaited."""
        place = self._last[channel_id] = Place(self, channel_id, author_id, self._last.get(channel_id))
        return place

    def forget(self, channel_id: int, place: Place) -> None:
        """Drop a line in which nobody waits any more."""
        if self._last.get(channel_id) is place and not place._find_before():
            del self._last[channel_id]
