"""Queues, one a channel: what came first is posted first, though its reading may end last."""

import asyncio
import itertools
from collections import defaultdict
from types import TracebackType


class Slot:
    """A place in a channel's queue, taken before anything is awaited.

    `leave` lets the channel's next one be posted; `finish` says that nothing more is written about this message.
    Leaving a `with` block does both.
    """

    def __init__(self, queues: "ChannelQueues", channel_id: int, author_id: int) -> None:
        self._queues, self._channel_id, self._number = queues, channel_id, next(queues.numbers)
        self._before = queues.last.get(channel_id)
        self._groups: list[tuple[str, int]] = []
        self._own: list[Slot] = []
        self._left, self._finished = asyncio.Event(), asyncio.Event()
        queues.last[channel_id] = self
        self._join("author", author_id)

    def __enter__(self) -> "Slot":
        return self

    def __exit__(self, kind: type | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.leave()
        self.finish()

    def leave(self) -> None:
        """Let the next one be posted, as soon as everybody before has left as well."""
        self._left.set()
        if self._queues.last.get(self._channel_id) is self and not self._find_before():
            del self._queues.last[self._channel_id]

    def finish(self) -> None:
        """Let the next message of the author, and of the author's system, be read."""
        for group in self._groups:
            unfinished = self._queues.unfinished[group]
            unfinished.remove(self)
            if not unfinished:
                del self._queues.unfinished[group]
        self._groups.clear()
        self._finished.set()

    async def wait_turn(self) -> None:
        """Wait until everybody before has left."""
        while before := self._find_before():
            await before._left.wait()

    def join_system(self, system_id: int) -> None:
        """Note whose message it is, as soon as that is known: a system's accounts are behind each other."""
        if ("system", system_id) not in self._groups:
            self._join("system", system_id)

    def is_behind_own(self) -> bool:
        """Whether earlier messages of the author or system are not finished; what is read now may be old already."""
        return not all(slot._finished.is_set() for slot in self._own)

    async def wait_for_own(self) -> None:
        """Wait until the author's and the system's earlier messages are finished."""
        for slot in self._own:
            await slot._finished.wait()
        self._own.clear()

    def _join(self, kind: str, owner_id: int) -> None:
        unfinished = self._queues.unfinished[kind, owner_id]
        # Whoever waits waits for what came earlier, so nobody waits for each other.
        self._own += [slot for slot in unfinished if slot._number < self._number]
        unfinished.append(self)
        self._groups.append((kind, owner_id))

    def _find_before(self) -> "Slot | None":
        while self._before and self._before._left.is_set():
            self._before = self._before._before
        return self._before


class ChannelQueues:
    """The last slot of each channel's queue, and the messages of each author and system that are not finished."""

    def __init__(self) -> None:
        self.numbers = itertools.count()
        self.last: dict[int, Slot] = {}
        self.unfinished: defaultdict[tuple[str, int], list[Slot]] = defaultdict(list)

    def join(self, channel_id: int, author_id: int) -> Slot:
        """A slot at the end of a channel's queue; to be called before anything is awaited."""
        return Slot(self, channel_id, author_id)
