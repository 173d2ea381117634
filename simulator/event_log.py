"""The ordered log of all that the bot did, and waiting for it without spinning."""

import asyncio
import time

QUIET_KINDS = {"typing", "deferred"}


class EventLog:
    """Entries with rising sequence numbers; readers may wait for the next ones."""

    def __init__(self) -> None:
        self.entries: list[dict] = []
        self._more = asyncio.Event()

    @property
    def last(self) -> int:
        """The sequence number of the newest entry, 0 before the first."""
        return len(self.entries)

    def add(self, kind: str, **fields: object) -> None:
        """Note one act of the bot."""
        self.entries.append({"seq": self.last + 1, "kind": kind, "at": time.time(), **fields})
        self._more.set()
        self._more = asyncio.Event()

    def after(self, seq: int, answers_only: bool = False) -> list[dict]:
        """The entries newer than `seq`; without typing and deferrals when only answers are wanted."""
        found = self.entries[seq:]
        return [e for e in found if e["kind"] not in QUIET_KINDS] if answers_only else found

    async def wait(
        self, seq: int, count: int, seconds: float, answers_only: bool = False, quiet: float = 0
    ) -> list[dict]:
        """The entries newer than `seq`, once there are `count` and then none for `quiet` seconds."""
        deadline = time.monotonic() + seconds
        while len(self.after(seq, answers_only)) < count:
            if not await self._next(deadline - time.monotonic()):
                return self.after(seq, answers_only)
        while quiet and await self._next(quiet):
            pass
        return self.after(seq, answers_only)

    async def _next(self, seconds: float) -> bool:
        try:
            async with asyncio.timeout(max(seconds, 0)):
                await self._more.wait()
        except TimeoutError:
            return False
        return True
