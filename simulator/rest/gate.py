"""What every REST request passes: faults, the token, rate limits, and errors in Discord's shape."""

import asyncio
import json
import time
from collections.abc import Awaitable, Callable
from typing import Any

from aiohttp import web

from simulator.errors import ApiError
from simulator.faults import FaultOrder
from simulator.rest.call import Call, Route
from simulator.rest.limits import RateLimits
from simulator.simulation import Simulation


def answer(body: Any, status: int = 200, headers: dict[str, str] | None = None) -> web.Response:
    """JSON with the bare content type: with a charset py-cord takes it for text."""
    # py-cord takes a 429 without Via for a ban by the proxy in front of Discord
    headers = {"Via": "1.1 simulator"} | (headers or {})
    if body is None:
        return web.Response(status=204, headers=headers)
    headers["Content-Type"] = "application/json"
    return web.Response(body=json.dumps(body, ensure_ascii=False).encode(), status=status, headers=headers)


def too_many(retry_after: float, is_global: bool, headers: dict[str, str]) -> web.Response:
    """A 429."""
    body = {"message": "You are being rate limited.", "retry_after": retry_after, "global": is_global}
    return answer(body, 429, headers)


def serve(sim: Simulation, limits: RateLimits, route: Route) -> Callable[[web.Request], Awaitable[web.Response]]:
    """The aiohttp handler for one route."""

    async def handle(request: web.Request) -> web.Response:
        arrived = time.monotonic_ns()
        if sim.settings.refuse_connections:
            return _refuse(sim, request)
        path = request.path.removeprefix("/api").removeprefix("/v10")
        fault = sim.faults.take(request.method, path, route.path)
        if fault is None:
            return await _act(sim, limits, route, request, arrived)
        await asyncio.sleep(fault.delay)
        if fault.fails and not fault.after:
            return _fail(fault, request)
        response = await _act(sim, limits, route, request, arrived)
        return _fail(fault, request) if fault.fails else response

    return handle


async def _act(sim: Simulation, limits: RateLimits, route: Route, request: web.Request, arrived: int) -> web.Response:
    if route.auth and request.headers.get("Authorization") != f"Bot {sim.settings.token}":
        return answer({"message": "401: Unauthorized", "code": 0}, 401)
    # Discord leaves answers to interactions out of the bot's global limit
    limited = not route.path.startswith("/interactions/")
    verdict = limits.check(route.method, route.path, request.match_info, limited and route.auth)
    if verdict.retry_after:
        return too_many(verdict.retry_after, verdict.is_global, verdict.headers)
    try:
        body = await route.handler(Call(sim, request, arrived_ns=arrived))
    except ApiError as error:
        return answer(error.body, error.status, verdict.headers)
    return answer(body, route.status, verdict.headers)


async def not_found(request: web.Request) -> web.Response:
    """What Discord says to a path that it does not have."""
    return answer({"message": "404: Not Found", "code": 0}, 404)


def _refuse(sim: Simulation, request: web.Request) -> web.Response:
    if sim.settings.refuse_connections == "cut":
        _cut(request)
    return web.Response(status=503, text="upstream connect error", content_type="text/plain")


def _fail(fault: FaultOrder, request: web.Request) -> web.Response:
    if fault.drop:
        _cut(request)
        return web.Response(status=503)
    if fault.status == 429:
        wait = 1.0 if fault.retry_after is None else fault.retry_after
        return too_many(wait, False, {"X-RateLimit-Scope": "shared", "Retry-After": str(int(wait) + 1)})
    body = fault.body or {"message": f"{fault.status}: ordered by a test", "code": 0}
    return answer(body, fault.status)


def _cut(request: web.Request) -> None:
    # the client may have gone by itself meanwhile
    if request.transport:
        request.transport.abort()
