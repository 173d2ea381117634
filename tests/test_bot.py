"""Ending the bot's tasks."""

import asyncio

from cogs.gateway import lifecycle


def test_a_cancellation_that_gets_lost_is_said_again(monkeypatch):
    monkeypatch.setattr(lifecycle, "CANCEL_AGAIN_S", 0.01)
    lost = []

    async def stubborn():
        while len(lost) < 3:
            try:
                await asyncio.sleep(60)
            except asyncio.CancelledError as cancelled:
                lost.append(cancelled)
        raise OSError

    async def run():
        tasks = [asyncio.create_task(stubborn()), asyncio.create_task(asyncio.sleep(60))]
        await asyncio.sleep(0)
        await asyncio.wait_for(lifecycle.end(*tasks), 10)
        assert all(task.done() for task in tasks)

    asyncio.run(run())
    assert len(lost) == 3
