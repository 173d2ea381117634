"""Notes of what is begun, and their going."""

import asyncio
from itertools import count
from types import SimpleNamespace

from cogs.proxying import unfinished
from cogs.proxying.unfinished import Notes

INCOMING = SimpleNamespace(user_id=1, channel_id=2, guild_id=3)
POST = SimpleNamespace(member_id=4)


class SlowFile:
    """A file that takes as long to write as the test wants; `kept` are the notes in it."""

    def __init__(self):
        self.kept, self._numbers = set(), count(1)
        self.is_asked, self.may_go_on, self.is_empty = asyncio.Event(), asyncio.Event(), asyncio.Event()

    async def write_inline(self, _rule, *_about):
        self.kept.add(number := next(self._numbers))
        return number

    async def write_presence(self, _rule, notes):
        self.is_asked.set()
        await self.may_go_on.wait()
        self.kept -= {*notes}
        if not self.kept:
            self.is_empty.set()


def test_what_is_finished_while_notes_are_taken_away_leaves_none_either(monkeypatch):
    monkeypatch.setattr(unfinished, "TAKEN_AWAY_AFTER_S", 0)

    async def run():
        file = SlowFile()
        notes = Notes(file)
        for original_id in (10, 11):
            await notes.add(original_id, original_id, POST, INCOMING, 0)
        notes.finish(10)
        await file.is_asked.wait()
        notes.finish(11)
        file.may_go_on.set()
        async with asyncio.timeout(5):
            await file.is_empty.wait()

    asyncio.run(run())
