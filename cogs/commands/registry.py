"""Which command a line means: presence commands come after `.`, systems commands after `pk;` and a mention."""

import re
from collections.abc import Callable, Collection, Mapping
from typing import Any, TypeVar

from discord.ext import commands

from cogs.commands.arguments import Arguments
from cogs.commands.responses import answer, card
from cogs.commands.subcommands import Subcommands

Callback = TypeVar("Callback", bound=Callable)


def takes_words(most: int | None, first: Collection[str] = ()) -> Callable[[Callback], Callback]:
    """Let a presence command have up to so many words, or with None any text; without this it stands alone.

    With `first`, the first of the words is one of these.
    """

    def mark(callback: Callback) -> Callback:
        callback.most_words, callback.first_words = most, first
        return callback

    return mark


class SystemsCommand(commands.Command):
    """A typed command for systems and their members; `help` behind one with subcommands is a question about them."""

    def __init__(self, callback: Callable, *, subcommands: Subcommands | None = None, **options: Any) -> None:
        super().__init__(callback, **options)
        self.subcommands = subcommands

    async def invoke(self, ctx: commands.Context) -> None:
        rest = ctx.view.buffer[ctx.view.index :].strip().lower()
        if self.subcommands and rest == "help":
            await answer(ctx, card(f"Help: {self.name}", self.subcommands.describe(ctx)))
        else:
            await super().invoke(ctx)


def systems_command(
    name: str, *aliases: str, usage: str = "", subcommands: Subcommands | None = None
) -> Callable[[Callable], SystemsCommand]:
    """Make a cog's method a systems command; it gets the rest of the message as `text`."""
    return commands.command(name=name, aliases=aliases, usage=usage, cls=SystemsCommand, subcommands=subcommands)


class CommandRegistry:
    """The systems commands by name and alias; py-cord keeps the presence commands. Neither side knows the other's.

    `slash_names` are the slash commands that do what a typed systems command does, by a pattern for that;
    `presence_slash` are the slash commands that presence commands are under another name, by the one or two words with
    which those begin.
    """

    def __init__(self) -> None:
        self.systems: dict[str, SystemsCommand] = {}
        self.slash_names: dict[re.Pattern, str] = {}
        self.presence_slash: dict[str, str] = {}

    def add(self, command: SystemsCommand) -> None:
        """Take a systems command with its aliases. Raises CommandRegistrationError for a name that another has."""
        for name in (command.name, *command.aliases):
            if name in self.systems:
                raise commands.CommandRegistrationError(name)
            self.systems[name] = command

    def find(self, word: str) -> SystemsCommand | None:
        """The systems command that a word means, whatever stands behind it."""
        return self.systems.get(word.lower())

    @property
    def subcommands(self) -> dict[str, Subcommands]:
        """The subcommands of each systems command that help tells about."""
        return {
            command.name: command.subcommands for command in self.systems.values() if command.subcommands is not None
        }


def find_presence(word: str, text: str, presence: Mapping[str, commands.Command]) -> commands.Command | None:
    """The presence command that a line is, if all of it is one: a sentence that begins like one is none."""
    command = presence.get(word.lower())
    most = getattr(command.callback, "most_words", 0) if command else 0
    if most is None:
        return command
    words = Arguments(text, flags=False).all()
    first = getattr(command.callback, "first_words", ()) if command else ()
    known = not words or not first or words[0].lower() in first
    return command if known and len(words) <= most else None
