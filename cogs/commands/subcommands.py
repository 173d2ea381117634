"""The subcommands of a typed command: one table a command, with aliases, usage lines and near misses."""

import difflib
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from cogs.commands.arguments import Arguments
from cogs.commands.formatting import QUOTED_LENGTH
from rules.errors import NotFound

Run = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Subcommand:
    """A subcommand: the first of its names is the one that help shows."""

    names: tuple[str, ...]
    run: Run
    usage: str
    about: str


class Subcommands:
    """The subcommands of one command, in the order in which help shows them.

    `behind` stands between the command and a subcommand's name, as `<member>` does; `first` is one more line of help.
    """

    def __init__(self, command: str, behind: str = "", first: str | None = None) -> None:
        self.command, self.behind, self.first = command, behind, first
        self.all: list[Subcommand] = []
        self._by_name: dict[str, Subcommand] = {}

    def __call__(self, *names: str, usage: str = "", about: str = "") -> Callable[[Run], Run]:
        """Make a function the subcommand with these names."""

        def take(run: Run) -> Run:
            self.add(Subcommand(names, run, usage, about))
            return run

        return take

    def describe(self) -> str:
        """The text of help: one line a subcommand, with how to type it and what it is about."""
        lines = [self.first] if self.first else []
        for subcommand in self.all:
            usage = " ".join(filter(None, (self.command, self.behind, subcommand.names[0], subcommand.usage)))
            lines.append(f"`{usage}` — {subcommand.about}")
        return "\n".join(lines)

    def find(self, word: str | None) -> Subcommand | None:
        """The subcommand with this name or alias, in any case of letters."""
        return self._by_name.get((word or "").lower())

    def read(self, arguments: Arguments) -> Subcommand:
        """The subcommand that the next words name, as many as its name has. Raises NotFound."""
        name = arguments.next() or ""
        while self._begins(longer := f"{name} {arguments.peek() or ''}".lower()):
            name = longer
            arguments.next()
        if not self.find(name) and self._begins(name.lower()):
            name = f"{name} {arguments.next() or ''}".strip()
        return self.get(name)

    def _begins(self, name: str) -> bool:
        return any(known == name or known.startswith(f"{name} ") for known in self._by_name)

    def get(self, word: str) -> Subcommand:
        """The subcommand with this name or alias, in any case of letters. Raises NotFound, saying what is near."""
        subcommand = self.find(word)
        if not subcommand:
            raise self.not_found(word, "I know ")
        return subcommand

    def not_found(self, word: str, beginning: str) -> NotFound:
        """The refusal of a word that is no subcommand; it begins with what else the word could have been."""
        near = difflib.get_close_matches(word.lower(), list(self._by_name), 1)
        hint = f"did you mean `{near[0]}`?" if near else f"`help {self.command}` lists what there is."
        return NotFound(f"{beginning}no `{self.command} … {word[:QUOTED_LENGTH]}`; {hint}")

    def add(self, subcommand: Subcommand) -> None:
        """Take one more subcommand. Raises ValueError for a name that another has."""
        self.all.append(subcommand)
        for name in subcommand.names:
            if name in self._by_name:
                raise ValueError(f"{self.command} has two subcommands {name}")
            self._by_name[name] = subcommand
