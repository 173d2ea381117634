"""The two sides of the commands: presence after `.`, systems after `pk;` and a mention; a word may mean both."""

from collections.abc import Callable

from discord.ext import commands


class SystemsCommand(commands.Command):
    """A typed command of the plural side; `help` behind one that has subcommands is a question about them."""

    async def invoke(self, ctx: commands.Context) -> None:
        rest = ctx.view.buffer[ctx.view.index :].strip().lower()
        if rest == "help" and self.name in ctx.bot.get_cog("help").tables:
            await ctx.bot.get_cog("help").help_systems(ctx, text=self.name)
        else:
            await super().invoke(ctx)


def systems_command(name: str, *aliases: str, usage: str = "") -> Callable[[Callable], SystemsCommand]:
    """Make a cog's method a typed command of the plural side; it gets the rest of the message as `text`."""
    return commands.command(name=name, aliases=aliases, usage=usage, cls=SystemsCommand)


class CommandRegistry:
    """Both sides' commands by name, and which of them a word means."""

    def __init__(self) -> None:
        self.systems: dict[str, SystemsCommand] = {}

    def add(self, command: SystemsCommand) -> None:
        """Take a command of the plural side with its aliases."""
        for name in (command.name, *command.aliases):
            if name in self.systems:
                raise commands.CommandRegistrationError(name)
            self.systems[name] = command

    def find(self, word: str, presence: dict[str, commands.Command], systems_first: bool) -> commands.Command | None:
        """The command that a word means. After `.` the plural side's short aliases stay plain text."""
        name = word.lower()
        own = self.systems.get(name)
        if systems_first:
            return own or presence.get(name)
        return presence.get(name) or (own if own and own.name == name else None)
