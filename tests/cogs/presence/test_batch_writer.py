"""How much the writer of presences keeps in memory, and when it empties the WAL."""

import asyncio

import pytest
from sqlalchemy.exc import IntegrityError, OperationalError

from cogs.presence import batch_writer
from cogs.presence.batch_writer import MOST_IN_BATCH, MOST_PENDING, PresenceWriter
from database.faults import Locked
from rules.presence.updates import Change


class Bot:
    """Takes batches, and refuses them while `locked`."""

    def __init__(self):
        self.locked, self.stored, self.checkpoints, self.writes = False, 0, 0, 0
        self.bad, self.fault, self.steps = set(), None, []
        self.has_refused = asyncio.Event()

    async def write_presence(self, _rule, first, batch):
        self.writes += 1
        if self.locked:
            self.has_refused.set()
            raise Locked
        await asyncio.sleep(0)
        if self.bad & {*batch, *(name for _, (name,) in first)}:
            raise self.fault
        self.stored += len(batch)
        self.steps += [name for _, (name,) in first]

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


REFUSED = [IntegrityError("INSERT", {}, Exception("datatype mismatch")), OverflowError(), KeyError("x"), ValueError()]


@pytest.mark.parametrize("fault", REFUSED, ids=repr)
def test_one_bad_change_is_found_and_left_out_and_the_others_are_stored(fault, caplog):
    async def story(bot, writer):
        bot.bad, bot.fault = {7, 333}, fault
        running = asyncio.create_task(writer.run())
        await writer.drain()
        assert bot.stored == MOST_IN_BATCH - 2
        assert bot.writes < 50
        assert not writer.is_stuck
        writer.put(1, Change(2, 2))
        await writer.drain()
        assert bot.stored == MOST_IN_BATCH - 1
        writer.stop()
        await running

    with_writer(story, MOST_IN_BATCH)
    told = [record.getMessage() for record in caplog.records if "left out" in record.getMessage()]
    assert sorted(line.split()[3] for line in told) == ["333", "7"]


def test_a_bad_step_costs_neither_the_other_steps_nor_a_presence():
    async def story(bot, writer):
        bot.bad, bot.fault = {"bad"}, IntegrityError("DELETE", {}, Exception("constraint"))
        for name in ("first", "bad", "last"):
            writer.restart(print, name)
        writer.put(1, Change(1, 1))
        running = asyncio.create_task(writer.run())
        await writer.drain()
        assert (bot.steps, bot.stored) == (["first", "last"], 1)
        writer.stop()
        await running

    with_writer(story, 0)


def test_a_file_that_cannot_be_written_shows_until_it_can(monkeypatch):
    monkeypatch.setattr(batch_writer, "RETRY_AFTER_S", 0.01)
    told = []

    async def story(bot, writer):
        has_told = asyncio.Event()
        writer._on_stuck = lambda: (told.append(writer.is_stuck), has_told.set())
        bot.locked = True
        running = asyncio.create_task(writer.run())
        await has_told.wait()
        bot.locked = False
        await writer.drain()
        assert (told, bot.stored) == ([True, False], 3)
        writer.stop()
        await running

    with_writer(story, 3)


def test_what_must_wait_in_the_middle_of_taking_apart_is_put_back_and_nothing_else(monkeypatch):
    monkeypatch.setattr(batch_writer, "RETRY_AFTER_S", 0.01)

    async def story(bot, writer):
        bot.bad, bot.fault = {7}, ValueError()
        write = bot.write_presence

        async def fail_once(rule, first, batch):
            if bot.writes == 3 and not bot.has_refused.is_set():
                bot.has_refused.set()
                raise OperationalError("COMMIT", {}, Exception("database or disk is full"))
            await write(rule, first, batch)

        bot.write_presence = fail_once
        running = asyncio.create_task(writer.run())
        await writer.drain()
        assert bot.stored == 99
        writer.stop()
        await running

    with_writer(story, 100)
