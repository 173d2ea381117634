"""Which collection of Simply Plural's token dump a list is, where the names of files are not known."""

from itertools import islice
from typing import Any

_LOOKED_AT = 200
# What the rows of a collection have and those of no other before it in the table.
_MARKS = (
    ("friends", {"frienduid"}),
    ("frontHistory", {"startTime", "member"}),
    ("comments", {"documentId"}),
    ("polls", {"votes"}),
    ("polls", {"allowAbstain"}),
    ("automatedReminders", {"delayInHours"}),
    ("repeatedReminders", {"dayInterval"}),
    ("notes", {"note"}),
    ("boardMessages", {"writtenFor"}),
    ("chatMessages", {"writer", "message"}),
    ("customFields", {"type", "order"}),
    ("privacyBuckets", {"rank"}),
    ("channelCategories", {"channels"}),
    ("groups", {"members", "parent"}),
    ("groups", {"members", "name"}),
    ("user", {"username"}),
    *(("members", {"name", mark}) for mark in ("pronouns", "info", "archived", "pkId", "preventsFrontNotifs")),
    *(("customFronts", {"name", mark}) for mark in ("preventTrusted", "avatarUrl", "color", "private")),
    ("channels", {"name", "desc"}),
)


def name_collection(data: Any) -> str:
    """The name that a list, or one entry, of the token dump has in its folder; `other` where that cannot be told."""
    rows = data if isinstance(data, list) else [data]
    contents = (row.get("content") for row in islice(rows, _LOOKED_AT) if isinstance(row, dict))
    keys = {key for content in contents if isinstance(content, dict) for key in content}
    return next((name for name, marks in _MARKS if marks <= keys), "other")
