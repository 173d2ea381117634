"""The blueprints of version 2 of PluralKit's API, put together."""

from flask import Blueprint, Flask

from web.pluralkit_v2 import exports, groups, members, messages, paths, servers, settings, switches, systems

BLUEPRINTS: tuple[Blueprint, ...] = (
    *(exports.bp, systems.bp, settings.bp, servers.bp, members.bp, groups.bp, switches.bp, messages.bp, paths.bp),
)


def init_app(app: Flask) -> None:
    """Serve `/v2`."""
    for blueprint in BLUEPRINTS:
        app.register_blueprint(blueprint)
