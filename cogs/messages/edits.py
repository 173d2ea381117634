"""What becomes of a proxied message that is edited, and why Discord would not change it."""

from typing import Any

import discord

from cogs.commands.arguments import Arguments
from cogs.messages.substitution_process import substitute
from cogs.webhooks.channel_webhooks import UNKNOWN_WEBHOOK
from cogs.webhooks.message_deletion import UNKNOWN_MESSAGE
from cogs.webhooks.payloads import MOST_TEXT, NO_EMBEDS, VOICE, build_payload
from cogs.webhooks.refusals import explain
from cogs.webhooks.rest_client import Failed, Unknown
from rules.errors import Invalid

APPEND, PREPEND = ("append", "a"), ("prepend", "p")
PLAIN = ("nospace", "ns")
CLEAR_EMBED, CLEAR_FILES = ("clear-embed", "ce"), ("clear-attachments", "ca")
REGEX = ("regex", "x")
EDIT_FLAGS = (*APPEND, *PREPEND, *PLAIN, *CLEAR_EMBED, *CLEAR_FILES, *REGEX)
ARCHIVED = 50083


def check_editable(original: discord.Message) -> None:
    """Refuse what Discord lets nobody edit: voice messages and polls. Raises Invalid."""
    if original.flags.value & VOICE:
        raise Invalid("Voice messages cannot be edited.")
    if original.poll:
        raise Invalid("Polls cannot be edited.")


async def read_text(original: discord.Message, written: str, arguments: Arguments) -> str | None:
    """The new text of a message as it is written behind the command, or made by a pattern; None where none is.

    Raises Invalid.
    """
    if not arguments.has(*REGEX):
        return written or None
    if arguments.has(*APPEND, *PREPEND):
        raise Invalid("A pattern changes what stands there: leave `-append` and `-prepend` out.")
    return await substitute(original.content, written)


def build_edit(
    original: discord.Message, new: str | None, arguments: Arguments, may: discord.Permissions
) -> dict[str, Any]:
    """The changes to a message, with None for its text those of the flags alone; `may` is what the caller may do there.

    Raises Invalid for nothing, too much, voice messages and polls.
    """
    check_editable(original)
    changes = _read_changes(original, new, arguments, may)
    if not changes:
        raise Invalid("Write the new text behind the command.")
    _check_rest(original, changes)
    return {**changes, "allowed_mentions": {"parse": ["users"]}}


def _read_changes(
    original: discord.Message, new: str | None, arguments: Arguments, may: discord.Permissions
) -> dict[str, Any]:
    changes: dict[str, Any] = {}
    if arguments.has(*CLEAR_EMBED):
        changes["embeds"] = []
    if arguments.has(*CLEAR_FILES):
        changes["attachments"] = []
    if new is not None:
        # With its links as they would be posted.
        posted = build_payload(original, {}, _join(original.content, new, arguments), may)
        changes["content"] = posted["content"]
        if posted["flags"] & NO_EMBEDS:
            changes["flags"] = original.flags.value | NO_EMBEDS
    return changes


def _check_rest(original: discord.Message, changes: dict[str, Any]) -> None:
    text = changes.get("content", original.content)
    if not (text or changes.get("attachments", original.attachments) or changes.get("embeds", original.embeds)):
        raise Invalid("The message would be empty.")
    if len(text) > MOST_TEXT:
        raise Invalid(f"The message would have {len(text):,} characters; Discord takes {MOST_TEXT:,}.")


def explain_edit(error: Failed | Unknown) -> str:
    """Why Discord did not change a message, in one sentence for whoever asked."""
    if isinstance(error, Unknown):
        return "Discord did not say whether it changed the message; look at it, and try again."
    if error.code in (UNKNOWN_MESSAGE, UNKNOWN_WEBHOOK):
        # The message was there just now.
        return "The webhook that posted this message is gone: it can be deleted, but not edited any more."
    if error.code == ARCHIVED:
        return "The thread of this message is archived; write something in it, and try again."
    if error.status == 403:
        return "I cannot edit it: I need Manage Webhooks in that channel."
    return explain(error)


def _join(old: str, new: str, arguments: Arguments) -> str:
    gap = "" if arguments.has(*PLAIN) else " "
    if not arguments.has(*APPEND, *PREPEND):
        return new
    before = f"{new}{gap}" if arguments.has(*PREPEND) else ""
    behind = f"{gap}{new}" if arguments.has(*APPEND) else ""
    return f"{before}{old}{behind}"
