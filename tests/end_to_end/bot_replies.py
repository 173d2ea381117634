"""Reading what the bot answered: where, and in which words."""

EPHEMERAL = 64


def said(entries: list[dict]) -> list[tuple[str, str]]:
    """Every message of the bot's own in a log as (where, text); where is "channel", "dm" or "ephemeral"."""
    own = [entry for entry in entries if "message" in entry and "webhook_id" not in entry]
    return [(_where(entry), text_of(entry["message"])) for entry in own]


def only(entries: list[dict]) -> tuple[str, str]:
    """The one message of a log."""
    messages = said(entries)
    assert len(messages) == 1, messages
    return messages[0]


def text_of(message: dict) -> str:
    """All that a reader sees of a message."""
    parts = [message.get("content") or ""]
    for embed in message["embeds"]:
        parts += [embed.get("title") or "", embed.get("description") or ""]
        parts += [f"{field['name']}: {field['value']}" for field in embed.get("fields") or ()]
    return "\n".join(part for part in parts if part)


def _where(entry: dict) -> str:
    if entry["message"].get("flags", 0) & EPHEMERAL:
        return "ephemeral"
    return "dm" if entry["dm_to"] else "channel"
