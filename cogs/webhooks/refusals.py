"""What keeps a message from being proxied, in one sentence each."""

import discord

from cogs.webhooks.payloads import MOST_TEXT
from cogs.webhooks.permissions import permission_names
from cogs.webhooks.rest_client import Failed, Unknown
from rules.errors import Invalid, Refused
from rules.proxying import decision
from rules.proxying.webhook_names import NAME_LENGTH

NEEDED = ("manage_webhooks", "manage_messages")
TOO_MANY_WEBHOOKS, TOO_LARGE, MISSING_PERMISSIONS = 30007, 40005, 50013
PERMISSIONS, NAME, UNSEEN = "permissions", "name", "unseen"


class ProxyRefused(Invalid):
    """`kind` is what an error is known by, whatever length or file its sentence names."""

    def __init__(self, kind: str, sentence: str) -> None:
        super().__init__(sentence)
        self.kind = kind


def check_post(post: decision.ProxyPost) -> None:
    """Refuse what Discord would. Raises ProxyRefused."""
    if len(post.text) > MOST_TEXT:
        raise ProxyRefused(
            "text", f"A proxied message can have {MOST_TEXT:,} characters; this one has {len(post.text):,}."
        )
    if post.lacks_tag:
        raise ProxyRefused(
            "tag",
            "This server wants the system's tag in every name: set a tag, enable it here, and keep `{tag}` in your name"
            " format.",
        )
    if len(post.name) > NAME_LENGTH:
        raise ProxyRefused(
            NAME,
            f"The name above a message can have {NAME_LENGTH} characters with the tag; “{post.name[:40]}…” has"
            f" {len(post.name)}.",
        )


def check_bot_permissions(mine: discord.Permissions, needed: tuple[str, ...] = NEEDED) -> None:
    """Refuse to begin what I may not end. Raises ProxyRefused."""
    missing = [name for name in needed if not getattr(mine, name)]
    if missing:
        raise ProxyRefused(PERMISSIONS, f"I cannot proxy here: I need {permission_names(missing)} in this channel.")


def explain(error: Refused | Failed | Unknown) -> str:
    """What failed, in one sentence for the sender."""
    return as_refusal(error).told


def as_refusal(error: Refused | Failed | Unknown) -> Refused:
    """What Discord did, as a refusal of our own."""
    if isinstance(error, Refused):
        return error
    if isinstance(error, Unknown):
        return ProxyRefused(UNSEEN, "Discord did not say whether it posted your message, so I do not post it again.")
    if error.code == TOO_MANY_WEBHOOKS:
        sentence = "I cannot proxy here: this channel has as many webhooks as Discord allows; delete one."
        return ProxyRefused("webhooks", sentence)
    if error.code == TOO_LARGE or error.status == 413:
        return ProxyRefused("upload", "Discord finds the files too large.")
    if error.code == MISSING_PERMISSIONS or error.status == 403:
        return ProxyRefused(PERMISSIONS, f"I cannot proxy here: I need {permission_names(NEEDED)} in this channel.")
    return ProxyRefused(
        f"{error.status} {error.code}", f"Discord refused the message ({error.message or error.status})."
    )
