"""One POST to the program behind a webhook, and what its answer means."""

import json
from typing import Any
from urllib.parse import urlsplit

import aiohttp

from cogs.outgoing.guarded_session import PublicSockets, open_session
from rules.dispatch import webhooks
from rules.errors import Invalid
from rules.parsing.ip_addresses import NotPublic

TIMEOUT_S = 5
# Enough of an answer to use the connection again; of a longer one the rest is not read.
MOST_ANSWER = 4096
UNAUTHORIZED, GONE = 401, 410
HEADERS = {"Content-Type": "application/json"}
PING = "PING"


class Unreachable(Exception):
    """A receiver cannot be asked just now; carries the reason, a part of a sentence that does not name it."""


class Receivers:
    """Posts to any public https address, and with `loopback` to this machine over http too."""

    def __init__(self, loopback: bool) -> None:
        self._loopback = loopback
        self._session = open_session(PublicSockets(loopback), TIMEOUT_S, HEADERS)

    async def close(self) -> None:
        """Close all connections."""
        await self._session.close()

    async def post(self, url: str, token: str, event: dict[str, Any]) -> int:
        """Send an event with its signing token; the status of the answer. Raises Unreachable."""
        if not self._is_open_to(url):
            raise Unreachable("its address does not start with https://")
        body = {"type": event["type"], "signing_token": token, **event}
        data = json.dumps(body, ensure_ascii=False).encode()
        try:
            async with self._session.post(url, data=data, allow_redirects=False) as got:
                await got.content.read(MOST_ANSWER)
                return got.status
        except TimeoutError:
            raise Unreachable(f"it did not answer within {TIMEOUT_S} s") from None
        except (aiohttp.ClientError, OSError, ValueError) as error:
            private = isinstance(getattr(error, "os_error", error), NotPublic)
            raise Unreachable("its address is in a private network" if private else "there is no connection") from None

    async def check(self, url: str, token: str, system_id: str) -> None:
        """Find out whether a receiver takes what is signed with the token, and nothing else. Raises Invalid."""
        if not self._is_open_to(url):
            raise Invalid("The webhook's address must start with https://.")
        try:
            wrong = await self.ping(url, webhooks.make_token(), system_id)
            right = await self.ping(url, token, system_id)
        except Unreachable as error:
            raise Invalid(f"Your webhook cannot be reached: {error}; start it, and try again.") from None
        if wrong != UNAUTHORIZED:
            raise Invalid(
                "A PING with a wrong signing token must be answered with status 401, and your webhook answered"
                f" {wrong}: let it check the token of everything it gets, and try again."
            )
        if not is_taken(right):
            raise Invalid(
                f"A PING with the right signing token must be answered with status 200, and your webhook answered"
                f" {right}: give it the token above, and try again."
            )

    async def ping(self, url: str, token: str, system_id: str) -> int:
        """Send a PING with a token; the status of the answer. Raises Unreachable."""
        return await self.post(url, token, {"type": PING, "system_id": system_id})

    def _is_open_to(self, url: str) -> bool:
        return urlsplit(url).scheme == "https" or self._loopback


def is_taken(status: int) -> bool:
    """Whether a receiver took what it was sent."""
    return 200 <= status < 300
