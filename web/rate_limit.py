"""The rate limit: a bucket of requests a client, counted in memory over all workers (GCRA)."""

import math
import mmap
import threading
import time
from functools import lru_cache, partial
from typing import Any, NamedTuple

import limits
from flask import Flask, Response, request
from limits import RateLimitItem

from config import Config, Limits, Network
from web.auth import ME, find_viewer, reading
from web.client_address import NO_CLAIMS, Claims, claims_of_environ, counted_as, is_trusted
from web.dialects import is_page, is_pluralkit, is_v2
from web.responses import READING, fault, with_headers

UNCOUNTED = {"health.health", "health.metrics"}
# Pages and what they load have a limit of their own, so that a visit costs the API nothing.
PAGES_LIMIT = limits.parse("120/12second")
# So much of a request costs that is answered by 304.
UNCHANGED_COST = 0.2
# What takes the same 20 ms or so as many small reads.
ROWS_OF_ONE = 25_000
BYTES_OF_ONE = 50_000
REMEMBERED_ADDRESSES = 1024
# 1 MB that all workers share. A client is looked for in NEAR places; where all are taken, the one goes that is fullest.
PLACES, NEAR = 1 << 16, 8


class Count(NamedTuple):
    """How a request was counted, by the tightest limit: what that leaves, and when (s since 1970) nothing is used.

    `scope` is what v2 calls the limit; `wait_s` is how long a client has to wait that was refused, else 0.
    """

    client: str
    limit: RateLimitItem
    left: int
    ends: float
    wait_s: float = 0
    scope: str | None = None

    @property
    def refused(self) -> bool:
        return self.wait_s > 0

    @property
    def sentence(self) -> str:
        """What a client is told that was refused."""
        return f"Too many requests: {self.limit} is the limit. Wait {self.whole_wait_s} s."

    @property
    def whole_wait_s(self) -> int:
        """How long it has to wait, at least 1."""
        return max(1, math.ceil(self.wait_s))

    def headers(self, unit: int = 1) -> list[tuple[str, str]]:
        """What a client is told of it; `unit` is 1000 for milliseconds."""
        return [
            *([("X-RateLimit-Scope", self.scope)] if self.scope else []),
            ("X-RateLimit-Limit", str(self.limit.amount)),
            ("X-RateLimit-Remaining", str(self.left)),
            ("X-RateLimit-Reset", str(math.ceil(self.ends) * unit)),
        ]


class Buckets:
    """When each bucket will be full again (time.monotonic, in s), in memory that is shared with forked workers.

    Two workers that count one client at the very same moment may count one request for two.
    """

    def __init__(self) -> None:
        memory = memoryview(mmap.mmap(-1, 16 * (PLACES + NEAR)))
        half = len(memory) // 2
        self._keys, self._full_at = memory[:half].cast("Q"), memory[half:].cast("d")

    def find(self, key: int, now: float) -> int:
        """The place of a bucket; of one that is full or unknown, a free one."""
        first = key % PLACES
        places = range(first, first + NEAR)
        for place in places:
            if self._keys[place] == key:
                return place
        return min(places, key=self._full_at.__getitem__)

    def full_at(self, place: int, key: int) -> float:
        return self._full_at[place] if self._keys[place] == key else 0.0

    def store(self, place: int, key: int, full_at: float) -> None:
        self._keys[place], self._full_at[place] = key, full_at


class Limiter:
    """Counts requests against a bucket a client and limit: `amount` fit into it, and it fills within the limit's time.

    A request that one limit refuses is counted by none. `scope` is told to clients, where there is one.
    """

    def __init__(self, items: Limits, trusted: tuple[Network, ...], scope: str | None = None) -> None:
        self._limits = [(item, item.amount, float(item.get_expiry())) for item in items]
        # By itself, so that what strangers write in vain takes no place in the other memory.
        self._is_trusted = lru_cache(REMEMBERED_ADDRESSES)(partial(is_trusted, trusted))
        self._client = lru_cache(REMEMBERED_ADDRESSES)(partial(counted_as, trusted))
        self._buckets, self._scope = Buckets(), scope
        # Looking and counting are two steps; between them other threads would pass as well.
        self._counting = threading.Lock()

    def count(self, peer: str, claims: Claims = NO_CLAIMS, account: int | None = None) -> Count | None:
        """Count a request against its account where that is known, else against its client; None without a limit."""
        if not self._limits:
            return None
        if account is not None:
            return self._take(f"account {account}", 1)
        return self._take(self.find_client(peer, claims), 1)

    def find_client(self, peer: str, claims: Claims) -> str:
        """What a client is counted as: its address, or the network that it is in."""
        return self._client(peer, claims if self._is_trusted(peer) else NO_CLAIMS)

    def count_as(self, client: str, cost: float) -> Count | None:
        """Count as so many requests what a client that `find_client` named asks for otherwise; None without a limit."""
        return self._take(client, cost) if self._limits else None

    def give_back(self, count: Count) -> Count:
        """Take a request that was counted for what one costs that was answered by 304."""
        return self._take(count.client, UNCHANGED_COST - 1)

    def charge(self, count: Count, cost: float) -> Count:
        """Count more for a request that was let in, since its answer was large; the next ones wait for it."""
        return self._take(count.client, cost, is_done=True)

    def _take(self, client: str, cost: float, is_done: bool = False) -> Count:
        now, tightest, taken = time.monotonic(), None, []
        with self._counting:
            for number, (item, amount, length) in enumerate(self._limits):
                key = hash((client, number)) & 0xFFFF_FFFF_FFFF_FFFF
                place = self._buckets.find(key, now)
                full_at = max(self._buckets.full_at(place, key), now) + cost * length / amount
                spare = length - (full_at - now)
                # Sums of floating numbers: a thousandth of a request is none.
                if spare < -0.001 * length / amount and cost > 0 and not is_done:
                    ends = time.time() + full_at - now - length / amount
                    return Count(client, item, 0, ends, -spare, self._scope)
                taken.append((place, key, full_at))
                left = max(0, int(spare * amount / length + 0.001))
                if tightest is None or left < tightest.left:
                    tightest = Count(client, item, left, time.time() + full_at - now, scope=self._scope)
            for place, key, full_at in taken:
                self._buckets.store(place, key, full_at)
        return tightest


def init_app(app: Flask, config: Config) -> Limiter:
    """Count every request but OPTIONS and /health; answer 429 above RATE_LIMIT, and under /v2 above its own limits.

    An empty RATE_LIMIT switches all of them off.
    """
    limiter = Limiter(config.rate_limit, config.trusted_proxies)
    pages = Limiter((PAGES_LIMIT,) if config.rate_limit else (), config.trusted_proxies)
    of_v2 = _make_v2(config) if config.rate_limit else {}
    app.extensions["rate_limiter"] = limiter

    @app.before_request
    def count() -> Response | None:
        if request.method == "OPTIONS" or request.endpoint in UNCOUNTED:
            return None
        # A request whose body is still on its way is asked about twice.
        if "rollcall.counted" not in request.environ:
            if is_page(request.path):
                _count(pages)
            elif of_v2 and is_v2(request.path):
                _count_v2(of_v2)
            else:
                _count(limiter)
        counted = request.environ["rollcall.counted"]
        return None if counted is None or not counted.refused else _refuse(counted)

    app.wsgi_app = with_headers(app.wsgi_app, _tell)
    return limiter


def count_rows(rows: int) -> None:
    """Let the request that is being answered cost as much more as it showed rows: one for each ROWS_OF_ONE."""
    request.environ["rollcall.cost"] = rows // ROWS_OF_ONE


def count_bytes(size: int) -> None:
    """The same for a file that was made for it: one for each BYTES_OF_ONE."""
    request.environ["rollcall.cost"] = size // BYTES_OF_ONE


def _make_v2(config: Config) -> dict[str, Limiter]:
    """A limiter for each scope of PluralKit's v2 API."""
    settings = {
        **dict.fromkeys(("generic_get", "own_system_get"), config.v2_get_limit),
        **dict.fromkeys(("generic_update", "own_system_update"), config.v2_update_limit),
        "message": config.v2_message_limit,
    }
    return {scope: Limiter(items, config.trusted_proxies, scope) for scope, items in settings.items()}


def _count_v2(limiters: dict[str, Limiter]) -> None:
    kind = "get" if request.method in READING else "update"
    if kind == "get" and request.path.startswith("/v2/messages/"):
        _count(limiters["message"])
        return
    account = _find_account()
    _count(limiters[f"generic_{kind}" if account is None else f"own_system_{kind}"], account)


def _find_account() -> int | None:
    """Whose own system a request is about, as far as that is seen at once: by a valid token with a write or `@me`."""
    asks_for_own = request.method not in READING or request.path.split("/")[3:4] == [ME]
    if not asks_for_own or "Authorization" not in request.headers:
        return None
    with reading() as reader:
        return find_viewer(reader)


def _count(limiter: Limiter, account: int | None = None) -> None:
    environ = request.environ
    environ["rollcall.limiter"] = limiter
    counted = limiter.count(environ.get("REMOTE_ADDR") or "", claims_of_environ(environ), account)
    environ["rollcall.counted"] = counted


def _refuse(counted: Count) -> Response:
    # What is drawn for pages has none, under /v2 too.
    scope = {"scope": counted.scope} if counted.scope else {}
    more = {"retry_after": math.ceil(counted.wait_s * 1000), **scope}
    return fault(429, counted.sentence, {"Retry-After": str(counted.whole_wait_s)}, **more)


def _tell(environ: dict[str, Any], status: str) -> list[tuple[str, str]]:
    counted = environ.get("rollcall.counted")
    if counted is None:
        return []
    if cost := environ.get("rollcall.cost"):
        counted = environ["rollcall.limiter"].charge(counted, cost)
    elif status.startswith("304"):
        counted = environ["rollcall.limiter"].give_back(counted)
    # PluralKit's clients expect milliseconds.
    path = "/" + environ.get("PATH_INFO", "").lstrip("/")
    return counted.headers(1000 if is_pluralkit(path) or is_v2(path) else 1)
