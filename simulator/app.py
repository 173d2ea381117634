"""The server: REST, gateway, CDN and control face on one loopback port."""

import asyncio
import os
import signal
from collections.abc import Callable

from aiohttp import web

from simulator import cdn
from simulator.control import verbs
from simulator.gateway.connection import Connection
from simulator.rest import router
from simulator.simulation import Simulation

HOST = "127.0.0.1"
# bytes; far above a file's limit, so that the refusal is Discord's and not aiohttp's
LARGEST_REQUEST = 512 * 1024 * 1024


def build(sim: Simulation) -> web.Application:
    """The aiohttp application for a simulation."""
    app = web.Application(client_max_size=LARGEST_REQUEST)
    router.add_routes(app, sim)
    app.router.add_get("/gateway", _gateway(sim))
    app.router.add_get("/gateway/", _gateway(sim))
    app.router.add_get("/cdn/{tail:.*}", cdn.serve(sim))
    app.router.add_post("/control/{verb}", verbs.serve(sim))
    return app


def _gateway(sim: Simulation) -> Callable:
    async def connect(request: web.Request) -> web.StreamResponse:
        if sim.settings.refuse_connections:
            request.transport.abort()
            return web.Response(status=503)
        return await Connection(sim.hub, sim.gateway_url, request).run()

    return connect


async def run(sim: Simulation, port: int, listening: Callable[[], None], until_eof: bool = False) -> None:
    """Serve until SIGINT or SIGTERM, or the end of stdin. Raises OSError when the port is taken."""
    stop, loop = asyncio.Event(), asyncio.get_running_loop()
    for sign in (signal.SIGINT, signal.SIGTERM):
        loop.add_signal_handler(sign, stop.set)
    if until_eof:
        loop.add_reader(0, lambda: os.read(0, 1024) or stop.set())
    runner = web.AppRunner(build(sim), access_log=None, shutdown_timeout=0.2)
    await runner.setup()
    try:
        await web.TCPSite(runner, HOST, port).start()
        sim.url = f"http://{HOST}:{runner.addresses[0][1]}"
        listening()
        await stop.wait()
    finally:
        for connection in list(sim.hub.connections):
            connection.close(1001)
        await runner.cleanup()
