"""Which proxy tag fits a message, and the text inside it: pure, text and tags in, match out.

PluralKit's rules: tags longest first, tags that stand alone, a mention in front. No tag takes a part of what Discord
shows as one, as `<` and `>` would of `<t:0:R>`. Tags are compared character by character; U+FE0F, which only asks for
an emoji's colours, counts nowhere.
"""

import re
from collections import defaultdict
from collections.abc import Iterable
from functools import cache
from typing import NamedTuple

from rules.proxying.markup import is_cut

EMOJI_STYLE = "\ufe0f"
_BLANKS = "".join(filter(str.isspace, map(chr, range(0x3001))))
_MAY_BE_LEFT_OUT = {EMOJI_STYLE, *_BLANKS}
# No letter above it has another case.
_END_OF_LETTERS = 0x1F000
_LEADING_MENTION = re.compile(r"<@!?\d{17,19}>(?=\s)", re.ASCII)


class ProxyTag(NamedTuple):
    """One proxy tag; `member_id` and `position` in the member's list settle ties."""

    member_id: int
    position: int
    prefix: str
    suffix: str


class Match(NamedTuple):
    """The tag that fits, and what is left of the text without it."""

    tag: ProxyTag
    inner: str


def match_tags(
    text: str, tags: Iterable[ProxyTag], has_files: bool = False, case_sensitive: bool = True
) -> Match | None:
    """The first tag that fits a text, the longest first; or None.

    A mention in front of the tag goes in front of the inner text. A blank inner text needs a file (`has_files`): if
    the first tag that fits leaves one, no tag does.
    """
    mention, rest = _cut_mention(text)
    for tag in sorted(_sift(rest, tags, case_sensitive), key=_rank):
        inner = _fit(rest, tag, case_sensitive)
        if inner is None:
            continue
        if mention:
            inner = f"{mention} {inner.lstrip()}" if inner.strip() else mention
        return Match(tag, inner) if inner.strip() or has_files else None
    return None


def find_signs(text: str) -> list[str]:
    """The signs (`ProxyTagIndex`) by which whatever fits a text is told apart; `match_tags` decides among them."""
    _, rest = _cut_mention(text)
    whole = _plain(rest)
    ends = {end for words in (whole, whole.strip()) for end in (("^", words[:1]), ("$", words[-1:]))}
    return ["", *(side + same for side, sign in ends for same in _cases().get(sign.casefold(), sign))]


@cache
def _cases() -> defaultdict[str, str]:
    found: defaultdict[str, str] = defaultdict(str)
    for sign in map(chr, range(_END_OF_LETTERS)):
        found[sign.casefold()] += sign
    return found


def _rank(tag: ProxyTag) -> tuple[int, int, int]:
    return -len(_plain(tag.prefix + tag.suffix)), tag.member_id, tag.position


def _plain(words: str) -> str:
    return words.replace(EMOJI_STYLE, "")


def _sift(text: str, tags: Iterable[ProxyTag], case_sensitive: bool) -> list[ProxyTag]:
    """The few tags that may fit: a system can have thousands, and each message meets all of them."""

    def fold(words: str) -> str:
        return _plain(words) if case_sensitive else _plain(words).casefold()

    def may_fit(tag: ProxyTag) -> bool:
        first = tag.prefix[:1]
        # Most tags are told apart by their first sign; blanks and the emoji style may not be there when it is typed.
        if first and first not in _MAY_BE_LEFT_OUT and fold(first)[:1] not in heads:
            return False
        if whole.startswith(fold(tag.prefix)) and whole.endswith(fold(tag.suffix)):
            return True
        return len(alone) <= len(tag.prefix) + len(tag.suffix) and alone == _alone_of(tag)

    whole, alone = fold(text), _plain(text).strip()
    heads = (whole[:1], alone[:1], fold(alone)[:1])
    # A tag of nothing but the emoji style would fit everything.
    return [tag for tag in tags if may_fit(tag) and _plain(tag.prefix + tag.suffix)]


def _alone_of(tag: ProxyTag) -> str:
    """What is typed of a tag around nothing."""
    return _plain(tag.prefix.rstrip() + tag.suffix.lstrip())


def _cut_mention(text: str) -> tuple[str, str]:
    match = _LEADING_MENTION.match(text)
    return (match[0], text[match.end() + 1 :]) if match else ("", text)


def _fit(text: str, tag: ProxyTag, case_sensitive: bool) -> str | None:
    """The text between prefix and suffix, or None."""
    start = _measure(text, tag.prefix, case_sensitive)
    end = _measure(text[::-1], tag.suffix[::-1], case_sensitive)
    if start is not None and end is not None and start + end <= len(text):
        if is_cut(text, start) or is_cut(text, len(text) - end):
            return None
        inner = text[start : len(text) - end]
        if tag.prefix:
            # It belongs to the prefix's last sign.
            inner = inner.lstrip(EMOJI_STYLE)
        return None if inner.strip() and not _plain(inner).strip() else inner
    return "" if _plain(text).strip() == _alone_of(tag) else None


def _measure(text: str, wanted: str, case_sensitive: bool) -> int | None:
    """How many signs at the beginning of a text are the wanted ones, or None."""
    at = 0
    for sign in _plain(wanted):
        while at < len(text) and text[at] == EMOJI_STYLE:
            at += 1
        if at == len(text) or not _is_same(text[at], sign, case_sensitive):
            return None
        at += 1
    return at


def _is_same(one: str, other: str, case_sensitive: bool) -> bool:
    return one == other or (not case_sensitive and one.casefold() == other.casefold())
