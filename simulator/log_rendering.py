"""What the bot did, as lines for a terminal."""

from simulator.client import Simulator

TEXT_SHOWN = 2000


def lines(simulator: Simulator, entry: dict) -> list[str]:
    """One entry of the log."""
    kind = entry["kind"]
    if "message" in entry:
        return [_headline(entry), *_body(simulator, entry["message"])]
    if kind in ("reaction", "reaction_removed"):
        return [f"{'Reacted with' if kind == 'reaction' else 'Took back'} {entry['emoji']}"]
    if kind == "modal":
        return _modal(entry)
    if kind in ("delete", "delete_bulk"):
        return ["Deleted " + ", ".join(entry.get("message_ids") or [entry["message_id"]])]
    return [kind.replace("_", " ").capitalize()]


def _headline(entry: dict) -> str:
    edited = " (edited)" if entry["kind"] == "edit" else ""
    if entry.get("ephemeral"):
        return f"Only {entry['to']} can see this{edited}:"
    if entry.get("dm_to"):
        return f"DM to {entry['dm_to']}{edited}:"
    if entry.get("webhook_id"):
        return f"In the channel as {entry['message']['author']['username']}{edited}:"
    return f"In the channel{edited}:"


def _body(simulator: Simulator, message: dict) -> list[str]:
    found = message["content"].splitlines()
    for embed in message["embeds"]:
        found += _embed(embed)
    for attachment in message["attachments"]:
        found += _attachment(simulator, attachment)
    for row in message["components"]:
        found += [line for part in row.get("components", []) for line in _component(part)]
    return [f"  {line}" for line in found]


def _embed(embed: dict) -> list[str]:
    found = [f"[{embed[key]['name']}]" for key in ("author",) if embed.get(key)]
    found += [f"**{embed['title']}**"] if embed.get("title") else []
    found += (embed.get("description") or "").splitlines()
    for field in embed.get("fields") or []:
        first, *more = str(field["value"]).splitlines() or [""]
        found += [f"{field['name']}: {first}", *(f"  {line}" for line in more)]
    footer = (embed.get("footer") or {}).get("text")
    return [f"| {line}" for line in found + ([footer] if footer else [])]


def _attachment(simulator: Simulator, attachment: dict) -> list[str]:
    head = f"File {attachment['filename']} ({attachment['size']} bytes)"
    try:
        text = simulator.file(attachment["id"]).decode()
    except UnicodeDecodeError:
        return [head]
    return [head + ":", *(f"> {line}" for line in text[:TEXT_SHOWN].splitlines())]


def _component(part: dict) -> list[str]:
    if "url" in part:
        return [f"[{part.get('label', '')}] {part['url']}"]
    options = ", ".join(option["value"] for option in part.get("options") or [])
    label = part.get("label") or part.get("placeholder") or ""
    return [f"[{label}] click: {part.get('custom_id')}" + (f" ({options})" if options else "")]


def _modal(entry: dict) -> list[str]:
    inputs = [c for row in entry["modal"]["components"] for c in row.get("components", [])]
    return [
        f"A form for {entry['to']}: {entry['modal']['title']} ({entry['modal']['custom_id']})",
        *(f"  {c.get('label')}: {c['custom_id']}" for c in inputs),
    ]
