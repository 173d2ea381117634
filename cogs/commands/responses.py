"""How the bot answers: embeds in one style, errors in one sentence, private things in private."""

import difflib
import io
import logging

import discord
from discord.ext import bridge, commands

from database.connections import Locked
from rules.errors import Invalid, Refused

log = logging.getLogger(__name__)

COLOUR = 0x5B6EE1
MOST_TEXT = 4000
CLOSED_DMS = "I cannot send you a DM: allow direct messages from members of this server"


class ClosedDMs(Invalid):
    """The user takes no DMs."""

    def __init__(self) -> None:
        super().__init__(f"{CLOSED_DMS}, or use the slash command.")


Context = bridge.BridgeExtContext | bridge.BridgeApplicationContext


def card(title: str | None = None, text: str | None = None, **fields: str) -> discord.Embed:
    """An embed in the house's style."""
    embed = discord.Embed(title=title, description=text, colour=COLOUR)
    for name, value in fields.items():
        embed.add_field(name=name.replace("_", " "), value=value, inline=True)
    return embed


def as_file(text: str, name: str) -> discord.File:
    """A text that is too long for a message, as a file."""
    return discord.File(io.BytesIO(text.encode()), filename=name)


def named(bot: commands.Bot, command: str) -> str:
    """A presence command as it is typed here, with the prefix that was set."""
    return f"`{next(iter(bot.config.presence_prefixes), '/')}{command}`"


def typed(bot: commands.Bot, command: str) -> str:
    """A systems command as it is typed here, with the prefix that was set."""
    prefix = next(iter(bot.config.system_prefixes), f"{bot.user.mention} ")
    return f"`{prefix}{command}`"


def is_presence(ctx: Context) -> bool:
    """Whether a typed command began with a prefix of the presence side."""
    return ctx.prefix.strip().lower() in {prefix.lower() for prefix in ctx.bot.config.presence_prefixes}


def is_command(ctx: Context) -> bool:
    """Whether a message is a command: a known one, or any word after a prefix of the plural side."""
    if ctx.author.bot or not ctx.prefix:
        return False
    return ctx.command is not None or bool(ctx.invoked_with and not is_presence(ctx))


async def gain_time(ctx: Context) -> None:
    """Tell Discord that a slash command is being worked on; without, it must be answered within 3 s."""
    if ctx.is_app:
        await ctx.defer(ephemeral=True)


async def answer(ctx: Context, embed: discord.Embed, **options: object) -> discord.Message | discord.Interaction:
    """Answer where the command was given; a slash command's answer is seen by its user alone."""
    if ctx.is_app:
        return await ctx.respond(embed=embed, ephemeral=True, **options)
    # The message may be gone by now: `.add` deletes it.
    reference = ctx.message.to_reference(fail_if_not_exists=False)
    return await ctx.send(embed=embed, reference=reference, mention_author=False, **options)


async def answer_privately(ctx: Context, embed: discord.Embed, **options: object) -> None:
    """Answer so that nobody but the user sees it: ephemerally, or by DM. Raises ClosedDMs."""
    if ctx.is_app or ctx.guild is None:
        await answer(ctx, embed, **options)
        return
    await send_dm(ctx.author, embed, **options)
    await answer(ctx, card(text="See your DMs."))


async def send_dm(user: discord.abc.User, embed: discord.Embed, **options: object) -> discord.Message:
    """Send a DM. Raises ClosedDMs."""
    try:
        return await user.send(embed=embed, **options)
    except discord.Forbidden:
        raise ClosedDMs from None


async def tell_error(ctx: Context, error: Exception) -> None:
    """Turn what a command raised into one sentence that says what to do next."""
    told = getattr(error, "original", error)
    sentence = _sentence(ctx, told)
    if not sentence:
        return
    embed = card(text=sentence)
    # A refusal may name what is the user's own.
    private = isinstance(told, Refused) and not isinstance(told, ClosedDMs) and getattr(ctx.cog, "private", False)
    try:
        await (answer_privately if private else answer)(ctx, embed)
    except ClosedDMs as closed:
        await answer(ctx, card(text=closed.sentence))
    except discord.Forbidden:
        try:
            await ctx.author.send(embed=embed)
        except discord.HTTPException:
            log.info("nowhere to answer in")
    except discord.HTTPException as failed:
        log.warning("an answer could not be sent: %s", failed)


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
    return f"I know no command “{word[:40]}”; {hint}"
