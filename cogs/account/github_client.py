"""Asking GitHub's REST API for accounts: in threads, with a time-out, within GitHub's limits."""

import asyncio
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from typing import Any

import requests

TIMEOUT_S = 10
LEAST_WAIT_S = 60
# GitHub counts its limits by the hour.
MOST_WAIT_S = 3600


class Unreachable(Exception):
    """GitHub cannot be asked now; `wait_s` is how long to leave it alone."""

    def __init__(self, reason: str, wait_s: float = LEAST_WAIT_S) -> None:
        super().__init__(reason)
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Answer:
    """`account` is None when there is no such account, and `unchanged` when the ETag still holds."""

    account: dict[str, Any] | None
    etag: str | None
    unchanged: bool = False


class GitHubClient:
    """One session; after GitHub said to wait it is not asked until then."""

    def __init__(self, base: str, token: str | None) -> None:
        self._base = base
        self._session = requests.Session()
        self._session.headers["Accept"] = "application/vnd.github+json"
        self._session.headers["User-Agent"] = "Rollcall"
        if token:
            self._session.headers["Authorization"] = f"Bearer {token}"
        self._closed_until = 0.0
        # Threads of its own: a slow GitHub must not take those that everything else waits for.
        self._threads = ThreadPoolExecutor(2, "github")

    async def find_by_name(self, name: str) -> Answer:
        """An account by its user name. Raises Unreachable."""
        return await self._run(f"/users/{name}", None)

    async def find_by_id(self, account_id: int, etag: str | None) -> Answer:
        """An account by its number, which a rename does not change. Raises Unreachable."""
        return await self._run(f"/user/{account_id}", etag)

    def close(self) -> None:
        """Let go of the threads; a request under way ends by its time-out."""
        self._threads.shutdown(wait=False, cancel_futures=True)

    async def _run(self, path: str, etag: str | None) -> Answer:
        return await asyncio.get_running_loop().run_in_executor(self._threads, self._get, path, etag)

    def _get(self, path: str, etag: str | None) -> Answer:
        if (wait := self._closed_until - time.monotonic()) > 0:
            raise Unreachable("GitHub's rate limit is used up", wait)
        try:
            response = self._session.get(
                self._base + path, headers={"If-None-Match": etag} if etag else {}, timeout=TIMEOUT_S
            )
            self._mind_limits(response)
            if response.status_code == 200:
                account = response.json()
                return Answer({**account, "id": int(account["id"])}, response.headers.get("ETag"))
        except (requests.RequestException, ValueError, KeyError, TypeError) as error:
            raise Unreachable(f"GitHub does not answer: {type(error).__name__}") from None
        if response.status_code == 304:
            return Answer(None, etag, unchanged=True)
        if response.status_code in (404, 410):
            return Answer(None, None)
        raise Unreachable(f"GitHub answers {response.status_code}", self._wait(response))

    def _mind_limits(self, response: requests.Response) -> None:
        refused = response.status_code in (403, 429)
        if refused or response.headers.get("X-RateLimit-Remaining") == "0":
            self._closed_until = time.monotonic() + self._wait(response)

    @staticmethod
    def _wait(response: requests.Response) -> float:
        headers = response.headers
        wait = float(LEAST_WAIT_S)
        if headers.get("Retry-After", "").isdecimal():
            wait = float(headers["Retry-After"])
        elif headers.get("X-RateLimit-Remaining") == "0" and headers.get("X-RateLimit-Reset", "").isdecimal():
            # An instant, and our clock may be wrong.
            wait = float(headers["X-RateLimit-Reset"]) - time.time()
        return min(max(wait, 0.0), MOST_WAIT_S)
