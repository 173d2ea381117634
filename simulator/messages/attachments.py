"""Files of messages: kept for the CDN, described by attachment objects."""

import re

from simulator.cdn import content_type
from simulator.errors import too_long
from simulator.simulation import Simulation
from simulator.state.entities import Channel, Guild, Message

MEBIBYTE = 1024 * 1024
_BY_TIER = {2: 50 * MEBIBYTE, 3: 100 * MEBIBYTE}
_DESCRIPTION_LIMIT = 1024
_NOTED = ("title", "description", "duration_secs", "waveform")
_IS_SPOILER = 1 << 3


def limit(sim: Simulation, guild: Guild | None) -> int:
    """The size in bytes that a bot's file may have; a boosted guild allows more."""
    return max(sim.settings.upload_limit, _BY_TIER.get(guild.premium_tier, 0) if guild else 0)


def check_described(described: list | None) -> None:
    """Refuse (50035) a description that is too long."""
    for index, note in enumerate(described or []):
        if len(str(note.get("description") or "")) > _DESCRIPTION_LIMIT:
            raise too_long(["attachments", index, "description"], _DESCRIPTION_LIMIT)


def attach(sim: Simulation, message: Message, described: list | None, files: list[tuple[str, bytes]]) -> None:
    """Give a message the attachments that are named in `described` or are new in `files`."""
    known = {a["id"]: a for a in message.attachments}
    if described is not None:
        message.attachments = [known[str(d["id"])] for d in described if str(d.get("id")) in known]
    notes = {str(d.get("id")): d for d in described or []}
    for index, (name, content) in enumerate(files):
        note = notes.get(str(index), {})
        # Discord renames files, so that a bot must not look for the name that it sent
        safe = re.sub(r"[^\w.\-]", "_", note.get("filename") or name)
        attachment = store_file(sim, message.channel, safe, content)
        attachment |= {key: note[key] for key in _NOTED if note.get(key)}
        if note.get("is_spoiler") or safe.startswith("SPOILER_"):
            attachment["flags"] = _IS_SPOILER
        message.attachments.append(attachment)


def store_file(sim: Simulation, channel: Channel, name: str, content: bytes) -> dict:
    """Keep a file for the CDN; its attachment object."""
    attachment_id = sim.world.ids.next()
    sim.files[attachment_id] = (name, content)
    url = f"{sim.url}/cdn/attachments/{channel.id}/{attachment_id}/{name}"
    return {
        "id": attachment_id,
        "filename": name,
        "size": len(content),
        "url": url,
        "proxy_url": url,
        "content_type": content_type(name),
        "flags": 0,
    }
