"""What a command raised, told in one sentence that says what to do next."""

import difflib
import logging

import discord
from discord.ext import commands

from cogs.commands.formatting import quote
from cogs.commands.responses import ClosedDMs, Context, answer, answer_privately, card, is_presence
from database.connections import Locked
from rules.errors import Refused

log = logging.getLogger(__name__)


async def tell_error(ctx: Context, error: Exception) -> None:
    """Turn what a command raised into one sentence that says what to do next."""
    cause = getattr(error, "original", error)
    sentence = _sentence(ctx, cause)
    if not sentence:
        return
    embed = card(text=sentence)
    # A refusal may name what is the user's own.
    private = isinstance(cause, Refused) and not isinstance(cause, ClosedDMs) and getattr(ctx.cog, "private", False)
    try:
        await (answer_privately if private else answer)(ctx, embed)
    except ClosedDMs as closed:
        await answer(ctx, card(text=closed.sentence))
    except discord.Forbidden:
        await _tell_by_dm(ctx, embed)
    except discord.HTTPException as failed:
        log.warning("an answer could not be sent: %s", failed)


async def _tell_by_dm(ctx: Context, embed: discord.Embed) -> None:
    try:
        await ctx.author.send(embed=embed)
    except discord.HTTPException:
        log.info("nowhere to answer in")


def _sentence(ctx: Context, error: Exception) -> str | None:
    if isinstance(error, Refused):
        return error.sentence
    if isinstance(error, Locked):
        return "The database is busy; try again in a moment."
    if isinstance(error, commands.CommandNotFound):
        return _suggestion(ctx)
    if isinstance(error, (commands.UserInputError, commands.ArgumentParsingError)):
        usage = f"{ctx.clean_prefix}{ctx.command.qualified_name} {ctx.command.usage or ''}"
        return f"Write it like this: `{usage.strip()}`"
    if isinstance(error, discord.Forbidden):
        # It may be read elsewhere, and what was asked for may be done.
        place = getattr(ctx.channel, "mention", "this channel")
        return f"I may not answer in {place}: I need Send Messages, Embed Links, Attach Files and Read Message History."
    log.error("%s failed", ctx.command, exc_info=error)
    return "Something went wrong here; it has been logged."


def _suggestion(ctx: Context) -> str | None:
    """Nothing after `.`, which may be the start of any sentence; a hint after `pk;` and a mention."""
    if is_presence(ctx):
        return None
    word = ctx.invoked_with.lower()
    known = [*ctx.bot.registry.systems, *(command.name for command in ctx.bot.commands)]
    near = difflib.get_close_matches(word, known, 1)
    hint = f"did you mean `{near[0]}`?" if near else "`help` lists what I know."
    return f"I know no command {quote(word)}; {hint}"
