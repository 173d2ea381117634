"""What a command raised, told in one sentence that says what to do next."""

import logging

import discord
from discord.ext import commands
from sqlalchemy.exc import DatabaseError

from cogs.commands.arguments import Unexpected
from cogs.commands.registry import SystemsCommand
from cogs.commands.responses import ClosedDMs, Context, answer, answer_privately, card, is_presence, named, spell, typed
from cogs.commands.subcommands import NoSuchSubcommand
from cogs.commands.suggestions import tell_old_name, tell_unknown_command, tell_unknown_subcommand
from database.faults import Locked, is_unwritable
from rules.errors import Invalid, NotFound, Refused
from rules.proxying import guild_config

log = logging.getLogger(__name__)

# Discord waits three seconds for a first answer.
UNKNOWN_INTERACTION = 10062


async def tell_error(ctx: Context, error: Exception) -> None:
    """Turn what a command raised into one sentence that says what to do next."""
    cause = getattr(error, "original", error)
    if isinstance(cause, commands.CommandNotFound) and not await _is_told(ctx):
        return
    sentence = _sentence(ctx, cause)
    if not sentence:
        return
    embed = card(text=sentence)
    # A refusal may name what is the user's own.
    private = isinstance(cause, Refused) and not isinstance(cause, ClosedDMs) and getattr(ctx.cog, "private", False)
    try:
        await (answer_privately if private else answer)(ctx, embed)
    except ClosedDMs as closed:
        await answer(ctx, card(text=closed.told))
    except discord.Forbidden:
        await _tell_by_dm(ctx, embed)
    except discord.HTTPException as failed:
        log.warning("an answer could not be sent: %s", failed)


async def _is_told(ctx: Context) -> bool:
    """Whether an unknown command is answered here; moderators may want their channels quiet."""
    return await ctx.bot.read(guild_config.is_invalid_command_told, ctx.guild and ctx.guild.id)


async def _tell_by_dm(ctx: Context, embed: discord.Embed) -> None:
    try:
        await ctx.author.send(embed=embed)
    except discord.HTTPException:
        log.info("nowhere to answer in")


def _sentence(ctx: Context, error: Exception) -> str | None:
    is_unknown = isinstance(error, (commands.CommandNotFound, NotFound, Invalid))
    if is_unknown and (moved := tell_old_name(ctx)):
        return moved
    if isinstance(error, NoSuchSubcommand):
        return tell_unknown_subcommand(ctx, error)
    if isinstance(error, Unexpected):
        return f"{error.told} {_show_usage(ctx)}"
    if isinstance(error, Refused):
        return spell(ctx, error.told)
    if isinstance(error, Locked):
        return "The database is busy; try again in a moment."
    if isinstance(error, commands.CommandNotFound):
        # After `.` it may be the start of any sentence.
        return None if is_presence(ctx) else tell_unknown_command(ctx)
    if isinstance(error, (commands.UserInputError, commands.ArgumentParsingError)):
        return _show_usage(ctx)
    if isinstance(error, discord.Forbidden):
        # It may be read elsewhere, and what was asked for may be done.
        place = getattr(ctx.channel, "mention", "this channel")
        return f"I may not answer in {place}: I need Send Messages, Embed Links, Attach Files and Read Message History."
    if isinstance(error, discord.NotFound) and error.code == UNKNOWN_INTERACTION:
        log.warning("%s came too late for an answer", ctx.command)
        return None
    log.error("%s failed", ctx.command, exc_info=error)
    if isinstance(error, DatabaseError) and is_unwritable(error):
        return (
            "Nothing can be stored now, so nothing was changed; tell whoever runs me that the disk is full or fails,"
            " or that the database is gone."
        )
    return "Something went wrong here; it has been logged."


def _show_usage(ctx: Context) -> str:
    """How the command that was typed is written; of one with subcommands, that one of them."""
    command = ctx.command
    usage = f"{command.qualified_name} {command.usage or ''}".strip()
    if not isinstance(command, SystemsCommand):
        return f"Write it like this: {named(ctx, usage)}"
    subcommand = command.subcommands and command.subcommands.find_in(ctx.message.content)
    return f"Write it like this: {typed(ctx, command.subcommands.write(subcommand) if subcommand else usage)}"
