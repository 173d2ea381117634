"""Every route of the REST side, under both of its addresses."""

from importlib import import_module

from aiohttp import web

from simulator.rest import gate
from simulator.rest.call import ROUTES
from simulator.rest.limits import RateLimits
from simulator.simulation import Simulation

_MODULES = (
    *("login", "guilds", "channels", "messages", "reactions", "commands", "callbacks", "followups"),
    *("webhooks", "threads", "thread_members"),
)


def add_routes(app: web.Application, sim: Simulation) -> None:
    """Let an application serve all of them, and Discord's 404 for every other path."""
    for name in _MODULES:
        import_module(f"simulator.rest.routes.{name}")
    limits = RateLimits(sim.settings)
    # sorted, "@me" is tried before "{user_id}"
    for route in sorted(ROUTES, key=lambda r: r.path):
        for prefix in ("/api/v10", "/api"):
            app.router.add_route(route.method, prefix + route.path, gate.serve(sim, limits, route))
    app.router.add_route("*", "/api{tail:.*}", gate.not_found)
