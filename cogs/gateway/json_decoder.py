"""How what Discord sends is read: by msgspec, and by Python's own slower reader what msgspec refuses."""

import json
from typing import Any

import discord
import msgspec


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text. Half a surrogate pair in a name must not cost a thousand members. Raises ValueError."""
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return json.loads(text)


def set_up() -> None:
    """Let py-cord read with this, on the gateway and over HTTP."""
    discord.utils._from_json = read_json
