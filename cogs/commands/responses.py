"""How the bot answers: embeds in one style, private things in private."""

import io
import re
from collections.abc import Callable
from typing import TypeVar

import discord
from discord.ext import bridge, commands

from cogs.commands.formatting import code
from rules.errors import Invalid

Callback = TypeVar("Callback", bound=Callable)

COLOUR = 0x5B6EE1
MOST_TEXT = 4000
CLOSED_DMS = "I cannot send you a DM: allow direct messages from members of this server"


class ClosedDMs(Invalid):
    """The user takes no DMs."""

    def __init__(self) -> None:
        super().__init__(f"{CLOSED_DMS}, or use the slash command.")


Context = bridge.BridgeExtContext | bridge.BridgeApplicationContext


def card(title: str | None = None, text: str | None = None, **fields: str) -> discord.Embed:
    """An embed in Rollcall's colour; a blank in a field's name is written _."""
    embed = discord.Embed(title=title, description=text, colour=COLOUR)
    for name, value in fields.items():
        embed.add_field(name=name.replace("_", " "), value=value, inline=True)
    return embed


def as_file(text: str, name: str) -> discord.File:
    """A text that is too long for a message, as a file."""
    return discord.File(io.BytesIO(text.encode()), filename=name)


def typed(ctx: Context, command: str) -> str:
    """A systems command as it is typed where the caller is: after the same prefix, or as a slash command."""
    if ctx.is_app and (name := find_slash(ctx.bot, command)):
        return f"`/{name}`"
    return code(f"{_systems_prefix(ctx)}{command}")


def typed_by(bot: commands.Bot, command: str) -> str:
    """A systems command for somebody who typed none: after the first prefix, or else a mention."""
    return code(f"{next(iter(bot.config.system_prefixes), f'{bot.user.mention} ')}{command}")


def named(ctx: Context, command: str) -> str:
    """A presence command as it is typed where the caller is; of a slash command its name alone."""
    if ctx.is_app:
        return f"`/{_name_slash(ctx.bot, command)}`"
    return named_by(ctx.bot, command)


def named_by(bot: commands.Bot, command: str) -> str:
    """A presence command for somebody who typed none: after the first prefix, or else the name of a slash command."""
    prefix = next(iter(bot.config.presence_prefixes), None)
    return f"`/{_name_slash(bot, command)}`" if prefix is None else code(f"{prefix}{command}")


def spell(ctx: Context, text: str) -> str:
    """A text with the commands in it, which stand there as `member new`, as they are typed where the caller is.

    A presence command is recognized behind the word command alone: `add` and `show` are other things as well.
    """

    def write(match: re.Match) -> str:
        before, command = match["before"], match["command"]
        name = command.split()[0]
        if name in ctx.bot.registry.systems:
            return before + typed(ctx, command)
        return before + named(ctx, command) if before and name in ctx.bot.all_commands else match[0]

    return re.sub(r"(?P<before>(?:command )?)`(?P<command>[a-z][^`]*)`", write, text)


def _name_slash(bot: commands.Bot, command: str) -> str:
    names, words = bot.registry.presence_slash, command.split()
    return names.get(" ".join(words[:2])) or names.get(words[0], words[0])


def find_slash(bot: commands.Bot, command: str) -> str | None:
    """The slash command that does what a typed systems command does, with its first option where that says what."""
    for pattern, name in bot.registry.slash_names.items():
        if match := pattern.fullmatch(command):
            return name.format(*match.groups())
    return None


def _systems_prefix(ctx: Context) -> str:
    known = {prefix.lower(): prefix for prefix in ctx.bot.config.system_prefixes}
    used = "" if ctx.is_app else (ctx.prefix or "").strip().lower()
    if used in known:
        return known[used]
    mention = f"{ctx.bot.user.mention} "
    return mention if used.startswith("<@") else next(iter(known.values()), mention)


def is_presence(ctx: Context) -> bool:
    """Whether a typed command began with a prefix of presence commands."""
    return ctx.prefix.strip().lower() in {prefix.lower() for prefix in ctx.bot.config.presence_prefixes}


def is_command(ctx: Context) -> bool:
    """Whether a message is a command: a known one, or any word after a prefix of systems commands."""
    if ctx.author.bot or not ctx.prefix:
        return False
    return ctx.command is not None or bool(ctx.invoked_with and not is_presence(ctx))


def answers_with_form(callback: Callback) -> Callback:
    """Mark a command whose first answer is a form: Discord takes none after a promise to answer later."""
    callback.answers_with_form = True
    return callback


async def defer(ctx: Context) -> None:
    """Tell Discord that a slash command is being worked on; without, it must be answered within 3 s."""
    if ctx.is_app and not (ctx.command and getattr(ctx.command.callback, "answers_with_form", False)):
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


async def answer_with_secret(ctx: Context, public: str, secret: discord.Embed, instead: str, **options: object) -> None:
    """Say that something is done; what only the user may read of it goes by DM.

    Where that fails, `instead` says how else to see it.
    """
    if ctx.is_app or ctx.guild is None:
        await answer(ctx, secret, **options)
        return
    try:
        await send_dm(ctx.author, secret, **options)
    except ClosedDMs:
        await answer(ctx, card(text=f"{public} Your DMs are closed; {instead}"))
    else:
        await answer(ctx, card(text=f"{public} See your DMs."))


async def send_dm(user: discord.abc.User, embed: discord.Embed, **options: object) -> discord.Message:
    """Send a DM. Raises ClosedDMs."""
    try:
        return await user.send(embed=embed, **options)
    except discord.Forbidden:
        raise ClosedDMs from None
