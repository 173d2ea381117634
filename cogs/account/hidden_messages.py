"""A typed command that holds a value: deleted where others could read it, and given back where nothing comes of it."""

import logging
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import discord

from cogs.commands.formatting import code_block
from cogs.commands.responses import ClosedDMs, Context, answer, as_file, card, send_dm

log = logging.getLogger(__name__)

# Both together, with what is said about them, fit into one embed.
MOST_OF_MESSAGE, MOST_OF_VALUE = 2010, 1200
STANDS_THERE = "I may not delete your message, so others can read it here: delete it yourself."


class Repeated:
    """A text that repeats what somebody wrote: in blocks of code, or as files where they are too long."""

    def __init__(self, text: str) -> None:
        self.text = text
        self.files: list[discord.File] = []

    def add(self, words: str, most: int, file_name: str) -> None:
        """Repeat some words behind the text, in a block of up to `most` characters or else as a file."""
        block = code_block(words)
        if len(block) <= most:
            self.text += f"\n{block}"
        else:
            self.files.append(as_file(words, file_name))


@asynccontextmanager
async def hiding(ctx: Context) -> AsyncIterator[str]:
    """Delete a command that holds a value, and give what was deleted back where nothing comes of it.

    Yields what must be added to the answer in the channel: nothing where the message is gone.
    """
    deleted = await _delete(ctx)
    try:
        yield "" if deleted or not ctx.guild else f" {STANDS_THERE}"
    except Exception:
        if deleted:
            await _give_back(ctx)
        elif ctx.guild:
            await answer(ctx, card(text=STANDS_THERE))
        raise


async def _delete(ctx: Context) -> bool:
    """Delete a command that others could read; whether that was done."""
    try:
        if ctx.guild:
            await ctx.message.delete()
        return bool(ctx.guild)
    except discord.HTTPException as error:
        log.info("a message with a value could not be deleted: %s", error)
        return False


async def _give_back(ctx: Context) -> None:
    """Send somebody the words of a command that was deleted and came to nothing."""
    secret = Repeated("I deleted this message, since it could hold a secret:")
    secret.add(ctx.message.content, MOST_OF_MESSAGE, "message.txt")
    try:
        await send_dm(ctx.author, card(text=secret.text), files=secret.files)
    except (ClosedDMs, discord.HTTPException) as error:
        log.info("the words of a command could not be given back: %s", error)
