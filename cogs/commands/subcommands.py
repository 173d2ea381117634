"""The subcommands of a typed command: one table a command, with aliases and usage lines."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cogs.commands.arguments import Arguments
from cogs.commands.formatting import QUOTED_LENGTH
from cogs.commands.responses import Context, spell, typed
from rules.errors import NotFound

Run = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Subcommand:
    """A subcommand: the first of its names is the one that help shows.

    What is `harmful`, since it deletes or shows to all what was private, is suggested to nobody.
    """

    names: tuple[str, ...]
    run: Run
    usage: str
    about: str
    harmful: bool = False


class NoSuchSubcommand(NotFound):
    """A word that no subcommand of a table has for a name; whoever tells it adds what is near."""

    def __init__(self, table: "Subcommands", word: str, beginning: str) -> None:
        self.beginning = f"{beginning}no `{table.command} … {word[:QUOTED_LENGTH]}`"
        super().__init__(f"{self.beginning}; `help {table.command}` lists what there is.")
        self.table, self.word = table, word


class Subcommands:
    """The subcommands of one command, in the order in which help shows them.

    `behind` stands between the command and a subcommand's name, as `<member>` does; `first` is one more line of help:
    what is typed, and what it is about.
    """

    def __init__(self, command: str, behind: str = "", first: tuple[str, str] | None = None) -> None:
        self.command, self.behind, self.first = command, behind, first
        self.all: list[Subcommand] = []
        self._by_name: dict[str, Subcommand] = {}

    def __call__(self, *names: str, usage: str = "", about: str = "", harmful: bool = False) -> Callable[[Run], Run]:
        """Make a function the subcommand with these names."""

        def take(run: Run) -> Run:
            self.add(Subcommand(names, run, usage, about, harmful))
            return run

        return take

    def describe(self, ctx: Context) -> str:
        """The text of help: one line a subcommand, as it is typed where the caller is, and what it is about."""
        lines = [self.first] if self.first else []
        lines += [(self.write(subcommand), subcommand.about) for subcommand in self.all]
        return "\n".join(f"{typed(ctx, command)} — {spell(ctx, about)}" for command, about in lines)

    def write(self, subcommand: Subcommand) -> str:
        """How a subcommand is typed, without the prefix."""
        return " ".join(filter(None, (self.command, self.behind, subcommand.names[0], subcommand.usage)))

    @property
    def names(self) -> dict[str, Subcommand]:
        """All names and aliases, with what they mean."""
        return dict(self._by_name)

    def find(self, word: str | None) -> Subcommand | None:
        """The subcommand with this name or alias, in any case of letters."""
        return self._by_name.get((word or "").lower())

    def read(self, arguments: Arguments) -> Subcommand:
        """The subcommand that the next words name, as many as its name has. Raises NoSuchSubcommand."""
        name = arguments.next() or ""
        while self._begins(longer := f"{name} {arguments.peek() or ''}".lower()):
            name = longer
            arguments.next()
        if not self.find(name) and self._begins(name.lower()):
            name = f"{name} {arguments.next() or ''}".strip()
        return self.get(name)

    def _begins(self, name: str) -> bool:
        return any(known == name or known.startswith(f"{name} ") for known in self._by_name)

    def find_in(self, text: str) -> Subcommand | None:
        """The first subcommand that is named among the first words of a line, by as many words as its name has."""
        words = text.lower().split()[:5]
        spans = ((start, end) for start in range(len(words)) for end in range(len(words), start, -1))
        return next((found for start, end in spans if (found := self.find(" ".join(words[start:end])))), None)

    def get(self, word: str, beginning: str = "I know ") -> Subcommand:
        """The subcommand with this name or alias, in any case of letters.

        Raises NoSuchSubcommand, which begins with what else the word could have been.
        """
        subcommand = self.find(word)
        if not subcommand:
            raise NoSuchSubcommand(self, word, beginning)
        return subcommand

    def add(self, subcommand: Subcommand) -> None:
        """Take one more subcommand. Raises ValueError for a name that another has."""
        self.all.append(subcommand)
        for name in subcommand.names:
            if name in self._by_name:
                raise ValueError(f"{self.command} has two subcommands {name}")
            self._by_name[name] = subcommand
