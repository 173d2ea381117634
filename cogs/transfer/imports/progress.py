"""Running an import step by step, with a bar in one message that is edited now and then."""

import asyncio
import time

import discord

from cogs.commands.responses import Context, answer, card
from database.steps import PAUSE_S, WORK_S
from rules.transfer import importer
from rules.transfer.import_commit import Result

EVERY_S = 2
_PARTS = 20


async def run_import(ctx: Context, work: importer.Import) -> Result:
    """Run all of an import or nothing of it, telling how far it is."""
    told = await answer(ctx, card(text="Importing …"))
    told_at = paused_at = time.monotonic()
    try:
        for rule, args in work.steps():
            await ctx.bot.write_patiently(rule, *args)
            if time.monotonic() - told_at > EVERY_S:
                await _edit(told, f"Importing …\n{draw_bar(work.done, work.total)}")
                told_at = time.monotonic()
            if time.monotonic() - paused_at > WORK_S:
                await asyncio.sleep(PAUSE_S)
                paused_at = time.monotonic()
    except BaseException:
        await ctx.bot.write_patiently(work.cancel)
        raise
    finally:
        ctx.bot.dispatch("purge")
    await _edit(told, "Imported.")
    return work.result


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
