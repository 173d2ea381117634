"""What Discord shows as one thing though it is typed as several signs: mentions, emoji, times, links in brackets.

Discord's document “Message Formatting”, and links whose angle brackets keep them from being embedded.
"""

import re

_FORMS = (
    r"@[!&]?\d+",
    r"#\d+",
    r"a?:\w{1,32}:\d+",
    r"t:-?\d{1,17}(?::\w)?",
    # A command's name has the letters of any script, and may have two more words behind it.
    r"/[^\s:<>]+(?: [^\s:<>]+){0,2}:\d+",
    r"id:[a-z-]+(?::\d+)?",
    r"[A-Za-z][\w+.-]*:/[^\s<>]+",
    r"(?:mailto|tel|sms):[^\s<>]+",
    r"[\w.+-]+@[\w-]+(?:\.[\w-]+)+",
    r"\+\d[\d -]*",
)
MARKUP = re.compile(f"<(?:{'|'.join(_FORMS)})>", re.ASCII)
_CUSTOM_EMOJI = re.compile(r"<a?:\w{1,32}:\d+>", re.ASCII)


def is_cut(text: str, place: int) -> bool:
    """Whether a cut before the sign at `place` would go through the middle of something that is shown as one."""
    return any(match.start() < place < match.end() for match in MARKUP.finditer(text))


def find_custom_emoji(name: str) -> str | None:
    """The first custom emoji in a name, which Discord shows there as the signs that it is typed with."""
    found = _CUSTOM_EMOJI.search(name)
    return found[0] if found else None
