"""`s/pattern/replacement/flags`: what a text becomes by it.

Run as a program it does one such substitution and ends: a pattern may take for ever, or all memory that there is, and
neither can be stopped in a thread. The kernel ends the process, whatever it is about.
"""

import json
import resource
import signal
import sys
from typing import NamedTuple

import regex

from rules.errors import Invalid

LIMIT_S, LARGEST_BYTES = 0.5, 512 * 1024 * 1024
# Far more than a message can have; what is longer need not be told to the last sign.
LONGEST = 10_000
TOO_SLOW = "This pattern takes longer than half a second; write a simpler one."
TOO_LARGE = "This pattern takes more memory than there is for it; write a simpler one."
TOO_LONG = f"The message would have more than {LONGEST:,} characters."
USAGE = "Write it like `s/old/new/`; in place of / may be any sign that stands in neither."
_FLAGS = {"i": regex.IGNORECASE, "m": regex.MULTILINE, "s": regex.DOTALL, "x": regex.VERBOSE}
_GLOBAL, _NAMED_ONLY = "g", "n"
_REFERENCE = regex.compile(r"\$(?P<dollar>\$)|\$&|\$(?P<n>\d{1,2})|\$\{(?P<name>\w{1,32})\}|\\(?P<n>\d{1,2})")
# A group without a name, where the sign is neither escaped nor in a class.
_GROUP = regex.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|(?P<group>\((?![?*]))", regex.DOTALL)


class Substitution(NamedTuple):
    """What was asked for. `everywhere`: not only where the pattern fits first; `named_only`: ( ) is no group."""

    pattern: str
    replacement: str
    flags: int
    everywhere: bool
    named_only: bool


def read_substitution(written: str) -> Substitution:
    """Read `sXpatternXreplacementXflags`, the flags out of g, i, m, n, s and x, as .NET has them. Raises Invalid."""
    divider = written[1:2]
    if written[:1] != "s" or not divider or divider.isalnum() or divider.isspace() or divider == "\\":
        raise Invalid(USAGE)
    pattern, *rest = written[2:].split(divider)
    if not pattern or len(rest) not in (1, 2):
        raise Invalid(USAGE)
    flags = (rest[1] if len(rest) == 2 else "").strip().lower()
    unknown = next((flag for flag in flags if flag not in {*_FLAGS, _GLOBAL, _NAMED_ONLY}), None)
    if unknown:
        raise Invalid(f"I know no flag “{unknown}”; there are g, i, m, n, s and x.")
    options = sum(_FLAGS[flag] for flag in {*flags} if flag in _FLAGS)
    return Substitution(pattern, rest[0], options, _GLOBAL in flags, _NAMED_ONLY in flags)


def substitute(text: str, wanted: Substitution) -> str:
    """A text in which what fits the pattern is replaced; `$1`, `${name}`, `$&` and `\\1` stand for what fitted.

    Raises Invalid for a pattern that cannot be read or fits nothing, and for a text above 10 000 code points. How long
    it takes and how much memory, nobody can tell beforehand: it is for a process of its own.
    """
    length = 0

    def replace(match: regex.Match) -> str:
        nonlocal length
        new = _REFERENCE.sub(lambda reference: _look_up(match, reference), wanted.replacement)
        length += len(new)
        if length > LONGEST:
            raise Invalid(TOO_LONG)
        return new

    try:
        pattern = regex.compile(_without_groups(wanted) if wanted.named_only else wanted.pattern, wanted.flags)
    except regex.error as error:
        raise Invalid(f"I cannot read the pattern: {error.msg}.") from None
    changed, count = pattern.subn(replace, text, count=0 if wanted.everywhere else 1)
    if not count:
        raise Invalid("The pattern fits nothing in this message.")
    return changed


def _without_groups(wanted: Substitution) -> str:
    return _GROUP.sub(lambda found: "(?:" if found["group"] else found[0], wanted.pattern)


def _look_up(match: regex.Match, reference: regex.Match) -> str:
    if reference["dollar"]:
        return "$"
    named = reference["name"]
    group = named if named and not named.isdigit() else int(named or reference["n"] or 0)
    try:
        return match[group] or ""
    except IndexError:
        # It may be a price.
        return reference[0]


def main() -> None:
    """Read [text, substitution] as JSON, write {"text": …} or {"refused": …}, and be ended if that takes too long."""
    signal.setitimer(signal.ITIMER_REAL, LIMIT_S)
    resource.setrlimit(resource.RLIMIT_AS, (LARGEST_BYTES, LARGEST_BYTES))
    text, wanted = json.load(sys.stdin)
    try:
        told = {"text": substitute(text, Substitution(*wanted))}
    except Invalid as refused:
        told = {"refused": refused.told}
    json.dump(told, sys.stdout)


if __name__ == "__main__":
    main()
