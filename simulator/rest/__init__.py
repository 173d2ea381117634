"""The REST side of Discord, v10. Each module adds its routes to one table."""

from importlib import import_module

_MODULES = (
    *("login", "guilds", "channels", "messages", "reactions", "commands", "callbacks", "followups"),
    *("webhooks", "threads", "thread_members"),
)


def all_routes() -> list:
    """Every route, the modules that define them having been loaded."""
    for name in _MODULES:
        import_module(f"simulator.rest.routes.{name}")
    from simulator.rest.call import ROUTES

    return ROUTES
