"""Requests to Discord of which it matters whether they were carried out.

py-cord sends again after a 500, which may do a thing twice, and in bursts it returns late. Here, what Discord refused
before acting is sent again, and what may have been done is `Unknown` to the caller.
"""

import asyncio
import json
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import aiohttp
import discord
from discord.http import API_VERSION

TRIES = 6
TIMEOUT_S = 30
SLOWEST_BYTES_S = 500_000
LONGEST_WAIT_S = 60
PAUSE_S = 0.2


class Failed(Exception):
    """Discord refused for good, and did nothing; `status` and Discord's `code`."""

    def __init__(self, status: int, code: int, message: str) -> None:
        super().__init__(f"{status} {code} {message}")
        self.status, self.code, self.message = status, code, message


class Unknown(Exception):
    """Nobody knows whether it was done: the connection broke, or Discord failed while it worked."""


@dataclass(frozen=True, slots=True)
class File:
    """A file on its way from one message to another; `about` is what Discord is told of it."""

    name: str
    content: bytes
    about: dict[str, Any]


class DiscordApi:
    """One HTTP session, and what Discord said of its limits."""

    def __init__(self, bot: discord.Client) -> None:
        self.bot = bot
        self._free_at: dict[str, float] = {}
        self._session: aiohttp.ClientSession | None = None

    async def close(self) -> None:
        """Close the connections."""
        if self._session:
            await self._session.close()

    async def request(
        self,
        method: str,
        path: str,
        limit: str,
        files: Sequence[File] = (),
        authorized: bool = False,
        check: Callable[[], None] = lambda: None,
        **options: Any,
    ) -> Any:
        """The JSON of the answer. `limit` names what shares a rate limit; `json` is the body, `params` the query.

        Waits for rate limits, and tries again while it is known that nothing was done, or where twice does no harm.
        `check` is called just before each try, and may raise. Raises Failed and Unknown.
        """
        if authorized:
            options["headers"] = {"Authorization": f"Bot {self.bot.http.token}"}
        for number in range(TRIES):
            await self._wait_for(limit)
            check()
            try:
                return await self._send(method, path, limit, files, options)
            except _RateLimited as limited:
                self._free_at[limit] = time.monotonic() + min(limited.after_s, LONGEST_WAIT_S)
            except aiohttp.ClientConnectorError:
                # Nothing was sent yet.
                await asyncio.sleep(PAUSE_S * 2**number)
            except Unknown:
                # To read twice, or to set the same twice, does no harm; to post twice does.
                if method not in ("GET", "PATCH") or number == TRIES - 1:
                    raise
                await asyncio.sleep(PAUSE_S * 2**number)
        raise Failed(503, 0, "Discord cannot be reached, or asks to wait for too long")

    async def _send(self, method: str, path: str, limit: str, files: Sequence[File], options: dict[str, Any]) -> Any:
        session = self._session or self._open()
        url = discord.http.Route.API_BASE_URL.format(API_VERSION=API_VERSION) + path
        sent = {**options, **_upload(options["json"], files)} if files else options
        try:
            async with session.request(method, url, **sent) as answer:
                self._note_limit(limit, answer.headers)
                return _read(answer.status, await answer.read())
        except aiohttp.ClientConnectorError:
            raise
        except (aiohttp.ClientError, TimeoutError, ConnectionError) as error:
            raise Unknown(type(error).__name__) from None

    def _open(self) -> aiohttp.ClientSession:
        self._session = aiohttp.ClientSession(
            timeout=aiohttp.ClientTimeout(total=TIMEOUT_S), headers={"User-Agent": self.bot.http.user_agent}
        )
        # aiohttp would send a DELETE again by itself, and what it deleted would look as if somebody else had.
        self._session._retry_connection = False
        return self._session

    async def _wait_for(self, limit: str) -> None:
        while limit in self._free_at:
            wait = self._free_at[limit] - time.monotonic()
            if wait <= 0:
                del self._free_at[limit]
                break
            await asyncio.sleep(wait)

    def _note_limit(self, limit: str, headers: Any) -> None:
        if headers.get("X-RateLimit-Remaining") == "0":
            self._free_at[limit] = time.monotonic() + float(headers.get("X-RateLimit-Reset-After", 0))


class _RateLimited(Exception):
    def __init__(self, after_s: float) -> None:
        super().__init__()
        self.after_s = after_s


def _read(status: int, body: bytes) -> Any:
    """What Discord answered. Raises _RateLimited for a 429, Failed for other refusals, Unknown where Discord failed."""
    try:
        answer = json.loads(body) if body else {}
    except ValueError:
        answer = {}
    if status < 300:
        return answer
    if status == 429:
        raise _RateLimited(float(answer.get("retry_after", 1)))
    if status >= 500:
        raise Unknown(str(status))
    raise Failed(status, answer.get("code", 0), answer.get("message", ""))


def _upload(payload: dict[str, Any], files: Sequence[File]) -> dict[str, Any]:
    seconds = TIMEOUT_S + sum(len(file.content) for file in files) / SLOWEST_BYTES_S
    return {"json": None, "data": _form(payload, files), "timeout": aiohttp.ClientTimeout(total=seconds)}


def _form(payload: dict[str, Any], files: Sequence[File]) -> aiohttp.FormData:
    listed = [{"id": number, "filename": file.name, **file.about} for number, file in enumerate(files)]
    form = aiohttp.FormData()
    form.add_field("payload_json", json.dumps({**payload, "attachments": listed}), content_type="application/json")
    for number, file in enumerate(files):
        form.add_field(f"files[{number}]", file.content, filename=file.name, content_type="application/octet-stream")
    return form
