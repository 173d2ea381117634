"""The rate limit: counted per client address and worker, in memory."""

import ipaddress
import math
import re
import threading
import time

from flask import Flask, Response, g, request
from limits.storage import MemoryStorage
from limits.strategies import FixedWindowRateLimiter

from config import Config, Network
from web.answers import fault, is_pluralkit

UNCOUNTED = {"status.health"}


def init_app(app: Flask, config: Config) -> None:
    """Count every request but OPTIONS and /health; answer 429 above RATE_LIMIT."""
    limiter = FixedWindowRateLimiter(MemoryStorage())
    # Looking and counting are two steps; between them other threads would pass as well.
    counting = threading.Lock()

    @app.before_request
    def count() -> Response | None:
        if not config.rate_limit or request.method == "OPTIONS" or request.endpoint in UNCOUNTED:
            return None
        address = client_address(
            request.remote_addr or "", request.headers.getlist("X-Forwarded-For"), config.trusted_proxies
        )
        key = _counted_as(address)
        with counting:
            full = next((item for item in config.rate_limit if not limiter.test(item, key)), None)
            if full is None:
                for item in config.rate_limit:
                    limiter.hit(item, key)
        left = {item: limiter.get_window_stats(item, key) for item in config.rate_limit}
        tightest = full or min(config.rate_limit, key=lambda item: left[item].remaining)
        reset = math.ceil(left[tightest].reset_time)
        # PluralKit's clients expect milliseconds.
        unit = 1000 if is_pluralkit(request.path) else 1
        g.rate_limit_headers = [
            ("X-RateLimit-Limit", str(tightest.amount)),
            ("X-RateLimit-Remaining", str(0 if full else max(0, left[tightest].remaining))),
            ("X-RateLimit-Reset", str(reset * unit)),
        ]
        if full is None:
            return None
        wait = max(1, math.ceil(left[full].reset_time - time.time()))
        return fault(429, f"Too many requests: {full} is the limit. Wait {wait} s.", {"Retry-After": str(wait)})


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


def _counted_as(address: str) -> str:
    parsed = _parse(address)
    if parsed is not None and parsed.version == 6:
        return str(ipaddress.ip_network((parsed, 64), strict=False))
    return address
