"""The subcommands of a typed command: one table a command, with aliases, usage lines and near misses."""

import difflib
from collections.abc import Awaitable, Callable, Iterable
from dataclasses import dataclass

from cogs.commands.arguments import Words
from rules.errors import NotFound

Run = Callable[..., Awaitable[None]]


@dataclass(frozen=True)
class Verb:
    """A subcommand: the first of its names is the one that help shows."""

    names: tuple[str, ...]
    run: Run
    usage: str
    about: str


class Verbs:
    """The subcommands of one command, in the order in which help shows them."""

    def __init__(self, command: str, taken: Iterable[Verb] = ()) -> None:
        self.command = command
        self.all: list[Verb] = []
        self._by_name: dict[str, Verb] = {}
        for verb in taken:
            self.add(verb)

    def __call__(self, *names: str, usage: str = "", about: str = "") -> Callable[[Run], Run]:
        """Make a function the subcommand with these names."""

        def take(run: Run) -> Run:
            self.add(Verb(names, run, usage, about))
            return run

        return take

    def find(self, word: str | None) -> Verb | None:
        """The subcommand with this name or alias, in any case of letters."""
        return self._by_name.get((word or "").lower())

    def read(self, words: Words) -> Verb:
        """The subcommand that the next words name, as many as its name has. Raises NotFound."""
        name = words.next() or ""
        while self._begins(longer := f"{name} {words.peek() or ''}".lower()):
            name = longer
            words.next()
        if not self.find(name) and self._begins(name.lower()):
            name = f"{name} {words.next() or ''}".strip()
        return self.get(name)

    def _begins(self, name: str) -> bool:
        return any(known == name or known.startswith(f"{name} ") for known in self._by_name)

    def get(self, word: str, but: str = "") -> Verb:
        """The same. Raises NotFound, saying what was probably meant; `but` is what else the word could have been."""
        verb = self.find(word)
        if not verb:
            near = difflib.get_close_matches(word.lower(), list(self._by_name), 1)
            hint = f"did you mean `{near[0]}`?" if near else f"`help {self.command}` lists what there is."
            raise NotFound(f"{but or 'I know '}no `{self.command} … {word[:40]}`; {hint}")
        return verb

    def add(self, verb: Verb) -> None:
        """Take one more subcommand. Raises ValueError for a name that another has."""
        self.all.append(verb)
        for name in verb.names:
            if name in self._by_name:
                raise ValueError(f"{self.command} has two subcommands {name}")
            self._by_name[name] = verb
