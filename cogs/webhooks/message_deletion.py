"""Deleting messages: whether one is gone, was gone before, or still stands."""

import asyncio
import logging
import time
from enum import Enum
from typing import Any

from cogs.webhooks.rest_client import DiscordApi, Failed, Unknown

log = logging.getLogger(__name__)

PATIENCE_S = 3
SHORTEST_PAUSE_S, REFUSED_PAUSE_S = 0.2, 5
UNKNOWN_MESSAGE = 10008


class Deletion(Enum):
    """What came of it."""

    DELETED = "deleted"
    GONE = "it was gone before I asked"
    FAILED = "it still stands, or nobody knows"


async def delete(api: DiscordApi, path: str, limit: str, seconds: float = PATIENCE_S, **options: Any) -> Deletion:
    """Delete the message at a path; if that fails, try again for some seconds. `limit` as in `DiscordApi.request`."""
    end, pause, unsure = time.monotonic() + seconds, SHORTEST_PAUSE_S, False
    while True:
        try:
            await api.request("DELETE", path, limit, **options)
            return Deletion.DELETED
        except Unknown as unknown:
            unsure, reason = True, unknown
        except Failed as failed:
            if failed.code == UNKNOWN_MESSAGE:
                # After an answer that got lost it was probably we who deleted it.
                return Deletion.DELETED if unsure else Deletion.GONE
            # What is refused now will be so for a while, and many refusals get the bot blocked.
            pause, reason = max(pause, REFUSED_PAUSE_S), failed
        if time.monotonic() + pause > end:
            log.warning("a message could not be deleted: %s", reason)
            return Deletion.FAILED
        await asyncio.sleep(pause)
        pause *= 2
