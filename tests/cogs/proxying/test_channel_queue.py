"""Who waits for whom: the earlier messages of a channel, of an author, and of a system."""

import asyncio

from cogs.proxying.channel_queue import ChannelQueues

HERE, THERE, ANN, BEN, SYSTEM = 1, 2, 3, 4, 5


def test_accounts_of_a_system_wait_for_what_came_earlier_and_never_for_each_other():
    async def run() -> None:
        queues = ChannelQueues()
        first, second = queues.join(HERE, ANN), queues.join(THERE, BEN)
        # The later one may be known first.
        second.join_system(SYSTEM)
        first.join_system(SYSTEM)
        first.join_system(SYSTEM)
        assert [slot.is_behind_own() for slot in (first, second)] == [False, False]
        third = queues.join(HERE, BEN)
        third.join_system(SYSTEM)
        assert third.is_behind_own()
        waiting = asyncio.create_task(third.wait_for_own())
        for slot in (first, second):
            await asyncio.sleep(0)
            assert not waiting.done()
            slot.leave()
            slot.finish()
        await asyncio.wait_for(waiting, 1)
        third.leave()
        third.finish()
        third.finish()
        # Nothing is kept of them.
        assert (queues.last, dict(queues.unfinished)) == ({}, {})

    asyncio.run(run())
