"""Which command a word means: presence commands come after `.`, systems commands after `pk;` and a mention."""

from collections.abc import Callable
from typing import Any

from discord.ext import commands

from cogs.commands.responses import answer, card
from cogs.commands.subcommands import Subcommands


class SystemsCommand(commands.Command):
    """A typed command for systems and their members; `help` behind one with subcommands is a question about them."""

    def __init__(self, callback: Callable, *, subcommands: Subcommands | None = None, **options: Any) -> None:
        super().__init__(callback, **options)
        self.subcommands = subcommands

    async def invoke(self, ctx: commands.Context) -> None:
        rest = ctx.view.buffer[ctx.view.index :].strip().lower()
        if self.subcommands and rest == "help":
            await answer(ctx, card(f"Help: {self.name}", self.subcommands.describe()))
        else:
            await super().invoke(ctx)


def systems_command(
    name: str, *aliases: str, usage: str = "", subcommands: Subcommands | None = None
) -> Callable[[Callable], SystemsCommand]:
    """Make a cog's method a systems command; it gets the rest of the message as `text`."""
    return commands.command(name=name, aliases=aliases, usage=usage, cls=SystemsCommand, subcommands=subcommands)


class CommandRegistry:
    """The systems commands by name and alias; py-cord keeps the presence commands. One word may mean both."""

    def __init__(self) -> None:
        self.systems: dict[str, SystemsCommand] = {}

    def add(self, command: SystemsCommand) -> None:
        """Take a systems command with its aliases. Raises CommandRegistrationError for a name that another has."""
        for name in (command.name, *command.aliases):
            if name in self.systems:
                raise commands.CommandRegistrationError(name)
            self.systems[name] = command

    def find(self, word: str, presence: dict[str, commands.Command], systems_first: bool) -> commands.Command | None:
        """The command that a word means. After `.` the short aliases of systems commands stay plain text."""
        name = word.lower()
        own = self.systems.get(name)
        if systems_first:
            return own or presence.get(name)
        return presence.get(name) or (own if own and own.name == name else None)

    @property
    def subcommands(self) -> dict[str, Subcommands]:
        """The subcommands of each systems command that help tells about."""
        return {
            command.name: command.subcommands for command in self.systems.values() if command.subcommands is not None
        }
