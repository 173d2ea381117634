"""Texts in Discord's Markdown: times, code, names that must not be read as Markdown, what somebody typed."""

from datetime import datetime

import discord

FIELD_LENGTH = 1024
QUOTED_LENGTH = 40
_FENCE = "```"
_PARTED_FENCE = "`\u200b``"


def stamp(time: str, style: str = "f") -> str:
    """A time of ours (ISO 8601) as Discord shows it, in each reader's own zone."""
    return f"<t:{int(datetime.fromisoformat(time).timestamp())}:{style}>"


def stamp_us(microseconds: int, style: str = "f") -> str:
    """An instant in µs since 1970 as Discord shows it, in each reader's own zone."""
    return f"<t:{microseconds // 1_000_000}:{style}>"


def code(text: str) -> str:
    """A text as code in a line, whatever backticks are in it."""
    return f"`` {text} ``" if "`" in text else f"`{text}`"


def code_block(text: str) -> str:
    """A text as a block of code that no fence inside it ends: a space of no width parts the three backticks."""
    return f"{_FENCE}\n{text.replace(_FENCE, _PARTED_FENCE)}\n{_FENCE}"


def escape(text: str) -> str:
    """A name that must not be read as Markdown or as a mention."""
    return discord.utils.escape_mentions(discord.utils.escape_markdown(text))


def cut(text: str, most: int = FIELD_LENGTH) -> str:
    """A text of at most `most` characters; a field of an embed takes 1 024."""
    return text if len(text) <= most else text[: most - 1] + "…"


def be(noun: str) -> str:
    """The verb behind a noun that may be in the plural: pronouns are, a name is."""
    return "are" if noun.endswith("s") else "is"


def quote(text: str) -> str:
    """What somebody typed, as a refusal repeats it: its first 40 characters."""
    return f"“{text[:QUOTED_LENGTH]}”"
