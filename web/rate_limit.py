"""The rate limit: counted per client address and worker, in memory."""

import ipaddress
import math
import re
import threading
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache, partial
from typing import Any, NamedTuple

from flask import Flask, Response, g, request
from limits import RateLimitItem

from config import Config, Network
from web.responses import fault, is_pluralkit

UNCOUNTED = {"status.health"}
REMEMBERED_ADDRESSES = 1024


class Count(NamedTuple):
    """How a request was counted: by the tightest limit, what that leaves, and when its window ends (s since 1970)."""

    limit: RateLimitItem
    left: int
    ends: float
    refused: bool

    def headers(self, unit: int = 1) -> list[tuple[str, str]]:
        """What a client is told of it; `unit` is 1000 for milliseconds."""
        return [
            ("X-RateLimit-Limit", str(self.limit.amount)),
            ("X-RateLimit-Remaining", str(self.left)),
            ("X-RateLimit-Reset", str(math.ceil(self.ends) * unit)),
        ]


@dataclass(slots=True)
class _Window:
    ends: float = 0.0
    left: int = 0


class Limiter:
    """Counts requests in windows of fixed length; a window begins with a client's first request.

    Clients are kept in two generations, each as long as the longest window, so that whoever is in neither has no
    window that still lasts. A request that one limit refuses is counted by none.
    """

    def __init__(self, limits: tuple[RateLimitItem, ...], trusted: tuple[Network, ...]) -> None:
        self._limits = [(limit, limit.amount, limit.get_expiry()) for limit in limits]
        self._longest = max((limit.get_expiry() for limit in limits), default=0)
        self._trusts = bool(trusted)
        self._client = lru_cache(REMEMBERED_ADDRESSES)(partial(_counted_as, trusted))
        self._newer: dict[str, list[_Window]] = {}
        self._older: dict[str, list[_Window]] = {}
        self._turns_at = 0.0
        # Looking and counting are two steps; between them other threads would pass as well.
        self._counting = threading.Lock()

    def count(self, environ: Mapping[str, Any]) -> Count | None:
        """Count a request against its client; None without a limit."""
        if not self._limits:
            return None
        forwarded = environ.get("HTTP_X_FORWARDED_FOR") if self._trusts else None
        client, now = self._client(environ.get("REMOTE_ADDR") or "", forwarded), time.time()
        with self._counting:
            windows = self._windows(client, now)
            for (limit, _, _), window in zip(self._limits, windows, strict=True):
                if window.left <= 0 and now < window.ends:
                    return Count(limit, 0, window.ends, True)
            return self._take(windows, now)

    def _take(self, windows: list[_Window], now: float) -> Count:
        tightest = None
        for (limit, amount, length), window in zip(self._limits, windows, strict=True):
            if window.ends <= now:
                window.ends, window.left = now + length, amount
            window.left -= 1
            if tightest is None or window.left < tightest.left:
                tightest = Count(limit, window.left, window.ends, False)
        return tightest

    def _windows(self, client: str, now: float) -> list[_Window]:
        if now >= self._turns_at:
            self._older, self._newer, self._turns_at = self._newer, {}, now + self._longest
        found = self._newer.get(client)
        if found is None:
            found = self._newer[client] = self._older.pop(client, None) or [_Window() for _ in self._limits]
        return found


def init_app(app: Flask, config: Config) -> Limiter:
    """Count every request but OPTIONS and /health; answer 429 above RATE_LIMIT."""
    limiter = Limiter(config.rate_limit, config.trusted_proxies)

    @app.before_request
    def count() -> Response | None:
        if request.method == "OPTIONS" or request.endpoint in UNCOUNTED:
            return None
        counted = limiter.count(request.environ)
        if counted is None:
            return None
        # PluralKit's clients expect milliseconds.
        g.rate_limit_headers = counted.headers(1000 if is_pluralkit(request.path) else 1)
        if not counted.refused:
            return None
        wait = max(1, math.ceil(counted.ends - time.time()))
        return fault(
            429, f"Too many requests: {counted.limit} is the limit. Wait {wait} s.", {"Retry-After": str(wait)}
        )

    return limiter


def client_address(peer: str, forwarded: list[str], trusted: tuple[Network, ...]) -> str:
    """The rightmost address that is no trusted proxy, of X-Forwarded-For's and then the peer."""
    hops = [hop.strip() for line in forwarded for hop in line.split(",")] + [peer]
    for hop in reversed(hops):
        address = _parse(hop)
        if address is None:
            return peer
        if not any(address in network for network in trusted):
            return str(address)
    return str(_parse(hops[0]))


def _parse(text: str) -> ipaddress.IPv4Address | ipaddress.IPv6Address | None:
    # Some proxies add the port: 192.0.2.1:5678, [2001:db8::1]:5678.
    bare = re.fullmatch(r"\[([^]]+)](?::[0-9]+)?|([0-9.]+):[0-9]+", text)
    try:
        address = ipaddress.ip_address((bare[1] or bare[2]) if bare else text)
    except ValueError:
        return None
    return getattr(address, "ipv4_mapped", None) or address


def _counted_as(trusted: tuple[Network, ...], peer: str, forwarded: str | None) -> str:
    address = client_address(peer, [] if forwarded is None else [forwarded], trusted)
    parsed = _parse(address)
    if parsed is not None and parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
