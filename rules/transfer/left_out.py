"""What of a file does not fit: it is left out, or cut, and told by whose and which field, while all else is read."""

from collections import defaultdict
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rules.errors import Invalid
from rules.systems import members

# More than the largest system can have; beyond it they are counted, since a file may hold millions.
MOST_LINES = 30_000
Reader = Callable[[Mapping[str, object]], Mapping[str, Any]]


def says_nothing(value: object) -> bool:
    """Whether a value of a file is null or empty, and so leaves what is there as it is; false and 0 say something."""
    return value in (None, "", [], {})


class LeftOut:
    """A list of what was left out while one file was read; `tags` is how many proxy tags."""

    def __init__(self) -> None:
        self.tags = 0
        self._lines: list[str] = []
        self._switches: defaultdict[str, list[int]] = defaultdict(list)
        self._beyond = 0
        self._full_texts: dict[str, str] = {}

    @property
    def lines(self) -> tuple[str, ...]:
        """One finished line for each, in the order of the file."""
        switches = (_begin(_name_switches(numbers), sentence) for sentence, numbers in self._switches.items())
        beyond = (f"And {self._beyond:,} more.",) if self._beyond else ()
        return (*self._lines, *switches, *beyond)

    def add(self, whose: str, sentence: str) -> None:
        """Note a finished sentence about something of `whose`."""
        if self._has_room():
            self._lines.append(_begin(whose, sentence))

    def add_switch(self, number: int, sentence: str) -> None:
        """Note the same about a switch, by its number from 1; switches of one sentence are told together."""
        if sentence in self._switches or self._has_room():
            self._switches[sentence].append(number)

    def read(
        self, whose: str, given: Mapping[str, object], reader: Reader, lengths: Mapping[str, int] | None = None
    ) -> dict[str, Any]:
        """What of these fields says something that can be stored, as it is stored.

        `lengths` are those to which texts are cut, in code points. Absent, null and empty say nothing.
        """
        cut = {name: self._cut(whose, name, value, (lengths or {}).get(name)) for name, value in given.items()}
        read = {name: self.read_one(whose, name, value, lambda n, v: reader({n: v})[n]) for name, value in cut.items()}
        return {name: value for name, value in read.items() if value is not None}

    def read_one(self, whose: str, name: str, value: object, reader: Callable[[str, object], Any]) -> Any:
        """The same of one field; None where it says nothing, and where it does not fit."""
        if says_nothing(value):
            return None
        try:
            return reader(name, value)
        except Invalid as refused:
            self.add(whose, refused.sentence)
            return None

    def read_tags(self, whose: str, name: str, tags: Sequence[object]) -> dict[str, str]:
        """The same of a member's proxy tags; `name` is what the file calls them."""
        found = []
        for number, tag in enumerate(tags):
            try:
                found.append(members.read_tag(f"{name}[{number}]", tag))
            except Invalid as refused:
                self.tags += 1
                if not _is_blank(tag):
                    self.add(whose, refused.sentence)
        if len(found) > members.MOST_TAGS:
            self.add(whose, f"The {name} can be at most {members.MOST_TAGS}; the first of {len(found):,} are taken.")
            self.tags += len(found) - members.MOST_TAGS
        return {"proxy_tags": members.dump_tags(found[: members.MOST_TAGS])} if found else {}

    def take_full_texts(self) -> dict[str, str]:
        """The texts that were cut since this was last asked, whole, by their fields."""
        texts, self._full_texts = self._full_texts, {}
        return texts

    def _cut(self, whose: str, name: str, value: object, most: int | None) -> object:
        if not most or not isinstance(value, str) or len(value) <= most:
            return value
        self.add(whose, f"Only the first {most:,} of the {len(value):,} characters of the {name} are taken.")
        self._full_texts[name] = value
        return value[:most]

    def _has_room(self) -> bool:
        if len(self._lines) + len(self._switches) < MOST_LINES:
            return True
        self._beyond += 1
        return False


def _begin(whose: str, sentence: str) -> str:
    return f"{whose}: {sentence[0].lower()}{sentence[1:]}"


def _is_blank(tag: object) -> bool:
    return isinstance(tag, dict) and all(tag.get(side) in (None, "") for side in ("prefix", "suffix"))


def _name_switches(numbers: Sequence[int]) -> str:
    """Numbers in a sentence, those that follow each other as a span: `Switches 1–5, 9`."""
    spans: list[list[int]] = []
    for number in numbers:
        if spans and number <= spans[-1][1] + 1:
            spans[-1][1] = number
        else:
            spans.append([number, number])
    shown = ", ".join(f"{first:,}" if first == last else f"{first:,}–{last:,}" for first, last in spans)
    return f"{'Switch' if shown == f'{numbers[0]:,}' else 'Switches'} {shown}"
