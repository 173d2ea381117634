"""How much the writer of presences keeps in memory, and when it empties the WAL."""

import asyncio

import pytest

from cogs.presence import batch_writer
from cogs.presence.batch_writer import MOST_IN_BATCH, MOST_PENDING, PresenceWriter
from database.connections import Locked
from rules.presence.updates import Change


class Bot:
    """Takes batches, and refuses them while `locked`."""

    def __init__(self):
        self.locked, self.stored, self.checkpoints = False, 0, 0
        self.has_refused = asyncio.Event()

    async def write_presence(self, _rule, _first, batch):
        if self.locked:
            self.has_refused.set()
            raise Locked
        await asyncio.sleep(0)
        self.stored += len(batch)

    async def checkpoint(self):
        self.checkpoints += 1


def with_writer(story, count):
    """Run a story with a writer that has changes of so many users pending."""

    async def run():
        bot = Bot()
        writer = PresenceWriter(bot)
        for user_id in range(count):
            writer.put(user_id, Change(1, 1))
        await story(bot, writer)

    asyncio.run(run())


def test_more_is_read_only_when_little_is_pending():
    async def story(bot, writer):
        running = asyncio.create_task(writer.run())
        await writer.wait_for_room()
        assert 4 * MOST_PENDING > bot.stored >= 3 * MOST_PENDING - MOST_IN_BATCH
        writer.stop()
        await running
        assert bot.stored == 4 * MOST_PENDING

    with_writer(story, 4 * MOST_PENDING)


def test_nothing_waits_while_little_is_pending():
    async def story(_bot, writer):
        await asyncio.wait_for(writer.wait_for_room(), 0.1)

    with_writer(story, MOST_PENDING)


def test_a_file_that_cannot_be_written_keeps_nobody_from_reading_on(monkeypatch):
    monkeypatch.setattr(batch_writer, "RETRY_AFTER_S", 0.01)

    async def story(bot, writer):
        bot.locked = True
        running = asyncio.create_task(writer.run())
        await bot.has_refused.wait()
        await asyncio.wait_for(writer.wait_for_room(), 0.1)
        bot.locked = False
        writer.stop()
        await running
        assert bot.stored == 2 * MOST_PENDING

    with_writer(story, 2 * MOST_PENDING)


@pytest.mark.parametrize(("count", "checkpoints"), [(400, 0), (1000, 1), (2000, 2)])
def test_the_wal_is_emptied_after_every_thousand_rows(count, checkpoints):
    async def story(bot, writer):
        running = asyncio.create_task(writer.run())
        await writer.wait_for_room()
        writer.stop()
        await running
        assert bot.checkpoints == checkpoints

    with_writer(story, count)
