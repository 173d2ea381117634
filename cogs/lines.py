"""Waiting lines, one a channel: what came first is posted first, though its reading may end last."""

import asyncio
from collections import defaultdict
from types import TracebackType


class Place:
    """A place in a channel's line, taken before anything is awaited.

    `leave` lets the channel's next one move up; `finish` says that nothing more is written about this message.
    Leaving a `with` block does both.
    """

    def __init__(self, lines: "Lines", channel_id: int, author_id: int) -> None:
        self._lines, self._channel_id, self._author_id = lines, channel_id, author_id
        self._before = lines.last.get(channel_id)
        self._own = tuple(lines.unfinished[author_id])
        self._left, self._finished = asyncio.Event(), asyncio.Event()
        lines.last[channel_id] = self
        lines.unfinished[author_id].append(self)

    def __enter__(self) -> "Place":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.leave()
        self.finish()

    def leave(self) -> None:
        """Let the next one move up, as soon as everybody before has left as well."""
        self._left.set()
        if self._lines.last.get(self._channel_id) is self and not self._find_before():
            del self._lines.last[self._channel_id]

    def finish(self) -> None:
        """Let the author's next message be read."""
        own = self._lines.unfinished.get(self._author_id)
        if not self._finished.is_set() and own:
            own.remove(self)
            if not own:
                del self._lines.unfinished[self._author_id]
        self._finished.set()

    async def turn(self) -> None:
        """Wait until everybody before has left."""
        while before := self._find_before():
            await before._left.wait()

    def is_behind_own(self) -> bool:
        """Whether earlier messages of the author are not finished; what is read now may be old already."""
        return not all(place._finished.is_set() for place in self._own)

    async def wait_for_own(self) -> None:
        """Wait until the author's earlier messages are finished."""
        for place in self._own:
            await place._finished.wait()
        self._own = ()

    def _find_before(self) -> "Place | None":
        while self._before and self._before._left.is_set():
            self._before = self._before._before
        return self._before


class Lines:
    """The last place of each channel's line, and each author's messages that are still worked on."""

    def __init__(self) -> None:
        self.last: dict[int, Place] = {}
        self.unfinished: defaultdict[int, list[Place]] = defaultdict(list)

    def join(self, channel_id: int, author_id: int) -> Place:
        """A place at the end of a channel's line; to be called before anything is awaited."""
        return Place(self, channel_id, author_id)
