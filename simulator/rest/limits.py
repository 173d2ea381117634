"""Rate limits of the REST API, in Discord's headers and 429 answers."""

import hashlib
import time
from dataclasses import dataclass

from simulator.settings import Settings

GLOBAL_LIMIT = 50
# requests and seconds; what is not listed here has a bucket that no test will empty
_LIMITS = {
    ("POST", "/channels/{channel_id}/messages"): (5, 5.0),
    ("PATCH", "/channels/{channel_id}/messages/{message_id}"): (5, 5.0),
    ("DELETE", "/channels/{channel_id}/messages/{message_id}"): (5, 1.0),
    ("POST", "/channels/{channel_id}/messages/bulk-delete"): (1, 3.0),
    ("PUT", "/channels/{channel_id}/messages/{message_id}/reactions/{emoji}/@me"): (1, 0.25),
    ("POST", "/webhooks/{webhook_id}/{webhook_token}"): (5, 2.0),
    ("POST", "/users/@me/channels"): (10, 10.0),
}
_DEFAULT = (100, 1.0)
# each of these has buckets of its own: a busy channel slows no other one down
_MAJOR = ("channel_id", "guild_id", "webhook_id", "webhook_token")


@dataclass
class Window:
    """What is left of a bucket until it is filled again."""

    left: int
    resets_at: float


@dataclass
class Verdict:
    """The headers for the answer, and for how long the caller must wait, if it must."""

    headers: dict[str, str]
    retry_after: float = 0
    is_global: bool = False


class RateLimits:
    """Fixed windows per route and major id, and one for everything."""

    def __init__(self, settings: Settings) -> None:
        self._settings = settings
        self._windows: dict[tuple, Window] = {}

    def check(self, method: str, path: str, params: dict[str, str], counts_globally: bool) -> Verdict:
        """Count one request."""
        if not self._settings.rate_limits:
            return Verdict({})
        if counts_globally:
            whole = self._take(("global",), GLOBAL_LIMIT, 1.0)
            if whole.left < 0:
                return _stopped(whole, {}, "global")
        limit, per = _LIMITS.get((method, path), _DEFAULT)
        major = tuple(params.get(name) for name in _MAJOR)
        window = self._take((method, path, *major), limit, per)
        headers = _headers(window, limit, f"{method} {path}")
        return _stopped(window, headers, "user") if window.left < 0 else Verdict(headers)

    def _take(self, key: tuple, limit: int, per: float) -> Window:
        # the wall clock, since X-RateLimit-Reset tells it to the client
        now = time.time()
        window = self._windows.get(key)
        if window is None or window.resets_at <= now:
            window = self._windows[key] = Window(limit, now + per)
        window.left -= 1
        return window


def _headers(window: Window, limit: int, name: str) -> dict[str, str]:
    return {
        "X-RateLimit-Limit": str(limit),
        "X-RateLimit-Remaining": str(max(window.left, 0)),
        "X-RateLimit-Reset": f"{window.resets_at:.3f}",
        "X-RateLimit-Reset-After": f"{max(window.resets_at - time.time(), 0.001):.3f}",
        "X-RateLimit-Bucket": hashlib.md5(name.encode()).hexdigest(),
    }


def _stopped(window: Window, headers: dict[str, str], scope: str) -> Verdict:
    wait = round(max(window.resets_at - time.time(), 0.001), 3)
    headers = headers | {"X-RateLimit-Scope": scope, "Retry-After": str(int(wait) + 1)}
    if scope == "global":
        headers["X-RateLimit-Global"] = "true"
    return Verdict(headers, wait, scope == "global")
