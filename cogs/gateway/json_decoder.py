"""How what Discord sends is read: by msgspec, and by Python's own slower reader what msgspec refuses."""

import json
from typing import Any

import discord
import msgspec

SESSION_BEGINS = ("READY", "RESUMED")


def read_json(text: str | bytes) -> Any:
    """The value of a JSON text. Half a surrogate pair in a name must not cost a thousand members. Raises ValueError."""
    try:
        value = msgspec.json.decode(text)
    except msgspec.DecodeError:
        value = json.loads(text)
    if type(value) is dict and value.get("t") in SESSION_BEGINS:
        _mend_session(value)
    return value


def _mend_session(message: dict[str, Any]) -> None:
    """Let py-cord read the event that begins a session even where parts of it are odd: it would begin another one.

    Without `session_id` the session cannot be resumed, and goes on as long as its connection.
    """
    if not isinstance(message.get("d"), dict):
        message["d"] = {}
    data = message["d"]
    message.setdefault("s", None)
    data["_trace"] = [part for part in _list(data.get("_trace")) if isinstance(part, str)]
    if message["t"] == "READY":
        data.setdefault("session_id", None)
        data.setdefault("resume_gateway_url", None)
        data["guilds"] = [guild for guild in _list(data.get("guilds")) if _has_id(guild)]
        if not _has_flags(data.get("application")):
            data.pop("application", None)
        if _has_id(data.get("user")):
            data["user"] = {"username": "", "discriminator": "0", "avatar": None, **data["user"]}


def _list(value: Any) -> list[Any]:
    return value if isinstance(value, list) else []


def _has_id(value: Any) -> bool:
    return isinstance(value, dict) and str(value.get("id")).isdecimal()


def _has_flags(application: Any) -> bool:
    return _has_id(application) and isinstance(application.get("flags"), int)


def set_up() -> None:
    """Let py-cord read with this, on the gateway and over HTTP."""
    discord.utils._from_json = read_json
