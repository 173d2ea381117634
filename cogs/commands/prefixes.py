"""The prefixes of typed commands: those that are set, and a mention of the bot."""

import discord
from discord.ext import commands


def find_prefixes(bot: commands.Bot, message: discord.Message) -> list[str]:
    """The prefix with which a message starts, in its own case.

    A blank after `.` makes it plain text, and none after a mention, as in `<@bot>: hi`.
    """
    text = message.content
    for prefix in sorted(bot.config.system_prefixes + bot.config.presence_prefixes, key=len, reverse=True):
        if text.lower().startswith(prefix.lower()):
            rest = text[len(prefix) :]
            blanks = len(rest) - len(rest.lstrip())
            if prefix in bot.config.presence_prefixes and blanks:
                continue
            return [text[: len(prefix) + blanks]]
    for mention in _mentions(bot):
        rest = text.removeprefix(mention)
        if rest != text and rest[:1].isspace():
            return [text[: len(text) - len(rest.lstrip())]]
    return ["\0"]


def is_addressed(bot: commands.Bot, message: discord.Message) -> bool:
    """Whether somebody turns to the bot with a message that is no command: by DM, or by a mention alone."""
    return not message.author.bot and (message.guild is None or message.content.strip() in _mentions(bot))


def _mentions(bot: commands.Bot) -> tuple[str, str]:
    return f"<@{bot.user.id}>", f"<@!{bot.user.id}>"
