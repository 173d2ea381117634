"""A member's proxy tags, one by one: typed around the word text, added and removed."""

import json
import re
from collections.abc import Iterable

from sqlalchemy import select
from sqlalchemy.orm import Session

from models import Member
from rules.errors import Invalid, NotFound
from rules.systems import members

TagDict = dict[str, str | None]
EXAMPLE_LENGTH = 100


def read_example(text: str) -> TagDict:
    """The tag in an example such as `[text]` or `A: text`; the word is text, in small or capital letters.

    At most 100 code points, the word included. Raises Invalid.
    """
    parts = re.split("text|TEXT", text)
    if len(parts) < 2:
        raise Invalid("Write the tags around the word text, like `[text]` or `A: text`.")
    if len(parts) > 2:
        raise Invalid("The word text must be there only once: it stands for what you are going to say.")
    if len(text) > EXAMPLE_LENGTH:
        raise Invalid(f"Proxy tags must have at most {EXAMPLE_LENGTH} characters; these have {len(text)}.")
    if not any(parts):
        raise Invalid("Put something before or after the word text, like `[text]` or `A: text`.")
    return {"prefix": parts[0] or None, "suffix": parts[1] or None}


def get_tags(member: Member) -> list[TagDict]:
    """A member's tags, in their order."""
    return json.loads(member.proxy_tags)


def set_tag(session: Session, user_id: int, hid: str, tag: TagDict, expected: list[TagDict]) -> Member:
    """Replace all tags by one. `expected` is what the user was told is replaced.

    Raises Invalid when it changed, NotFound, and NotAuthenticated for somebody else's member.
    """
    return _replace(session, user_id, hid, [tag], expected)


def clear_tags(session: Session, user_id: int, hid: str, expected: list[TagDict]) -> Member:
    """Remove all tags, which must be the `expected` ones.

    Raises Invalid when they changed, NotFound, and NotAuthenticated for somebody else's member.
    """
    return _replace(session, user_id, hid, [], expected)


def add_tag(session: Session, user_id: int, hid: str, tag: TagDict) -> Member:
    """Add a tag.

    Raises Invalid when the member has it or has 100, NotFound, and NotAuthenticated for somebody else's member.
    """
    tags = get_tags(members.get_own_member(session, user_id, hid))
    if tag in tags:
        raise Invalid("The member has this tag already.")
    return members.edit_member(session, user_id, hid, {"proxy_tags": [*tags, tag]})


def remove_tag(session: Session, user_id: int, hid: str, tag: TagDict) -> Member:
    """Remove a tag.

    Raises NotFound for the member or when it does not have the tag, and NotAuthenticated for somebody else's member.
    """
    tags = get_tags(members.get_own_member(session, user_id, hid))
    if tag not in tags:
        raise NotFound("The member has no such tag; `member <name> proxy` shows those it has.")
    return members.edit_member(session, user_id, hid, {"proxy_tags": [other for other in tags if other != tag]})


def find_shadow(tag: TagDict, prefixes: Iterable[str], words: Iterable[str] | None = None) -> str | None:
    """The prefix of commands that keeps messages with a tag from being proxied, or None.

    With `words`, only lines that go on with one of these are commands.
    """
    begins = (tag["prefix"] or "").lower()
    for prefix in prefixes:
        if begins.startswith(prefix.lower()) and (words is None or _begins_word(begins[len(prefix) :], words)):
            return prefix
    return None


def _begins_word(text: str, words: Iterable[str]) -> bool:
    first = text.split(maxsplit=1)[0] if text.strip() else ""
    if not first or text != text.lstrip():
        # A blank behind the prefix makes it plain text.
        return not text
    is_whole = len(text) > len(first)
    return any(word == first if is_whole else word.startswith(first) for word in words)


def find_sharers(session: Session, member: Member, tag: TagDict) -> list[Member]:
    """The other members of the same system that have this tag."""
    others = select(Member).where(Member.system_id == member.system_id, Member.id != member.id)
    return [other for other in session.scalars(others.order_by(Member.id)) if tag in get_tags(other)]


def _replace(session: Session, user_id: int, hid: str, tags: list[TagDict], expected: list[TagDict]) -> Member:
    if get_tags(members.get_own_member(session, user_id, hid)) != expected:
        raise Invalid("The tags were changed meanwhile; look again before you replace them.")
    return members.edit_member(session, user_id, hid, {"proxy_tags": tags})
