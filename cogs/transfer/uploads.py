"""Files for messages, as large as Discord takes them."""

import gzip
import io
import json
from typing import Any

import discord

from rules.transfer.writing.formats import OutFile

# Discord takes 10 MiB of a bot, and the message around the file is to have room.
MOST_UPLOAD = 9 * 1024 * 1024


def as_upload(made: OutFile) -> discord.File:
    """A file for a message."""
    return discord.File(io.BytesIO(made.data), filename=made.name)


def as_json(name: str, found: dict[str, Any]) -> OutFile:
    """JSON as a person reads it, or packed where Discord would not take it from a bot."""
    data = json.dumps(found, ensure_ascii=False, indent=2).encode()
    if len(data) <= MOST_UPLOAD:
        return OutFile(name, "application/json", data)
    return OutFile(f"{name}.gz", "application/gzip", gzip.compress(data))
