"""What takes long with somebody's files: read, planned and imported in a thread, with a bar in one message."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Coroutine
from typing import Any

import discord
from discord.ext import commands

from cogs.commands.responses import Context, answer, card
from rules.transfer.import_commit import Result
from rules.transfer.import_plan import Plan
from rules.transfer.process import running
from rules.transfer.process.work import Asked, Tell

EVERY_S = 2
_PARTS = 20


class _Stopped(Exception):
    """Nobody waits for the import any more."""


async def perform(
    bot: commands.Bot, asked: Asked, texts: list[bytes], tell: Tell = lambda done, total: None
) -> Plan | Result:
    """`running.perform` in a thread, where `tell` is called too; whoever is cancelled ends the import."""
    loop, stopped = asyncio.get_running_loop(), threading.Event()

    def wait_for(run: Callable[..., Coroutine[Any, Any, Any]]) -> Callable[..., Any]:
        return lambda rule, *args: asyncio.run_coroutine_threadsafe(run(rule, *args), loop).result()

    def check(*done: int) -> None:
        if stopped.is_set():
            raise _Stopped
        if done:
            tell(*done)

    read, write = wait_for(bot.read), wait_for(bot.write_patiently)
    try:
        return await asyncio.to_thread(
            running.perform, bot.config.database_url, read, write, asked, texts, check, check
        )
    finally:
        stopped.set()


async def run_import(ctx: Context, asked: Asked, texts: list[bytes]) -> Result:
    """Run all of an import or nothing of it, telling how far it is."""
    told, done = await answer(ctx, card(text="Importing …")), [(0, 0)]

    async def draw() -> None:
        while True:
            before = done[0]
            await asyncio.sleep(EVERY_S)
            if done[0] != before:
                await _edit(told, f"Importing …\n{draw_bar(*done[0])}")

    drawing = asyncio.create_task(draw())
    try:
        result = await perform(ctx.bot, asked, texts, lambda *now: done.__setitem__(0, now))
    finally:
        drawing.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await drawing
        ctx.bot.dispatch("purge")
    await _edit(told, "Imported.")
    return result


def draw_bar(done: int, total: int) -> str:
    """How much of something is done, drawn and in percent."""
    share = min(done / total, 1) if total else 1
    full = int(share * _PARTS)
    return f"`{'█' * full}{'░' * (_PARTS - full)}` {int(share * 100)} %"


async def _edit(message: discord.Message, text: str) -> None:
    try:
        await message.edit(embed=card(text=text))
    except discord.HTTPException:
        # How far it is need not be told.
        pass
