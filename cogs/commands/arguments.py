"""The one reader of what stands behind a typed command, on either side: words, quotes, flags, free text.

Follows PluralKit's syntax, but for one thing: flags are read only before free text, so a description may hold `-c`.
"""

import re
from collections.abc import Callable, Collection, Iterable

from cogs.commands.formatting import quote
from rules.errors import Invalid

_QUOTES = ("'‘’‚‛", '"“”„‟', "«»", "‹›", "「」", "『』")
_QUOTES_TO_WRITE = ('"', "'", "“”", "«»", "「」")
_FLAG = re.compile("-+[a-zA-Z]")
CLEARING = ("clear", "reset", "default")
ON = ("yes", "on", "enable", "enabled", "true")
OFF = ("no", "off", "disable", "disabled", "false")
# Flags, the long and the short ways to write each.
YES = ("yes", "y")
BY_ID = ("by-id", "id")
PRIVATE = ("private", "priv")
PUBLIC = ("public", "pub")
CLEAR = ("clear", "c")
RAW = ("raw", "r", "plaintext", "pt")
ALWAYS = frozenset({*YES, *BY_ID, *PRIVATE, *PUBLIC})
SHOWING = frozenset({*CLEAR, *RAW})


class Unexpected(Invalid):
    """There are words that the command does not expect; whoever tells it adds how the command is written."""


class Arguments:
    """What stands behind a command. `ready` are words that need no reading, from a slash command's options.

    With `flags=False` a word such as `-x` is a word like any other: presence commands read no flags but by `take_flag`.
    """

    def __init__(self, text: str = "", ready: Iterable[str] = (), flags: bool = True) -> None:
        self._ready = [word for word in ready if word]
        self.left = text
        self._is_literal = bool(self._ready) or not flags
        self.flags: list[str] = []

    def next(self) -> str | None:
        """The next word without its quotes, or None at the end; flags on the way are kept."""
        if self._ready:
            return self._ready.pop(0)
        while True:
            word, quoted, rest = _split(self.left)
            if not word and not quoted:
                return None
            self.left = rest
            if quoted or self._is_literal or not _FLAG.match(word):
                return word
            self.flags.append(_name_flag(word))

    def peek(self) -> str | None:
        """The next word, which stays the next."""
        return Arguments(self.left, self._ready, flags=not self._is_literal).next()

    def all(self) -> list[str]:
        """All words that are left."""
        return list(iter(self.next, None))

    def rest(
        self,
        known: Iterable[str] = (),
        always: Iterable[str] = ALWAYS,
        is_text: Callable[[str], bool] = lambda left: False,
    ) -> str:
        """The free text that is left, trimmed, quotes and all, but for those around what would else be a flag.

        Only `known` flags in front of it are read. Raises Invalid where it begins with what looks like another one,
        unless `is_text` knows better.
        """
        if self._is_literal:
            return " ".join([*self._ready, self.left.strip()]).strip()
        known = {*known, *always}
        while True:
            word, quoted, rest = _split(self.left)
            if quoted or not _FLAG.match(word) or (_name_flag(word) not in known and is_text(self.left)):
                break
            self.flags.append(_check_flag(_name_flag(word), known))
            self.left = rest
        self._take_flags_after_clearing(known)
        if quoted and not rest.strip() and _FLAG.match(word):
            return word
        return re.sub(r"[ \t]+\n", "\n", self.left.strip())

    def _take_flags_after_clearing(self, known: Collection[str]) -> None:
        """`clear -yes` is a word for clearing and a flag, not a text."""
        first, *others = self.left.split() or [""]
        if first.lower() in CLEARING and all(map(_FLAG.match, others)):
            self.flags += [_check_flag(_name_flag(word), known) for word in others]
            self.left = first

    def take_flag(self, *names: str) -> bool:
        """Whether the next word is one of these flags, which is then taken; for presence commands too."""
        word, quoted, rest = _split(self.left)
        found = not quoted and bool(_FLAG.match(word)) and _name_flag(word) in names
        if found:
            self.left = rest
        return found

    def has(self, *names: str) -> bool:
        """Whether one of these flags was read."""
        return any(name in self.flags for name in names)

    def end(self, known: Iterable[str] = ()) -> None:
        """Refuse words that are left, and flags that the command does not know. Raises Unexpected, Invalid."""
        left = self.all()
        self.check_flags(known)
        if left:
            raise Unexpected(f"I did not expect {quote(left[0])} here; a name with blanks needs quotes.")

    def check_flags(self, known: Iterable[str]) -> None:
        """Refuse flags that the command does not know. Raises Invalid."""
        for flag in self.flags:
            _check_flag(flag, {*known, *ALWAYS})


def unquoted(text: str) -> str:
    """A free text without the quotes that are around the whole of it."""
    word, quoted, rest = _split(text)
    return word if quoted and not rest.strip() else text


def as_word(text: str) -> str | None:
    """A text as it is typed to be read as one word: in quotes where it needs some. None where no quotes would do."""
    for written in (text, *(f"{family[0]}{text}{family[-1]}" for family in _QUOTES_TO_WRITE)):
        if Arguments(written).all() == [text]:
            return written
    return None


def is_clearing(text: str, arguments: Arguments) -> bool:
    """Whether a field is to be cleared, by one of the words for it or by a flag."""
    return text.lower() in CLEARING or (not text and arguments.has(*CLEAR))


def read_toggle(arguments: Arguments) -> bool | None:
    """The `on` or `off` that is left, and nothing else; None where nothing is. Raises Unexpected, Invalid."""
    word = (arguments.next() or "").lower()
    arguments.end()
    if word not in (*ON, *OFF, ""):
        raise Invalid(f"Say `on` or `off`; {quote(word)} is neither.")
    return word in ON if word else None


def _name_flag(word: str) -> str:
    return word.lstrip("-").lower()


def _check_flag(flag: str, known: Collection[str]) -> str:
    if flag not in known:
        raise Invalid(f"I know no `-{flag[:30]}` here; put a text that starts with - into quotes.")
    return flag


def _split(text: str) -> tuple[str, bool, str]:
    """The first word, whether it was in quotes, and what follows."""
    text = text.lstrip()
    for family in _QUOTES:
        if text and text[0] in family:
            closing = re.search(f"[{family}]", text[1:])
            end = closing.end() + 1 if closing else 0
            if closing and (end == len(text) or text[end].isspace()):
                return text[1 : end - 1], True, text[end:]
    word = text.split(maxsplit=1)[0] if text else ""
    return word, False, text[len(word) :]
