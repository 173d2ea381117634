"""The arguments of a typed command, read from left to right: quotes, flags, free text.

Follows PluralKit's syntax, but for one thing: flags are read only before free text, so a description may hold `-c`.
"""

import re
from collections.abc import Iterable

from cogs.commands.formatting import quote
from rules.errors import Invalid

_QUOTES = ("'‘’‚‛", '"“”„‟', "«»", "‹›", "「」", "『』")
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


class Arguments:
    """What stands behind a command. `ready` are words that need no reading, from a slash command's options."""

    def __init__(self, text: str = "", ready: Iterable[str] = ()) -> None:
        self._ready = [word for word in ready if word]
        self._text = text
        self._from_slash = bool(self._ready)
        self.flags: list[str] = []

    def next(self) -> str | None:
        """The next word without its quotes, or None at the end; flags on the way are kept."""
        if self._ready:
            return self._ready.pop(0)
        while True:
            word, quoted, rest = _split(self._text)
            if not word and not quoted:
                return None
            self._text = rest
            if quoted or not _FLAG.match(word):
                return word
            self.flags.append(word.lstrip("-").lower())

    def peek(self) -> str | None:
        """The next word, which stays the next."""
        other = Arguments(self._text, self._ready)
        return other.next()

    def all(self) -> list[str]:
        """All words that are left."""
        return list(iter(self.next, None))

    def rest(self, known: Iterable[str] = ()) -> str:
        """The free text that is left, trimmed, quotes and all. Only `known` flags in front of it are read."""
        while not self._from_slash:
            word, quoted, rest = _split(self._text)
            name = word.lstrip("-").lower()
            if quoted or not _FLAG.match(word) or name not in {*known, *ALWAYS}:
                break
            self._text = rest
            self.flags.append(name)
        self._take_flags_after_clearing()
        return " ".join([*self._ready, re.sub(r"[ \t]+\n", "\n", self._text.strip())]).strip()

    def _take_flags_after_clearing(self) -> None:
        """`clear -yes` is a word for clearing and a flag, not a text."""
        first, *others = self._text.split() or [""]
        names = [word.lstrip("-").lower() for word in others if _FLAG.match(word)]
        if first.lower() in CLEARING and len(names) == len(others) and ALWAYS.issuperset(names):
            self.flags += names
            self._text = first

    def has(self, *names: str) -> bool:
        """Whether one of these flags was read."""
        return any(name in self.flags for name in names)

    def end(self, known: Iterable[str] = ()) -> None:
        """Refuse words that are left, and flags that the command does not know. Raises Invalid."""
        left = self.all()
        self.check_flags(known)
        if left:
            raise Invalid(f"I did not expect {quote(left[0])} here; a name with blanks needs quotes.")

    def check_flags(self, known: Iterable[str]) -> None:
        """Refuse flags that the command does not know. Raises Invalid."""
        for flag in self.flags:
            if flag not in {*known, *ALWAYS}:
                raise Invalid(f"I know no `-{flag[:30]}` here; put a text that starts with - into quotes.")


def unquoted(text: str) -> str:
    """A free text without the quotes that are around the whole of it."""
    word, quoted, rest = _split(text)
    return word if quoted and not rest.strip() else text


def is_clearing(text: str, arguments: Arguments) -> bool:
    """Whether a field is to be cleared, by one of the words for it or by a flag."""
    return text.lower() in CLEARING or (not text and arguments.has(*CLEAR))


def read_toggle(arguments: Arguments) -> bool | None:
    """The `on` or `off` that is left, and nothing else; None where nothing is. Raises Invalid."""
    word = (arguments.next() or "").lower()
    arguments.end()
    if word not in (*ON, *OFF, ""):
        raise Invalid(f"Say `on` or `off`; {quote(word)} is neither.")
    return word in ON if word else None


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
